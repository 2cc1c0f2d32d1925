"""Withholding: a reader who knows the rule and the totals cannot work out a withheld number."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.figures.public import THRESHOLD, withhold

VALUES = st.dictionaries(st.sampled_from("ABCDEFGHIJKLM"), st.integers(0, 70), max_size=13)


@given(VALUES)
def test_no_small_number_is_shown_and_what_is_shown_is_true(values: dict[str, int]) -> None:
    table = withhold(values)
    for name, value in table.cells.items():
        assert value is None or value == values[name]
        assert value is None or value == 0 or value >= THRESHOLD
    assert table.total in (None, sum(values.values()))
    hidden = [name for name, value in table.cells.items() if value is None]
    assert len(hidden) != 1 or table.total is None


def tables_of(cells: int, most: int) -> Iterator[tuple[int, ...]]:
    """Every table whose numbers add up to at most `most`."""
    if not cells:
        yield ()
        return
    for value in range(most + 1):
        for rest in tables_of(cells - 1, most - value):
            yield (value, *rest)


@pytest.mark.parametrize(("threshold", "cells", "most"), [(3, 3, 20), (3, 4, 18), (4, 4, 20), (10, 3, 50)])
def test_the_attacker_who_tries_every_table_finds_no_withheld_number(
    threshold: int, cells: int, most: int
) -> None:
    answers = defaultdict(list)
    for values in tables_of(cells, most):
        table = withhold({str(n): value for n, value in enumerate(values)}, threshold)
        answers[tuple(table.cells.values()), table.total].append(values)
    for (table, whole), possible in answers.items():
        for place, value in enumerate(table):
            if value is None:
                assert len({values[place] for values in possible}) > 1, (table, whole, possible)


def test_others_are_withheld_with_a_small_number() -> None:
    table = withhold({"AG": 12, "BR": 58, "TC": 6, "GY": 67})
    assert table.cells == {"AG": None, "BR": 58, "TC": None, "GY": 67}
    assert table.total == 143
