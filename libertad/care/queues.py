"""Everybody whom one authority knows, in the queues of `queue`, kept in order as lines change."""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from itertools import islice
from typing import Any

from libertad.care import queue
from libertad.care.desk import Taking
from libertad.care.file_lines import Line
from libertad.care.queue import Place
from libertad.care.queue_limits import Limits

MANY = 500  # people who are put in order together


@dataclass(frozen=True)
class Counted:
    """How many people stand in a queue; of them, in danger; and of the others, past their hour."""

    people: int
    danger: int
    overdue: int


@dataclass(frozen=True)
class Load:
    """Whom an officer has taken. `first`: of them, in danger before the others, who is due first. `due`: the
    first hour of those in no danger."""

    counted: Counted
    first: tuple[str, Place] | None
    due: datetime | None


@dataclass
class Queues:
    """`left`: officers whose appointment was withdrawn, as it was when the places were last computed. `held`:
    by officer, whom the officer has taken; by '', who is worked with and whom nobody has taken. `offered`: by
    officer, who is offered to the officer. `takings`: by officer, who was taken from the officer, unread."""

    limits: Limits
    left: frozenset[str] = frozenset()
    now: datetime | None = None  # as of which what services answer is told; None for all of it
    places: dict[str, Place] = field(default_factory=dict)
    listed: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    stands: dict[str, tuple[Any, ...]] = field(default_factory=dict)
    held: dict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    offered: dict[str, set[str]] = field(default_factory=lambda: defaultdict(set))
    takings: dict[str, dict[str, Taking]] = field(default_factory=lambda: defaultdict(dict))

    def update(
        self, lines: Mapping[str, Line], linked_by: Mapping[str, Collection[str]], people: Collection[str]
    ) -> None:
        """Place these people anew, and with them every record that is said to be of one person with them."""
        placed: dict[str, Place] = {}
        for person in people:
            if person not in lines:
                self.drop(person)
            if person not in placed:
                # Also by one that is not known here: two records may hang together by it alone.
                records = [
                    lines[record] if self.now is None else lines[record].as_of(self.now)
                    for record in queue.records_of(lines, linked_by, person)
                ]
                placed |= queue.places_of(records, self.limits, self.left) if records else {}
        in_bulk = len(placed) > MANY
        for person in placed:
            self.drop(person)
        for person, place in placed.items():
            line = lines[person]
            item = (not place.danger, place.due, line.reference, person)
            self.places[person], self.stands[person] = place, item
            standing = self.listed[place.queue]
            standing.append(item) if in_bulk else bisect.insort(standing, item)
            holder = _holder(place)
            if holder is not None:
                held = self.held[holder]
                held.append(item) if in_bulk else bisect.insort(held, item)
            if place.offered_to:
                self.offered[place.offered_to].add(person)
            for taking in line.task.takings if line.task is not None else ():
                self.takings[taking.of][person] = taking
        if in_bulk:
            for standing in (*self.listed.values(), *self.held.values()):
                standing.sort()

    def drop(self, person: str) -> None:
        """Forget a person."""
        place = self.places.pop(person, None)
        if place is not None:
            item = self.stands.pop(person)
            _remove(self.listed[place.queue], item)
            holder = _holder(place)
            if holder is not None:
                _remove(self.held[holder], item)
            if place.offered_to:
                self.offered[place.offered_to].discard(person)
            for by_person in self.takings.values():
                by_person.pop(person, None)

    def count(self, name: str, now: datetime) -> Counted:
        """Of one queue, without looking at anybody."""
        return _count(self.listed[name], now)

    def count_held(self, officer: str, now: datetime) -> Counted:
        """Of whom an officer has taken."""
        return _count(self.held.get(officer, []), now)

    def people(self, names: Sequence[str]) -> Iterator[str]:
        """Who stands in these queues: those in danger, then the others, each by the hour they are due."""
        for *_order, person in heapq.merge(*(self.listed[name] for name in names)):
            yield person

    def overdue(self, names: Sequence[str], now: datetime) -> Iterator[str]:
        """Of these the ones in no danger whose hour has passed, the longest ago first."""
        for _calm, due, _reference, person in heapq.merge(*(self._calm(name) for name in names)):
            if due >= now:
                break
            yield person

    def held_by(self, officer: str) -> list[str]:
        """Whom an officer has taken: those in danger, then the others, each by the hour they are due."""
        return [person for *_order, person in self.held.get(officer, ())]

    def load(self, officer: str, now: datetime) -> Load:
        """Whom an officer has taken, without looking at more than the first two."""
        held = self.held.get(officer, [])
        calm = bisect.bisect_left(held, (True,))
        first = (held[0][-1], self.places[held[0][-1]]) if held else None
        return Load(_count(held, now), first, held[calm][1] if calm < len(held) else None)

    def _calm(self, name: str) -> Iterator[Any]:
        standing = self.listed[name]
        return islice(standing, bisect.bisect_left(standing, (True,)), None)


def _holder(place: Place) -> str | None:
    """By what a person is found in `held`; None for in nobody's."""
    if place.assigned and place.queue not in (queue.LINKED, queue.ELSEWHERE):
        return place.officer
    return "" if place.queue in queue.WORKED else None


def _count(standing: list[Any], now: datetime) -> Counted:
    danger = bisect.bisect_left(standing, (True,))
    return Counted(len(standing), danger, bisect.bisect_left(standing, (True, now)) - danger)


def _remove(standing: list[Any], item: Any) -> None:
    del standing[bisect.bisect_left(standing, item)]
