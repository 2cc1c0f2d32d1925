"""How times are written: '5 April 2018, 09:40 (UTC-4)'; delays as '3 h 22 min overdue'."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from django.utils.dates import MONTHS
from django.utils.translation import gettext as _

from libertad.vocabulary.values import Happened

MINUTE = timedelta(minutes=1)


def local_of(moment: Happened | datetime) -> datetime:
    """The moment in the zone it was said in."""
    if isinstance(moment, Happened):
        return moment.local
    if moment.tzinfo is None:
        raise ValueError("a time without a zone cannot be shown")
    return moment


def offset(local: datetime) -> str:
    """'UTC', 'UTC-4', 'UTC+5:30'."""
    minutes = int((local.utcoffset() or timedelta()).total_seconds() // 60)
    if minutes == 0:
        return "UTC"
    hours, rest = divmod(abs(minutes), 60)
    return f"UTC{'-' if minutes < 0 else '+'}{hours}" + (f":{rest:02d}" if rest else "")


def place_of(zone: str) -> str:
    """The place of a time zone in words: 'Port of Spain' for America/Port_of_Spain."""
    return zone.rpartition("/")[2].replace("_", " ")


def clock_of(zone: str) -> str:
    """By whose clock a time is written."""
    return _("By the clock in %(place)s.") % {"place": place_of(zone)}


def day(moment: Happened | datetime) -> str:
    """'5 April 2018', or as much of it as is known."""
    precision = moment.precision if isinstance(moment, Happened) else "minute"
    local = local_of(moment)
    month = str(MONTHS[local.month])
    if precision == "unknown":
        return _("time not known")
    if precision == "year":
        return str(local.year)
    if precision == "month":
        return f"{month} {local.year}"
    return f"{local.day} {month} {local.year}"


def date_words(partial: str) -> str:
    """'23 April 2018' of '2018-04-23', 'April 2018' of '2018-04'; what is no such date stays as it is."""
    parts = partial.split("-")
    try:
        numbers = [int(part) for part in parts]
        date(*(numbers + [1, 1])[:3])
    except (TypeError, ValueError):
        return partial
    words = [str(numbers[2])] if len(numbers) > 2 else []
    return " ".join([*words, *([str(MONTHS[numbers[1]])] if len(numbers) > 1 else []), parts[0]])


def clock(moment: Happened | datetime) -> str:
    """'09:40 (UTC-4)'; 'about 09:00 (UTC-4)' when only the hour is known; '' when not even that."""
    precision = moment.precision if isinstance(moment, Happened) else "minute"
    if precision not in ("minute", "hour"):
        return ""
    local = local_of(moment)
    zone = offset(local)
    time = f"{local:%H:%M} UTC" if zone == "UTC" else f"{local:%H:%M} ({zone})"
    return _("about %(time)s") % {"time": time} if precision == "hour" else time


def when(moment: Happened | datetime) -> str:
    """Day and time in one line."""
    return ", ".join(part for part in (day(moment), clock(moment)) if part)


def iso(moment: Happened | datetime) -> str:
    """For the attribute datetime."""
    return local_of(moment).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def span(delta: timedelta) -> str:
    """'2 h 10 min', '41 min', '0 min', '3 d 4 h'."""
    minutes = max(0, int(abs(delta).total_seconds() // 60))
    hours, rest = divmod(minutes, 60)
    if hours >= 48:
        days, hours = divmod(hours, 24)
        return _("%(days)d d %(hours)d h") % {"days": days, "hours": hours}
    if hours:
        return _("%(hours)d h %(minutes)02d min") % {"hours": hours, "minutes": rest}
    return _("%(minutes)d min") % {"minutes": rest}


def late(delta: timedelta) -> str:
    """'3 h 22 min overdue'; 'due now' within a minute."""
    if abs(delta) < MINUTE:
        return _("due now")
    return _("%(span)s overdue") % {"span": span(delta)}


def time_left(delta: timedelta) -> str:
    """'in 1 h 38 min'; 'now' within a minute."""
    if abs(delta) < MINUTE:
        return _("now")
    return _("in %(span)s") % {"span": span(delta)}
