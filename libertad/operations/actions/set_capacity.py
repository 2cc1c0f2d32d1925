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
    hour reads from it whom a raid brought."""
    if act.member(act.actor.authority, "care") is None:
        raise Refused("places", "care authorities of the operation say how many places there are")
    before = act.get(Capacity, f"{act.actor.operation}:{act.actor.authority}")
    zone = ZoneInfo(act.actor.zone)
    today = act.happened.utc.astimezone(zone).date()
    if before is not None and before["at"].astimezone(zone).date() >= today:
        raise Refused("places", "it was said today already: once a day; telephone until tomorrow")
    content = CapacitySet(places=places)
    return act.say(
        act.operation_compartment, content, subject=act.actor.authority, supersedes={}, source="decision"
    )
