"""Sunrise and sunset by date and place.

NOAA's general solar position calculations (gml.noaa.gov/grad/solcalc/solareqns.PDF): the fractional
year gives the equation of time and the declination, and these the hour angle at which the sun's
upper edge, with refraction, touches the horizon (zenith 90.833 degrees). Good to about two minutes
between the polar circles, which is a fifth of a pixel on the board.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, timedelta
from math import acos, cos, degrees, pi, radians, sin, tan

ZENITH = radians(90.833)


def _sun(day: date) -> tuple[float, float]:
    """Equation of time in minutes and declination in radians, at noon of the day."""
    g = 2 * pi / 365 * (day.timetuple().tm_yday - 1)
    equation = 229.18 * (
        0.000075 + 0.001868 * cos(g) - 0.032077 * sin(g) - 0.014615 * cos(2 * g) - 0.040849 * sin(2 * g)
    )
    declination = (
        0.006918
        - 0.399912 * cos(g)
        + 0.070257 * sin(g)
        - 0.006758 * cos(2 * g)
        + 0.000907 * sin(2 * g)
        - 0.002697 * cos(3 * g)
        + 0.00148 * sin(3 * g)
    )
    return equation, declination


def daylight(day: date, lat: float, lon: float) -> tuple[datetime, datetime] | None:
    """Sunrise and sunset in UTC of the solar day whose noon falls on `day` at that longitude.

    None when the sun does not rise; a whole day when it does not set.
    """
    equation, declination = _sun(day)
    phi = radians(lat)
    angle = cos(ZENITH) / (cos(phi) * cos(declination)) - tan(phi) * tan(declination)
    if angle > 1:
        return None
    half = degrees(acos(max(angle, -1.0)))
    midnight = datetime(day.year, day.month, day.day, tzinfo=UTC)
    noon = 720 - 4 * lon - equation
    return midnight + timedelta(minutes=noon - 4 * half), midnight + timedelta(minutes=noon + 4 * half)


def days_between(
    start: datetime, end: datetime, lat: float, lon: float
) -> Iterable[tuple[datetime, datetime]]:
    """Every stretch of daylight that touches the time from start to end, cut to it."""
    day = start.astimezone(UTC).date() - timedelta(days=1)
    while day <= end.astimezone(UTC).date() + timedelta(days=1):
        light = daylight(day, lat, lon)
        if light and light[1] > start and light[0] < end:
            yield max(light[0], start), min(light[1], end)
        day += timedelta(days=1)
