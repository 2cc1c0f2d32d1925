"""What officers of other authorities do in unusual amounts with files of this one, for whose files they are.

An authority whose files others read counts what of it arrives and is believed: people's files opened, files
that others let further authorities into, packages and documents taken out. In memory, of the last eight
weeks, by the clocks of the devices that said it. It slows nobody: the reader's own node does that
(`amount_pace.py`), and an authority that alters its program can leave that out, as it can leave out that it
opened anything. Care's openings of identity files are not among them: they are said on care's side, where the
owner reads nothing.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from dataclasses import dataclass, field

from libertad.access import amount_entries
from libertad.access.amount_entries import Counted
from libertad.access.amount_limits import amount_limits
from libertad.access.amounts import KEPT, SHARED, Deed, amounts_in, people_of
from libertad.access.bursts import HOUR, Burst, Bursts, Window
from libertad.journal import clock, trees
from libertad.journal.node import Node, node
from libertad.journal.sql import Sql


@dataclass
class Guests:
    """Of one authority: what officers of others did in its files."""

    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    bursts: Bursts = field(default_factory=Bursts)

    def take_up(self, deed: Deed) -> None:
        """Count what one entry says."""
        entry, limits = deed.entry, amount_limits().guests
        if entry.body.provenance or not entry.officer:  # a play's, or a node's own
            return
        for amount, key in amounts_in(deed):
            if amount in limits:
                window = self.windows.setdefault((entry.officer, amount), Window(HOUR))
                window.add(key, deed.at)
                self.bursts.tell(entry, amount, len(window.times), limits[amount])


@dataclass
class Book:
    """Of each authority whose ring is open here, as far as the entry before `size`."""

    size: int = -1
    rings: frozenset[str] = frozenset()
    guests: dict[str, Guests] = field(default_factory=dict)


_book = Book()
_of: list[Node] = []  # the node that the book is of
GUARD = threading.RLock()  # held for a moment, and never while a ring or the database is asked


def unusual(here: Node, sql: Sql, owner: str) -> list[Burst]:
    """Unusual activity by officers of others with files of this authority, the first first."""
    book = take_up(here, sql)
    with GUARD:
        guests = book.guests.get(owner)
        return list(guests.bursts.listed) if guests is not None else []


def take_up(here: Node, sql: Sql) -> Book:
    """The book with all that is committed."""
    end, rings = trees.size(sql), frozenset(here.rings.open)
    while True:
        with GUARD:
            if _of[:1] != [here] or rings != _book.rings:
                _of[:], _book.size, _book.rings, _book.guests = [here], -1, rings, {}
            start = _book.size
        if start >= end:
            return _book
        deeds = list(_deeds(here, sql, start, end))
        with GUARD:
            if _of[:1] != [here] or _book.size != start or _book.rings != rings:
                continue  # another thread took it up meanwhile
            for owner, deed in deeds:
                _book.guests.setdefault(owner, Guests()).take_up(deed)
            _book.size = end
            return _book


def _deeds(here: Node, sql: Sql, start: int, end: int) -> Iterator[tuple[str, Deed]]:
    source = amount_entries.said_by_guests(sorted(here.rings.open), SHARED)
    items: list[Counted]
    if start < 0:
        items = sorted(amount_entries.backwards(here, sql, source, end, clock.now() - KEPT))
    else:
        items = list(amount_entries.between(here, sql, source, start, end))
    people = people_of(sql, sorted({item.entry.compartment for item in items}))
    for item in items:
        person = people.get(item.entry.compartment, "")
        yield item.owner, Deed(item.entry, item.kind, person, item.entry.clock.timestamp())


def keep() -> None:
    """Take up what was said, before anybody asks."""
    here = node()
    take_up(here, here.sql())


def forget() -> None:
    """Drop what is kept."""
    with GUARD:
        _of.clear()
