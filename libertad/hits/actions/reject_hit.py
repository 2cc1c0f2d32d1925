"""An officer finds that the records are of different persons or things."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.hits.actions._hit import hit_at_hand, undecided
from libertad.vocabulary.verbs.hits import HitReject


@action("hit.reject")
def reject_hit(act: Act, *, hit: str, reasons: str) -> str:
    """Returns the hit's id. New facts on either record bring it back; the decision stays on file."""
    row = hit_at_hand(act, hit)
    undecided(row)
    act.say(row["compartment"], HitReject(reasons=reasons), subject=hit, supersedes={})
    return hit
