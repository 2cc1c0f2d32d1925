"""Keep a closed protection file until a later day."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import NO_FILE, protection_file
from libertad.care.models import CareFile
from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.care import CareKeep

AT_MOST = 100  # years ahead


@action("care.keep")
def keep_longer(act: Act, *, person: str, keep_until: str, reasons: str) -> str:
    """Returns the entry's hash. Refused for an open file, and for a day before that until which it is kept:
    a file is not erased earlier than was said when it was closed."""
    place = protection_file(act, "care.keep", person)
    file = act.get(CareFile, place)
    if file is None:
        raise Refused("person", NO_FILE)
    if file["closed_at"] is None:
        raise Refused("person", "this protection file is open: close it first")
    check_ahead(keep_until, act.happened.local.date(), "keep_until", years=AT_MOST)
    if keep_until <= file["keep_until"]:
        raise Refused(
            "keep_until",
            "this file is kept until %(day)s already: write a later day",
            day=PartialDate(file["keep_until"]),
        )
    content = CareKeep(person=person, keep_until=keep_until, reasons=reasons)
    return act.say(place, content, subject=person, supersedes={}, source="decision")
