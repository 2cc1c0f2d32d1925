"""What care decided, counted against the open side: whole cells, never rows.

A move is one person taken from a first view and given a status by care's latest decision, in the country
where the person was first met. Cells of moves are all that leaves a care authority; they are made here.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from libertad.figures.counting import DECIDED_COLUMN, Block, Line, Person
from libertad.figures.tallied import All, standing
from libertad.people.tallying import Dated, decision


class Move(NamedTuple):
    """From which first view to which status, and where. Both are codes of `tally-statuses`."""

    country: str
    seen: str
    status: str


def moves(persons: Iterable[Person], decided: Mapping[str, Iterable[Dated]]) -> Counter[Move]:
    """How many people care took from each first view to each status. `decided`: counting id -> decisions.

    Of linked records the latest decision holds, and the person counts once, where first met.
    """
    found: Counter[Move] = Counter()
    for person in persons:
        if person.first is None:
            continue
        status = decision(one for tally in person.members for one in decided.get(tally.id, ()))
        if status:
            found[Move(person.first.country, person.state.protection, status)] += 1
    return found


def block(opened: Line, moved: Mapping[Move, int]) -> Block:
    """The open side of the whole operation with everybody whom care decided about in the place decided."""
    numbers = {
        "records": opened.records, "met_twice": opened.met_twice, "not_a_victim": opened.not_a_victim,
        "not_assessed": opened.not_assessed, "potential": opened.potential, "presumed": 0, "confirmed": 0,
    }  # fmt: skip
    for move, times in moved.items():
        numbers[DECIDED_COLUMN[move.seen]] -= times
        numbers[DECIDED_COLUMN[move.status]] += times
    return Block(**numbers)


def moved(
    ask: All, compartment: str, decided: Mapping[str, Iterable[Dated]], moment: int | None
) -> Counter[Move]:
    """Moves against the tallies of an operation as of a moment (ms). `ask` runs SQL."""
    before = {
        key: [one for one in dates if moment is None or one[0] <= moment] for key, dates in decided.items()
    }
    return moves(standing(ask, compartment, moment, before), before)


def said_before(rows: Iterable[Mapping[str, Any]], authority: str = "") -> dict[str, list[Dated]]:
    """Decisions that care said in the operation's file, by counting id; `authority`: one care's own alone.

    `rows`: opened `people.CareTally` rows, each with its `id`.
    """
    found: dict[str, list[Dated]] = {}
    for row in rows:
        dates = [(at, status) for at, status, by in row["statuses"] if authority in ("", by)]
        if dates:
            found[str(row["id"])] = dates
    return found
