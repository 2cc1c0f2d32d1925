"""Name the care authority that counts for all, and the time of each day's cut."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import CountingName


@action("counting.name")
def name_counting(act: Act, *, care: str, cut_time: str) -> None:
    """It counts nobody by that: each care authority lets it read its numbers, or does not."""
    if act.member(care, "care") is None:
        raise Refused("care", "name a care authority of this operation")
    act.say(
        act.operation_compartment,
        CountingName(care=care, cut_time=cut_time),
        subject=act.actor.operation,
        source="decision",
        supersedes={},
    )
