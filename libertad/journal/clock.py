"""The device's clock: what orders acts of one moment, and goes on where it stood when it is set back."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

TICK = timedelta(milliseconds=1)
NEVER = datetime.min.replace(tzinfo=UTC)


def now() -> datetime:
    """The device's clock, in UTC, to the millisecond."""
    return to_millisecond(datetime.now(UTC))


def to_millisecond(moment: datetime) -> datetime:
    """The millisecond in which a moment lies, as clocks are written."""
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)
