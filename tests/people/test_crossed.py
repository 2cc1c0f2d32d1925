"""Police and prosecution, or police and care, speak at once: both words are shown until one settles it."""

from __future__ import annotations

import pytest

from libertad.people.actions.change_property import change_property
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.take_property import take_property
from libertad.people.models import Detention, Property, Tally
from libertad.vocabulary.values import PersonName, Refused
from tests.people.making import meet
from tests.support.shuffling import assert_order_free
from tests.support.unaware import unaware
from tests.support.world import World

SUSPECT = {"country": "GY", "name": (PersonName(text="Otho Marbleton"),), "grounds": "Held the keys"}


@pytest.fixture
def crossed_detention(world: World) -> str:
    """Arrested; then the prosecution charges while police, who do not know of it, release."""
    detention: str = world.perform(
        "officer", set_detention, state="arrested", happened=world.at(5, 10), **SUSPECT
    )
    world.perform(
        "prosecutor",
        set_detention,
        detention=detention,
        state="charged",
        country="GY",
        happened=world.at(6, 9),
    )
    with unaware():
        world.perform(
            "officer",
            set_detention,
            detention=detention,
            state="released",
            country="GY",
            reasons="No evidence",
            release="without-charge",
            happened=world.at(6, 10),
        )
    return detention


def test_both_words_of_a_detention_are_shown_with_who_said_them(world: World, crossed_detention: str) -> None:
    row = Detention.objects.get(pk=crossed_detention)
    assert (row.crossed, row.state) == (["state"], "charged"), (
        "the safer word holds: the person counts as held"
    )
    for role in ("officer", "prosecutor"):
        page = world.client(role).get(f"/detentions/{crossed_detention}/").content.decode()
        assert "Two conflicting entries" in page
        part = page.partition("Two conflicting entries")[2]
        assert "Name officer" in part and "Name prosecutor" in part
        assert "Charged" in part and "Released" in part and "6 April 2018" in part
    listed = world.client("national-lead").get("/conflicts/").content.decode()
    assert f"/detentions/{crossed_detention}/" in listed and "Name prosecutor" in listed
    assert_order_free(world)


def test_whoever_may_settles_it_by_a_word_that_knows_both(world: World, crossed_detention: str) -> None:
    form = world.client("prosecutor").get(f"/detentions/{crossed_detention}/next/").content.decode()
    assert 'value="charged"' in form and 'value="released"' in form and 'value="arrested"' not in form
    world.perform(
        "prosecutor",
        set_detention,
        detention=crossed_detention,
        state="charged",
        country="GY",
        happened=world.at(6, 12),
    )
    row = Detention.objects.get(pk=crossed_detention)
    assert (row.state, row.crossed) == ("charged", [])
    assert (
        "Two conflicting entries"
        not in world.client("officer").get(f"/detentions/{crossed_detention}/").content.decode()
    )
    with pytest.raises(Refused, match="state"):  # settled: what follows is what follows a charge
        world.perform("prosecutor", set_detention, detention=crossed_detention, state="charged", country="GY")
    assert Tally.objects.get().charged
    assert_order_free(world)


def test_two_words_about_property_are_shown_and_settled(world: World) -> None:
    person = meet(world)
    property_id = world.perform(
        "officer",
        take_property,
        person=person,
        kind="passport",
        description="Passport",
        taken_by="employer",
        state="missing",
        happened=world.at(5, 10),
    )
    world.perform(
        "officer",
        change_property,
        property_id=property_id,
        state="returned",
        signed="yes",
        witness="Cpl. N. Adams",
        happened=world.at(6, 9),
    )
    with unaware(), pytest.raises(Refused):
        # An officer who does not know of it would not be refused: the entry itself is what another node says.
        world.perform("officer", change_property, property_id=property_id, state="held")
    with unaware():
        world.perform("officer", held_elsewhere, thing=property_id, happened=world.at(6, 10))
    row = Property.objects.get(pk=property_id)
    assert (row.crossed, row.state) == (["state"], "held"), "not returned, until that is settled"
    page = world.client("officer").get(f"/people/{person}/property/").content.decode()
    assert "Two conflicting entries, to be settled" in page and f"/property/{property_id}/" in page
    assert "Two words" not in world.client("officer").get(f"/property/{property_id}/").content.decode()
    world.perform(
        "officer",
        change_property,
        property_id=property_id,
        state="returned",
        signed="yes",
        witness="Cpl. N. Adams",
        happened=world.at(6, 12),
    )
    assert Property.objects.get(pk=property_id).crossed == []
    assert_order_free(world)


def held_elsewhere(act: object, *, thing: str) -> None:
    """What another node says, which has not heard that it was returned."""
    from libertad.access.acting import Act
    from libertad.vocabulary.verbs.people import PropertyState

    assert isinstance(act, Act)
    row = act.get(Property, thing)
    assert row is not None
    act.say(row["compartment"], PropertyState(state="held"), subject=thing)
