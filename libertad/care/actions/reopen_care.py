"""Open a closed protection file again, or take back that it be closed: both by one."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import protection_file
from libertad.care.models import CareFile, ProposedClosing
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import CareReopen


@action("care.reopen")
def reopen_care(act: Act, *, person: str, reasons: str) -> str:
    """Returns the entry's hash. All that is in the file is there as it was. While a closing waits for its
    second reader it takes that back."""
    place = protection_file(act, "care.reopen", person)
    file = act.get(CareFile, place)
    if file is None or (file["closed_at"] is None and act.get(ProposedClosing, place) is None):
        raise Refused("person", "this protection file is not closed")
    content = CareReopen(person=person, reasons=reasons)
    return act.say(place, content, subject=person, supersedes={}, source="decision")
