"""Place a legal hold on a person: nothing of the person may be erased until it is lifted."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.access.models import Hold
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import HoldPlace


@action("hold.place")
def place_hold(act: Act, *, country: str, person: str, reason: str, order: str = "") -> None:
    """Said by the prosecution, in the case file of its country; visible to its readers."""
    if not person.strip():
        raise Refused("person", "choose whom the hold is about")
    place = case_file(act, country)
    now = act.get(Hold, person)
    if now is not None and now["active"] and now["compartment"] == place:
        raise Refused("person", "a hold is in force already; lift it first if its reason has changed")
    act.say(place, HoldPlace(reason=reason, order=order), subject=person, supersedes={}, source="decision")
