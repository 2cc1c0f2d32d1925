"""A filter says yes to every mark that it was given and, but for its stated chance, to no other."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.hits.private import parts
from libertad.hits.private.filter import Filter, marks
from libertad.hits.private.parts import BadPart, mark, part

MARKS = st.integers(0, 2**40 - 1)


@given(st.lists(MARKS, max_size=200), st.lists(MARKS, max_size=200), st.lists(MARKS, max_size=50))
def test_what_was_given_is_there_and_nothing_else(
    first: list[int], more: list[int], others: list[int]
) -> None:
    mark_filter = Filter([part(first, step=1)])
    mark_filter.add(part(more, step=1))
    for _ in range(2):
        assert all(mark in mark_filter for mark in first + more)
        assert all((mark in mark_filter) == (mark in {*first, *more}) for mark in others)
        assert len(mark_filter) == len({*first, *more})
        mark_filter.pack()


def test_marks_at_the_edges_are_found() -> None:
    edges = [0, 1, 2**24 - 1, 2**24, 2**40 - 1, 2**40 - 2]
    mark_filter = Filter([part(edges, step=1)])
    assert all(mark in mark_filter for mark in edges)
    assert 2 not in mark_filter
    assert 2**40 - 3 not in mark_filter


def test_a_part_is_filled_up_so_that_it_tells_no_count() -> None:
    sizes = {len(marks(part(range(count)))) for count in range(1, 65)}
    assert sizes == {64}
    assert part([]) == b""


def test_a_part_tells_no_order_of_writing() -> None:
    assert marks(part([5, 3, 9], step=1)).tolist() == [3, 5, 9]


@pytest.mark.parametrize(
    "data", [b"1234", bytes(10), b"\x02" * 5 + b"\x01" * 5, bytes(5 * (parts.MOST_PART + 1))]
)
def test_what_is_no_part_is_refused(data: bytes) -> None:
    with pytest.raises(BadPart):
        Filter([data])


def test_a_part_has_its_bound() -> None:
    with pytest.raises(ValueError, match="at most"):
        part(range(parts.MOST_PART + 1))


def test_its_size_and_chance_are_as_stated() -> None:
    rng = random.Random(4)
    mark_filter = Filter([part({rng.randrange(2**40) for _ in range(50_000)})])
    assert mark_filter.size < 4 * len(mark_filter) + 600_000
    assert mark_filter.chance == len(mark_filter) / 2**40
    assert sum(rng.randrange(2**40) in mark_filter for _ in range(50_000)) <= 1


def test_a_mark_is_the_beginning_of_the_output() -> None:
    assert mark(bytes(range(64))) == 0x0001020304
