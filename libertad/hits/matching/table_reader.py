"""The rows of a table become columns, every cell that says the same being read once."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, date, datetime
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.columns import Column, Said, Told
from libertad.hits.matching.lexicon import Ints
from libertad.hits.matching.record import Birth
from libertad.hits.matching.record_table import FACTS

_BETWEEN = re.compile(r"[;,/|\n]|\s+(?:y|e|o|u|et|ou|en|of|and|or|ak)\s+", re.IGNORECASE)
WHOLE = 6  # digits of a telephone that stands by itself
Cells = tuple[str, ...]  # what the columns of one field say in a row


class Taken:
    """Rows taken so far. `places`: where each field's columns stand in a row. `month_first`: how its births
    are written."""

    def __init__(self, places: Mapping[str, Sequence[int]], month_first: bool = False) -> None:
        self.month_first = month_first
        self.places = {field: list(at) for field, at in places.items()}
        self.dates = len(self.places.get("birth_date", ()))
        self.places["birth"] = self.places.pop("birth_date", []) + self.places.pop("age", [])
        self.ids: list[str] = []
        self._numbers: dict[str, dict[str | Cells, int]] = defaultdict(dict)
        self._which: dict[str, list[Ints]] = defaultdict(list)

    def __len__(self) -> int:
        return len(self.ids)

    def take(self, rows: Sequence[Sequence[str]], before: int) -> None:
        """Take up some rows, each as long as the table is wide. `before`: how many stand before them in the
        table; one without an id is called by its number."""
        columns = list(zip(*rows, strict=False))
        ids = columns[self.places["id"][0]] if columns and "id" in self.places else [""] * len(rows)
        self.ids += [cell.strip() or str(at) for at, cell in enumerate(ids, before + 1)]
        for field, places in self.places.items():
            if columns and places and field != "id":
                chosen = [columns[at] for at in places]
                cells = chosen[0] if len(chosen) == 1 else zip(*chosen, strict=True)
                numbers = self._numbers[field]
                which = [numbers.setdefault(cell, len(numbers)) for cell in cells]
                self._which[field].append(np.array(which, np.int64))

    def to_columns(self) -> Said:
        """All that was taken, in columns. What is blank is not said."""
        of, full = self._several("name", least=1)
        parts = [self._text(field, " ".join) for field in ("given_name", "family_name")]
        names = [full, *(Column(part.once, part.which[of]) for part in parts)]
        says = np.zeros(len(of), bool)
        for column in names:
            says |= _full(column)
        full, given, family = (Column(part.once, part.which[says]) for part in names)
        facts = {kind: Told(*self._several(kind)) for kind in FACTS if kind in self.places}
        return Said(
            self.ids,
            of[says],
            full,
            given,
            family,
            self._births(),
            self._text("sex", _first),
            {kind: values for kind, values in facts.items() if len(values.of)},
            self._text("country", _first),
        )

    def _cells(self, field: str) -> Column[Any]:
        """Of one column texts, of several all that they say in a row."""
        if field not in self._which:
            return Column([""], np.zeros(len(self), np.int64))
        return Column(list(self._numbers[field]), np.concatenate(self._which[field]))

    def _text(self, field: str, combine: Callable[[Cells], str]) -> Column[str]:
        """One text a row; `combine` makes it of what several columns say."""
        cells = self._cells(field)
        if len(self.places.get(field, ())) > 1:
            return cells.replaced(combine(_nonblank(cell)) for cell in cells.once)
        texts = list(map(str.strip, cells.once))
        return cells if texts == cells.once else cells.replaced(texts)

    def _several(self, field: str, least: int = 0) -> tuple[Ints, Column[str]]:
        """The texts of a field and whose each is: an empty one where a row says fewer than `least`."""
        if len(self.places.get(field, ())) > 1 or field == "phone":
            cells = self._cells(field)
            texts = cells.replaced(_split_cells(field, cell) or ("",) * least for cell in cells.once)
            count = np.array([len(cell) for cell in texts.once], np.int64)[texts.which]
            return np.repeat(np.arange(len(self)), count), Column.of(chain.from_iterable(texts))
        text = self._text(field, _first)
        of = np.arange(len(self)) if least else np.flatnonzero(_full(text))
        return of, Column(text.once, text.which[of])

    def _births(self) -> Column[Birth | None]:
        today = datetime.now(UTC).date()
        cells = self._cells("birth")
        return cells.replaced(self._birth(cell, today) for cell in cells.once)

    def _birth(self, cells: str | Cells, today: date) -> Birth | None:
        cells = (cells,) if isinstance(cells, str) else cells
        dates, ages = _nonblank(cells[: self.dates]), _nonblank(cells[self.dates :])
        read = (Birth.of_text(date, self.month_first) for date in dates)
        birth = next(filter(None, read), None)
        return _aged(ages[0], today) if birth is None and ages else birth


def _nonblank(cells: Cells) -> Cells:
    """Those that are not blank."""
    return tuple([cell.strip() for cell in cells if cell and not cell.isspace()])


def _split_cells(field: str, cells: str | Cells) -> Cells:
    """What the cells say, each telephone by itself where several stand in a cell."""
    texts = _nonblank((cells,) if isinstance(cells, str) else cells)
    return tuple(chain.from_iterable(map(_phones, texts))) if field == "phone" else texts


def _phones(cell: str) -> Sequence[str]:
    """The telephones of a cell; '600-1234/5' is one, for nothing that short is a number."""
    parts = [part.strip() for part in _BETWEEN.split(cell)]
    return parts if all(sum(map(str.isdigit, part)) >= WHOLE for part in parts) else [cell]


def _first(cells: Cells) -> str:
    return cells[0] if cells else ""


def _full(texts: Column[str]) -> NDArray[np.bool_]:
    """Where a text is not empty."""
    return np.array([bool(text) for text in texts.once], bool)[texts.which]


def _aged(text: str, today: date) -> Birth | None:
    """'17', '15-17' or '15 to 17' years, as of today; an age is often a year off."""
    ages = [int(part) for part in re.findall(r"\d+", text)[:2]]
    if not ages:
        return None
    slack = 1 if len(ages) == 1 else 0
    return Birth.of_age(max(min(ages) - slack, 0), max(ages) + slack, today)
