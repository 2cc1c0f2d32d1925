"""The rows of a table become columns, every cell that says the same being read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain

import numpy as np

from libertad.hits.matching.record import Birth, Kind
from libertad.hits.matching.said import Column, Ints, Said, Told

FACTS: tuple[Kind, ...] = (
    "nationality", "document", "phone", "device", "vehicle", "vessel", "handle", "address", "place", "other"
)  # fmt: skip
Cells = tuple[str, ...]  # what the columns of one field say in a row


class Taken:
    """Rows taken so far. `places`: where each field's columns stand in a row. `before`: rows of the table
    that others took; a row without an id is called by its number."""

    def __init__(self, places: Mapping[str, Sequence[int]], before: int = 0) -> None:
        self.places = {field: list(at) for field, at in places.items()}
        self.dates = len(self.places.get("birth_date", ()))
        self.places["birth"] = self.places.pop("birth_date", []) + self.places.pop("age", [])
        self.before = before
        self.ids: list[str] = []
        self._numbers: dict[str, dict[str | Cells, int]] = defaultdict(dict)
        self._which: dict[str, list[Ints]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[Sequence[str]]) -> None:
        """Take up some rows, each as long as the table is wide."""
        columns = list(zip(*rows, strict=False))
        first = self.before + len(self) + 1
        ids = columns[self.places["id"][0]] if columns and "id" in self.places else [""] * len(rows)
        self.ids += [one.strip() if one else str(at) for at, one in enumerate(ids, first)]
        for field, places in self.places.items():
            if columns and places and field != "id":
                chosen = [columns[at] for at in places]
                cells = chosen[0] if len(chosen) == 1 else zip(*chosen, strict=True)
                numbers = self._numbers[field]
                which = [numbers.setdefault(cell, len(numbers)) for cell in cells]
                self._which[field].append(np.array(which, np.int64))

    def said(self) -> Said:
        """All that was taken, in columns."""
        given, family = (self._told(field) for field in ("given_name", "family_name"))
        given_, family_ = (part.replaced(map(" ".join, part.once)) for part in (given, family))
        called = self._told("name")
        of, full = _spread(called.replaced(cells or ("",) for cells in called.once))
        parts = [Column(one.once, one.which[of]) for one in (given_, family_)]
        says = np.zeros(len(of), bool)
        for one in (full, *parts):
            says |= np.array([bool(text) for text in one.once], bool)[one.which]
        full, given_, family_ = (Column(one.once, one.which[says]) for one in (full, *parts))
        told = {kind: Told(*_spread(self._told(kind))) for kind in FACTS if kind in self.places}
        return Said(
            self.ids, of[says], full, given_, family_, self._births(), self._first("sex"),
            {kind: one for kind, one in told.items() if len(one.of)}, self._first("country"),
        )  # fmt: skip

    def _cells(self, field: str) -> Column[Cells]:
        if field not in self._which:
            return Column([()], np.zeros(len(self), np.int64))
        cells = [(cell,) if isinstance(cell, str) else cell for cell in self._numbers[field]]
        return Column(cells, np.concatenate(self._which[field]))

    def _told(self, field: str) -> Column[Cells]:
        cells = self._cells(field)
        return cells.replaced(map(_told, cells.once))

    def _first(self, field: str) -> Column[str]:
        told = self._told(field)
        return told.replaced(cells[0] if cells else "" for cells in told.once)

    def _births(self) -> Column[Birth | None]:
        today = datetime.now(UTC).date()
        cells = self._cells("birth")
        return cells.replaced(self._birth(cell, today) for cell in cells.once)

    def _birth(self, cells: Cells, today: date) -> Birth | None:
        dates, ages = _told(cells[: self.dates]), _told(cells[self.dates :])
        birth = next(filter(None, map(Birth.of_text, dates)), None)
        return _aged(ages[0], today) if birth is None and ages else birth


def _told(cells: Cells) -> Cells:
    """Those that are not empty."""
    return tuple([cell.strip() for cell in cells if cell])


def _spread(told: Column[Cells]) -> tuple[Ints, Column[str]]:
    """Several texts a record: whose each is, and the texts."""
    count = np.array([len(cells) for cells in told.once], np.int64)[told.which]
    of = np.repeat(np.arange(len(told)), count)
    if (count > 1).any():
        return of, Column.of(chain.from_iterable(told))
    value = told.replaced(cells[0] if cells else "" for cells in told.once)
    return of, Column(value.once, value.which[count > 0])


def _aged(text: str, today: date) -> Birth | None:
    """'17', '15-17' or '15 to 17' years, as of today; an age is often a year off."""
    ages = [int(part) for part in re.findall(r"\d+", text)[:2]]
    if not ages:
        return None
    slack = 1 if len(ages) == 1 else 0
    return Birth.of_age(max(min(ages) - slack, 0), max(ages) + slack, today)
