"""Reading the exhibit store: its places, what is at each, and the audits with what differed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import open_row, readable
from libertad.evidence.custody import Chain, Event
from libertad.evidence.flaws import MOVES_ALL_THE_SAME
from libertad.evidence.models import Exhibit, StoreAudit, StorePlace
from libertad.evidence.queries import ExhibitSeen, exhibits

DEEP = 8


@dataclass(frozen=True)
class PlaceSeen:
    """A place of the store. `path`: its name after those of the places that it lies in, outermost first."""

    id: str
    kind: str
    name: str
    country: str
    within: str
    path: str
    count: int
    before: Sequence[tuple[str, str]]
    provenance: str


@dataclass(frozen=True)
class DifferenceSeen:
    """A difference of an audit. `thing`: the exhibit's id, or of 'unknown' what was read.

    `on_file`, `read`: of a seal. `explained`: outcome, reasons, by, at; empty while nobody has.
    """

    about: str
    kind: str
    thing: str
    reference: str
    description: str
    on_file: str = ""
    read: str = ""
    explained: Mapping[str, str] = field(default_factory=dict)
    turned_up: Event | None = None  # of what was missing: the first step after the audit that had it in hand


@dataclass(frozen=True)
class AuditSeen:
    """An audit of a place, with its differences."""

    id: str
    store: str
    place: str
    authority: str
    by: str
    at: datetime
    zone: str
    expected: Sequence[str]
    note: str
    differences: Sequence[DifferenceSeen]
    open: int
    provenance: str


def places(actor: Actor) -> list[PlaceSeen]:
    """Places of the actor's own store, each after the one that it lies in."""
    rows = list(readable(actor, StorePlace).filter(authority=actor.authority))
    names = {row.pk: open_row(actor, row) for row in rows}
    outer = {row.pk: row.within for row in rows}
    counts: dict[str, int] = {}
    for store in _own_exhibits(actor).exclude(store="").values_list("store", flat=True):
        counts[store] = counts.get(store, 0) + 1

    def path(key: str) -> str:
        parts: list[str] = []
        while key in names and len(parts) < DEEP:
            parts.append(str(names[key].get("name", "")))
            key = outer[key]
        return ", ".join(reversed(parts))

    listed = [
        PlaceSeen(
            id=row.pk,
            kind=row.kind,
            name=names[row.pk].get("name", ""),
            country=row.country,
            within=row.within,
            path=path(row.pk),
            count=counts.get(row.pk, 0),
            before=[(name, why) for name, why in names[row.pk].get("before", ())],
            provenance=row.provenance,
        )
        for row in rows
    ]
    return sorted(listed, key=lambda place: place.path.casefold())


def count(actor: Actor) -> int:
    """How many places the actor's own store has."""
    return readable(actor, StorePlace).filter(authority=actor.authority).count()


def place(actor: Actor, key: str) -> PlaceSeen | None:
    """One place of the actor's own store; None alike for others' and for none."""
    return next((place for place in places(actor) if place.id == key), None) if key else None


def _own_exhibits(actor: Actor) -> Any:
    return readable(actor, Exhibit).filter(holder_authority=actor.authority)


def exhibits_at(actor: Actor, store: str) -> list[ExhibitSeen]:
    """What the record has at a place, by reference."""
    ids = list(_own_exhibits(actor).filter(store=store).values_list("pk", flat=True))
    return sorted(exhibits(actor, ids=ids), key=lambda exhibit: exhibit.reference)


def to_put_away(actor: Actor) -> list[ExhibitSeen]:
    """What this officer holds and has put at no place, by reference."""
    ids = list(_own_exhibits(actor).filter(store="", holder=actor.officer).values_list("pk", flat=True))
    return sorted(exhibits(actor, ids=ids), key=lambda exhibit: exhibit.reference)


def audits(actor: Actor, *, store: str = "", only_open: bool = False) -> list[AuditSeen]:
    """Audits of the actor's own store, newest first."""
    rows = readable(actor, StoreAudit).filter(authority=actor.authority).order_by("-at", "id")
    if store:
        rows = rows.filter(store=store)
    if only_open:
        rows = rows.filter(open__gt=0)
    return _audits(actor, list(rows))


def audit(actor: Actor, key: str) -> AuditSeen | None:
    """One audit of the actor's own store; None alike for others' and for none."""
    return next(
        iter(_audits(actor, list(readable(actor, StoreAudit, [key]).filter(authority=actor.authority)))), None
    )


def differences_of(actor: Actor, exhibit: str) -> list[tuple[AuditSeen, DifferenceSeen]]:
    """What audits found that concerns an exhibit, newest first: for all who read its case."""
    rows = readable(actor, StoreAudit).filter(differences__gt=0).order_by("-at", "id")
    return [
        (audit, difference)
        for audit in _audits(actor, list(rows), exhibit)
        for difference in audit.differences
        if difference.thing == exhibit and difference.kind != "unknown"
    ]


def _audits(actor: Actor, rows: Sequence[StoreAudit], concerning: str = "") -> list[AuditSeen]:
    pairs = [(row, open_row(actor, row)) for row in rows]
    if concerning:
        pairs = [
            (row, words)
            for row, words in pairs
            if any(concerning in about for about in words.get("found", ()))
        ]
    named = {name for _row, words in pairs for _kind, name in map(_parts, words.get("found", ()))}
    known = {exhibit.id: exhibit for exhibit in exhibits(actor, ids=sorted(named))} if named else {}
    return [
        AuditSeen(
            id=row.pk,
            store=row.store,
            place=words.get("place", ""),
            authority=row.authority,
            by=words.get("by", ""),
            at=row.at,
            zone=row.zone,
            expected=words.get("expected", ()),
            note=words.get("note", ""),
            open=row.open,
            provenance=row.provenance,
            differences=[_difference(about, words, known, row.at) for about in words.get("found", ())],
        )
        for row, words in pairs
    ]


def _parts(about: str) -> tuple[str, str]:
    kind, _colon, key = about.partition(":")
    return kind, key


def _difference(
    about: str, words: Mapping[str, Any], known: Mapping[str, ExhibitSeen], audited: datetime
) -> DifferenceSeen:
    kind, key = _parts(about)
    exhibit = known.get(key) if kind != "unknown" else None
    on_file, read = words.get("seals", {}).get(key, ("", "")) if kind == "seal" else ("", "")
    return DifferenceSeen(
        about=about,
        kind=kind,
        thing=key,
        reference=exhibit.reference if exhibit else "",
        description=exhibit.description if exhibit else "",
        on_file=on_file,
        read=read,
        explained=words.get("explained", {}).get(about, {}),
        turned_up=turned_up(exhibit.chain, audited) if kind == "missing" and exhibit else None,
    )


IN_HAND = ("seal", "accept", "store", "return")


def turned_up(custody: Chain, audited: datetime) -> Event | None:
    """The first step after an audit by somebody who had the exhibit in hand, and does not contradict.

    Who reads another seal than the one on file, or finds it broken, has it in hand; whose acceptance a person
    set aside had not.
    """
    for event in custody.events:
        counts = not custody.flaw(event) or custody.flaw(event) in MOVES_ALL_THE_SAME
        if event.kind in IN_HAND and event.at >= audited and counts and event not in custody.aside:
            return event
    return None
