"""One care authority's own count: cells of the people about whom it decided, and of those whom it alone met.

Everything is read through the authority's own ring, at its own node, as of a moment; nobody else gets a row.
Of linked people the care authority where the person was first met counts: the others tell it (`told`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from libertad.access.lookup import columns, read_row
from libertad.access.models import Compartment
from libertad.access.sealed import open_columns
from libertad.care.models import CareFile, Identification
from libertad.figures.care_cells import move, said_before
from libertad.figures.counting import DECIDED_COLUMN, Person
from libertad.figures.models import KeptCount, LinkedCount
from libertad.figures.open_side import OpenSide
from libertad.figures.tallied import EVER, All
from libertad.journal.fields import to_ms
from libertad.journal.folding import quoted
from libertad.journal.models import ReadModel
from libertad.journal.node import Node
from libertad.people.models import CareTally
from libertad.people.models import Person as PersonRow
from libertad.people.tally_states import Dated, decision
from libertad.vocabulary.verbs.counting import CountCell

Told = dict[str, list[tuple[str, int, str]]]
NUMBERS = tuple(name for name in CountCell.__struct_fields__ if name != "country")


@dataclass
class OwnCount:
    """`cells`: numbers by country. `told`: for another care authority, the (counting id, ms, status) that it
    has to count; also for one with whom linked people are shared of whom nothing is decided, so that silence
    does not tell."""

    cells: dict[str, Counter[str]] = field(default_factory=lambda: defaultdict(Counter))
    told: Told = field(default_factory=dict)

    def as_cells(self) -> tuple[CountCell, ...]:
        return tuple(
            CountCell(country=country, **{name: numbers[name] for name in NUMBERS if numbers[name]})
            for country, numbers in sorted(self.cells.items())
            if any(numbers.values())
        )

    def add(self, cells: Iterable[Mapping[str, Any]]) -> None:
        for cell in cells:
            for name in NUMBERS:
                self.cells[str(cell["country"])][name] += int(cell.get(name, 0))


class Desk:
    """What one authority's ring opens of a node's read models; `without`: files about to be erased."""

    def __init__(
        self, node: Node, ask: All, authority: str, operation: str, without: frozenset[str] = frozenset()
    ) -> None:
        self.node, self.ask, self.authority, self.operation = node, ask, authority, operation
        self.without = without

    def rows(self, model: type[ReadModel]) -> list[dict[str, Any]]:
        """Rows of the operation in files that the authority reads, with their sealed columns."""
        names, moments, jsons = columns(model)
        listed = self.ask(
            f"select {quoted(names)} from {model._meta.db_table} where compartment in "  # noqa: S608 - own tables
            "(select compartment from access_reader where authority = ?) and operation in ('', ?) "
            "order by id",
            (self.authority, self.operation),
        )
        rows_read = [read_row(names, moments, jsons, row) for row in listed]
        opened = (
            (row, open_columns(self.node, self.authority, model, str(row["id"]), row["sealed"]))
            for row in rows_read
            if row["compartment"] not in self.without
        )
        return [row | words for row, words in opened if words is not None]

    def owned(self) -> set[str]:
        """Protection files that this authority opened."""
        table = Compartment._meta.db_table
        return {
            row[0]
            for row in self.ask(
                f"select id from {table} where kind = 'care' and owner = ?",  # noqa: S608 - our own table
                (self.authority,),
            )
        }

    def cares(self) -> dict[str, list[str]]:
        """Care authorities by country, in a fixed order."""
        by_care: dict[str, list[str]] = defaultdict(list)
        for name, country in self.ask(
            "select authority, country from access_member where operation = ? and kind = 'care' "
            "order by authority",
            (self.operation,),
        ):
            by_care[country].append(name)
        return by_care

    def deciding(self) -> set[str]:
        """The deciding authorities of this authority's country: their second readings are of its files."""
        return {
            row[0]
            for row in self.ask(
                "select authority from access_member where operation = ? and kind = 'deciding' "
                "and country in (select country from access_member where id = ?)",
                (self.operation, f"{self.operation}:{self.authority}"),
            )
        }


def own_count(desk: Desk, opened: OpenSide, moment: int | None = None) -> OwnCount:
    """Count as of a moment (ms), against the open side of that moment."""
    until = EVER if moment is None else moment
    count, decided = OwnCount(), defaultdict(list, decisions(desk, until))
    records = {tally.id: person for person in opened.people for tally in person.members if person.first}
    _alone(desk, count, decided, records, until)
    for row in desk.rows(LinkedCount):
        if row["care"] != desk.authority:
            for counting, at, status in row.get("decided", ()):
                if at <= until:
                    decided[counting].append((at, status))
    cares = desk.cares()
    served = {country for country, names in cares.items() if desk.authority in names}
    for person in opened.people:
        if person.first is None:
            continue
        owner = _owner(person, cares) or desk.authority
        if owner != desk.authority:
            own = [(t.id, *dated) for t in person.members for dated in decided.get(t.id, ())]
            if own or (len(person.members) > 1 and any(t.country in served for t in person.members)):
                count.told.setdefault(owner, []).extend(own)
            continue
        move(count.cells[person.first.country], person, decided)
    for row in desk.rows(KeptCount):
        if row["care"] == desk.authority:
            count.add(row.get("cells", ()))
    return count


def decisions(desk: Desk, until: int) -> dict[str, list[Dated]]:
    """What this authority decided, by counting id: of its files, and what it said openly in 0.1."""
    owned = desk.owned()
    files = {row["person"]: row for row in desk.rows(CareFile) if row["compartment"] in owned}
    last: dict[str, tuple[Any, str, int, str]] = {}
    for row in desk.rows(Identification):
        if row["compartment"] not in owned or row["person"] not in files:
            continue
        if row["read"] != "yes" or to_ms(row["read_at"]) > until:
            continue
        decided_on = (row["at"], row["id"], to_ms(row["read_at"]), row["status"])
        last[row["person"]] = max(last.get(row["person"], decided_on), decided_on)
    latest = {
        str(row["counting"]): [last[person][2:]] if person in last else []
        for person, row in files.items()
        if row.get("counting")
    }
    deciding_authorities = {desk.authority} | desk.deciding()
    for row in desk.rows(CareTally):
        if row["id"] not in latest and row.get("statuses"):
            latest |= said_before([row], deciding_authorities, until)
    return latest


def _owner(person: Person, cares: Mapping[str, list[str]]) -> str:
    """The care authority that counts a person: of the country where first met that has one."""
    return next((cares[t.country][0] for t in person.members if t.met and cares.get(t.country)), "")


def _alone(
    desk: Desk, count: OwnCount, decided: dict[str, list[Dated]], records: Mapping[str, Person], until: int
) -> None:
    """People whom care alone met: each once, and those who are of the open side too as met twice."""
    met = {row["id"]: row for row in desk.rows(PersonRow) if row.get("counting")}
    alone = {
        key: row
        for key, row in met.items()
        if row["authority"] == desk.authority
        and row["counting"] not in records
        and to_ms(row["met_at"]) <= until
    }
    for group in _groups(alone):
        linked = sorted(
            met[other]["counting"]
            for key in group
            for other in alone[key]["links"]
            if other in met and met[other]["counting"] in records
        )
        dates = [date for key in group for date in decided.pop(alone[key]["counting"], ())]
        first = min(group, key=lambda key: (alone[key]["met_at"], key))
        cell = count.cells[alone[first]["country"]]
        cell["alone"] += len(group)
        if linked:
            cell["twice"] += len(group)
            decided[linked[0]] = [*decided.get(linked[0], ()), *dates]
            continue
        cell["twice"] += len(group) - 1
        views = [alone[key]["seen_as"] for key in group if to_ms(alone[key]["seen_at"]) <= until]
        first_view = next((view for view in views if view != "not-assessed"), "not-assessed")
        cell[f"to_{DECIDED_COLUMN[decision(dates) or first_view]}"] += 1


def _groups(alone: Mapping[str, Mapping[str, Any]]) -> list[list[str]]:
    """Linked records together."""
    left, groups = set(alone), []
    while left:
        todo, group = [min(left)], []
        while todo:
            key = todo.pop()
            if key in left:
                left.remove(key)
                group.append(key)
                todo += [linked for linked in alone[key]["links"] if linked in left]
                todo += [linked for linked in left if key in alone[linked]["links"]]
        groups.append(sorted(group))
    return groups
