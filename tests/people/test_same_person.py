"""Whose file it is, asked back before a detention is tied to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.urls import reverse

from libertad.access.models import Compartment
from libertad.access.queries import open_row, readable
from libertad.journal.models import Entry
from libertad.people.actions.correct_detention import correct_status
from libertad.people.actions.set_detention import set_detention
from libertad.people.models import Detention, Person, Tally
from libertad.vocabulary.values import Birth, PersonName
from tests.care.test_screens import text
from tests.people.making import meet
from tests.support.forms import form_at
from tests.support.world import World

GIRL = "María José Núñez Peña"
TICK = "Yes, it is this person"


@pytest.fixture
def girl(world: World) -> Person:
    birth = Birth(age_from=14, age_to=16, on="2018-04-05")
    met = meet(world, name=GIRL, sex="female", birth=birth)
    return Person.objects.get(pk=met)


def file_size(person: Person) -> int:
    """How many entries the person's file has: each opening is one."""
    place = Compartment.objects.get(kind="person", about=person.pk).pk
    return Entry.objects.filter(compartment=place).count()


def case_size() -> int:
    """How many entries the country's case file has: each word on a detention is one."""
    places = Compartment.objects.filter(kind="case").values("pk")
    return Entry.objects.filter(compartment__in=places).count()


def page_and_values(world: World, role: str, kind: str) -> tuple[Any, str, dict[str, Any]]:
    """A page that ties a detention to a file, and what is written on it but for the reference."""
    client = world.client(role)
    if kind == "new":
        page = reverse("detention-new")
        values = {"state": "arrested", "name": "José Ángel Peña Ibáñez", "grounds": "Held the keys"}
    else:
        held = world.perform(
            role,
            set_detention,
            state="arrested",
            country="GY",
            grounds="Held the keys",
            name=(PersonName(text="José Ángel Peña Ibáñez"),),
        )
        page, values = reverse("detention-person", args=[held]), {"reasons": "He says so"}
    return client, page, {**form_at(client, page).fields, **values}


@pytest.mark.parametrize("kind", ["new", "later"])
def test_nothing_is_tied_before_the_file_was_shown_and_confirmed(
    world: World, girl: Person, kind: str
) -> None:
    client, page, values = page_and_values(world, "officer" if kind == "new" else "national-lead", kind)
    assert "same" not in values and TICK not in text(client.get(page))
    before, opened = case_size(), file_size(girl)
    wrong = {**values, "person": girl.reference.lower()}
    shown = text(client.post(page, wrong))
    assert GIRL in shown and "Woman or girl, 14 to 16" in shown and TICK in shown
    assert case_size() == before and file_size(girl) == opened + 1, "whose words were shown is on record"
    wrong |= {"shown": girl.reference}
    assert "is the file of" in text(client.post(page, wrong))  # sent again without the tick
    lacking = client.post(page, {**wrong, "reasons": "", "name": "", "same": "on"}).content.decode()
    assert lacking.index('name="person"') < lacking.index('name="same"'), "below what it is about"
    assert case_size() == before
    answer = client.post(page, {**wrong, "same": "on"})
    assert answer.status_code == 302 and case_size() > before


def test_the_tick_of_one_file_confirms_no_other(world: World, girl: Person) -> None:
    client, page, values = page_and_values(world, "officer", "new")
    other = Person.objects.get(pk=meet(world, name="Yulimar Rondón"))
    ticked = {**values, "shown": girl.reference, "same": "on", "person": other.reference}
    shown = text(client.post(page, ticked))
    assert "Yulimar Rondón" in shown and GIRL not in shown
    assert not Detention.objects.exists()


def test_without_a_reference_nothing_is_asked(world: World) -> None:
    client, page, values = page_and_values(world, "officer", "new")
    assert client.post(page, values).status_code == 302
    assert Detention.objects.count() == 1


def test_a_detention_of_the_wrong_file_is_taken_back_as_the_page_says(world: World, girl: Person) -> None:
    """Its status is said not to have happened: then nothing calls her arrested, on her page or in figures."""
    held = world.perform(
        "officer",
        set_detention,
        state="arrested",
        country="GY",
        grounds="Held the keys",
        name=(PersonName(text="José Ángel Peña Ibáñez"),),
        person=girl.pk,
    )

    def head() -> str:
        shown = text(world.client("national-lead").get(reverse("person", args=[girl.pk])))
        return shown[: shown.index("What was said")]

    assert "Arrested" in head()
    assert Tally.objects.get().custody == "arrested"
    ((entry, *_rest),) = readable_standing(world, held)
    world.perform(
        "national-lead", correct_status, detention=held, entry=entry, how="none", reasons="Another's file"
    )
    assert Tally.objects.get().custody == ""
    assert "Arrested" not in head()


def readable_standing(world: World, detention: str) -> list[list[Any]]:
    row = readable(world.actor("national-lead"), Detention).get(pk=detention)
    standing: list[list[Any]] = open_row(world.actor("national-lead"), row)["standing"]
    return standing
