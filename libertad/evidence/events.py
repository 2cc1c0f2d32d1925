"""Entries of an exhibit -> what custody asks of them. Pure: no database, no settings."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any, Protocol

from libertad.evidence.custody import Event
from libertad.evidence.seals import seal_number
from libertad.vocabulary.body import Body, Verb, reason_of
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs import evidence as say

KINDS = {
    "exhibit.seize": "seize",
    "exhibit.seal": "seal",
    "custody.offer": "offer",
    "custody.accept": "accept",
    "custody.take_over": "take_over",
    "custody.witness": "witness",
    "custody.release": "release",
    "custody.statement": "statement",
    "custody.ask": "ask",
    "exhibit.return": "return",
    "custody.settle": "settle",
    "custody.store": "store",
}


class Opened(Protocol):
    """An opened entry: of the journal (`folding.Said`), or of an evidence package (`package.Opened`)."""

    @property
    def id(self) -> str: ...
    @property
    def at(self) -> datetime: ...
    @property
    def body(self) -> Body: ...
    @property
    def content(self) -> Verb: ...
    @property
    def verb(self) -> str: ...
    @property
    def officer(self) -> str: ...
    @property
    def authority(self) -> str: ...
    @property
    def happened(self) -> Happened: ...


SHARED = (
    "by",
    "offer",
    "to_officer",
    "to_authority",
    "to_name",
    "place",
    "seal_state",
    "witness",
    "words",
    "about_from",
    "signed",
    "keep",
    "aside",
    "holder",
    "holder_name",
    "witness_name",
    "taking",
    "agrees",
    "store",
    "deed",
    "in_person",
)


def event(entry: Opened, place: int = 0) -> Event:
    """What custody asks of an entry, which stands at this place among those of its exhibit."""
    content = entry.content
    values: dict[str, Any] = {name: getattr(content, name) for name in SHARED if hasattr(content, name)}
    for name in ("seal_read", "number", "opened"):
        values[name] = seal_number(getattr(content, name, ""))
    values["words"] = (
        getattr(content, "words", "") or getattr(content, "why", "") or getattr(content, "reasons", "")
    )
    if isinstance(content, say.CustodyRelease):
        values["to_name"] = content.to_whom
    kind = "correct" if reason_of(content) else KINDS[entry.verb]
    if isinstance(content, say.ExhibitSeize):
        values["words"] = content.correction
        values["place"] = content.where_found
    if isinstance(content, say.CustodySettle):
        values["stands"] = place
    if entry.happened.precision != "minute":  # msgspec omits a default only if it is the very same string
        values["precision"] = entry.happened.precision
    return Event(
        id=entry.id,
        kind=kind,  # type: ignore[arg-type]
        at=entry.at.astimezone(UTC),
        clock=entry.body.clock,
        officer=entry.officer,
        authority=entry.authority,
        zone=entry.happened.zone,
        **values,
    )
