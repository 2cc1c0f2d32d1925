"""What of an ended phone's entries may be released: what the phone could have said, had it not ended."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import NamedTuple

from libertad.access.about_phones import beyond, phone_of
from libertad.access.grounds import Grounds
from libertad.field.capture_keys import PERSON, VISITED
from libertad.field.phones import Phone
from libertad.journal.folding import Said
from libertad.journal.header import Header
from libertad.journal.misfits import misfit
from libertad.journal.transaction import Transaction
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.verbs.access import CompartmentOpen

NONE_SAYS = marked("no phone says this")
NEVER = datetime.max.replace(tzinfo=UTC)  # that it came late is why somebody decides about it


class Claimed(NamedTuple):
    """An entry that waits, and the header under which it came."""

    report: Said
    head: Header


def may_say(tx: Transaction, phone: Phone, claimed: Claimed, released: set[str]) -> bool:
    """Whether it is the phone's to say, by its enrolment and in this file. `released`: files (as they came)
    that opened anew when their opening was released.

    Asked of the words alone, before they are said again by somebody whose role says a great deal more.
    """
    report, grounds = claimed.report, Grounds(tx)
    enrolled = phone_of(phone.device, phone.authority, grounds)
    if enrolled is None or report.authority != phone.authority or misfit(report):
        return False
    limits = enrolled._replace(until=NEVER, verbs=enrolled.verbs.intersection(phone.verbs))
    if (enrolled.officer, enrolled.operation) != (phone.officer, phone.operation):
        return False
    return beyond(report, limits, grounds) is None and _in_its_file(claimed, phone, grounds, released)


def _in_its_file(claimed: Claimed, phone: Phone, grounds: Grounds, released: set[str]) -> bool:
    """Files of people that it opened itself, and those that it is given for a visit."""
    report, head = claimed.report, claimed.head
    if isinstance(report.content, CompartmentOpen):
        return head.seq == 0 and head.type_class == PERSON
    if report.compartment in released:
        return head.type_class == PERSON
    place = grounds.place(report.compartment)
    if place is None or head.type_class != place.kind or place.operation not in ("", report.operation):
        return False
    return place.kind in VISITED or (
        place.kind == PERSON and _opener(report.compartment, grounds) == phone.device
    )


def _opener(compartment: str, grounds: Grounds) -> str:
    """The device (hex) by which a file was opened; '' for one that is not here."""
    openings = [
        entry
        for entry in grounds.entries(f"access.Compartment:{compartment}")
        if isinstance(entry.content, CompartmentOpen)
    ]
    position = grounds.position(openings[0].id) if openings else None
    return position[0] if position else ""
