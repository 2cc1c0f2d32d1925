"""What care decided, counted against the open side: whole cells, never rows.

One person is taken from a first view and given a status, by care's latest decision, in the country where the
person was first met. Cells of that are all that leaves a care authority.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from libertad.figures.counting import DECIDED_COLUMN, Block, Line, Person
from libertad.people.tally_states import Dated, decision

Decided = dict[str, list[Dated]]


def move(cell: Counter[str], person: Person, decided: Mapping[str, Iterable[Dated]]) -> None:
    """Add a person to the cell of the country where first met, if anything was decided of any record."""
    status = decision(dated for tally in person.members for dated in decided.get(tally.id, ()))
    if status:
        cell[f"from_{DECIDED_COLUMN[person.state.protection]}"] += 1
        cell[f"to_{DECIDED_COLUMN[status]}"] += 1


def operation_block(opened: Line, cells: Iterable[Mapping[str, int]]) -> Block:
    """The open side of the whole operation, with everybody whom care counts in the place that care gave."""
    numbers = Counter(
        records=opened.records,
        met_twice=opened.met_twice,
        not_a_victim=opened.not_a_victim,
        not_assessed=opened.not_assessed,
        potential=opened.potential,
        presumed=0,
        confirmed=0,
    )
    for cell in cells:
        numbers["records"] += cell.get("alone", 0)
        numbers["met_twice"] += cell.get("twice", 0)
        for name in DECIDED_COLUMN.values():
            numbers[name] += cell.get(f"to_{name}", 0) - cell.get(f"from_{name}", 0)
    return Block(**numbers)


def changed(before: Iterable[Mapping[str, Any]], after: Iterable[Mapping[str, Any]]) -> int:
    """How many people at least changed place from one batch's cells to another's.

    The larger of what came and what went, over countries and statuses. Changes that cancel out are not seen,
    so that the rule is never looser than it says.
    """
    difference: Counter[tuple[str, str]] = Counter()
    for sign, cells in ((1, after), (-1, before)):
        for cell in cells:
            for name in (*DECIDED_COLUMN.values(),):
                difference[cell["country"], name] += sign * cell.get(f"to_{name}", 0)
    came = sum(number for number in difference.values() if number > 0)
    return max(came, came - sum(difference.values()))


# A new block only when since the last one this many people changed, at this many care authorities or more,
# and none of them with more than half of the changes.
PEOPLE, CARES = 10, 3


def renews(changes: Mapping[str, int]) -> bool:
    """Whether enough changed at enough care authorities. `changes`: people changed, by care authority."""
    positive = [number for number in changes.values() if number > 0]
    return sum(positive) >= PEOPLE and len(positive) >= CARES and 2 * max(positive) <= sum(positive)


def said_before(rows: Iterable[Mapping[str, Any]], authorities: Iterable[str], until: int) -> Decided:
    """Decisions that these authorities said in the operation's file in 0.1, by counting id, until a moment.

    `rows`: opened `people.CareTally` rows, each with its `id`.
    """
    by_whom, by_country = frozenset(authorities), {}
    for row in rows:
        dates = [(at, status) for at, status, by in row["statuses"] if by in by_whom and at <= until]
        if dates:
            by_country[str(row["id"])] = dates
    return by_country
