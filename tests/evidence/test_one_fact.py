"""A thing is in one place: what its custody says and what its owner's file says are one fact."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.acting import Act
from libertad.evidence.actions.return_exhibit import return_exhibit
from libertad.evidence.actions.seize import seize
from libertad.people import queries as people
from libertad.people.actions.change_property import change_property
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.take_property import take_property
from libertad.people.models import Property
from libertad.vocabulary.values import PersonName, Refused
from libertad.vocabulary.verbs.people import PropertyState
from tests.evidence.test_exhibits import PHONE, row
from tests.operations.test_screens import text
from tests.support.lawless import lawless
from tests.support.shuffling import assert_order_free
from tests.support.world import World

THING = {"kind": "phone", "taken_by": "employer", "description": "Black, cracked"}


@pytest.fixture
def person(world: World) -> str:
    return str(
        world.perform(
            "officer", meet_person, country="GY", happened=world.at(5, 13), name=(PersonName(text="Ana"),)
        )
    )


@pytest.fixture
def phone(world: World) -> str:
    return str(world.perform("officer", seize, happened=world.at(5, 14), **PHONE))


def owned(world: World, person: str, exhibit: str, state: str = "held") -> str:
    return str(
        world.perform(
            "officer",
            take_property,
            person=person,
            exhibit=exhibit,
            state=state,
            happened=world.at(5, 15),
            **THING,
        )
    )


def test_the_return_of_an_exhibit_shows_in_its_owners_file_to_all_its_readers(
    world: World, person: str, phone: str
) -> None:
    property_id = owned(world, person, phone)
    world.perform("officer", return_exhibit, exhibit=phone, signed="yes", happened=world.at(6, 9))
    property_row = Property.objects.get(pk=property_id)
    assert (property_row.state, row(phone).state) == ("returned", "returned")
    for role in ("officer", "caseworker"):
        page = text(world.client(role), f"/people/{person}/property/")
        assert "Signed for" in page and "Found" not in page, role
    assert_order_free(world)


def test_the_owners_file_says_no_return_that_the_custody_does_not(
    world: World, person: str, phone: str
) -> None:
    property_id = owned(world, person, phone)
    for role in ("officer", "caseworker"):  # care reads no case, and learns nothing of it
        with pytest.raises(Refused) as why:
            world.perform(role, change_property, property_id=property_id, state="returned", signed="yes")
        assert why.value.field == "state"
        if role == "caseworker":
            assert row(phone).reference not in why.value.rule
    with pytest.raises(Refused):
        world.perform("officer", change_property, property_id=property_id, state="found")
    assert Property.objects.get(pk=property_id).state == "held"


def test_what_went_back_to_its_owner_is_recorded_as_nothing_else(
    world: World, person: str, phone: str
) -> None:
    world.perform("officer", return_exhibit, exhibit=phone, signed="yes", happened=world.at(6, 9))
    with pytest.raises(Refused):
        owned(world, person, phone, "found")
    with pytest.raises(Refused):
        owned(world, person, phone, "held")


def test_two_truths_of_before_are_told_as_one(world: World, person: str, phone: str) -> None:
    """On file from before: the exhibit returned and signed for, the owner's file says 'found'."""
    property_id = owned(world, person, phone)
    place = Property.objects.get(pk=property_id).compartment
    world.perform("officer", return_exhibit, exhibit=phone, signed="yes", happened=world.at(6, 9))
    with lawless():
        world.perform(
            "officer",
            lambda act: Act.say(act, place, PropertyState(state="found"), subject=property_id),
            happened=world.at(7, 9),
        )
    assert Property.objects.get(pk=property_id).state == "found"
    page = text(world.client("officer"), f"/people/{person}/property/")
    assert "Returned" in page and "Signed for" in page and ">Found<" not in page
    assert "Not what its custody says" in text(world.client("officer"), f"/exhibits/{phone}/")


def test_the_prosecution_reads_the_return_and_nothing_of_the_owners_file(
    world: World, person: str, phone: str
) -> None:
    owned(world, person, phone)
    prosecutor: Any = world.actor("prosecutor")
    assert people.owned_as(prosecutor, phone) == []
    assert "In the owner" not in text(world.client("prosecutor"), f"/exhibits/{phone}/")
