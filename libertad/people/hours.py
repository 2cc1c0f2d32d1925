"""How long somebody has been held, and how much of a limit is left. Nothing here reads a row or a clock.

Hours run as they pass, whatever a change of the clocks says. A moment that is only partly known counts from
the earliest moment that it may mean, in the zone of its place: a limit is then rather told too early.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol, TypeVar

from libertad.vocabulary.values import Happened, zone

# The hour at which each part of a day begins (code list `day-parts`).
BEGINS = {"night": 0, "morning": 6, "afternoon": 12, "evening": 18}
# An alarm before the limit: in its last quarter.
NEAR = 4
BEFORE, AFTER = "before-charge", "after-charge"


class Limit(Protocol):
    """A confirmed limit as far as it is counted: `hours` is 0 where the law gives none."""

    @property
    def hours(self) -> int: ...


L = TypeVar("L", bound=Limit)


def counted_from(moment: Happened, day_part: str = "") -> Happened:
    """The moment from which something partly known counts; its precision stays as it was said.

    Of an unknown time that is the moment given with it: when it was recorded.
    """
    local = moment.at.astimezone(zone(moment.zone))
    if moment.precision in ("minute", "unknown"):
        return moment
    if moment.precision == "hour":
        start = local.replace(minute=0, second=0, microsecond=0)
    else:
        start = local.replace(hour=BEGINS.get(day_part, 0), minute=0, second=0, microsecond=0)
        if moment.precision in ("month", "year"):
            start = start.replace(day=1)
        if moment.precision == "year":
            start = start.replace(month=1)
    return Happened(at=start, zone=moment.zone, precision=moment.precision)


def counted_until(moment: Happened) -> datetime:
    """The end of the hour or day that was said: of 'on 6 April' the midnight after it. Of what is known less
    precisely the moment itself: a clock that 'in April' ends would be told too late."""
    if moment.precision not in ("hour", "day"):
        return moment.at
    start = counted_from(moment).local
    return start + (timedelta(hours=1) if moment.precision == "hour" else timedelta(days=1))


@dataclass(frozen=True)
class Running:
    """A clock that runs: which kind of limit it is held against, and since when it counts.

    `held`: since when the person is held at all. `day_part`: of `since`.
    """

    kind: str
    since: Happened
    held: Happened
    day_part: str = ""


@dataclass(frozen=True)
class Period:
    """A stretch of holding that has ended: which kind of limit it is held against, from when it counts, when
    it ended, and by what ('charged', 'court', 'released')."""

    kind: str
    since: Happened
    until: Happened
    ended: str


@dataclass(frozen=True)
class Against:
    """A running clock against a limit. `ends` is None without hours. `alarm`: '', 'near' or 'passed'."""

    lasted: timedelta
    ends: datetime | None = None
    alarm: str = ""


def shortest(limits: Sequence[L]) -> L | None:
    """Of limits that authorities of one country confirmed the one with the fewest hours; one without hours
    only where none gives any. None where nobody confirmed one."""
    with_hours = [limit for limit in limits if limit.hours]
    return min(with_hours, key=lambda limit: limit.hours) if with_hours else next(iter(limits), None)


def exceeded(period: Period, limit: Limit | None) -> timedelta:
    """By how long a period that has ended exceeded a limit; nothing without a confirmed one with hours."""
    if limit is None or not limit.hours:
        return timedelta()
    return max(timedelta(), period.until.at - period.since.at - timedelta(hours=limit.hours))


def against(running: Running, limit: Limit | None, now: datetime) -> Against:
    """How a clock stands. Without a confirmed limit there is no end and no alarm: nothing is assumed."""
    lasted = max(timedelta(), now - running.since.at)
    if limit is None or not limit.hours:
        return Against(lasted)
    whole = timedelta(hours=limit.hours)
    ends = running.since.at + whole
    near = now >= ends - whole / NEAR
    return Against(lasted, ends, "passed" if now >= ends else "near" if near else "")
