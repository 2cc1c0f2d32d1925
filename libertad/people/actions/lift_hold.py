"""Lift a legal hold."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import case_file
from libertad.vocabulary.verbs.access import HoldLift


@action("hold.lift")
def lift_hold(act: Act, *, country: str, person: str, reason: str) -> None:
    """The hold ends, with its reason."""
    act.say(case_file(act, country), HoldLift(reason=reason), subject=person, supersedes={})
