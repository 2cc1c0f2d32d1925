"""How long a text may be, and where a date may lie: what happened lies behind, what is planned lies ahead
and not too far.

Dates by the operation's clock, which whoever asks hands in. Rules of dates are of saying, not of judging:
entries said before, and those of other clocks, stay valid.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Happened, Refused, partial_date, span

DRIFT = timedelta(minutes=15)  # what two clocks may differ by
VALID = 100  # years that a document may be valid; some are issued for a life
AHEAD = marked(
    "this lies ahead: write when it happened. Clocks may differ by a quarter of an hour, not by more"
)


def begins(happened: Happened) -> datetime:
    """The earliest moment (UTC) that a moment allows by its precision: of a day, its first."""
    local = happened.local
    if happened.precision == "hour":
        local = local.replace(minute=0, second=0, microsecond=0)
    elif happened.precision in ("day", "month", "year"):
        day = 1 if happened.precision in ("month", "year") else local.day
        month = 1 if happened.precision == "year" else local.month
        local = local.replace(month=month, day=day, hour=0, minute=0, second=0, microsecond=0)
    return local.astimezone(UTC)


def check_past(happened: Happened, now: datetime, field: str = "happened") -> None:
    """Refused for what lies more than a quarter of an hour after `now`."""
    if begins(happened) > now + DRIFT:
        raise Refused(field, AHEAD)


def check_past_date(day: str, today: date, field: str) -> None:
    """Refused for a partial date all of whose days lie after `today`."""
    if span(partial_date(day, field))[0] > today:
        raise Refused(field, "%(date)s lies ahead: write the day on which it was", date=PartialDate(day))


def check_ahead(day: str, today: date, field: str, *, years: int) -> None:
    """Refused for a partial date all of whose days lie before `today`, or more than `years` after it."""
    _first, last = span(partial_date(day, field))
    if last < today:
        raise Refused(field, "%(date)s has gone by: write a day that lies ahead", date=PartialDate(day))
    check_not_far(day, today, field, years=years)


def check_not_far(day: str, today: date, field: str, *, years: int) -> None:
    """Refused for a partial date all of whose days lie more than `years` after `today`."""
    first, _last = span(partial_date(day, field))
    if (first.year - years, first.month, first.day) > (today.year, today.month, today.day):
        raise Refused(
            field,
            "%(date)s is more than %(years)s years ahead: look at the year again",
            date=PartialDate(day),
            years=years,
        )


def check_order(first: datetime, last: datetime, field: str, longest: timedelta) -> None:
    """Refused for a `last` that does not lie after `first`, or more than `longest` (whole days) after it."""
    if last <= first:
        raise Refused(field, "this lies before what it follows: look at the dates again")
    if last - first > longest:
        raise Refused(
            field, "this is more than %(days)s days later: look at the dates again", days=longest.days
        )


TOO_LONG = marked("say it in at most %(most)s characters")


def check_text(field: str, text: str, rule: str, most: int = 0) -> None:
    """Refused with `rule` for a text that says nothing; and for one longer than `most` (0: any length)."""
    if not text.strip():
        raise Refused(field, rule)
    check_length(field, text, most)


def check_length(field: str, text: str, most: int) -> None:
    """Refused for a text of more than `most` characters (0: any length)."""
    if most and len(text) > most:
        raise Refused(field, TOO_LONG, most=most)
