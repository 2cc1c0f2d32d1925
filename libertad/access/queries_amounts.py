"""What a second person reads of the own authority's officers: unusual amounts, and openings of the week."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TypeVar

from libertad.access import amounts, guest_amounts
from libertad.access.actor import Actor
from libertad.access.amount_limits import OF_DAY, PEOPLE, amount_limits
from libertad.access.amounts import Ledger, Reading
from libertad.access.bursts import Burst
from libertad.access.lookup import kind_of
from libertad.access.models import Officer
from libertad.access.officer_suspensions import suspended
from libertad.access.queries import clock_now, readable
from libertad.access.second_persons import Roster
from libertad.journal.node import node
from libertad.vocabulary.codelists import codelist

T = TypeVar("T")


@dataclass(frozen=True)
class BurstSeen:
    """An unusual amount that nobody has read. `is_guest`: by an officer of another authority, with files of
    the actor's own."""

    burst: Burst
    is_guest: bool = False


@dataclass(frozen=True)
class WeekSeen:
    """The week that begins on a Monday: by officer and amount, how often. `is_open`: it waits to be read.

    `late`: how often nobody reviewed in time what the officer did because of danger."""

    monday: date
    counts: Mapping[str, Mapping[str, int]]
    is_open: bool
    late: Mapping[str, int]


def roster_of(actor: Actor) -> Roster:
    """Of the actor's own authority, those who have access now."""
    shut = suspended(node().sql())
    rows = readable(actor, Officer).filter(authority=actor.authority, withdrawn=False).exclude(pk__in=shut)
    return Roster(kind_of(node().sql(), actor.authority), dict(rows.values_list("pk", "role")))


def reads_openings(actor: Actor) -> bool:
    """Whether there is somebody of the own authority whose openings are for the actor to read."""
    roster = roster_of(actor)
    return any(roster.is_second(actor.officer, officer) for officer in roster.roles)


def has_opened(actor: Actor, person: str) -> bool:
    """Whether the actor opened a file of this person within a day."""
    here = node()
    ledger = amounts.take_up(here, here.sql()).ledgers.get(actor.authority)
    if ledger is None:
        return False
    with amounts.GUARD:
        times = ledger.window(actor.officer, PEOPLE).times.get(person)
        return times is not None and amounts.elapsed() - times[1] < amounts.DAY


def unread_bursts(actor: Actor) -> list[BurstSeen]:
    """Unusual activity that waits for the actor to read it: by others of the own authority, the last
    first; then by officers of other authorities, with files of the own one."""
    here = node()
    sql = here.sql()
    ledger = amounts.take_up(here, sql).ledgers.get(actor.authority)
    guests = guest_amounts.unusual(here, sql, actor.authority)
    with amounts.GUARD:
        own = list(ledger.bursts.listed) if ledger is not None else []
        readings = list(ledger.readings) if ledger is not None else []
    if not own and not guests:
        return []
    roster = roster_of(actor)
    read_counts = _read_counts(readings)
    listed = [BurstSeen(burst) for burst in _waiting(own, read_counts)]
    listed += [BurstSeen(burst, is_guest=True) for burst in _waiting(guests, read_counts)]
    return [row for row in listed if roster.is_second(actor.officer, row.burst.officer)]


def _read_counts(readings: Iterable[Reading]) -> Mapping[tuple[str, str], int]:
    """By the first entry of an unusual amount, and which it is: as how many it was read."""
    counts: dict[tuple[str, str], int] = {}
    for reading in readings:
        content = reading.content
        if content.amount and reading.reader != content.officer:
            name = content.first, content.amount
            counts[name] = max(content.count, counts.get(name, 0))
    return counts


def _waiting(bursts: list[Burst], read_counts: Mapping[tuple[str, str], int]) -> list[Burst]:
    """Those that nobody read, the last first. One that was read waits again once it has grown by half of what
    is usual."""
    listed = []
    for burst in reversed(bursts):
        count = read_counts.get((burst.first, burst.amount), 0)
        if not count or burst.count >= count + max(1, burst.limit // 2):
            listed.append(burst)
    return listed


def opened_by_one(actor: Actor) -> list[tuple[str, int]]:
    """(officer, how many people's files), for the second person: of officers whose appointment is not
    confirmed, of people whom others recorded before that day."""
    return _of_ledger(actor, _has_opened, _opened_by_one) or []


def weeks(actor: Actor) -> list[WeekSeen]:
    """This week, and every earlier one that waits to be read, the last first."""
    return _of_ledger(actor, _has_weeks, _weeks) or []


def unread_weeks(actor: Actor) -> list[WeekSeen]:
    """Weeks that are over and that wait for the actor to be read."""
    return [week for week in _of_ledger(actor, _has_weeks, _weeks) or [] if week.is_open]


def _of_ledger(
    actor: Actor, asks: Callable[[Ledger], bool], answer: Callable[[Actor, Ledger, Roster], list[T]]
) -> list[T] | None:
    """Of the actor's own authority; nothing is asked of the database where there is nothing to tell."""
    here = node()
    ledger = amounts.take_up(here, here.sql()).ledgers.get(actor.authority)
    if ledger is None or not asks(ledger):
        return None
    roster = roster_of(actor)
    with amounts.GUARD:
        return answer(actor, ledger, roster)


def _has_opened(ledger: Ledger) -> bool:
    return any(officer in ledger.by_one for officer in ledger.opened)


def _opened_by_one(actor: Actor, ledger: Ledger, roster: Roster) -> list[tuple[str, int]]:
    return [
        (officer, len(people))
        for officer, people in sorted(ledger.opened.items())
        if officer in ledger.by_one and roster.is_second(actor.officer, officer)
    ]


def _has_weeks(ledger: Ledger) -> bool:
    return bool(ledger.weeks)


def _weeks(actor: Actor, ledger: Ledger, roster: Roster) -> list[WeekSeen]:
    current = amounts.monday_of(clock_now(actor.operation), ledger.zone)
    listed = []
    for monday in sorted(ledger.weeks, reverse=True):
        readers = {
            reading.reader for reading in ledger.readings if reading.content.week == monday.isoformat()
        }
        own = {
            officer: week
            for officer, week in ledger.weeks[monday].items()
            if roster.is_second(actor.officer, officer)
        }
        is_open = monday < current and any(
            not any(roster.is_second(reader, officer) for reader in readers) for officer in own
        )
        if own and (is_open or monday == current):
            counts = {
                officer: {amount: week.count(amount) for amount in codelist("amounts") if amount != OF_DAY}
                for officer, week in own.items()
            }
            late = {officer: _late(ledger, officer, monday) for officer in own}
            listed.append(WeekSeen(monday, counts, is_open, late))
    return listed


def _late(ledger: Ledger, officer: str, monday: date) -> int:
    late = ledger.glasses.late(officer, amounts.elapsed())
    return sum(amounts.monday_of(entry.at, ledger.zone) == monday for entry in late)


def usual_in_a_week(actor: Actor) -> Mapping[str, int]:
    """By amount, up to how many are usual in a week at an authority of this kind."""
    return amount_limits().week[kind_of(node().sql(), actor.authority)]
