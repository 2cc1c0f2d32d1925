"""A legal hold by reference: the prosecution places it, and learns nothing of whether there is a person."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.actions import erase_person as erasing
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Hold
from libertad.care.actions.open_care import open_care
from libertad.people import queries
from libertad.people.actions.hold_reference import hold_reference
from libertad.people.actions.lift_hold import lift_hold
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.people.making import meet
from tests.support.shuffling import assert_order_free
from tests.support.world import World

WHY = {"reason": "Evidence in the case against the owner.", "order": "CR 41/2018"}
NOBODY = "P-GY-999"


def reference(person: str) -> str:
    return str(Person.objects.get(pk=person).reference)


def hold(world: World, name: str, role: str = "prosecutor", **overrides: Any) -> str:
    return str(world.perform(role, hold_reference, reference=name, **WHY | overrides))


def page(answer: Any, *ids: str) -> str:
    assert answer.status_code == 200
    text = answer.content.decode()
    for file_id in ids:
        text = text.replace(file_id, "ID")
    return re.sub(
        r'value="(?:[^"]{40,}|[^"]{22})"|<time.*?</time>|nonce="[^"]*"|holds/[0-9a-f]{32}', "", text
    )


def test_the_answer_is_the_same_for_somebody_and_for_nobody(world: World) -> None:
    somebody = reference(meet(world))
    client = world.client("prosecutor")
    for name in (somebody, NOBODY):
        refused = client.post("/holds/place/", {"reference": name, "reason": ""})
        assert "Nothing has been saved yet" in page(refused)
    answers = []
    for name in (somebody, NOBODY):
        answers.append(page(client.post("/holds/place/", {"reference": name, **WHY}, follow=True), name))
        again = page(client.post("/holds/place/", {"reference": name, **WHY}), name)
        assert "in force already" in again
        answers.append(again)
        world.perform(
            "prosecutor", lift_hold, country="GY", person=Hold.objects.get(active=True).pk, reason="x"
        )
        Hold.objects.all().delete()
    assert answers[:2] == answers[2:]


def test_nothing_of_the_person_is_erased_until_the_hold_is_lifted(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    held = hold(world, f" {reference(person).lower()} ")
    for role in ("caseworker", "national-lead"):
        with pytest.raises(Refused, match="legal hold"):
            world.perform(role, erase_person, person=person, reason="The person asks for it.")
    world.perform("prosecutor", lift_hold, country="GY", person=held, reason="The case is closed.")
    assert world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")


def test_an_erasing_that_does_not_ask_for_references_is_noticed(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The planted fault."""
    person = meet(world)
    hold(world, reference(person))
    monkeypatch.setattr(erasing, "references", lambda act, files: set())
    assert world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")


def test_a_hold_on_somebody_else_holds_nobody_else(world: World) -> None:
    person = meet(world)
    hold(world, NOBODY)
    assert world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")


def test_police_that_met_the_person_see_the_hold_and_other_police_do_not(world: World) -> None:
    person = meet(world)
    hold(world, reference(person))
    assert "Legal hold" in page(world.client("officer").get(f"/people/{person}/"))
    assert queries.on_hold(world.actor("officer"), person, reference(person))
    for role in ("other-officer", "caseworker", "press", "coordinator"):
        assert not queries.holds(world.actor(role)) and not queries.on_hold(
            world.actor(role), person, reference(person)
        )


@pytest.mark.parametrize(
    "role", ["officer", "national-lead", "caseworker", "deciding-authority", "coordinator", "administrator"]
)
def test_only_the_prosecution_places_it(world: World, role: str) -> None:
    with pytest.raises((Forbidden, Refused)):
        hold(world, NOBODY, role)
    assert not Hold.objects.exists()
    assert world.client(role).get("/holds/").status_code in (403, 404)


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("Lan", "as you were given it"),
        ("P-GY-1' or 1=1", "as you were given it"),
        ("P-VC-001", "another country"),
    ],
)
def test_a_wrong_reference_names_the_field(world: World, name: str, words: str) -> None:
    with pytest.raises(Refused) as why:
        hold(world, name)
    assert why.value.field == "reference" and words in why.value.rule


def test_holds_are_listed_and_lifted_with_a_reason(world: World) -> None:
    held = hold(world, NOBODY)
    client = world.client("prosecutor")
    text = page(client.get("/holds/"))
    assert NOBODY in text and "In force" in text and WHY["order"] in text
    assert NOBODY in page(client.get(f"/holds/{held}/lift/"))
    text = page(client.post(f"/holds/{held}/lift/", {"reason": "The case is closed."}, follow=True))
    assert "Lifted" in text and not Hold.objects.get().active
    assert client.get(f"/holds/{held}/lift/").status_code == 404
    assert "Legal holds by reference" in page(client.get("/detentions/"))


def test_holds_by_reference_do_not_depend_on_the_order_of_arrival(world: World) -> None:
    person = meet(world)
    held = hold(world, reference(person))
    world.perform("prosecutor", lift_hold, country="GY", person=held, reason="Closed.")
    hold(world, reference(person))
    assert_order_free(world)
