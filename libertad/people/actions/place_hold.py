"""Place a legal hold on a person: nothing of the person may be erased until it is lifted."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import case_file
from libertad.vocabulary.verbs.access import HoldPlace


@action("hold.place")
def place_hold(act: Act, *, country: str, person: str, reason: str, order: str = "") -> None:
    """Said by the prosecution, in the case file of its country; visible to its readers."""
    act.say(case_file(act, country), HoldPlace(reason=reason, order=order), subject=person, supersedes={})
