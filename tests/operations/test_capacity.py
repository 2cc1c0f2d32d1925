"""Places in care: one of three words a day by care's own hand; no number, no house, nothing of anybody."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.care.actions.answer_referral import answer_referral
from libertad.care.actions.refer import refer
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.operations import queries_capacity
from libertad.operations.actions.set_capacity import set_capacity
from libertad.operations.capacity_models import Capacity
from libertad.operations.queries_capacity import capacities
from libertad.vocabulary.codelists import UnknownCode
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.capacity import CapacitySet
from tests.care.people import consent, meet
from tests.operations.test_screens import clock_at
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = [pytest.mark.django_db]


def words(world: World, role: str) -> dict[str, str]:
    return {seen.country: seen.places for seen in capacities(world.actor(role))}


def test_police_and_centres_read_the_last_word(world: World) -> None:
    world.perform("caseworker", set_capacity, places="enough", happened=world.at(5, 14))
    world.perform("supervisor", set_capacity, places="few", happened=world.at(6, 14))
    for role in ("officer", "national-lead", "coordinator", "other-lead", "caseworker", "deciding-authority"):
        assert words(world, role)["GY"] == "few", role
    assert words(world, "press")["GY"] == "", "the press learns nothing of it"
    assert rebuild(node()).changed == 0
    assert_order_free(world)


def test_it_is_said_once_a_day_of_ones_own_zone(world: World) -> None:
    """Who sees it change by the hour reads from it whom a raid brought."""
    world.perform("caseworker", set_capacity, places="enough", happened=world.at(5, 14))
    with pytest.raises(Refused, match="said today already"):
        world.perform("supervisor", set_capacity, places="none", happened=world.at(5, 20))
    with pytest.raises(Refused, match="said today already"):
        world.perform("supervisor", set_capacity, places="none", happened=world.at(4, 20))
    assert Capacity.objects.get().places == "enough"


def test_a_word_said_under_a_clock_that_was_ahead_blocks_no_day_and_none_is_said_twice(world: World) -> None:
    clock_at(world, 25, 15)
    world.perform("caseworker", set_capacity, places="enough")
    clock_at(world, 5, 15)
    world.perform("caseworker", set_capacity, places="few")
    assert Capacity.objects.get().places == "few", "the last word said, whatever day the earlier one bears"
    for _clock in range(2):  # nor by setting it ahead and back once more
        with pytest.raises(Refused, match="said today already"):
            world.perform("supervisor", set_capacity, places="none")
        clock_at(world, 26, 15)
        if not _clock:
            world.perform("caseworker", set_capacity, places="none")
        clock_at(world, 5, 16)
    assert Capacity.objects.get().places == "none"
    assert_order_free(world)


@pytest.mark.parametrize("role", ["officer", "national-lead", "coordinator", "deciding-authority", "press"])
def test_nobody_but_care_says_it(world: World, role: str) -> None:
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, set_capacity, places="few")
    assert not Capacity.objects.exists()
    assert world.client(role).get(reverse("capacity-set")).status_code in (403, 404)


def test_it_is_a_word_of_the_list_and_no_number(world: World) -> None:
    assert set(CapacitySet.__struct_fields__) - set(CapacitySet.__mro__[1].__struct_fields__) == {"places"}
    with pytest.raises(UnknownCode):
        world.perform("caseworker", set_capacity, places="12")


def test_whom_care_takes_changes_nothing_of_it(world: World) -> None:
    """Never computed: with each person who comes the word stays as somebody said it."""
    world.perform("caseworker", set_capacity, places="enough", happened=world.at(5, 14))

    def page() -> str:
        return world.client("officer").get(reverse("capacity")).content.decode()

    before = page()
    for _each in range(3):
        person = meet(world)
        agreed = consent(world, person, purpose="shelter", recipient="Shelter A")
        asked = {"service": "shelter", "to": "Shelter A", "consent": agreed, "disclosed": ("name",)}
        referral = world.perform("caseworker", refer, person=person, **asked)
        for answer in ("accepted", "given"):
            world.perform("caseworker", answer_referral, referral=referral, answer=answer)
    assert masked(page()) == masked(before)


def masked(text: str) -> str:
    main = text[text.index("<main") : text.index("</main>")]
    return re.sub(r"\d\d:\d\d(:\d\d)?", "", main)


def test_what_was_said_long_ago_is_told_as_old(world: World) -> None:
    clock_at(world, 5, 15)
    assert "Not said" in world.client("officer").get("/").content.decode()
    world.perform("caseworker", set_capacity, places="enough", happened=world.at(5, 14))
    assert "Old" not in world.client("officer").get(reverse("capacity")).content.decode()
    old = world.at(5, 14).at + queries_capacity.old_after() + timedelta(days=1)
    clock_at(world, old.day, 15)
    page = world.client("officer").get(reverse("capacity")).content.decode()
    assert "Enough places" in page and "Old: telephone first" in page
    assert "Old: telephone first" in world.client("officer").get("/").content.decode()


def test_a_form_that_comes_twice_says_it_once(world: World) -> None:
    client = world.client("supervisor")
    first = client.post(reverse("capacity-set"), {"places": "few"})
    assert first.status_code == 302
    second = client.post(reverse("capacity-set"), {"places": "none"})
    assert second.status_code == 422 and "said today already" in second.content.decode()
    assert "Few places" in world.client("officer").get(reverse("capacity")).content.decode()
