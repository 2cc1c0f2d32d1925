"""What an attacker learns from blocks who knows whom care worked with, where and when: exact Bayes.

The blocks are made by the rule of the program itself (`figures.care_cells`), over many random histories. The
attacker knows every record, the care authority and the day of every decision, and all that is published; not
the decisions. Outcomes of people between two blocks are exchangeable for him, so that his belief about each
is exactly the share of each status in the difference of the two blocks. Gain is how much oftener his best
guess is right than the best guess by the rates of the last block; pinned is of whom he is certain above 95%.
"""

from __future__ import annotations

import datetime as dt
import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest

from libertad.figures.care_cells import changed, move, operation_block, renews
from libertad.figures.counting import DECIDED_COLUMN, Block, Line, Person, State, Tally
from libertad.figures.late_number import Counted, next_number

DAYS, PEOPLE, CARES = 60, 120, 6
OUTCOMES = {"presumed": 0.6, "confirmed": 0.2, "not-a-victim": 0.2}


@dataclass(frozen=True)
class Decided:
    day: int
    care: str
    status: str
    person: Person


@dataclass(frozen=True)
class Learnt:
    """Over all whose decision is in a block: right guesses by the blocks and by rates alone, pinned."""

    people: int
    right: float
    by_rates: float
    pinned: int

    @property
    def gain(self) -> float:
        return (self.right - self.by_rates) / self.people


def history(seed: int) -> list[Decided]:
    """People met at six care authorities of different size, each decided once, some days later."""
    dice = random.Random(seed)
    people = []
    for number in range(PEOPLE):
        care = f"care-{min(int(dice.expovariate(0.5)), CARES - 1)}"
        day = min(int(dice.triangular(0, DAYS, 12)) + dice.randrange(15), DAYS - 1)
        status = dice.choices(list(OUTCOMES), list(OUTCOMES.values()))[0]
        tally = Tally(str(number), care, 0)
        person = Person(State("potential-victim"), (tally,), tally, (), None)
        people.append(Decided(day, care, status, person))
    return people


def cells(decisions: list[Decided], day: int) -> dict[str, list[dict[str, Any]]]:
    """What each care authority's batch holds at the end of a day."""
    counted: dict[str, Counter[str]] = {f"care-{number}": Counter() for number in range(CARES)}
    for entry in decisions:
        if entry.day <= day:
            move(counted[entry.care], entry.person, {entry.person.members[0].id: [(entry.day, entry.status)]})
    return {care: [{"country": care, **cell}] for care, cell in counted.items()}


def published(decisions: list[Decided], ruled: bool) -> Iterator[tuple[int, Block]]:
    """(day, block) of an operation that asks every day; without the rule whatever is new goes out."""
    opened = Line(records=PEOPLE, potential=PEOPLE)
    before: dict[str, list[dict[str, Any]]] = {}
    for day in range(DAYS):
        now = cells(decisions, day)
        changes = {care: changed(before.get(care, ()), rows) for care, rows in now.items()}
        if renews(changes) if ruled else any(changes.values()):
            before = now
            block = operation_block(opened, (row for rows in now.values() for row in rows))
            assert block.reconciles
            yield day, block


def attack(decisions: list[Decided], blocks: list[tuple[int, Block]]) -> Learnt:
    """The exact posterior of each person whose decision is in a block."""
    people, right, pinned, last, since = 0, 0.0, 0, Counter[str](), -1
    for day, block in blocks:
        now = Counter({status: getattr(block, DECIDED_COLUMN[status]) for status in OUTCOMES})
        newly_decided = [entry for entry in decisions if since < entry.day <= day]
        grown = now - last
        assert sum(grown.values()) == len(newly_decided), "the attacker knows who changed"
        guess = max(grown, key=lambda status: (grown[status], status))
        right += sum(entry.status == guess for entry in newly_decided)
        pinned += len(newly_decided) if grown[guess] > 0.95 * len(newly_decided) else 0
        people, last, since = people + len(newly_decided), now, day
    best = max(last.values(), default=0)
    return Learnt(people, right, best, pinned)


def learnt(ruled: bool, histories: int) -> Learnt:
    outcomes = [
        attack(decisions, list(published(decisions, ruled))) for decisions in map(history, range(histories))
    ]
    return Learnt(
        *(
            sum(getattr(outcome, name) for outcome in outcomes)
            for name in ("people", "right", "by_rates", "pinned")
        )
    )


def test_blocks_by_the_rule_give_an_attacker_next_to_nothing() -> None:
    """The same attack on blocks without the rule pins people: it would find what the rule hides."""
    ruled, bare = learnt(True, 60), learnt(False, 60)
    assert ruled.people > 30 * PEOPLE, "hardly anything was published: nothing was tried"
    assert ruled.gain <= 0.02, ruled
    assert ruled.pinned <= 0.005 * ruled.people, ruled
    assert bare.gain > 5 * max(ruled.gain, 0.01) and bare.pinned > 0.1 * bare.people, bare


@pytest.mark.parametrize(
    "changes",
    [
        {"a": 9, "b": 0, "c": 0},
        {"a": 4, "b": 4, "c": 1},
        {"a": 6, "b": 3, "c": 2},
        {"a": 50, "b": 50},
        {},
    ],
)
def test_a_block_that_would_tell_too_much_does_not_go_out(changes: dict[str, int]) -> None:
    assert not renews(changes)


# -- how many are late, said each hour -------------------------------------------------------------


LATE = 0.3  # so many of those whose hour comes are not taken in time


@dataclass(frozen=True)
class Due:
    """Somebody whose hour comes at `hour`; `late`: what the attacker wants to know, else he knows all."""

    hour: int
    care: str
    late: bool


def dues(seed: int) -> list[Due]:
    """As `history`, by the hour, in an operation that has three times as many people."""
    dice = random.Random(seed)
    return [
        Due(
            min(int(dice.triangular(0, 24 * DAYS, 24 * 12)) + dice.randrange(24 * 15), 24 * DAYS - 1),
            f"care-{min(int(dice.expovariate(0.5)), CARES - 1)}",
            dice.random() < LATE,
        )
        for _ in range(3 * PEOPLE)
    ]


def said_hourly(people: list[Due], seed: int, ruled: bool) -> Iterator[tuple[int, int]]:
    """(hour, number) of each renewal, as the nodes say it; without the rule each hour's number goes out."""
    dice, start = random.Random(seed), dt.datetime(2018, 4, 1, tzinfo=dt.UTC)
    countries = {f"care-{n}": f"C{n}" for n in range(CARES)}
    late = dict.fromkeys(countries, 0)
    by_hour: dict[int, list[Due]] = {}
    for due in people:
        by_hour.setdefault(due.hour, []).append(due)
    last, rested, drawn = None, dict[str, int](), 0
    for hour in range(24 * DAYS):
        drawn = dice.randrange(24) if hour % 24 == 0 else drawn
        for due in by_hour.get(hour, ()):
            late[due.care] += due.late
        if not ruled:
            yield hour, sum(late.values())
            continue
        cut = start + dt.timedelta(hours=hour)
        now = {care: Counted(number, f"{care}-{hour}") for care, number in late.items()}
        number = next_number(last, cut, countries, rested, now, hour % 24 == drawn)
        if number.batch and number.as_of == cut:
            rested = dict(late)
            yield hour, number.late
        last = number


def attack_hourly(people: list[Due], numbers: list[tuple[int, int]]) -> Learnt:
    """The exact posterior of each person whose hour came between two numbers: they are exchangeable."""
    counted, right, by_rates, pinned, last, since = 0, 0.0, 0.0, 0, 0, -1
    for hour, number in numbers:
        group = [due for due in people if since < due.hour <= hour]
        late = number - last
        assert late == sum(due.late for due in group), "the attacker knows whose hour came"
        right += max(late, len(group) - late)
        by_rates += len(group) - late  # the best guess by rates: in time
        pinned += len(group) if max(late, len(group) - late) > 0.95 * len(group) else 0
        counted, last, since = counted + len(group), number, hour
    return Learnt(counted, right, by_rates, pinned)


def learnt_hourly(ruled: bool, histories: int) -> Learnt:
    outcomes = [
        attack_hourly(people, list(said_hourly(people, seed, ruled)))
        for seed, people in enumerate(map(dues, range(histories)))
    ]
    return Learnt(
        *(
            sum(getattr(outcome, name) for outcome in outcomes)
            for name in ("people", "right", "by_rates", "pinned")
        )
    )


def test_the_hourly_number_of_who_is_late_gives_an_attacker_next_to_nothing() -> None:
    """The same attack on each hour's number as it is names nearly everybody."""
    ruled, bare = learnt_hourly(True, 20), learnt_hourly(False, 5)
    assert ruled.people > 20 * PEOPLE, "hardly anything was published: nothing was tried"
    assert ruled.gain <= 0.02, ruled
    assert ruled.pinned <= 0.005 * ruled.people, ruled
    assert bare.gain > 0.2 and bare.pinned > 0.5 * bare.people, bare
