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
    "exhibit.seize": "seize", "exhibit.seal": "seal", "custody.offer": "offer", "custody.accept": "accept",
    "custody.take_over": "take_over", "custody.witness": "witness", "custody.release": "release",
    "custody.statement": "statement", "custody.ask": "ask", "exhibit.return": "return",
    "custody.settle": "settle", "custody.store": "store",
}  # fmt: skip


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
    "by", "offer", "to_officer", "to_authority", "to_name", "place", "seal_state", "witness", "words",
    "about_from", "signed", "keep", "aside", "holder", "holder_name", "witness_name", "taking", "agrees",
    "store", "deed", "in_person",
)  # fmt: skip


def event(said: Opened, place: int = 0) -> Event:
    """What custody asks of an entry, which stands at this place among those of its exhibit."""
    what = said.content
    more: dict[str, Any] = {name: getattr(what, name) for name in SHARED if hasattr(what, name)}
    for name in ("seal_read", "number", "opened"):
        more[name] = seal_number(getattr(what, name, ""))
    more["words"] = getattr(what, "words", "") or getattr(what, "why", "") or getattr(what, "reasons", "")
    if isinstance(what, say.CustodyRelease):
        more["to_name"] = what.to_whom
    kind = "correct" if reason_of(what) else KINDS[said.verb]
    if isinstance(what, say.ExhibitSeize):
        more["words"] = what.correction
        more["place"] = what.where_found
    if isinstance(what, say.CustodySettle):
        more["stands"] = place
    if said.happened.precision != "minute":  # msgspec omits a default only if it is the very same string
        more["precision"] = said.happened.precision
    return Event(
        id=said.id, kind=kind, at=said.at.astimezone(UTC), clock=said.body.clock,  # type: ignore[arg-type]
        officer=said.officer, authority=said.authority, zone=said.happened.zone, **more,
    )  # fmt: skip
