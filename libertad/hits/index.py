"""The records of each authority in memory: what its own ring opens, and never written anywhere.

Built when it is first asked for after unlocking, from what the journal folded. After that it takes up what
was said since, and what keys that arrived have opened; erased files are out of it before the erasure is
answered.
"""

from __future__ import annotations

import threading
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field

from libertad.hits import engine
from libertad.hits.engine import Hit, Matching
from libertad.hits.gathering import LABELS, Subject, gather, identifying, reader
from libertad.hits.matching.record import Record
from libertad.journal import folding, reading
from libertad.journal.models import Head
from libertad.journal.node import Node, node

KINDS = {label: kind for kind, label in LABELS.items()}
MANY = 5000  # entries since the last look, from which everything is looked at instead


@dataclass
class Index:
    """One authority's subjects and their matcher. `size`: the tree's size up to which it is complete.

    `due`: subjects whose facts changed since they were last scored; `scored`: whether they ever were here.
    """

    authority: str
    matcher: Matching
    size: int = 0
    places: frozenset[bytes] = frozenset()
    subjects: dict[str, Subject] = field(default_factory=dict)
    due: set[str] = field(default_factory=set)
    scored: bool = False

    def put(self, subject: Subject) -> None:
        """Take a subject up anew."""
        before = self.subjects.get(subject.ref)
        if not identifying(subject.record):
            self.drop(subject.ref)
            return
        self.subjects[subject.ref] = subject
        if before is None or (before.record, before.knows) != (subject.record, subject.knows):
            self.matcher.put(subject.record)
            self.due.add(subject.ref)

    def drop(self, ref: str) -> None:
        self.due.discard(ref)
        if self.subjects.pop(ref, None) is not None:
            self.matcher.drop(ref)


_indexes: dict[str, Index] = {}
_guard = threading.RLock()
_listening: Node | None = None


@contextmanager
def held() -> Iterator[None]:
    """Nobody else looks into an index or changes it meanwhile. Never within a job of the writer, which may
    hold what building an index waits for."""
    with _guard:
        yield


def up_to_date(authority: str) -> Index:
    """The authority's index, with what was said and what became readable since it was last looked at."""
    with _guard:
        here = node()
        _listen(here)
        size = Head.objects.filter(pk=1).values_list("size", flat=True).first() or 0
        here.rings.refresh()
        current = here.rings.ring(authority).current
        index = _indexes.get(authority)
        if index is not None and (size, len(current)) == (index.size, len(index.places)):
            return index
        places = frozenset(current)
        if index is None or size < index.size:
            index = _indexes[authority] = Index(authority, engine.matcher())
            return _whole(index, size, places)
        if lost := index.places - places:
            for ref in [r for r, one in index.subjects.items() if bytes.fromhex(one.compartment) in lost]:
                index.drop(ref)
        if size == index.size and places <= index.places:
            index.places = places
            return index
        if size - index.size > MANY:
            return _whole(index, size, places)
        wanted, fresh = touched(here, index.size, size)
        if not places - index.places <= fresh:  # keys that open what was said before
            return _whole(index, size, places)
        return _some(index, wanted, size, places)


def _whole(index: Index, size: int, places: frozenset[bytes]) -> Index:
    there = set()
    for subject in gather(reader(index.authority)):
        there.add(subject.ref)
        index.put(subject)
    for ref in index.subjects.keys() - there:
        index.drop(ref)
    index.size, index.places = size, places
    return index


def _some(index: Index, wanted: Mapping[str, Sequence[str]], size: int, places: frozenset[bytes]) -> Index:
    found = {subject.ref: subject for subject in gather(reader(index.authority), wanted)}
    for ref in {f"{kind}:{key}" for kind, keys in wanted.items() for key in keys} - found.keys():
        index.drop(ref)
    for subject in found.values():
        index.put(subject)
    index.size, index.places = size, places
    return index


def touched(here: Node, start: int, end: int) -> tuple[dict[str, list[str]], frozenset[bytes]]:
    """What the entries in [start, end) are part of: ids by kind of subject; and the files opened by them."""
    wanted: dict[str, set[str]] = {}
    fresh: set[bytes] = set()
    for entry in reading.stored(here.sql(), start, end):
        said = here.understand(entry.header, entry.body)
        if said is not None and said.verb == "compartment.open":
            fresh.add(bytes.fromhex(entry.compartment))
        for projection, key in folding.touched(said) if said is not None else ():
            kind = KINDS.get(projection.label)
            if kind:
                wanted.setdefault(kind, set()).add(key)
    return {kind: sorted(keys) for kind, keys in wanted.items()}, frozenset(fresh)


def ask(authority: str, record: Record, limit: int = 20, least: float = 0.0) -> list[tuple[Subject, Hit]]:
    """What this authority may read that is like the record, the best first: from `least` bits on, and what
    has a number in common with it."""
    with _guard:
        index = up_to_date(authority)
        return [
            (index.subjects[hit.id], hit)
            for hit in index.matcher.ask(record, limit, min(least, engine.LOWEST))
            if hit.id in index.subjects and (hit.bits >= least or engine.one_number(hit.reasons))
        ]


def compare(authority: str, left: str, right: str) -> tuple[Subject, Subject, Hit] | None:
    """Two subjects of this authority weighed against each other; None where it may not read one of them."""
    with _guard:
        index = up_to_date(authority)
        one, two = index.subjects.get(left), index.subjects.get(right)
        if one is None or two is None:
            return None
        return one, two, index.matcher.compare(one.record, two.record)


def subjects(authority: str, refs: Iterable[str]) -> dict[str, Subject]:
    """Those of the subjects that this authority may read."""
    with _guard:
        index = up_to_date(authority)
        return {ref: index.subjects[ref] for ref in refs if ref in index.subjects}


def forget() -> None:
    """Drop every index."""
    with _guard:
        _indexes.clear()


def _listen(here: Node) -> None:
    """An erasure on this node is out of memory before its answer."""
    global _listening
    if _listening is not here:
        _indexes.clear()
        here.erased.append(_erased)
        _listening = here


def _erased(gone: frozenset[str]) -> None:
    with _guard:
        for index in _indexes.values():
            for ref in [r for r, one in index.subjects.items() if one.compartment in gone]:
                index.drop(ref)
