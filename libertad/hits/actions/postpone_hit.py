"""Not yet: what is missing, and the day on which the hit comes back."""

from __future__ import annotations

from datetime import date, timedelta

from libertad.access.acting import Act, action
from libertad.hits.actions._hit import hit_at_hand, undecided
from libertad.vocabulary.values import Refused, whole_date
from libertad.vocabulary.verbs.hits import HitPostpone

LONGEST = timedelta(days=366)


@action("hit.postpone")
def postpone_hit(act: Act, *, hit: str, until: str, reasons: str) -> str:
    """Returns the hit's id. `until` lies ahead, by the operation's clock, and within a year."""
    row = hit_at_hand(act, hit)
    undecided(row)
    day, today = date.fromisoformat(whole_date(until, "until")), act.now.date()
    if not today < day <= today + LONGEST:
        raise Refused("until", "choose a day that lies ahead, within a year")
    act.say(row["compartment"], HitPostpone(until=until, reasons=reasons), subject=hit, supersedes={})
    return hit
