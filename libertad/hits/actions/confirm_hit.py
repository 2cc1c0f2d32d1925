"""An officer finds that both records are of one person or thing. Of two persons nobody decides alone."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.hits.actions._hit import hit_at_hand, undecided
from libertad.hits.actions._telling import tell
from libertad.hits.fold import of_persons
from libertad.vocabulary.verbs.hits import HitConfirm


@action("hit.confirm", "hit.tally")
def confirm_hit(act: Act, *, hit: str, reasons: str) -> str:
    """Returns the state it is in then: 'waiting' for a second reader, or 'confirmed'."""
    row = hit_at_hand(act, hit)
    undecided(row)
    counting = act.new_id()
    content = HitConfirm(reasons=reasons, counting=counting)
    act.say(row["compartment"], content, subject=hit, supersedes={})
    if of_persons(row["left"], row["right"]):
        return "waiting"
    tell(act, row, counting)
    return "confirmed"
