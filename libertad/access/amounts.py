"""How much each officer opens, searches, shares, takes out and withdraws: counted in memory from the journal.

Of the authorities whose ring is open here, by their own entries of the last eight weeks: nothing of it is
written anywhere, and no authority's numbers hold anything of another's. Who asks first takes up what was said
since, by this process or by another.

**No clock lifts a limit.** What was said since this process last looked is as old as the time that has run
since then (monotonic) at most, and what is older goes on ageing by that: setting the clock forward or back
changes nothing. Only what was said before the process started is dated by the device's clock, which never
runs backwards.
"""

from __future__ import annotations

import threading
import time
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import NamedTuple, cast
from zoneinfo import ZoneInfo

from libertad.access import amount_entries, glass
from libertad.access.amount_entries import PIECE, Counted
from libertad.access.amount_limits import (
    EXPORTS,
    GLASS,
    OF_DAY,
    PEOPLE,
    PROPOSALS,
    SEARCHES,
    SHARES,
    WITHDRAWALS,
    amount_limits,
)
from libertad.access.appointments import Unconfirmed, by_one, second_roles
from libertad.access.bursts import HOUR, Bursts, Window
from libertad.journal import clock, trees
from libertad.journal.fields import to_ms
from libertad.journal.folding import Said
from libertad.journal.node import Node, node
from libertad.journal.sql import Sql, marks
from libertad.vocabulary.verbs.access import CompartmentOpen, FileOpen, OpeningsRead

DAY = 24 * HOUR
KEPT = timedelta(weeks=8)
# Kinds of files of one person; in an authority's own file care records that it opened an identity file.
OF_PEOPLE = ("person", "care", "desk", "disclosure", "leading")
RECORDS = ("person", "care")  # opened for somebody whom the authority records
SHARED = ("person", "care", "case")
LET_IN = ("person", "case")  # a protection file is shared with whom care asks to decide: its work
TAKEN_OUT = ("evidence-package", "attachment", "answer")


class Deed(NamedTuple):
    """One entry that counts, or that bears on what counts. `kind`: of its file. `person`: whose that is."""

    entry: Said
    kind: str
    person: str
    at: float  # monotonic seconds
    aged: bool = True  # False: of before this process, and the node's clock does not tell how old it is


@dataclass
class Week:
    """Of one officer: the people whose files were opened, and how often all else was done."""

    people: set[str] = field(default_factory=set)
    numbers: Counter[str] = field(default_factory=Counter)

    def count(self, amount: str) -> int:
        return len(self.people) if amount == PEOPLE else self.numbers[amount]


class Reading(NamedTuple):
    """That a second person read a week's openings, or of a burst so many."""

    reader: str
    content: OpeningsRead
    at: datetime


@dataclass
class Ledger:
    """Of one authority. `recorded`: whom it recorded within a day: when last (monotonic), by which officers.
    `weeks`: by Monday and officer. `by_one`: officers whose appointment no second person has confirmed; whose
    files they opened since, but of whom the own authority recorded that day, is in `opened`. `proposed`: to
    share a file or to link two records, by entry; when (monotonic)."""

    kind: str
    zone: ZoneInfo
    windows: dict[tuple[str, str], Window] = field(default_factory=dict)
    recorded: dict[str, tuple[float, set[str]]] = field(default_factory=dict)
    bursts: Bursts = field(default_factory=Bursts)
    weeks: dict[date, dict[str, Week]] = field(default_factory=dict)
    readings: list[Reading] = field(default_factory=list)
    by_one: Mapping[str, Unconfirmed] = field(default_factory=dict)
    opened: dict[str, set[str]] = field(default_factory=dict)
    glasses: glass.Glasses = field(default_factory=glass.Glasses)
    proposed: dict[str, float] = field(default_factory=dict)

    def limit(self, amount: str, officer: str) -> int:
        """Below how many is usual: of people met before fewer, where the officer's appointment is by one."""
        usual = amount_limits().hour[self.kind][amount]
        if amount == PEOPLE and officer in self.by_one:
            return max(1, usual // second_roles().counts)
        return usual

    def window(self, officer: str, amount: str) -> Window:
        name = PEOPLE if amount == OF_DAY else amount
        return self.windows.setdefault((officer, name), Window(DAY if name == PEOPLE else HOUR))

    def amount_of(self, officer: str, person: str, now: float) -> str:
        """As what the opening of a person's file counts; '' of whom the officer has just recorded."""
        at, officers = self.recorded.get(person, (now - DAY, set()))
        if now - at >= DAY:
            return PEOPLE
        return "" if officer in officers else OF_DAY

    def number_of_people(self, officer: str, amount: str, now: float) -> int:
        """How many of the people whose files an officer opened within the hour count as this."""
        people = self.window(officer, PEOPLE).lately(now)
        return sum(self.amount_of(officer, person, now) == amount for person, _since in people)

    def take_up(self, deed: Deed) -> None:
        """Count what one entry says. In the order of the journal."""
        content, body = deed.entry.content, deed.entry.body
        if body.verb in PROPOSALS:
            self.proposed[deed.entry.id] = deed.at
        if body.provenance or not body.officer:  # a play's, or the node's own
            return
        if body.verb == "openings.read":
            self.readings.append(Reading(body.officer, cast(OpeningsRead, content), deed.entry.at))
        elif body.verb == "compartment.open" and deed.kind in RECORDS:
            person = cast(CompartmentOpen, content).about
            _at, officers = self.recorded.get(person, (0.0, set()))
            self.recorded[person] = deed.at, {*officers, body.officer}
        else:
            self.glasses.take_up(deed.entry, deed.person, deed.at, deed.aged)
            for amount, key in amounts_in(deed):
                self.count(deed, amount, key)

    def count(self, deed: Deed, amount: str, key: str) -> None:
        officer, at = deed.entry.officer, deed.at
        window = self.window(officer, amount)
        is_new = window.add(key, at)
        week = self.weeks.setdefault(monday_of(deed.entry.at, self.zone), {}).setdefault(officer, Week())
        if amount == PEOPLE:
            week.people.add(key)
            amount = self.amount_of(officer, key, at)
        else:
            week.numbers[amount] += is_new
        if not amount:
            return
        if amount == PEOPLE and officer in self.by_one and to_ms(deed.entry.at) >= self.by_one[officer].at:
            self.opened.setdefault(officer, set()).add(key)
        number, limit = len(window.times), self.limit(amount, officer)
        if amount in (PEOPLE, OF_DAY) and number >= limit:
            number = self.number_of_people(officer, amount, at)
        self.bursts.tell(deed.entry, amount, number, limit)

    def forget(self, now: float) -> None:
        """What nobody looks at any more."""
        for person in [person for person, (at, _officers) in self.recorded.items() if now - at >= DAY]:
            del self.recorded[person]
        self.proposed = {n: at for n, at in self.proposed.items() if now - at < KEPT.total_seconds()}
        for monday in sorted(self.weeks)[: -KEPT.days // 7 - 1]:
            del self.weeks[monday]


def amounts_in(deed: Deed) -> Iterator[tuple[str, str]]:
    """The amounts that an entry adds to, and what is counted once in each."""
    entry, verb = deed.entry, deed.entry.verb
    if verb == "file.open":
        if deed.kind in (*OF_PEOPLE, "authority"):
            yield PEOPLE, deed.person or entry.subject
        if cast(FileOpen, entry.content).page in TAKEN_OUT:
            yield EXPORTS, entry.id
    elif verb == "search.made":
        yield SEARCHES, entry.id
    elif verb == "compartment.readers" and deed.kind in LET_IN:
        yield SHARES, entry.id
    elif verb == "compartment.remove" and deed.kind in SHARED:
        yield WITHDRAWALS, entry.id
    elif verb == "officer.withdraw":  # said in each operation's file
        yield WITHDRAWALS, entry.subject
    elif verb == "glass.break":
        yield GLASS, entry.id


def monday_of(at: datetime, zone: ZoneInfo) -> date:
    day = at.astimezone(zone).date()
    return day - timedelta(days=day.weekday())


@dataclass
class Book:
    """All ledgers of a node, as far as the entry before `size`; `looked`: when (monotonic)."""

    size: int = -1
    looked: float = 0.0
    ledgers: dict[str, Ledger] = field(default_factory=dict)
    rings: frozenset[str] = frozenset()


_book = Book()
_of: list[Node] = []  # the node that the book is of
GUARD = threading.RLock()  # held for a moment, and never while a ring or the database is asked


def elapsed() -> float:
    """Seconds that no clock's setting changes."""
    return time.monotonic()


def take_up(here: Node, sql: Sql, end: int | None = None) -> Book:
    """The book with all entries before `end` (all that are committed)."""
    end = trees.size(sql) if end is None else end
    rings = frozenset(here.rings.open)
    while True:
        with GUARD:
            if _of[:1] != [here] or rings != _book.rings:
                _of[:], _book.size, _book.ledgers, _book.rings = [here], -1, {}, rings
            start, looked, known = _book.size, _book.looked, set(_book.ledgers)
        if start >= end:
            return _book
        now = elapsed()
        deeds = list(_deeds(here, sql, start, end, looked, now))
        fresh = new_ledgers(sql, {deed.entry.authority for deed in deeds} - known)
        marked = by_one(sql)
        with GUARD:
            if _of[:1] != [here] or _book.size != start or _book.rings != rings:
                continue  # another thread took it up meanwhile
            for name, ledger in fresh.items():
                _book.ledgers.setdefault(name, ledger)
            for ledger in _book.ledgers.values():
                ledger.by_one = marked
            for deed in deeds:
                _book.ledgers[deed.entry.authority].take_up(deed)
            for ledger in _book.ledgers.values():
                ledger.forget(now)
            _book.size, _book.looked = end, now
            return _book


def new_ledgers(sql: Sql, names: set[str]) -> dict[str, Ledger]:
    """Empty ones of these authorities."""
    if not names:
        return {}
    rows = sql.all(
        f"select id, kind, zone from access_authority where id in ({marks(sorted(names))})",  # noqa: S608
        sorted(names),
    )
    known = {str(name): Ledger(str(kind), ZoneInfo(str(zone) or "UTC")) for name, kind, zone in rows}
    return {name: known.get(name) or Ledger("police", ZoneInfo("UTC")) for name in names}


def _deeds(here: Node, sql: Sql, start: int, end: int, looked: float, now: float) -> Iterator[Deed]:
    """What the own authorities said of this in [start, end); of before this process began, of eight weeks."""
    wall, source = clock.now(), amount_entries.said_by(sorted(here.rings.open))
    items: list[Counted]
    if start < 0:
        items = sorted(amount_entries.backwards(here, sql, source, end, wall - KEPT))
        oldest = 0.0
    else:
        items = list(amount_entries.between(here, sql, source, start, end))
        oldest = looked
    aged = start >= 0 or all(item.entry.clock <= wall + glass.BEHIND for item in items)
    people = people_of(sql, sorted({item.entry.compartment for item in items}))
    for _idx, entry, kind, _owner in items:
        age = max(0.0, (wall - entry.clock).total_seconds())
        at = now - age if start < 0 else max(oldest, now - age)
        yield Deed(entry, kind, people.get(entry.compartment, ""), at, aged)


def people_of(sql: Sql, places: Sequence[str]) -> Mapping[str, str]:
    """By file of one person: whose it is."""
    people: dict[str, str] = {}
    kinds = ", ".join(f"'{kind}'" for kind in OF_PEOPLE)
    for at in range(0, len(places), PIECE // 2):
        piece = places[at : at + PIECE // 2]
        rows = sql.all(
            f"select id, about from access_compartment where kind in ({kinds}) and id in ({marks(piece)})",  # noqa: S608
            piece,
        )
        people.update((str(place), str(about)) for place, about in rows)
    return people


def keep() -> None:
    """Take up what was said, before anybody asks."""
    here = node()
    take_up(here, here.sql())


def forget() -> None:
    """Drop what is kept."""
    with GUARD:
        _of.clear()
