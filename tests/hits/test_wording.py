"""How the days in which somebody may have been born are said beside the other record's."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.hits import Birth
from libertad.hits.wording import born


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("1999-04-23", "1999-04-23", "23 April 1999"),
        ("1999-04-01", "1999-04-30", "April 1999"),
        ("2000-02-01", "2000-02-29", "February 2000"),
        ("1999-12-01", "1999-12-31", "December 1999"),
        ("1999-01-01", "1999-12-31", "1999"),
        ("1999-01-01", "2001-12-31", "1999 to 2001"),
        ("1999-04-01", "1999-05-31", "between 1 April 1999 and 31 May 1999"),
        ("1999-04-01", "2000-04-30", "between 1 April 1999 and 30 April 2000"),
    ],
)
def test_a_birth_is_said_as_exactly_as_it_is_known(first: str, last: str, said: str) -> None:
    assert born(Birth(dt.date.fromisoformat(first), dt.date.fromisoformat(last))) == said


def test_a_day_that_may_stand_for_a_year_says_so_and_nothing_known_says_nothing() -> None:
    assert born(Birth.of_text("1999-01-01")) == "1 January 1999 (perhaps only the year is known)"
    assert born(None) == ""
