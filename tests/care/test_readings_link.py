"""A second reading leads to what it reads: the screening, the identification, the wish, the other files."""

from __future__ import annotations

import pytest
from django.urls import reverse

from libertad.care.actions.decide_return import decide_return
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.screen import screen
from libertad.vocabulary.values import Answer
from tests.care.people import identified, meet
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
READERS = ("second-caseworker", "deciding-authority")


def page(world: World, role: str, address: str) -> str:
    answer = world.client(role).get(address)
    assert answer.status_code == 200
    return answer.content.decode()


def screened(world: World, person: str, hour: int) -> str:
    answer = [Answer(indicator="deception", answer="yes")]
    screening = {"person": person, "rule_set": "ilo-11", "answer": answer, "happened": world.at(8, hour)}
    return str(world.perform("caseworker", screen, **screening))


@pytest.mark.parametrize("role", [*READERS, "caseworker"])
def test_of_an_identification_leads_to_the_screening_it_rests_on_and_to_a_later_one(
    world: World, role: str
) -> None:
    person = meet(world)
    first = screened(world, person, 8)
    key = world.perform(
        "caseworker", identify, person=person, status="presumed", reasons="Told so.", screening=first
    )
    answers = [
        reverse("care-answers", args=[person, screening]) for screening in (first, screened(world, person, 9))
    ]
    html = page(world, role, reverse("care-reading", args=[person, key]))
    assert all(f'href="{address}"' in html for address in answers)
    assert "Rests on" in html and "A later screening" in html
    assert all(world.client(role).get(address).status_code == 200 for address in answers)


@pytest.mark.parametrize("role", ["caseworker", "second-caseworker"])
def test_of_a_return_decision_leads_to_identification_wish_and_who_stays_together(
    world: World, role: str
) -> None:
    person, other_person = meet(world), meet(world, name="Minh")
    identification = identified(world, person)
    world.perform("caseworker", open_care, person=other_person)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="With my sister.")
    ruling = world.perform(
        "deciding-authority",
        decide_return,
        person=person,
        decision="stay",
        wish="stay",
        circumstances=("debt",),
        resources=("permit",),
        reasons="Wages.",
        together_with=(other_person,),
    )
    html = page(world, role, reverse("care-return-reading", args=[person, ruling]))
    for route, args in (
        ("care-reading", [person, identification]),
        ("care-return", [person]),
        ("care-file", [other_person]),
    ):
        assert f'href="{reverse(route, args=args)}"' in html, route
