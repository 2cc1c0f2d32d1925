"""The last decision is taken back: the hit is open again, and a link that it made ends."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.hits.actions._hit import hit_at_hand, met_again
from libertad.hits.actions._telling import take_back
from libertad.hits.fold import of_persons
from libertad.people.actions.link_not_same import link_not_same
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.hits import HitUndo

DECIDED = ("confirmed", "rejected", "waiting", "not-yet", "back")


@action("hit.undo", "person.not_same", "tally.link", "hit.tally")
def undo_hit(act: Act, *, hit: str, reasons: str) -> str:
    """Returns the hit's id. What was decided stays on file; of linked persons only who may link may undo."""
    row = hit_at_hand(act, hit)
    if row["state"] not in DECIDED:
        raise Refused("hit", "nothing is decided that could be taken back")
    act.say(row["compartment"], HitUndo(reasons=reasons), subject=hit, supersedes={})
    if row["state"] == "confirmed" and not met_again(act, row):
        if of_persons(row["left"], row["right"]):
            person, other_person = (ref.partition(":")[2] for ref in (row["left"], row["right"]))
            link_not_same(act, person=person, other=other_person, reasons=reasons)
        take_back(act, row, row["counting"])
    return hit
