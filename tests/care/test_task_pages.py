"""The page of whose task a person is: what it tells and offers, and who learns nothing of it."""

from __future__ import annotations

import re

import pytest

from libertad.care.actions.hand_over import offer_person
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.take_person import take_person
from libertad.care.desk_models import Desk
from tests.care.people import meet
from tests.care.test_hand_over import officer
from tests.care.test_screens import text
from tests.care.test_wall import masked
from tests.support.care_rows import care_row
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


def test_the_page_tells_whose_task_it_is_and_what_can_be_done(world: World) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    client, colleague = world.client("caseworker"), world.client("second-caseworker")
    here = f"/care/{person}/task/"
    shown = text(client.get(here))
    assert "Duty desk" in shown and "Take the person" in shown and "Lan T. N." in shown
    pages = ("take/", "hand-over/", "give-back/", "next/", f"{'0' * 64}/accept/", f"{'0' * 64}/decline/")
    assert all("Lan T. N." in text(client.get(here + page)) for page in pages), "no person is a number only"
    assert "The person is your task now" in text(client.post(f"{here}take/", follow=True))
    shown = text(client.get(here))
    assert "Responsible: Sgt. Name caseworker" in shown and "Hand the person over" in shown
    assert "Choose" in text(client.post(f"{here}hand-over/", {"to": ""}))
    text(client.post(f"{here}hand-over/", {"to": second, "note": "She trusts you."}, follow=True))
    offer = care_row(Desk, person=person).offer
    shown = text(colleague.get(here))
    assert "Accept the hand-over" in shown and "She trusts you." in shown
    today = text(colleague.get("/"))
    assert "A person is offered to you" in today and "Open the hand-over" in today
    assert "this offer is over" in text(colleague.post(f"{here}{'0' * 64}/accept/"))
    assert "Error" in text(colleague.post(f"{here}{offer}/decline/", {"reasons": " "}))
    assert "Nobody is your task yet" in text(colleague.get("/care/mine/"))
    text(colleague.post(f"{here}{offer}/accept/", follow=True))
    assert "1 person is your task" in text(colleague.get("/care/mine/"))
    assert "My tasks" in text(colleague.get("/"))
    assert care_row(Desk, person=person).worker == second
    again = text(colleague.post(f"{here}{offer}/accept/"))
    assert "Error" in again and "accepted once" in again
    assert "nothing to give back" in text(client.post(f"{here}give-back/", {"reasons": "x"}))
    assert client.get(f"/care/{'0' * 32}/task/").status_code == 404


ROLES = ("officer", "national-lead", "deciding-authority", "prosecutor", "coordinator")


def test_deciding_authorities_and_police_see_nothing_of_it(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    for role in ROLES:
        _pages(world, role, person)
    before = {role: _pages(world, role, person) for role in ROLES}
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    for role in ROLES:
        assert _pages(world, role, person) == before[role], role
    assert "Whose task" in text(world.client("caseworker").get(f"/care/{person}/"))


def _pages(world: World, role: str, person: str) -> list[tuple[int, list[str]]]:
    """Lines of pages without their numbers: each opening is counted on the page that it opens."""
    client = world.client(role)
    paths = ["/", f"/people/{person}/", f"/care/{person}/", f"/care/{person}/task/", "/care/everybody/"]
    answers = [client.get(path) for path in paths]
    return [(a.status_code, re.sub(r"\d+", "N", masked(a.content, person)).splitlines()) for a in answers]
