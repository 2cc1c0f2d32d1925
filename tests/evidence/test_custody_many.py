"""Custody of very many entries: what whoever fills a package or a case does not hold up its reader with.

Steps of the program are counted, no time is taken.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from datetime import timedelta
from types import FrameType
from typing import Any

import pytest

from libertad.evidence.custody import Event, chain
from libertad.evidence.package_keys import KeyCheck
from tests.evidence.test_custody import START, TAKEN, event, offer


def steps_of(work: Callable[[], object]) -> int:
    """How many lines of Python a call runs."""
    count = 0

    def trace(_frame: FrameType, kind: str, _argument: Any) -> Any:
        nonlocal count
        count += kind == "line"
        return trace

    before = sys.gettrace()
    sys.settrace(trace)
    try:
        work()
    finally:
        sys.settrace(before)
    return count


def gaps(count: int) -> list[Event]:
    """Let go and taken again, each gap with a request and a statement."""
    events = [TAKEN]
    for number in range(count):
        minute = 10 * number
        since = (START + timedelta(minutes=minute + 1)).isoformat()
        events += [
            event("release", minute + 1, "a"),
            event("accept", minute + 2, "a"),
            event("ask", minute + 3, "b", about_from=since, to_authority="customs"),
            event("statement", minute + 4, "b", about_from=since),
        ]
    return events


def false_returns(count: int) -> list[Event]:
    """Returns by who had handed it over by a later word, and by who never held it."""
    events = [TAKEN, offer(9000, "a", "b", "last"), event("accept", 9001, "b", offer="last")]
    for number in range(count):
        events += [
            offer(3 * number + 1, "a", "c", f"o{number}"),
            event("accept", 9002 + number, "d", offer=f"o{number}"),
            event("return", 3 * number + 2, "a"),
        ]
    return events


@pytest.mark.parametrize("events", [gaps, false_returns], ids=lambda make: make.__name__)
def test_twice_as_many_entries_take_about_twice_as_long(events: Callable[[int], list[Event]]) -> None:
    def read(count: int) -> int:
        given = events(count)

        def work() -> None:
            custody = chain(given)
            assert custody is not None
            for each in custody.events:
                custody.flaw(each)

        return steps_of(work)

    assert read(240) < 2.5 * read(120)


def test_many_keys_that_enrol_one_another_are_followed_once() -> None:
    """A file may hold 20,000 entries: each of them an enrolment by the key that the next one enrols."""
    check = KeyCheck.__new__(KeyCheck)

    def follow(count: int) -> int:
        enrolments = [(f"k{n + 1}", "a", f"k{n}", "a") for n in reversed(range(count))]
        keys: Any = {f"k{n}": Keyed() for n in range(count + 1)}
        check.keys = keys
        vouched: dict[str, Any] = {}
        steps = steps_of(lambda: vouched.update(check._follow({"k0": ("named", "")}, enrolments, "a")))
        assert len(vouched) == count + 1 and vouched["k1"] == ("enrolled", "k0")
        return steps

    assert follow(240) < 2.5 * follow(120)


class Keyed:
    """A key of the one authority."""

    authority = "a"
