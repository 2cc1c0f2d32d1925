"""Place a legal hold on the person of a reference that the prosecution was given, or on what was disclosed
to it."""

from __future__ import annotations

import re

from libertad.access.acting import Act, action
from libertad.access.case_files import case_file
from libertad.access.models import Hold
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import HoldPlace

REFERENCE = re.compile(r"(?:P-([A-Z]{2})-(?:[A-Z]{2,3}-)?|[DT]-[A-Z]{2}-)[0-9]{3,9}")


@action("hold.place")
def hold_reference(act: Act, *, reference: str, reason: str, order: str = "") -> str:
    """Returns the hold's id. No person is looked up: for a reference that nobody has, all is the same.

    Only references of the prosecution's own country, which is read from the reference itself; one of what was
    disclosed ('T-GY-482913'; before, 'D-GY-482913') is the giver's, and holds what is kept here.
    """
    reference = "".join(reference.split()).upper()
    match = REFERENCE.fullmatch(reference)
    if match is None:
        raise Refused("reference", "write it as you were given it, such as P-GY-012")
    own = act.member(act.actor.authority)
    country = own["country"] if own else ""
    place = case_file(act, country)
    if match[1] not in (country, None):
        raise Refused("reference", "is of another country; its prosecution places the hold")
    if any(hold["active"] and hold["compartment"] == place for hold in act.find(Hold, reference=reference)):
        raise Refused("reference", "a hold is in force already; lift it first if its reason has changed")
    hold = act.new_id(place)
    content = HoldPlace(reason=reason, order=order, reference=reference)
    act.say(place, content, subject=hold, supersedes={}, source="decision")
    return hold
