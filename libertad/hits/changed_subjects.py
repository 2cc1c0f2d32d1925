"""Which subjects an entry is about, so that an index takes up no others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from functools import lru_cache

from libertad.hits.record_builder import LABELS
from libertad.hits.throttle import breathe
from libertad.journal import folding, reading
from libertad.journal.node import Node, node
from libertad.vocabulary.verbs.people import PropertyTaken

KINDS = {label: kind for kind, label in LABELS.items()}
Part = tuple[str, str, bytes]  # kind and id of a subject, and the file in which something was said of it


@dataclass
class Touched:
    """What entries are part of, the files that they opened, and whether they changed readers."""

    parts: set[Part] = field(default_factory=set)
    fresh: set[bytes] = field(default_factory=set)
    readers: bool = False

    @classmethod
    def of(cls, entries: Iterable[folding.Said]) -> Touched:
        touched = cls()
        for entry in entries:
            if entry.verb == "compartment.open":
                touched.fresh.add(bytes.fromhex(entry.compartment))
            touched.readers |= entry.verb in ("compartment.readers", "compartment.remove")
            touched.parts |= subjects_of(entry)
        return touched

    def add(self, touched: Touched) -> None:
        self.parts |= touched.parts
        self.fresh |= touched.fresh
        self.readers |= touched.readers


@lru_cache(maxsize=2)  # a node's authorities ask one after the other for the same entries
def _touched(home: str, keys: int, rings: frozenset[str], start: int, end: int) -> Touched:
    return Touched.of(_open_entries(node(), start, end))


def _open_entries(here: Node, start: int, end: int) -> Iterator[folding.Said]:
    for entry in reading.stored(here.sql(), start, end):
        breathe()
        folded = here.understand(entry.header, entry.body)
        if folded is not None:
            yield folded


def touched(here: Node, start: int, end: int) -> Touched:
    """By the entries in [start, end), as far as the rings that are open now can tell."""
    return _touched(str(here.home), len(here.rings.known), frozenset(here.rings.open), start, end)


def subjects_of(entry: folding.Said) -> set[Part]:
    """The subjects that an entry is part of: a document that was taken is of the person too. A row follows
    from the entries of its own file alone."""
    place, content = bytes.fromhex(entry.compartment), entry.content
    taken = {("person", content.person, place)} if isinstance(content, PropertyTaken) else set()
    return taken | {
        (KINDS[projection.label], key, place)
        for projection, key in folding.touched(entry)
        if projection.label in KINDS
    }
