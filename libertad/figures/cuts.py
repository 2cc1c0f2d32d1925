"""Moments and days of figures: cuts, the fixed time of each day at which care's are counted; from when on
something is released, and of which days it tells."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from libertad.vocabulary.values import zone

DAY = timedelta(days=1)


def last_cut(now: datetime, cut: str) -> datetime:
    """The last cut at or before a moment. `cut`: 'HH:MM' in UTC."""
    hour, minute = (int(part) for part in cut.split(":"))
    moment = now.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment <= now else moment - DAY


def last_hour(now: datetime) -> datetime:
    """The last full hour at or before a moment, in UTC."""
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)


def is_cut(moment: datetime, cut: str) -> bool:
    """Whether a moment is one of the cuts."""
    return last_cut(moment, cut) == moment


def begun(first_day: str, zone_name: str, moment: datetime) -> bool:
    """Whether an operation had begun at a moment, by its own clock. `first_day`: '' where there is none."""
    return moment.astimezone(zone(zone_name)).date().isoformat() >= first_day


def until(span: tuple[str, str], as_of: datetime, zone_name: str) -> tuple[str, str]:
    """The operation's days as far as a release tells of them: none after its moment, by the clock there."""
    first, last = span
    if not first:
        return span
    return first, max(first, min(last, as_of.astimezone(zone(zone_name)).date().isoformat()))
