"""What is owed, and until when: pure rules over what entries say. Nothing here reads a row or a clock."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

from libertad.vocabulary.bounds import check_ahead
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused, partial_date, span, zone

NEVER = datetime(9999, 1, 1, tzinfo=UTC)  # due by no day: after all others in order
CLAIMS = ("wages", "compensation")  # owed, not taken: due, and perhaps late, before anybody records it
DUE_YEARS = 10


def remaining(amount: str, paid: Iterable[str]) -> str:
    """What is left of an amount; below 0 where payments that crossed are more than was owed."""
    return f"{Decimal(amount) - sum(map(Decimal, paid)):f}"


def due_at(day: str, zone_name: str) -> datetime:
    """The end of the last day that a date allows, where the person was; `NEVER` for none."""
    try:
        last = span(partial_date(day))[1]
    except Refused:
        return NEVER
    return datetime.combine(last + timedelta(days=1), time(), zone(zone_name)).astimezone(UTC)


def check_due(kind: str, day: str, today: date) -> None:
    """Refused for a day that has gone by, unless it is of a claim; and for one more than ten years away."""
    if kind in CLAIMS and (last := span(partial_date(day, "due_back"))[1]) < today:
        if (last.year + DUE_YEARS, last.month, last.day) < (today.year, today.month, today.day):
            raise Refused(
                "due_back",
                "%(date)s is more than %(years)s years ago: look at the year again",
                date=PartialDate(day),
                years=DUE_YEARS,
            )
        return
    check_ahead(day, today, "due_back", years=DUE_YEARS)
