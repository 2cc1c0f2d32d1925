"""Where dates may lie: a quarter of an hour for clocks, today where the day is known, plans in bounds."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from libertad.vocabulary.bounds import (
    VALID,
    check_ahead,
    check_not_far,
    check_order,
    check_past,
    check_past_date,
)
from libertad.vocabulary.values import Happened, Refused

NOW = datetime(2018, 4, 5, 14, 0, tzinfo=UTC)
TODAY = NOW.date()


def happened(at: datetime, precision: str = "minute", zone: str = "America/Guyana") -> Happened:
    return Happened(at=at, zone=zone, precision=precision)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("moment", "allowed"),
    [
        (happened(NOW), True),
        (happened(NOW + timedelta(minutes=15)), True),
        (happened(NOW + timedelta(minutes=16)), False),
        (happened(NOW + timedelta(days=1)), False),
        (happened(NOW + timedelta(hours=9), "day"), True),  # today, by the clock of the place
        (happened(NOW + timedelta(hours=15), "day"), False),  # 01:00 of the next day there
        (happened(NOW + timedelta(hours=15), "day", "America/Los_Angeles"), True),
        (happened(datetime(2018, 4, 30, 12, tzinfo=UTC), "month"), True),
        (happened(datetime(2018, 5, 1, 12, tzinfo=UTC), "month"), False),
        (happened(datetime(2018, 12, 31, 12, tzinfo=UTC), "year"), True),
        (happened(datetime(2050, 1, 1, 12, tzinfo=UTC), "year"), False),
    ],
)
def test_what_happened_does_not_lie_ahead(moment: Happened, allowed: bool) -> None:
    if allowed:
        check_past(moment, NOW)
    else:
        with pytest.raises(Refused, match="lies ahead"):
            check_past(moment, NOW)


def test_a_date_that_was_may_be_as_wide_as_this_year() -> None:
    for day in ("2018", "2018-04", "2018-04-05"):
        check_past_date(day, TODAY, "checked")
    for day in ("2019", "2018-05", "2018-04-06"):
        with pytest.raises(Refused, match=f"{day} lies ahead"):
            check_past_date(day, TODAY, "checked")


def test_what_is_planned_has_not_gone_by_and_is_not_of_another_age() -> None:
    for day in ("2018", "2018-04", "2018-04-05", "2020-04-05"):
        check_ahead(day, TODAY, "until", years=2)
    for day in ("2017", "2018-03", "2018-04-04"):
        with pytest.raises(Refused, match="has gone by"):
            check_ahead(day, TODAY, "until", years=2)
    for day in ("2020-04-06", "2050"):
        with pytest.raises(Refused, match="more than 2 years ahead"):
            check_ahead(day, TODAY, "until", years=2)


def test_an_end_follows_its_beginning_within_its_bound() -> None:
    week = timedelta(days=7)
    check_order(NOW, NOW + week, "next_due", week)
    with pytest.raises(Refused, match="lies before"):
        check_order(NOW, NOW, "next_due", week)
    with pytest.raises(Refused, match="more than 7 days"):
        check_order(NOW, NOW + week + timedelta(minutes=1), "next_due", week)


def test_a_leap_day_is_no_error() -> None:
    check_ahead("2020-02-29", date(2018, 4, 5), "until", years=2)
    with pytest.raises(Refused, match="years ahead"):
        check_ahead("2024-02-29", date(2022, 2, 28), "until", years=2)


def test_a_document_may_have_run_out_and_is_valid_for_a_life_at_most() -> None:
    for day in ("1999", "2017-03", "2118-04-05"):
        check_not_far(day, TODAY, "until", years=VALID)
    for day in ("2118-04-06", "2190"):
        with pytest.raises(Refused, match="more than 100 years ahead"):
            check_not_far(day, TODAY, "until", years=VALID)
