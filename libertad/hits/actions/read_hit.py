"""A second reader agrees that two records are of one person, or does not. Agreed, the records are linked."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.another_person import require_another
from libertad.hits.actions._hit import hit_at_hand, met_again
from libertad.hits.actions._telling import tell
from libertad.people.actions.link_same import link_same
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.hits import HitRead


@action("hit.read", "person.same", "tally.link", "hit.tally")
def read_hit(act: Act, *, hit: str, agrees: str, reasons: str) -> str:
    """Returns the state it is in then: 'confirmed' or 'open'. Never who proposed it, by whichever account.

    Nothing is merged: both records stay, linked, and the person is counted once. Of somebody met in two
    operations nothing is linked and no operation told: each counts the person.
    """
    row = hit_at_hand(act, hit)
    if row["state"] != "waiting":
        raise Refused("hit", "it does not wait for a second reader")
    if row["proposed_by"] == act.actor.officer:
        raise Refused("agrees", "you proposed it: another officer reads it")
    require_another(act, row["proposed_by"])
    read = act.say(row["compartment"], HitRead(agrees=agrees, reasons=reasons), subject=hit, supersedes={})
    if agrees != "yes":
        return "open"
    if met_again(act, row):
        return "confirmed"
    person, other_person = (ref.partition(":")[2] for ref in (row["left"], row["right"]))
    link_same(act, person=person, other=other_person, reasons=reasons, proofs=(read, read))
    tell(act, row, row["counting"])
    return "confirmed"
