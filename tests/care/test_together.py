"""Who must stay together: ticked where it was decided before, else named by reference; no list of all."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_wish import record_wish
from libertad.care.models import CareFile, ReturnDecision
from libertad.care.queries import parts
from libertad.people.models import Person
from tests.care.people import CHILD, identified, meet
from tests.support.care_rows import care_row
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")

DECIDED: dict[str, Any] = {
    "decision": "stay",
    "wish": "stay",
    "circumstances": ["debt"],
    "resources": ["permit"],
    "reasons": "Wages are claimed.",
}


def identified_person(world: World, name: str = "Lan T. N.") -> str:
    """Somebody of whom return or stay can be decided."""
    person = meet(world, name=name)
    identified(world, person)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    return person


def people_with_files(world: World, count: int) -> list[str]:
    person_ids = [meet(world, CHILD, name=f"Generated {number}") for number in range(count)]
    for person in person_ids:
        world.perform("caseworker", open_care, person=person)
    return person_ids


def reference(person: str) -> str:
    return str(care_row(CareFile, person=person).reference)


def page(world: World, person: str) -> Any:
    return world.client("deciding-authority").get(f"/care/{person}/return/decide/")


def decide(world: World, person: str, **fields: Any) -> Any:
    moment = {"when_day": "9", "when_month": "4", "when_year": "2018", "when_time": "08:00"}
    return world.client("deciding-authority").post(
        f"/care/{person}/return/decide/", DECIDED | moment | fields
    )


def together(world: World, person: str) -> set[str]:
    (decision,) = parts(world.actor("deciding-authority"), ReturnDecision, person)
    return set(decision.words["together_with"])


def test_the_page_is_as_small_with_many_files_as_with_few(world: World) -> None:
    person = identified_person(world)
    people_with_files(world, 2)
    small_page = page(world, person).content
    people_with_files(world, 12)
    large_page = page(world, person).content
    assert b"Generated" not in large_page and len(large_page) < len(small_page) + 200


def test_whoever_it_is_is_named_by_reference_one_or_several(world: World) -> None:
    person = identified_person(world)
    child, aunt, _third = people_with_files(world, 3)
    answer = decide(world, person, together_by_reference=f" {reference(child).lower()}, {reference(aunt)} ")
    assert answer.status_code == 302, answer.context["form"].errors
    assert together(world, person) == {child, aunt}


def test_whom_it_was_decided_of_before_is_ticked_from_both_sides(world: World) -> None:
    mother, child = identified_person(world), identified_person(world, "Thu P.")
    world.perform("deciding-authority", decide_return, person=mother, together_with=(child,), **DECIDED)
    text = page(world, child).content.decode()
    assert f'value="{mother}"' in text and "Lan T. N." in text
    assert decide(world, child, together_with=[mother]).status_code == 302
    assert together(world, child) == {mother}
    assert f'value="{child}"' in page(world, mother).content.decode()


@pytest.mark.parametrize("wrong", ["P-9999", "own", "P-9999, own", "x" * 400, ", ".join(map(str, range(40)))])
def test_a_reference_of_nobody_is_refused_with_its_words_and_nothing_is_decided(
    world: World, wrong: str
) -> None:
    person = identified_person(world)
    answer = decide(world, person, together_by_reference=wrong.replace("own", reference(person)))
    assert answer.status_code == 200 and answer.context["form"].errors["together_by_reference"]
    assert not ReturnDecision.objects.exists()


def test_a_file_that_is_not_theirs_is_as_one_that_is_not_there(world: World) -> None:
    """Somebody without a protection file has a reference that who decides does not know."""
    person, unopened = identified_person(world), meet(world, CHILD, name="Unopened")
    their_reference = str(Person.objects.get(pk=unopened).reference)
    words = [
        str(decide(world, person, together_by_reference=reference_text).context["form"].errors).replace(
            reference_text, ""
        )
        for reference_text in (their_reference, "P-9999")
    ]
    assert words[0] == words[1]


def test_a_correction_keeps_who_is_on_file_and_adds_by_reference(world: World) -> None:
    person = identified_person(world)
    child, aunt = people_with_files(world, 2)
    ruling = world.perform(
        "deciding-authority", decide_return, person=person, together_with=(child,), **DECIDED
    )
    client = world.client("deciding-authority")
    address = f"/care/{person}/return/{ruling}/correct/"
    form = client.get(address).context["form"]
    assert form["together_with"].value() == [child]
    moment = {"when_day": "9", "when_month": "4", "when_year": "2018", "when_time": "08:00"}
    data = (
        DECIDED
        | moment
        | {
            "shown": form["shown"].value(),
            "correction": "The aunt too.",
            "together_with": [child],
            "together_by_reference": reference(aunt),
        }
    )
    answer = client.post(address, data)
    assert answer.status_code == 302, answer.context["form"].errors
    assert together(world, person) == {child, aunt}
