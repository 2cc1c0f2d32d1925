"""Say how a person is reached safely, and how not."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._desk import desk_beside
from libertad.vocabulary.bounds import check_past_date
from libertad.vocabulary.verbs.care import SafetyPlan


@action("safety.plan")
def plan_safety(act: Act, *, person: str, reach: str, avoid: str = "", checked: str = "") -> None:
    """Read by caseworkers only. `checked` is when it was last tried, a date or a moment with its offset."""
    place = desk_beside(act, "safety.plan", person)
    if checked:
        check_past_date(checked[:10], act.happened.local.date(), "checked")
    act.say(place, SafetyPlan(person=person, reach=reach, avoid=avoid, checked=checked), subject=person)
