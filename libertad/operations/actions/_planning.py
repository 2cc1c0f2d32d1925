"""How far ahead a plan may lie: near the operation's days, and no team unheard of for longer than a week."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, date, datetime, time, timedelta

from libertad.access.acting import Act
from libertad.access.matrix import matrix
from libertad.access.models import Officer
from libertad.operations.models import Operation
from libertad.vocabulary.bounds import check_order
from libertad.vocabulary.codelists import PartialDate
from libertad.vocabulary.values import Refused, zone
from libertad.vocabulary.written import normalise

SILENCE = timedelta(days=7)  # check-ins are at most so far apart
AROUND = timedelta(days=31)
LONGEST = timedelta(days=366)
YEARS = 5


def check_near(act: Act, moment: datetime, field: str) -> None:
    """Refused for a moment more than 31 days before or after the operation's days."""
    operation = act.get(Operation, act.actor.operation)
    if operation is None:
        return
    first, last = (
        datetime.combine(date.fromisoformat(operation[name]), time(), zone(operation["zone"]))
        for name in ("first_day", "last_day")
    )
    if not first - AROUND <= moment <= last + AROUND:
        raise Refused(
            field,
            "this is more than a month from the operation's days, %(first)s to %(last)s: look at the date "
            "again, or change the operation's days first",
            first=PartialDate(operation["first_day"]),
            last=PartialDate(operation["last_day"]),
        )


def check_next(said_at: datetime, next_due: datetime | None, field: str = "next_due") -> None:
    """Refused for a next word that does not come, or comes later than a week after this one."""
    if next_due is not None:
        check_order(said_at, next_due, field, SILENCE)


def check_name(act: Act, name: str) -> None:
    """Refused for the name of an operation that the authority knows: above each page it tells them apart."""
    known = (row["name"] for row in act.find(Operation) if act.reads(row["compartment"]))
    if normalise(name) in map(normalise, known):
        raise Refused("name", "an operation has this name already: it is the name that tells them apart")


def check_days(first_day: str, last_day: str) -> None:
    """Refused for days of an operation that lie years ahead or last longer than a year."""
    first, last = date.fromisoformat(first_day), date.fromisoformat(last_day)
    if first.year > datetime.now(UTC).year + YEARS:
        raise Refused(
            "first_day", "this is more than %(years)s years ahead: look at the year again", years=YEARS
        )
    if last - first > LONGEST:
        raise Refused("last_day", "an operation lasts a year at most: open another after it")


def check_members(act: Act, country: str, members: Sequence[str]) -> tuple[str, ...]:
    """The officers, if each is of the country's police, has not left, and may acknowledge a tasking."""
    forces = {m["id"] for m in act.members() if (m["kind"], m["country"]) == ("police", country)}
    for key in members:
        row = act.get(Officer, key)
        serves = row is not None and row["authority"] in forces and not row["withdrawn"]
        if row is None or not serves or not matrix().may_say(row["role"], "team.acknowledge", "police"):
            raise Refused("member", "name officers of this country's police who have access")
    return tuple(dict.fromkeys(members))
