"""Tonight: danger and what ends it first; take, bed, risk, next step on one page; the rest a touch away."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page, expect

from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.name_step import name_step
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.refer import refer
from libertad.care.actions.take_person import take_person
from libertad.people.actions.close_danger import say_danger
from tests.care.people import CHILD, consent, meet
from tests.care.test_screens import text
from tests.support.browsing import PHONE, faults_of, signed_in
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def tonight(world: World, person: str, role: str = "caseworker") -> str:
    answer = world.client(role).get(reverse("care-tonight", args=[person]))
    assert answer.status_code == 200
    return " ".join(answer.content.decode().split())


def opened(world: World, **options: Any) -> str:
    person = meet(world, **options)
    world.perform("caseworker", open_care, person=person)
    return person


def filled(page: str) -> list[str]:
    """What the filled buttons of a page say."""
    return re.findall(r'<a class="govuk-button *" href="[^"]*">([^<]+)', page)


@pytest.mark.parametrize(
    ("role", "route"), [("caseworker", "care-tonight"), ("caseworker", "care-file"), ("officer", "person")]
)
def test_danger_stands_before_tiles_and_tabs_and_its_button_is_the_only_filled_one(
    world: World, role: str, route: str
) -> None:
    person = opened(world)
    if role == "officer":
        world.perform(role, say_danger, person=person, words="A man asked for her.")
    else:
        world.perform(role, say_care_danger, person=person, words="A man asked for her.")
    page = " ".join(world.client(role).get(reverse(route, args=[person])).content.decode().split())
    places = [page.find(mark) for mark in ('class="danger"', 'class="strip"', 'class="moj-sub-navigation"')]
    assert places[0] > page.index("<h1") and all(place < 0 or places[0] < place for place in places[1:])
    assert len(filled(page)) == 1 and "done" in filled(page)[0]


def test_one_page_says_whose_task_where_the_person_sleeps_the_risk_and_what_is_next(world: World) -> None:
    person = opened(world, birth=CHILD)
    page = tonight(world, person)
    assert "Where the person sleeps" in page and "Nobody knows yet" in page
    assert filled(page) == ["Take the person"] and "No guardian is on file" in page
    assert "Nobody has assessed it" in page
    world.perform("caseworker", take_person, person=person)
    world.perform(
        "caseworker", note_case, person=person, kind="talked", seen="2018-04-08", words="Afraid.", risk="high"
    )
    world.perform("caseworker", name_step, person=person, kind="telephone", until="2018-04-10")
    world.perform("caseworker", plan_safety, person=person, reach="The duty line.", avoid="Her own phone.")
    page = tonight(world, person)
    assert "Next step: Telephone" in page and filled(page) == ["Name the next step"]
    assert "High" in page and "The duty line." in page and "Her own phone." in page


def test_where_the_person_sleeps_is_what_the_shelter_answered(world: World) -> None:
    person = opened(world)
    agreed = consent(world, person, purpose="shelter", recipient="House of the river", withheld=())
    world.perform(
        "caseworker",
        refer,
        person=person,
        service="shelter",
        to="House of the river",
        consent=agreed,
        disclosed=(),
        needed_by="2018-04-10",
    )
    page = tonight(world, person)
    assert "House of the river" in page and "Not answered" in page and "Nobody knows yet" in page


def test_the_rest_is_one_touch_away_and_no_tab_repeats_the_side(world: World) -> None:
    person = opened(world)
    page = tonight(world, person)
    for route in ("care-file", "care-notes", "care-screening", "care-safety", "care-disclosures", "person"):
        assert f'href="{reverse(route, args=[person])}"' in page, route
    client = world.client("caseworker")
    for route in ("care-screening", "care-safety", "care-consent", "care-referrals", "care-return"):
        answer = client.get(reverse(route, args=[person])).content.decode()
        assert "Who can see this" not in answer, route
        assert answer.count('class="moj-sub-navigation__item"') <= 3, route
        assert reverse("care-tonight", args=[person]) in answer
    assert "Who can see this" in client.get(reverse("care-file", args=[person])).content.decode()


def test_today_and_the_lists_lead_to_tonight_and_who_decides_has_no_such_page(world: World) -> None:
    person = opened(world)
    here = reverse("care-tonight", args=[person])
    client = world.client("caseworker")
    assert here in client.get("/care/").content.decode()
    world.perform("caseworker", say_care_danger, person=person, words="A man asked for her.")
    assert here in client.get("/?part=danger").content.decode()
    assert world.client("deciding-authority").get(here).status_code in (403, 404)
    assert world.client("officer").get(here).status_code == 404
    assert "Tonight" not in text(world.client("deciding-authority").get("/care/"))


@pytest.mark.look
def test_on_a_phone_the_danger_and_its_button_are_on_the_first_screen(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person = opened(world, birth=CHILD)
    page = signed_in(world, "caseworker", open_page(), live_server.url)
    here = live_server.url + reverse("care-tonight", args=[person])
    world.perform("caseworker", take_person, person=person)
    faults = list(faults_of(page, here))
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    step = page.get_by_role("link", name="Name the next step")
    page.get_by_role("heading", name="Needs of tonight").scroll_into_view_if_needed()
    expect(step).to_be_in_viewport()  # held at the lower edge
    world.perform("caseworker", say_care_danger, person=person, words="A man asked for her.")
    faults += faults_of(page, here)
    page.set_viewport_size(PHONE)  # type: ignore[arg-type]
    box = page.get_by_role("link", name="Say what was done").first.bounding_box()
    assert box is not None and box["y"] + box["height"] <= PHONE["height"]
    assert not faults, "\n".join(faults)
