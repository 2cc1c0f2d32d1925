"""One reader's lists over the lines of care, kept in order: what is listed first, and what waits when."""

from __future__ import annotations

import bisect
import heapq
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import islice
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import can_say
from libertad.care.file_lines import ALARM, CLOSED, ENDING, SAYS, Due, Line, rank

Place = tuple[str, str]  # of a list: which, and of which bucket or kind
RETURNS: Place = ("returns", "")  # decisions on return or stay, the last first


@dataclass(frozen=True)
class Slice:
    """What waits between two moments: how many things, and the first of them as (person, what)."""

    count: int
    first: Sequence[tuple[str, Due]]


class View:
    """Of lines that a role lists, by bucket: those missing or in danger, those with an hour, and all by last
    change.

    `officer`: whose own decisions do not wait here, since nobody reads them second; '' for all others.
    """

    def __init__(self, actor: Actor, officer: str, lines: Iterable[Line]) -> None:
        self.kinds = frozenset(kind for kind, verb in SAYS.items() if not verb or can_say(actor, verb))
        self.officer = officer
        self.lists: dict[Place, list[Any]] = defaultdict(list)
        self.stands: dict[str, list[tuple[Place, Any]]] = {}
        self.danger: set[str] = set()
        self.hour: dict[str, datetime] = {}  # the first by which something of a person is due
        for line in lines:
            for place, item in self._items(line):
                self.lists[place].append(item)
        for listed in self.lists.values():
            listed.sort()

    def update(self, line: Line) -> None:
        """Take a person's line up anew."""
        self.drop(line.person)
        for place, item in self._items(line):
            bisect.insort(self.lists[place], item)

    def drop(self, person: str) -> None:
        """Forget a person."""
        self.danger.discard(person)
        self.hour.pop(person, None)
        for place, item in self.stands.pop(person, ()):
            listed = self.lists[place]
            del listed[bisect.bisect_left(listed, item)]

    def _items(self, line: Line) -> list[tuple[Place, Any]]:
        """Where the line stands; noted, so that it is found again."""
        dues = [due for due in line.dues if due.kind in self.kinds and due.is_for(self.officer)]
        last = (-line.changed.timestamp(), line.reference, line.person)
        places: list[tuple[Place, Any]] = [(("changed", line.bucket), last)]
        places += [(RETURNS, (-at.timestamp(), decision, line.person)) for at, decision in line.returns]
        began = line.missing_at if line.is_missing else line.danger
        if began is not None:
            self.danger.add(line.person)
            since = (not line.is_missing, began, line.reference, line.person)
            places.append((("danger", line.bucket), since))
            if line.bucket == CLOSED:
                places += [(("changed", ALARM), last), (("danger", ALARM), since)]
        hours = [due.due for due in dues if due.due is not None]
        if hours:
            self.hour[line.person] = min(hours)
            places.append((("hour", line.bucket), (min(hours), line.reference, line.person)))
        for due in dues:
            item = (line.reference, due.kind, due.part, line.person)
            places.append((("due", due.waiting), (rank(due.kind) if due.due is None else due.due, *item)))
        self.stands[line.person] = places
        return places

    def count(self, buckets: Iterable[str]) -> int:
        """How many people are listed in these buckets."""
        return sum(len(self.lists["changed", bucket]) for bucket in buckets)

    def people(self, buckets: Sequence[str], now: datetime) -> Iterator[str]:
        """Who is missing, then who is in danger, each the longest first; then whose hour has passed, the
        longest ago first; then the others, the last changed first."""

        def merged(which: str) -> Iterator[Any]:
            return heapq.merge(*(self.lists[which, bucket] for bucket in buckets))

        for *_order, person in merged("danger"):
            yield person
        for hour, _reference, person in merged("hour"):
            if hour >= now:
                break
            if person not in self.danger:
                yield person
        for *_order, person in merged("changed"):
            if person not in self.danger and not (person in self.hour and self.hour[person] < now):
                yield person

    def waiting(self, now: datetime, edges: Sequence[datetime], limit: int) -> list[Slice]:
        """What waits before the first of these moments, between each two, after the last, and at no hour; of
        each the first `limit`."""
        slices = []
        start: datetime | None = None
        after_now = now + timedelta(milliseconds=1)  # at its hour it is the other's: `Due.waits`
        for until in (*edges, None):
            spans = [
                self._span(kind, since, end)
                for kind, since, end in (
                    ("", start, until),
                    ("given", start, _earlier(until, now)),
                    ("referral", after_now if start is None else max(start, after_now), until),
                    ("ends", start, _earlier(until, now + ENDING)),
                )
            ]
            count = sum(max(0, last - first) for _listed, first, last in spans)
            parts = (islice(listed, first, max(first, last)) for listed, first, last in spans)
            merged = islice(heapq.merge(*parts), limit)
            slices.append(Slice(count, [(p, Due(kind, due, part)) for due, _ref, kind, part, p in merged]))
            start = until
        listed = self.lists["due", "open"]
        first_open = [(p, Due(kind, None, part)) for _rank, _ref, kind, part, p in listed[:limit]]
        return [*slices, Slice(len(listed), first_open)]

    def _span(self, kind: str, since: datetime | None, until: datetime | None) -> tuple[list[Any], int, int]:
        listed = self.lists["due", kind]
        start = 0 if since is None else bisect.bisect_left(listed, (since,))
        return listed, start, len(listed) if until is None else bisect.bisect_left(listed, (until,))


def _earlier(moment: datetime | None, bound: datetime) -> datetime:
    return bound if moment is None else min(moment, bound)


def listed(lines: Mapping[str, Line], person: str) -> Line | None:
    """The line by which somebody is listed: of several records of one person one with a protection file is
    enough; then those without are not listed."""
    line = lines.get(person)
    if line is None or line.has_file:
        return line
    linked_lines = (lines.get(linked_person) for linked_person in line.links)
    return (
        None
        if any(linked_line is not None and linked_line.has_file for linked_line in linked_lines)
        else line
    )
