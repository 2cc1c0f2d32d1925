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
from itertools import islice
from typing import TYPE_CHECKING

from libertad.hits import engine
from libertad.hits.changed_subjects import Part, Touched, touched
from libertad.hits.matching.record import NUMBERED, Hit, Record
from libertad.hits.matching.text import bare
from libertad.hits.queries import owners_of, trust
from libertad.hits.record_builder import Subject, gather_all, identifying
from libertad.hits.throttle import breathe
from libertad.journal import folding, trees
from libertad.journal.listening import Listening
from libertad.journal.node import Node, node

if TYPE_CHECKING:
    from libertad.hits.matching import Matcher

AT_ONCE = 5000  # subjects that the matcher takes up together
MANY = 5000  # entries since the last look, from which everything is looked at instead


@dataclass
class Index:
    """One authority's subjects and their matcher. `size`: the tree's size up to which it is complete.

    `due`: subjects whose facts changed since they were last scored; `scored`: whether they ever were here.
    `news`: what this process folded since, entries that were here before among it: a judgement that was taken
    back, say; without a gap up to `heard`, the tree's size.
    """

    authority: str
    matcher: Matcher
    size: int = 0
    places: frozenset[bytes] = frozenset()
    subjects: dict[str, Subject] = field(default_factory=dict)
    due: set[str] = field(default_factory=set)
    scored: bool = False
    numbers: dict[tuple[str, str], set[str]] = field(default_factory=dict)
    news: Touched = field(default_factory=Touched)
    heard: int = 0

    def upsert(self, subjects: Iterable[Subject]) -> None:
        """Take subjects up anew, each once."""
        changed = [subject.record for subject in subjects if self._upsert_subject(subject)]
        if changed:
            self.matcher.upsert_all(changed)

    def _upsert_subject(self, subject: Subject) -> bool:
        """Whether it is news to the matcher."""
        breathe()
        before = self.subjects.get(subject.ref)
        if not identifying(subject.record):
            self.drop(subject.ref)
            return False
        if before is not None:
            self._uncount(before)
        self.subjects[subject.ref] = subject
        for number in numbers_of(subject.record):
            self.numbers.setdefault(number, set()).add(subject.ref)
        if before is None or (before.record, before.knows) != (subject.record, subject.knows):
            self.due.add(subject.ref)
            return True
        return False

    def take_news(self) -> tuple[Touched, int]:
        """The news, which are taken up by this, and up to where they are without a gap."""
        with _news:
            news, self.news = self.news, Touched()
            return news, self.heard

    def put_back(self, news: Touched) -> None:
        """What was not taken up after all."""
        with _news:
            self.news.add(news)

    def hear(self, news: Touched, start: int, end: int) -> None:
        """What a commit of this process said: the entries of [start, end), and others."""
        self.news.add(news)
        if start <= self.heard:
            self.heard = max(self.heard, end)

    def drop(self, ref: str) -> None:
        self.due.discard(ref)
        before = self.subjects.pop(ref, None)
        if before is not None:
            self._uncount(before)
            self.matcher.drop(ref)

    def _uncount(self, subject: Subject) -> None:
        for number in numbers_of(subject.record):
            refs = self.numbers.get(number, set())
            refs.discard(subject.ref)
            if not refs:
                self.numbers.pop(number, None)

    def find_similar(self, record: Record, limit: int) -> list[Hit]:
        """The likeliest, down to `engine.LOWEST`. Two thirds are kept free for what has one of its numbers,
        so that it is not lost among many that are nearly the same.
        """
        hits = list(self.matcher.ask(record, limit, engine.LOWEST))
        known = {hit.id for hit in hits} | {record.id}
        same = {ref for number in numbers_of(record) for ref in self.numbers.get(number, ())} - known
        for ref in sorted(same)[:limit]:
            hit = self.matcher.compare(record, self.subjects[ref].record)
            hits += [hit] if hit.bits >= engine.LOWEST else []
        hits.sort(key=lambda hit: (-hit.bits, hit.id))
        numbered = [hit for hit in hits if engine.one_number(hit.reasons)][: limit - limit // 3]
        retained_ids = {hit.id for hit in (numbered + [hit for hit in hits if hit not in numbered])[:limit]}
        return [hit for hit in hits if hit.id in retained_ids]


def numbers_of(record: Record) -> set[tuple[str, str]]:
    """(kind, number) as they are compared; of a document without its country."""
    numbers = {(kind, bare(kind, value)) for kind, value in record.facts if kind in NUMBERED}
    return {(kind, number) for kind, number in numbers if number}


_indexes: dict[str, Index] = {}
_guard = threading.RLock()
_news = threading.Lock()  # held for a moment: a commit waits for it


@contextmanager
def lock_indexes() -> Iterator[None]:
    """Nobody else looks into an index or changes it meanwhile. Never within a job of the writer, which may
    hold what building an index waits for."""
    with _guard:
        yield


def up_to_date(authority: str) -> Index:
    """The authority's index, with what was said and what became readable since it was last looked at."""
    with _guard:
        here = node()
        _listening.attend(here)
        index = _indexes.get(authority)
        news, watermark = (
            index.take_news() if index is not None else (Touched(), 0)
        )  # before size and keys are read
        try:
            return _with(news, watermark, here, authority, index)
        except BaseException:
            if index is not None:
                index.put_back(news)
            raise


def _with(news: Touched, watermark: int, here: Node, authority: str, index: Index | None) -> Index:
    """With the news of [.., watermark), and what others said since."""
    size = trees.size(here.sql())
    here.rings.refresh()
    current = here.rings.ring(authority).current
    if index is not None and not news.parts and (size, len(current)) == (index.size, len(index.places)):
        return index
    places = frozenset(current)
    if index is None or size < index.size:
        index = _indexes[authority] = Index(authority, engine.matcher())
        return _rebuild(index, size, places)
    if lost := index.places - places:
        for ref in [r for r, subject in index.subjects.items() if bytes.fromhex(subject.compartment) in lost]:
            index.drop(ref)
    if size - watermark > MANY:
        return _rebuild(index, size, places)
    if watermark < size:
        news.add(touched(here, watermark, size))
    if news.readers or not places - index.places <= news.fresh:  # keys that open what was said before
        return _rebuild(index, size, places)
    return _update_subjects(index, readable_ids(news.parts, places), size, places)


def _rebuild(index: Index, size: int, places: frozenset[bytes]) -> Index:
    present: set[str] = set()
    subjects = gather_all(index.authority)
    while batch := list(islice(subjects, AT_ONCE)):
        present.update(subject.ref for subject in batch)
        index.upsert(batch)
    for ref in index.subjects.keys() - present:
        index.drop(ref)
    return _mark_complete(index, size, places)


def _mark_complete(index: Index, size: int, places: frozenset[bytes]) -> Index:
    """Complete up to there; a commit that came meanwhile is news."""
    index.size, index.places, index.heard = size, places, max(index.heard, size)
    return index


def _update_subjects(
    index: Index, ids_by_kind: Mapping[str, Sequence[str]], size: int, places: frozenset[bytes]
) -> Index:
    subjects = {subject.ref: subject for subject in gather_all(index.authority, ids_by_kind)}
    for ref in {f"{kind}:{key}" for kind, keys in ids_by_kind.items() for key in keys} - subjects.keys():
        index.drop(ref)
    index.upsert(subjects.values())
    return _mark_complete(index, size, places)


def readable_ids(parts: Iterable[Part], places: frozenset[bytes]) -> dict[str, list[str]]:
    """Ids by kind, of what stands in files of which there is a key."""
    by_kind: dict[str, set[str]] = {}
    for kind, key, place in parts:
        if place in places:
            by_kind.setdefault(kind, set()).add(key)
    return {kind: sorted(keys) for kind, keys in by_kind.items()}


def ask(
    authority: str, record: Record, limit: int = 20, least: float = 0.0, alone: bool = False
) -> list[tuple[Subject, Hit]]:
    """What this authority may read that is like the record, the best first: from `least` bits on, and what
    has a number in common with it. `alone`: each with the chance that it would have if it were the only
    one; else they share it, for only one of three of the same name can be who is meant."""
    with _guard:
        index = up_to_date(authority)
        candidates = [
            (index.subjects[hit.id], hit)
            for hit in index.find_similar(record, limit)
            if hit.id in index.subjects and (hit.bits >= least or engine.one_number(hit.reasons))
        ]
    if not candidates:
        return []
    decided = trust(authority)
    owner = owners_of(subject.compartment for subject, _hit in candidates)
    hits = [
        decided.calibrate(hit, [authority, owner.get(subject.compartment, "")]) for subject, hit in candidates
    ]
    return list(
        zip(
            (subject for subject, _hit in candidates),
            hits if alone else engine.normalise_probabilities(hits),
            strict=True,
        )
    )


def compare(authority: str, left: str, right: str) -> tuple[Subject, Subject, Hit] | None:
    """Two subjects of this authority weighed against each other; None where it may not read one of them."""
    with _guard:
        index = up_to_date(authority)
        left_subject, right_subject = index.subjects.get(left), index.subjects.get(right)
        if left_subject is None or right_subject is None:
            return None
        hit = index.matcher.compare(left_subject.record, right_subject.record)
    owner = owners_of((left_subject.compartment, right_subject.compartment))
    return (
        left_subject,
        right_subject,
        trust(authority).calibrate(
            hit, [owner.get(side.compartment, "") for side in (left_subject, right_subject)]
        ),
    )


def subjects(authority: str, refs: Iterable[str]) -> dict[str, Subject]:
    """Those of the subjects that this authority may read."""
    with _guard:
        index = up_to_date(authority)
        return {ref: index.subjects[ref] for ref in refs if ref in index.subjects}


def forget() -> None:
    """Drop every index."""
    with _guard:
        _indexes.clear()


def _on_commit(entries: list[folding.Said]) -> None:
    news = Touched.of(entries)
    start, end = _listening.node.span if _listening.node is not None else (0, 0)
    with _news:
        for index in list(_indexes.values()):
            index.hear(news, start, end)


def _erased(compartments: frozenset[str]) -> None:
    with _guard:
        for index in _indexes.values():
            for ref in [r for r, subject in index.subjects.items() if subject.compartment in compartments]:
                index.drop(ref)
        engine.forget()


_listening = Listening(_indexes.clear, _on_commit, _erased)
