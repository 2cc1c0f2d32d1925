"""Place a legal hold on a person: nothing of the person may be erased until it is lifted."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.access.legal_holds import tally_id
from libertad.access.models import Hold, HoldTally
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs import access as verbs


@action("hold.place", "hold.tally")
def place_hold(act: Act, *, country: str, person: str, reason: str, order: str = "") -> None:
    """Said by the prosecution, in the case file of its country; visible to its readers.

    Beside it a tally without name, reason or order, so that a care authority that keeps a file of the person
    erases none of it either.
    """
    if not person.strip():
        raise Refused("person", "choose whom the hold is about")
    place = case_file(act, country)
    now = act.get(Hold, person)
    tally = act.get(HoldTally, tally_id(person))
    in_force = now is not None and now["active"] and now["compartment"] == place
    # Of a hold that was placed before 0.2 the operation's file says nothing: it is placed anew.
    if in_force and tally is not None and tally["active"]:
        raise Refused("person", "a hold is in force already; lift it first if its reason has changed")
    act.say(
        place, verbs.HoldPlace(reason=reason, order=order), subject=person, supersedes={}, source="decision"
    )
    placed = verbs.HoldTally(state="placed")
    act.say(act.operation_compartment, placed, subject=tally_id(person), supersedes={}, source="decision")
