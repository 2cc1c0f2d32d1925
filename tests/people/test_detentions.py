"""Detained, arrested, charged, released: each with its date, none counted as another; and holds."""

from __future__ import annotations

import pytest

from libertad.access.acting import Forbidden
from libertad.access.models import Hold
from libertad.access.queries import open_row, readable
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.actions.link_detention import link_detention
from libertad.people.actions.place_hold import place_hold
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Detention, Person, Tally
from libertad.vocabulary.values import PersonName, Refused
from tests.people.making import counting, meet, tally
from tests.support.shuffling import assert_order_free
from tests.support.world import World

SUSPECT = {"country": "GY", "name": (PersonName(text="Otho Marbleton"),), "grounds": "Held the keys"}


def test_what_follows_does_not_lie_before_what_it_follows(world: World) -> None:
    key = world.perform("officer", set_detention, state="arrested", happened=world.at(5, 10), **SUSPECT)
    values = {"detention": key, "state": "charged", "country": "GY"}
    for early in (world.at(4, 10), world.at(5, 9, 59)):
        with pytest.raises(Refused, match="before the status before it") as why:
            world.perform("prosecutor", set_detention, **values, happened=early)
        assert why.value.field == "happened"
    world.perform("prosecutor", set_detention, **values, happened=world.at(5, 10))
    assert Detention.objects.get(pk=key).state == "charged"


def test_states_are_separate_and_dated_and_nobody_detained_is_counted_as_met(world: World) -> None:
    held = world.perform("officer", set_detention, state="detained", happened=world.at(5, 10), **SUSPECT)
    world.perform(
        "national-lead",
        set_detention,
        detention=held,
        state="arrested",
        country="GY",
        happened=world.at(5, 12),
    )
    world.perform(
        "prosecutor", set_detention, detention=held, state="charged", country="GY", happened=world.at(7, 9)
    )
    detention = readable(world.actor("prosecutor"), Detention).get(pk=held)
    assert (detention.detained_at, detention.arrested_at, detention.charged_at, detention.released_at) == (
        world.at(5, 10).at,
        world.at(5, 12).at,
        world.at(7, 9).at,
        None,
    )
    count = Tally.objects.get()
    assert (count.met, count.protection, count.custody, count.charged, count.country) == (
        False,
        "",
        "arrested",
        True,
        "GY",
    )
    for role in ("caseworker", "other-officer", "coordinator", "analyst", "deciding-authority"):
        assert not readable(world.actor(role), Detention).exists()
    assert_order_free(world)


def test_the_prosecution_detains_nobody(world: World) -> None:
    with pytest.raises(Forbidden):
        world.perform("prosecutor", set_detention, state="detained", **SUSPECT)


@pytest.mark.parametrize("state", ["charged", "released", "freed"])
def test_a_state_follows_another_or_is_refused(world: World, state: str) -> None:
    with pytest.raises(Refused, match="state"):
        world.perform("officer", set_detention, state=state, **SUSPECT)
    assert not Detention.objects.exists()


def test_suspect_and_potential_victim_keep_both_statuses_under_one_count(world: World) -> None:
    person = meet(world)
    world.perform("officer", set_detention, state="detained", person=person, **SUSPECT)
    count = Tally.objects.get()
    assert count.met and count.protection == "potential-victim" and count.custody == "held"
    assert not readable(world.actor("prosecutor"), Person).exists()


def test_somebody_detained_and_then_recognised_is_counted_once(world: World) -> None:
    held = world.perform("officer", set_detention, state="detained", happened=world.at(5, 10), **SUSPECT)
    person = meet(world, happened=world.at(6, 10))
    with pytest.raises(Forbidden):
        world.perform("officer", link_detention, detention=held, person=person, reasons="Same person")
    world.perform(
        "national-lead",
        link_detention,
        detention=held,
        person=person,
        reasons="Same person",
        happened=world.at(6, 11),
    )
    row = Detention.objects.get(pk=held)
    words = open_row(world.actor("prosecutor"), row)
    assert words["person"] == person and row.detained_at == world.at(5, 10).at
    assert tally(world, person).links[0][1] == words["counting"] != counting(world, person)
    with pytest.raises(Refused, match="already"):
        world.perform("national-lead", link_detention, detention=held, person=person, reasons="Same person")
    assert_order_free(world)


def test_a_hold_is_the_prosecutors_and_ends_with_a_reason(world: World) -> None:
    person = meet(world)
    with pytest.raises(Forbidden):
        world.perform("officer", place_hold, country="GY", person=person, reason="Trial")
    world.perform(
        "prosecutor",
        place_hold,
        country="GY",
        person=person,
        reason="Trial",
        order="18-044",
        happened=world.at(8, 9),
    )
    assert Hold.objects.get(pk=person).active
    with pytest.raises(Refused, match="already"):
        world.perform("prosecutor", place_hold, country="GY", person=person, reason="Trial")
    with pytest.raises(Refused, match="country"):
        world.perform("prosecutor", place_hold, country="VC", person=person, reason="Trial")
    with pytest.raises(Refused, match="why"):
        world.perform("prosecutor", lift_hold, country="GY", person=person, reason=" ")
    world.perform(
        "prosecutor", lift_hold, country="GY", person=person, reason="Acquitted", happened=world.at(9, 9)
    )
    assert not Hold.objects.get(pk=person).active
    with pytest.raises(Refused, match="no hold"):
        world.perform("prosecutor", lift_hold, country="GY", person=person, reason="Again")
