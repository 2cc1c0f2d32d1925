"""Sunrise and sunset against published times."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from libertad.board.daylight import daylight, days_between

# To a few minutes; rounded to whole minutes as almanacs print them.
KNOWN = (
    # Bridgetown, 3 April, by hand: solar noon 16:02 (3.4 min late), declination 5.3 degrees, so 6 h 8 min
    # to either side.
    (date(2018, 4, 3), 13.1, -59.62, "09:54", "22:10"),
    # Greenwich, 21 June: 03:43 to 20:21 UTC.
    (date(2018, 6, 21), 51.48, 0.0, "03:43", "20:21"),
    # Lyon, 21 December: 07:19 to 15:58 UTC.
    (date(2018, 12, 21), 45.76, 4.84, "07:19", "15:58"),
)


@pytest.mark.parametrize(("day", "lat", "lon", "rises", "sets"), KNOWN)
def test_the_sun_rises_and_sets_when_it_does(
    day: date, lat: float, lon: float, rises: str, sets: str
) -> None:
    light = daylight(day, lat, lon)
    assert light is not None
    for moment, words in zip(light, (rises, sets), strict=True):
        expected = datetime.fromisoformat(f"{day}T{words}+00:00")
        assert abs(moment - expected) <= timedelta(minutes=4)


def test_polar_night_has_no_day_and_midsummer_no_night() -> None:
    assert daylight(date(2018, 12, 21), 80, 0) is None
    whole = daylight(date(2018, 6, 21), 80, 0)
    assert whole is not None and whole[1] - whole[0] == timedelta(days=1)


def test_days_are_cut_to_the_time_shown() -> None:
    start = datetime(2018, 4, 3, tzinfo=UTC)
    end = start + timedelta(days=7, hours=8)
    lights = list(days_between(start, end, 13.1, -59.6))
    assert len(lights) == 7
    assert all(start <= rise < fall <= end for rise, fall in lights)


def test_a_day_that_began_before_the_first_hour_still_shows() -> None:
    start = datetime(2018, 4, 3, 12, tzinfo=UTC)
    assert next(iter(days_between(start, start + timedelta(days=1), 13.1, -59.6)))[0] == start
