"""Let another authority read a person's identity file, with a reason. Undone only for the future."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.access.amount_limits import SHARES
from libertad.access.amount_pace import slow_down
from libertad.people.actions._person import person_at_hand
from libertad.vocabulary.values import Refused


@action("compartment.readers")
def share_person(act: Act, *, person: str, authority: str, reason: str) -> None:
    """Only identity: the protection file stays where it is. Only the authority that met the person.

    Slowed beyond an unusual amount.
    """
    row = person_at_hand(act, person)
    if row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that met the person shares the file")
    known = act.member(authority)
    if known is None:
        raise Refused("authority", "there is no such authority in this operation")
    if not reason.strip():
        raise Refused("reason", "say why this authority needs to know who the person is")
    slow_down(act, SHARES, person=person)
    act.widen(row["compartment"], [authority], reason, again=True)
