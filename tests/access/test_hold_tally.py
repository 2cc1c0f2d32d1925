"""A legal hold told without a name: care keeps the file where it does not read the case file."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from libertad.access.acting import Act, action
from libertad.access.actions.erase_person import erase_person
from libertad.access.case_files import case_file
from libertad.access.entries import said_of
from libertad.access.fold import hold_tally_row
from libertad.access.legal_holds import tally_id
from libertad.access.matrix import matrix
from libertad.access.models import Hold, HoldTally
from libertad.care.actions.open_care import open_care
from libertad.journal.folding import make_entry
from libertad.people import queries
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.place_hold import place_hold
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs import access as verbs
from tests.people.making import meet
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = {"country": "GY", "reason": "Evidence in a case before the court", "order": "CR 41/2018"}


@action("hold.place")
def placed_before(act: Act, *, person: str) -> None:
    """As version 0.1 said it: in the case file alone."""
    content = verbs.HoldPlace(reason=WHY["reason"])
    act.say(case_file(act, "GY"), content, subject=person, supersedes={}, source="decision")


def forget_case_file(monkeypatch: pytest.MonkeyPatch) -> None:
    """As on a node of care alone: no hold of a case file is on it."""
    find = Act.find

    def without_holds(self: Act, model: Any, **values: Any) -> Any:
        return [] if model is Hold else find(self, model, **values)

    monkeypatch.setattr(Act, "find", without_holds)


def test_care_that_reads_no_case_file_erases_nothing_under_a_hold(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    world.perform("prosecutor", place_hold, person=person, **WHY)
    forget_case_file(monkeypatch)
    assert queries.on_hold(world.actor("caseworker"), person)
    with pytest.raises(Refused, match="legal hold"):
        world.perform("caseworker", erase_person, person=person, reason="Its time is over")
    monkeypatch.undo()
    world.perform("prosecutor", lift_hold, country="GY", person=person, reason="The case has ended")
    forget_case_file(monkeypatch)
    assert not queries.on_hold(world.actor("caseworker"), person)
    assert world.perform("caseworker", erase_person, person=person, reason="Its time is over")


def test_the_tally_names_nobody_and_says_no_reason(world: World) -> None:
    person = meet(world)
    world.perform("prosecutor", place_hold, person=person, **WHY)
    (row,) = HoldTally.objects.values()
    assert row["id"] == tally_id(person) != person and row["active"]
    assert set(row) == {
        "id",
        "compartment",
        "operation",
        "provenance",
        "sealed",
        "active",
        "since",
        "authority",
    }
    assert row["sealed"] is None
    assert verbs.HoldTally.__struct_fields__ == ("state",)
    for role in ("officer", "exhibits-officer", "deciding-authority", "press", "analyst"):
        assert not queries.readable(world.actor(role), HoldTally).exists(), role
    assert_order_free(world)


def test_a_hold_in_force_is_not_placed_twice_but_one_of_before_the_tally_is(world: World) -> None:
    person = meet(world)
    world.perform("prosecutor", place_hold, person=person, **WHY)
    with pytest.raises(Refused, match="in force already"):
        world.perform("prosecutor", place_hold, person=person, **WHY)
    other = meet(world)
    world.perform("prosecutor", placed_before, person=other)
    assert not HoldTally.objects.filter(pk=tally_id(other)).exists()
    world.perform("prosecutor", place_hold, person=other, **WHY)
    assert HoldTally.objects.get(pk=tally_id(other)).active


def test_each_authority_lifts_its_own_and_a_second_prosecution_is_no_alarm(world: World) -> None:
    """Two countries' prosecutions may hold one person: neither began what the other speaks of."""
    assert set(matrix().entries["hold.tally"].about) == {"reader"}
    person = meet(world)
    world.perform("prosecutor", place_hold, person=person, **WHY)
    key = tally_id(person)
    (placed,) = said_of(world.actor("caseworker"), HoldTally._meta.label, [key])[key]

    def active(*words: tuple[str, str]) -> bool:
        entries = []
        for number, (authority, state) in enumerate(words):
            body = msgspec.structs.replace(placed.body, authority=authority)
            content = verbs.HoldTally(state=state)
            entries.append(make_entry(f"{number:064x}", body, content, placed.compartment, placed.key_id))
        row = hold_tally_row(key, entries)
        return row is not None and bool(row.plain["active"])

    first, second = "a" * 32, "b" * 32
    assert active((first, "placed"), (second, "lifted"))
    assert active((first, "placed"), (second, "placed"), (first, "lifted"))
    assert not active((first, "placed"), (second, "placed"), (first, "lifted"), (second, "lifted"))
    assert not active((second, "lifted"))
