"""From the tallies' table to lines: one sum in the database, and the few that need looking at in Python.

A tally that nobody linked and that nothing changed since the moment asked for is counted by its row's columns
(a covering index serves the sum). Linked tallies, and those changed later, are counted from their dates.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import msgspec

from libertad.figures.counting import Line, Person, State, Tally, count, line, people, total
from libertad.journal.fields import to_ms
from libertad.journal.models import ReadModel
from libertad.journal.sql import Sql
from libertad.people.models import Tally as TallyRow
from libertad.vocabulary.decoding import prepared

EVER = 1 << 62
STATUSES = msgspec.json.Decoder(prepared(tuple[tuple[int, str], ...]))
LINKS = msgspec.json.Decoder(prepared(tuple[tuple[int, str, bool], ...]))
TABLE = TallyRow._meta.db_table
SUMS = (
    f"select country, protection, custody, charged, provenance, count(*) from {TABLE} "  # noqa: S608 - our own table
    "where compartment = ? and linked = ? and changed_at <= ? "
    "group by country, met, protection, custody, charged, provenance"
)
LINKED = (
    f"select id, country, met_at, statuses, links, met, provenance from {TABLE} "  # noqa: S608 - our own table
    "where compartment = ? and linked = ?"
)
CHANGED = LINKED + " and changed_at > ?"
All = Callable[[str, Sequence[Any]], list[tuple[Any, ...]]]


@dataclass(frozen=True)
class Counted:
    """Lines by country or territory, and the people that Python counted (`special`)."""

    lines: Mapping[str, Line]
    special: tuple[Person, ...]
    generated: bool

    @property
    def total(self) -> Line:
        return total(self.lines)

    @property
    def crossing(self) -> int:
        """Records of a person who had been met in another country before."""
        return sum(
            later.country != person.first.country
            for person in self.special
            if person.first is not None
            for later in person.again
        )


def tallied(ask: All, compartment: str, moment: datetime | None) -> Counted:
    """Figures of an operation as of a moment; `ask` runs SQL, inside a transaction or outside."""
    until = EVER if moment is None else to_ms(moment)
    lines: dict[str, Line] = defaultdict(Line)
    generated = False
    for country, protection, custody, charged, provenance, times in ask(SUMS, (compartment, False, until)):
        lines[country] += line(State(protection, custody, bool(charged)), times)
        generated |= provenance == "generated"
    rows = ask(LINKED, (compartment, True))
    if moment is not None:
        rows += ask(CHANGED, (compartment, False, until))
    special = people((_tally(row) for row in rows), None if moment is None else until)
    for country, addend in count(special).items():
        lines[country] += addend
    generated |= any(row[6] == "generated" for row in rows)
    return Counted(dict(sorted(lines.items())), tuple(special), generated)


def all_tallies(ask: All, compartment: str) -> list[Tally]:
    """Every tally of an operation, linked or not."""
    return [_tally(row) for linked in (False, True) for row in ask(LINKED, (compartment, linked))]


def changed_since(
    compartment: str, since: datetime, moments: Iterable[datetime | None]
) -> list[list[Person]]:
    """Everybody whose count may differ from what it was at `since`, as of each of the moments."""
    ask = Sql().all
    rows = ask(LINKED, (compartment, True)) + ask(CHANGED, (compartment, False, to_ms(since)))
    tallies = [_tally(row) for row in rows]
    return [people(tallies, None if moment is None else to_ms(moment)) for moment in moments]


def _tally(row: tuple[Any, ...]) -> Tally:
    key, country, met_at, statuses, links, met, _provenance = row
    return Tally(
        key,
        country,
        met_at,
        STATUSES.decode(statuses),
        LINKS.decode(links),
        bool(met),
    )


def times(ask: All, model: type[ReadModel], compartment: str, moment: datetime | None) -> int:
    """How many anonymous counts (sites, hits) there were at a moment."""
    until = EVER if moment is None else to_ms(moment)
    table = model._meta.db_table
    rows_until = ask(f"select count(*) from {table} where compartment = ? and at <= ?", (compartment, until))  # noqa: S608 - our own table
    return int(rows_until[0][0])
