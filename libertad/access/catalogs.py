"""What an authority may look for, in memory: what its own ring opens of a model's rows, written nowhere.

Of each authority, operation and model one catalog. A question first takes up what was said since, by this
process or by another, what was folded late, and what keys that came or went have opened or closed. An erasure
on this node takes its rows out at once. It gives ids; who shows a thing reads its row anew.
"""

from __future__ import annotations

import threading
import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from functools import lru_cache

from libertad.access.actor import Actor
from libertad.access.matrix import roles
from libertad.access.models import Member
from libertad.access.queries import may_read, readable
from libertad.journal import folding, reading, trees
from libertad.journal.listening import Listening
from libertad.journal.models import ReadModel
from libertad.journal.node import Node, node
from libertad.journal.rings import RingError
from libertad.journal.sql import Sql
from libertad.look.catalog import Catalog, Matches
from libertad.look.finding import Findable

FEW = 500  # rows, files or entries that are looked at apart; of more, all are
AGAIN = 5.0  # seconds in which a file is read anew whose key alone came: another process folds it just then
HELD = "select count(*), coalesce(max(idx), -1), coalesce(max(since), 0) from journal_held"
Keys = dict[bytes, tuple[int, bytes]]


@dataclass(frozen=True)
class Source:
    """`things`: what is looked for of rows with these ids, or of all that the actor reads; each `Findable.id`
    is its row's."""

    model: type[ReadModel]
    things: Callable[[Actor, Sequence[str] | None], Iterable[Findable]]


@dataclass(frozen=True)
class Stamp:
    """Up to where an index is complete: entries, quarantine, and the file of rings with its keys."""

    size: int
    held: tuple[int, ...]
    rings: tuple[object, ...]


def stamp_of(here: Node, authority: str, before: Stamp | None, kept: Keys) -> tuple[Stamp, Keys]:
    """To be read before rows are: what is committed meanwhile is looked at again. The keys are `kept` itself
    where none came or went since `before`; {} where the ring is locked: nothing opens until all is new."""
    sql = Sql()
    size, held = trees.size(sql), tuple(map(int, sql.first(HELD) or ()))
    current: Keys = {}
    with suppress(RingError):
        here.rings.refresh()
        current = here.rings.ring(authority).current
    stamp = Stamp(size, held, (here.rings.seen, len(current)))
    return stamp, kept if before is not None and before.rings == stamp.rings else dict(current)


@dataclass
class Changes:
    """Rows by (label, id) of which entries speak, and files whose readers changed."""

    rows: set[tuple[str, str]] = field(default_factory=set)
    files: set[str] = field(default_factory=set)

    @classmethod
    def of(cls, entries: Iterable[folding.Said]) -> Changes:
        changes = cls()
        for entry in entries:
            changes.rows.update((projection.label, key) for projection, key in folding.touched(entry))
            if entry.verb.startswith("compartment."):
                changes.files.add(entry.compartment)
        return changes


@lru_cache(maxsize=4)  # several models ask one after the other for the same entries
def _changes_between(home: str, keys: int, rings: frozenset[str], start: int, end: int) -> Changes:
    here = node()
    stored = reading.stored(here.sql(), start, end)
    opened = (here.understand(entry.header, entry.body) for entry in stored)
    return Changes.of(entry for entry in opened if entry is not None)


@dataclass
class Index:
    """`places`: each row's file. `heard`: what this process folded since."""

    stamp: Stamp
    keys: Keys
    catalog: Catalog = field(default_factory=Catalog)
    places: dict[str, str] = field(default_factory=dict)
    by_place: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    heard: Changes = field(default_factory=Changes)
    again: dict[str, float] = field(default_factory=dict)

    def refresh(self, actor: Actor, source: Source, ids: Sequence[str] | None) -> None:
        """Take these rows up anew, or all; what is not read any more is forgotten."""
        rows = dict(readable(actor, source.model, ids).values_list("pk", "compartment"))
        by_row: dict[str, list[Findable]] = defaultdict(list)
        for findable in source.things(actor, ids):
            by_row[findable.id].append(findable)
        for row in ids or ():
            self.drop(row)
        for row, findables in by_row.items():
            if row in rows:
                self.catalog.replace(row, findables)
                self.places[row] = rows[row]
                self.by_place[rows[row]].add(row)

    def drop(self, row: str) -> None:
        """Forget a row."""
        self.catalog.drop(row)
        place = self.places.pop(row, None)
        if place is not None:
            self.by_place[place].discard(row)
            if not self.by_place[place]:
                del self.by_place[place]


_indexes: dict[tuple[str, str, str], Index] = {}  # by authority, operation and model
_guard = threading.RLock()
_hearing = threading.Lock()  # held for a moment: a commit waits for it


def _up_to_date(actor: Actor, source: Source) -> Index:
    """The index of the actor's authority; the caller holds the lock."""
    here = node()
    _listening.attend(here)
    name = (actor.authority, actor.operation, source.model._meta.label)
    index = _indexes.get(name)
    changes = Changes()
    if index is not None:
        with _hearing:
            changes, index.heard = index.heard, Changes()
    try:
        before = index.stamp if index is not None else None
        stamp, keys = stamp_of(here, actor.authority, before, index.keys if index is not None else {})
        rows = _dirty(index, actor, source, stamp, keys, changes) if index is not None else None
        if index is None or rows is None:
            return _build_index(name, actor, source, stamp, keys)
        if rows:
            index.refresh(actor, source, sorted(rows))
    except BaseException:
        if index is not None:
            with _hearing:
                index.heard.rows |= changes.rows
                index.heard.files |= changes.files
        raise
    index.stamp, index.keys = stamp, keys
    return index


def _build_index(name: tuple[str, str, str], actor: Actor, source: Source, stamp: Stamp, keys: Keys) -> Index:
    index = Index(stamp, keys)
    with _hearing:  # what is folded from here on is heard
        _indexes[name] = index
    try:
        index.refresh(actor, source, None)
    except BaseException:
        del _indexes[name]
        raise
    return index


def _dirty(
    index: Index, actor: Actor, source: Source, stamp: Stamp, keys: Keys, changes: Changes
) -> set[str] | None:
    """Ids of rows to read anew; None where all are to be."""
    here, since = node(), index.stamp
    if stamp.size < since.size or stamp.held != since.held or stamp.size - since.size > FEW:
        return None
    files, label = set(changes.files), source.model._meta.label
    rows = {key for of, key in changes.rows if of == label}
    if stamp.size != since.size:
        rings = frozenset(here.rings.open)
        entry_changes = _changes_between(str(here.home), len(here.rings.known), rings, since.size, stamp.size)
        rows |= {key for of, key in entry_changes.rows if of == label}
        files |= entry_changes.files
    now = time.monotonic()
    if keys is not index.keys:
        changed = {place.hex() for place, _key in keys.items() ^ index.keys.items()}
        index.again |= dict.fromkeys(changed, now + AGAIN)
    index.again = {place: until for place, until in index.again.items() if until > now}
    files |= index.again.keys()
    if len(files) > FEW:
        return None
    for place in files:
        rows |= index.by_place.get(place, set())
    if files:
        here_now = readable(actor, source.model).filter(compartment__in=sorted(files))
        rows.update(here_now.values_list("pk", flat=True)[: FEW + 1])
    return None if len(rows) > FEW else rows


def _note_folded(entries: list[folding.Said]) -> None:
    changes = Changes.of(entries)
    with _hearing:
        for (_authority, _operation, label), index in list(_indexes.items()):
            if len(index.heard.rows) <= FEW:  # of more, all are looked at
                index.heard.rows |= {row for row in changes.rows if row[0] == label}
                index.heard.files |= changes.files


def _erased(files: frozenset[str]) -> None:
    with _guard:
        for index in _indexes.values():
            for row in set().union(*(index.by_place.get(place, ()) for place in files)):
                index.drop(row)


_listening = Listening(_indexes.clear, _note_folded, _erased)


def search(actor: Actor, source: Source, question: str, most: int) -> dict[str, Matches]:
    """By kind, what matches of what the actor may read: of each the first `most`, as their rows are now."""
    if not may_read(actor.role, source.model):
        return {}
    with _guard:
        by_kind = _up_to_date(actor, source).catalog.find(question, most)
    if not by_kind:
        return {}
    ids = {findable.id for matches in by_kind.values() for findable in matches.first}
    fresh = {
        (findable.kind, findable.id, findable.reference): findable
        for findable in source.things(actor, sorted(ids))
    }
    current = {
        kind: [
            fresh[ref]
            for findable in matches.first
            if (ref := (findable.kind, findable.id, findable.reference)) in fresh
        ]
        for kind, matches in by_kind.items()
    }
    return {kind: Matches(by_kind[kind].count, first) for kind, first in current.items() if first}


def keep(sources: Iterable[Source]) -> None:
    """Build and keep up every catalog of an authority whose ring is open, in each of its operations, before
    anybody asks for it; of one that is no longer open nothing stays in memory."""
    here = node()
    with _guard:
        for closed in [name for name in _indexes if name[0] not in here.rings.open]:
            del _indexes[closed]
    rows = Member.objects.filter(authority__in=list(here.rings.open)).order_by("pk")
    memberships = list(rows.values_list("authority", "operation"))
    for source in sources:
        asks = next((role for role in roles() if may_read(role, source.model)), None)
        for authority, operation in memberships if asks is not None else ():
            actor = Actor(officer="", authority=authority, role=str(asks), operation=operation, zone="UTC")
            with _guard:
                _up_to_date(actor, source)


def forget() -> None:
    """Drop every catalog."""
    with _guard:
        _indexes.clear()
