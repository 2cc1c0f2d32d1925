"""What the page says forbids erasing a country's file is what the act refuses, whatever was recorded."""

from __future__ import annotations

import random
from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest

from libertad.access.acting import Act, Forbidden, perform
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.people import keeping_files
from libertad.people import queries_keeping_files as pages
from libertad.people.actions.keep_file import keep_file
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.record_stage import record_stage
from libertad.people.actions.set_detention import set_detention
from libertad.people.queries_detentions import detentions
from libertad.people.queries_keeping import today
from libertad.vocabulary.values import Refused
from tests.people.making import meet
from tests.people.test_keeping_files import clock, detained, taken, the_file
from tests.support.world import World

SKIPPED = {"skips": "The charge was laid before"}
STATES = ("detained", "arrested", "charged", "released")
STAGES = ("charged", "bail", "remanded", "acquitted", "dismissed", "sentenced", "appeal")


def forbids_by_act(world: World, role: str, file: str) -> str:
    """The reason's words, '' where nothing forbids it."""

    def ask(act: Act) -> str:
        row = keeping_files.country_file(act, file)
        try:
            keeping_files.refuse_erasing(act, row)
        except Refused as why:
            return str(why)
        return ""

    return str(perform(world.actor(role), ask))


def forbids_by_page(world: World, role: str, file: str) -> str:
    actor = world.actor(role)
    seen = pages.country_file(actor, file)
    assert seen is not None
    why = pages.against(actor, seen).refusal(today(actor))
    assert pages.is_over(actor, seen) == (pages.against(actor, seen).early(today(actor)) is None)
    return "" if why is None else str(why)


class Work:
    """What officers do in any order to a country's case file."""

    def __init__(self, world: World, chance: random.Random) -> None:
        self.world, self.chance = world, chance
        self.detentions, self.exhibits, self.days = [detained(world)], [taken(world)], 0
        self.person = meet(world, happened=world.at(5, 10))
        self.file = the_file(world, "case")

    def state(self) -> None:
        values = {"state": self.chance.choice(STATES), "country": "GY", "reasons": "A ruling"}
        values["release"] = "without-charge"
        self.world.perform(
            "national-lead", set_detention, detention=self.chance.choice(self.detentions), **values
        )

    def stage(self) -> None:
        charge = self.chance.choice(("Holding papers", "Holding people"))
        self.world.perform(
            "prosecutor",
            record_stage,
            detention=self.chance.choice(self.detentions),
            stage=self.chance.choice(STAGES),
            charge=charge,
            skips="As it comes",
        )

    def another(self) -> None:
        self.detentions.append(detained(self.world))

    def seized(self) -> None:
        self.exhibits.append(taken(self.world))

    def back(self) -> None:
        exhibit = self.chance.choice(self.exhibits)
        self.world.perform("officer", return_exhibit, exhibit=exhibit, signed="yes", in_person="yes")

    def hold(self) -> None:
        held: dict[str, Any] = {"country": "GY", "person": self.person, "reason": "An appeal"}
        self.world.perform("prosecutor", self.chance.choice((place_hold, lift_hold)), **held)

    def day(self) -> None:
        until = self.chance.choice(("2018-05-30", "2018-06-30", "2018-09-30"))
        self.world.perform("national-lead", keep_file, file=self.file, keep_until=until, reasons="A law")

    def time(self) -> None:
        self.days += self.chance.choice((20, 40))
        clock(self.world, self.days)

    def opened(self) -> None:
        act = self.chance.choice((close_operation, close_operation, reopen_operation))
        self.world.perform("coordinator", act, reasons="Its days are over", source="decision")

    def released(self) -> None:
        for detention in self.detentions:
            values = {"detention": detention, "state": "released", "country": "GY", "reasons": "No ground"}
            values["release"] = "without-charge"
            self.world.perform("national-lead", set_detention, **values)

    def returned(self) -> None:
        for exhibit in self.exhibits:
            with suppress(Refused):
                self.world.perform("officer", return_exhibit, exhibit=exhibit, signed="yes", in_person="yes")

    def steps(self) -> list[Callable[[], None]]:
        return [
            self.state,
            self.stage,
            self.another,
            self.seized,
            self.back,
            self.hold,
            self.day,
            self.time,
            self.opened,
            self.released,
            self.returned,
        ]


# What a story must come upon somewhere, or it compared nothing.
REASONS = ("is open", "no day", "kept until", "legal hold", "has no end", "not back")


@pytest.mark.parametrize("seed", [1, 2, 3])
def test_the_page_says_what_the_act_refuses(world: World, seed: int) -> None:
    clock(world, 0)
    work = Work(world, random.Random(seed))
    words = []
    for _turn in range(60):
        with suppress(Refused, Forbidden):
            work.chance.choice(work.steps())()
        by_act = forbids_by_act(world, "officer", work.file)
        assert forbids_by_page(world, "officer", work.file) == by_act
        words.append(by_act)
    met = [reason for reason in REASONS if any(reason in word for word in words)]
    assert len(met) >= 3, f"this story came upon {met} alone"


def test_a_stage_of_the_wrong_charge_that_was_corrected_waits_for_no_court(world: World) -> None:
    clock(world, 0)
    work = Work(world, random.Random(1))
    work.released()
    work.returned()
    world.perform("national-lead", keep_file, file=work.file, keep_until="2018-06-30", reasons="A law")
    world.perform("coordinator", close_operation, reasons="Its days are over", source="decision")
    clock(world, 120)
    (detention,) = work.detentions
    wrong = {"detention": detention, "stage": "remanded", "charge": "Holding people", **SKIPPED}
    world.perform("prosecutor", record_stage, **wrong)
    assert "has no end" in forbids_by_act(world, "officer", work.file)
    assert "has no end" in forbids_by_page(world, "officer", work.file)
    (seen,) = detentions(world.actor("prosecutor"))
    right = {"detention": detention, "stage": "acquitted", "charge": "Holding papers", **SKIPPED}
    world.perform("prosecutor", record_stage, replaces=seen.stages[0].entry, reasons="Misread", **right)
    assert forbids_by_act(world, "officer", work.file) == ""
    assert forbids_by_page(world, "officer", work.file) == ""


def decides_by_act(world: World, file: str) -> bool:
    def ask(act: Act) -> bool:
        return keeping_files.has_prosecution(act, keeping_files.country_file(act, file))

    return bool(perform(world.actor("officer"), ask))


def test_page_and_act_agree_whether_the_prosecution_decides(world: World) -> None:
    detained(world)
    file, out = the_file(world, "case"), [world.authorities["prosecution"]]
    operation = Compartment.objects.get(kind="operation").pk

    def both() -> set[bool]:
        seen = pages.country_file(world.actor("officer"), file)
        assert seen is not None
        return {seen.evidence, decides_by_act(world, file)}

    assert both() == {True}
    world.perform("national-lead", remove_reader, compartment=file, readers=out, reason="Not theirs")
    assert both() == {True}, "who is removed as a reader is not decided for"
    world.perform("coordinator", remove_reader, compartment=operation, readers=out, reason="It has left")
    assert both() == {False}
