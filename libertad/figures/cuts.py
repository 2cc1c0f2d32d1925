"""Cuts: the fixed time of each day at which figures of care are counted, and nothing between."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

DAY = timedelta(days=1)


def last_cut(now: datetime, cut: str) -> datetime:
    """The last cut at or before a moment. `cut`: 'HH:MM' in UTC."""
    hour, minute = (int(part) for part in cut.split(":"))
    moment = now.astimezone(UTC).replace(hour=hour, minute=minute, second=0, microsecond=0)
    return moment if moment <= now else moment - DAY


def is_cut(moment: datetime, cut: str) -> bool:
    """Whether a moment is one of the cuts."""
    return last_cut(moment, cut) == moment
