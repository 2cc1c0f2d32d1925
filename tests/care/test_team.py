"""The supervisor: a page of the team, hand-overs that nobody answered, and taking a person over."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Officer
from libertad.care.actions.hand_over import offer_person
from libertad.care.actions.take_person import take_person
from libertad.care.desk_models import Desk
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.care.conftest import set_to
from tests.care.people import CHILD, meet
from tests.care.test_hand_over import officer, stands
from tests.care.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
ELSE = ("officer", "national-lead", "deciding-authority", "prosecutor", "coordinator", "caseworker")


def care_administrator(world: World) -> Actor:
    """Who appoints and withdraws the care authority's officers."""
    (row,) = Officer.objects.filter(authority=world.authorities["care"], role="administrator")
    return replace(world.actor("caseworker"), officer=row.pk, role="administrator")


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


def test_the_page_sums_up_everybody_and_lists_each_officers_people(world: World) -> None:
    child, held, offered = meet(world, CHILD), meet(world), meet(world)
    for person in (held, offered):
        world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=offered, to=officer(world, "second-caseworker"))
    shown = text(world.client("supervisor").get("/care/team/"))
    assert "3 people: 1 not taken or missing, 1 being handed over, 0 closed with a date, 1 at work." in shown
    assert "Nobody has taken these yet" in shown and "Being handed over" in shown
    page = world.client("supervisor").get("/care/team/").content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    for person in (child, offered):
        assert f"/care/{person}/task/" in page
    mine = next(row for row in rows if "Name caseworker" in row)
    assert re.search(r"\b2\b", re.sub(r"<[^>]+>", " ", mine)), "held, and offered: until it is accepted"
    assert f"/care/{offered}/task/" in mine or f"/care/{held}/task/" in mine
    idle = next(row for row in rows if "Name second-caseworker" in row)
    assert "Nobody is this officer" in idle
    for role in ELSE:
        assert world.client(role).get("/care/team/").status_code in (403, 404)


def test_a_hand_over_that_nobody_answered_is_the_supervisors(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    with pytest.raises(Refused, match="offered to you"):
        world.perform("second-caseworker", take_person, person=person)
    before = titles(world, "supervisor")
    set_to(world, 10)
    late = [title for title in titles(world, "supervisor") if title not in before]
    assert late, "past its hour it stands on the supervisor's Today"
    assert not set(late) & set(titles(world, "second-caseworker")) - {"A person is offered to you"}
    world.perform("supervisor", take_person, person=person)
    assert stands(world, person).officer == officer(world, "supervisor")
    assert Desk.objects.get(person=person).offer == ""


def test_without_a_supervisor_everybody_on_duty_is_told(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    set_to(world, 10)
    told = set(titles(world, "second-caseworker"))
    perform(care_administrator(world), withdraw_officer, officer=officer(world, "supervisor"), reason="Moved")
    assert set(titles(world, "second-caseworker")) > told


def test_a_supervisor_takes_over_and_a_colleague_does_not(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    assert "Take the person over" in text(world.client("supervisor").get(f"/care/{person}/task/"))
    assert "Take the person" not in text(world.client("second-caseworker").get(f"/care/{person}/task/"))
    with pytest.raises(Refused, match="colleague's task"):
        world.perform("second-caseworker", take_person, person=person)
    world.perform("supervisor", take_person, person=person)
    assert stands(world, person).officer == officer(world, "supervisor")
    world.perform("supervisor", offer_person, person=person, to=officer(world, "second-caseworker"))
    assert stands(world, person).offered_to == officer(world, "second-caseworker")


def test_a_caseload_past_its_hours_stands_on_the_supervisors_today_alone(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    line = "Sgt. Name caseworker: 1 person past the hour"
    assert line not in titles(world, "supervisor")
    set_to(world, 20)
    assert line in titles(world, "supervisor")
    assert line not in titles(world, "second-caseworker") + titles(world, "caseworker")


def test_only_a_care_authority_has_one(world: World) -> None:
    with pytest.raises(Refused, match="role"):
        world.perform("administrator", appoint_officer, name="N", service_number="S-9", role="supervisor")
