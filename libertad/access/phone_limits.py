"""What an officer's phone may say by its enrolment. Pure: nodes ask it, and checks of evidence packages."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple, Protocol

from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.field_verbs import FIELD_VERBS
from libertad.vocabulary.verbs.access import CompartmentOpen, DeviceEnrol

OPENED = "person"  # the one kind of file that a phone opens


class Opened(Protocol):
    """An opened entry: of the journal, or of an evidence package."""

    @property
    def body(self) -> Body: ...
    @property
    def content(self) -> Verb: ...


class Phone(NamedTuple):
    """What a phone may say: whose words, in which operation, until when, which verbs."""

    officer: str
    operation: str
    until: datetime
    verbs: frozenset[str]


def phone_by(enrolment: Opened) -> Phone | None:
    """What the device may say that an entry enrols; None where that is a node's device."""
    content = enrolment.content
    if not isinstance(content, DeviceEnrol) or not content.kind or content.until is None:
        return None
    verbs = FIELD_VERBS.intersection(content.verb)
    return Phone(content.officer, enrolment.body.operation, content.until, verbs)


def past(entry: Opened, phone: Phone) -> str:
    """Why a phone may not say an entry, by its enrolment alone; '' where it may."""
    body, content = entry.body, entry.content
    if body.officer != phone.officer:
        return "its phone is another officer's"
    if body.operation != phone.operation:
        return "its phone is of another operation"
    if body.verb not in phone.verbs:
        return "its device is a phone, which does not say this"
    if body.clock > phone.until:
        return "its phone was enrolled until before that"
    if isinstance(content, CompartmentOpen) and content.kind != OPENED:
        return "a phone opens no file of this kind"
    return ""
