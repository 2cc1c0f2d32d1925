"""Values that live beside each other and that a person settles: gathered from the rooms.

A room registers a function that gives its conflicts in files that an actor may read; it finds them by a
column of its read models and opens entries of those rows alone, never the journal.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, officer_names
from libertad.journal.folding import Said
from libertad.journal.rings import RingError
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Doubt:
    """One of the values: what it says, who said it for which authority, when, and in which entry."""

    value: str
    who: str
    authority: str
    happened: Happened
    entry: str


@dataclass(frozen=True)
class Doubled:
    """Values of one field that are all live. `settle` is the page where it is settled, `button` its act."""

    field: str
    reference: str
    href: str
    settle: str
    button: str
    values: tuple[Doubt, ...]
    provenance: str = ""


Source = Callable[[Actor], Iterable[Doubled]]
SOURCES: dict[str, Source] = {}


def conflicts_of(room: str) -> Callable[[Source], Source]:
    """Register a room's conflicts."""

    def mark(source: Source) -> Source:
        SOURCES[room] = source
        return source

    return mark


def conflicts(actor: Actor, *, but: Iterable[str] = ()) -> list[Doubled]:
    """All live double values in files that the actor may read, but those of some rooms.

    A ring that is locked here shows none.
    """
    left = set(but)
    try:
        return [
            conflict for room, source in SOURCES.items() if room not in left for conflict in source(actor)
        ]
    except RingError:
        return []


def doubt(
    value: str,
    entry: Said,
    officers: Mapping[str, str] | None = None,
    offices: Mapping[str, str] | None = None,
) -> Doubt:
    """A value with who said it."""
    offices = offices or authority_names([entry.authority])
    named = (officers or {}).get(entry.officer, "")
    return Doubt(value, named, offices.get(entry.authority, ""), entry.happened, entry.id)


def names(actor: Actor, entries: Iterable[Said]) -> tuple[Mapping[str, str], Mapping[str, str]]:
    """Officers and authorities of entries, as far as the actor may read their names."""
    listed = list(entries)
    if not listed:
        return {}, {}
    return officer_names(actor, [e.officer for e in listed]), authority_names([e.authority for e in listed])
