"""People whom one police authority met and no care authority has received yet, in memory.

Whoever met a person stays responsible until care's node has the file. What was said since the last question
is looked at, and who waits already, as a receipt is no entry; never everybody, but once.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.catalogs import HELD
from libertad.access.queries import may_read, readable
from libertad.exchange.queries import not_received
from libertad.journal import trees
from libertad.journal.listening import Listening
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.people.models import Person

AT_ONCE = 400  # people asked for by one question
MANY = 5000  # entries since the last look, from which all files are looked at
SELDOM = 20  # times what a look costs, before the next one
AGAIN = 5.0  # seconds after which those who wait are looked at again, whether a receipt has come


@dataclass
class Index:
    """`waiting`: when each was met, by file and person. `seen`: size of the tree, and the quarantine. `cost`:
    how many seconds the last look at those who wait took."""

    seen: tuple[int, ...]
    waiting: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    looked: float = 0.0
    cost: float = 0.0


_indexes: dict[tuple[str, str], Index] = {}  # by authority and operation
_guard = threading.RLock()


def uncared(actor: Actor, limit: int) -> tuple[list[str], int]:
    """Ids of the people of the actor's authority whom no care authority has received, those met first, and
    how many there are."""
    if not may_read(actor.role, Person):
        return [], 0
    with _guard:
        waiting = sorted(_up_to_date(actor).waiting.values())
    return [person for _met, person in waiting[:limit]], len(waiting)


def _up_to_date(actor: Actor) -> Index:
    _listening.attend(node())
    sql = Sql()
    seen = (trees.size(sql), *map(int, sql.first(HELD) or ()))
    name = actor.authority, actor.operation
    index, now = _indexes.get(name), time.monotonic()
    files = None if index is None else _changed(index, seen, now)
    if index is None or files is None:
        index = _indexes[name] = Index(seen, _waiting(actor, not_received(actor)), now)
        index.cost = time.monotonic() - now
        return index
    if files:
        for file in files:
            index.waiting.pop(file, None)
        index.waiting |= _waiting(actor, not_received(actor, sorted(files)))
        index.cost = time.monotonic() - now
    index.seen = seen
    return index


def _changed(index: Index, seen: tuple[int, ...], now: float) -> set[str] | None:
    """Files to look at again; None where these are to be all."""
    if seen[1:] != index.seen[1:] or seen[0] < index.seen[0]:
        return None
    files: set[str] = set()
    if seen[0] != index.seen[0]:
        since = Entry.objects.filter(idx__gte=index.seen[0]).order_by("idx")
        places = list(since.values_list("compartment", flat=True)[: MANY + 1])
        if len(places) > MANY:
            return None
        files.update(places)
    if now - index.looked >= max(AGAIN, SELDOM * index.cost):
        files |= index.waiting.keys()
        index.looked = now
    return files


def _waiting(actor: Actor, found: dict[str, str]) -> dict[str, tuple[datetime, str]]:
    """With when each was met; without who is not on file here."""
    met: dict[str, Any] = {}  # a moment, as the field gives it
    people = sorted(found.values())
    for start in range(0, len(people), AT_ONCE):
        met |= dict(readable(actor, Person, people[start : start + AT_ONCE]).values_list("pk", "met_at"))
    return {file: (met[person], person) for file, person in found.items() if person in met}


def _erased(files: Iterable[str]) -> None:
    with _guard:
        for index in _indexes.values():
            for file in files:
                index.waiting.pop(file, None)


def forget() -> None:
    """Drop every index."""
    with _guard:
        _indexes.clear()


_listening = Listening(forget, lambda _entries: None, _erased)
