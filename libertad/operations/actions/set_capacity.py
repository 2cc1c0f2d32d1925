"""Say how many places the care of one's own country has: none, few or enough."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from libertad.access.acting import Act, action
from libertad.operations.capacity_models import Capacity
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.capacity import CapacitySet


@action("capacity.set")
def set_capacity(act: Act, *, places: str) -> str:
    """Returns the entry's hash. Refused twice on one day of the authority's zone: who sees it change by the
    hour reads from it whom a raid brought. A word from a day that has not come, said under a clock that was
    ahead, keeps no other day's from being said."""
    if act.member(act.actor.authority, "care") is None:
        raise Refused("places", "care authorities of the operation say how many places there are")
    zone = ZoneInfo(act.actor.zone)
    today, now = (at.astimezone(zone).date() for at in (act.happened.utc, act.now))
    touch = f"{Capacity._meta.label}:{act.actor.operation}:{act.actor.authority}"
    days = {entry.at.astimezone(zone).date() for entry in act.tx.entries_touching(touch)}
    if any(day == today or today < day <= now for day in days):
        raise Refused("places", "it was said today already: once a day; telephone until tomorrow")
    content = CapacitySet(places=places)
    return act.say(
        act.operation_compartment, content, subject=act.actor.authority, supersedes={}, source="decision"
    )
