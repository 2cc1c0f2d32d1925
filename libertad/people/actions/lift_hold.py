"""Lift a legal hold."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.access.legal_holds import tally_id
from libertad.access.models import Hold
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import HoldLift, HoldTally


@action("hold.lift", "hold.tally")
def lift_hold(act: Act, *, country: str, person: str, reason: str) -> None:
    """The hold ends, with its reason. Nothing is erased by that."""
    place = case_file(act, country)
    now = act.get(Hold, person)
    if now is None or not now["active"] or now["compartment"] != place:
        raise Refused("person", "there is no hold to lift")
    if not reason.strip():
        raise Refused("reason", "say why the hold ends")
    act.say(place, HoldLift(reason=reason), subject=person, supersedes={}, source="decision")
    if not now["reference"]:
        tally = HoldTally(state="lifted")
        act.say(act.operation_compartment, tally, subject=tally_id(person), supersedes={}, source="decision")
