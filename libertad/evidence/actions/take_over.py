"""Take over an exhibit whose holder's access has ended: with a reason, and only once a witness confirms."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.evidence.actions._case import after, exhibit_row, not_returned, signed_as
from libertad.evidence.seals import seal_number
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyTakeOver, CustodyWitness


@action("custody.take_over")
def take_over(
    act: Act,
    *,
    exhibit: str,
    witness: str,
    reasons: str,
    place: str = "",
    seal_read: str = "",
    seal_state: str,
) -> str:
    """Returns the entry's hash, which the witness's own entry names. Until then it stays with the holder.

    Only from a holder of the actor's own authority who is withdrawn: whoever still has access offers it.
    """
    row = exhibit_row(act, exhibit)
    not_returned(row)
    if row["state"] == "released":
        raise Refused("exhibit", "nobody is recorded as holding it; accept it without an offer")
    if row["holder_authority"] != act.actor.authority:
        raise Refused("exhibit", "an officer of another authority holds it; an officer there takes it over")
    holder = act.get(Officer, row["holder"])
    if holder is None or not holder["withdrawn"]:
        raise Refused(
            "exhibit",
            "its holder still has access; ask that officer to offer it to you. Whoever is gone for good is "
            "withdrawn by the administrator first",
        )
    _can_witness(act, witness, row["holder"])
    happened = after(act, row["moved_at"], marked("it was taken over last"))
    content = CustodyTakeOver(
        holder=row["holder"],
        holder_name=signed_as(act, row["holder"]),
        reasons=reasons,
        witness=witness,
        witness_name=signed_as(act, witness),
        place=place,
        seal_read=seal_number(seal_read),
        seal_state=seal_state,
        by=signed_as(act),
    )
    return act.say(row["compartment"], content, subject=exhibit, happened=happened)


def _can_witness(act: Act, witness: str, holder: str) -> None:
    """Refused for anyone but another officer who serves at the actor's authority and may confirm it."""
    if witness in (act.actor.officer, holder):
        raise Refused("witness", "the witness is another officer than who takes it and who held it")
    row = act.get(Officer, witness)
    if row is None or row["authority"] != act.actor.authority or row["withdrawn"]:
        raise Refused("witness", "choose an officer who serves at your authority now")
    if not matrix().may_say(row["role"], CustodyWitness.VERB, "case"):
        raise Refused("witness", "this officer's role may not confirm it; choose another")
