"""Whoever may not correct a thing is told before filling in a form that cannot be saved: no link, no page."""

from __future__ import annotations

import pytest

from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from tests.operations.making import a_site, a_team
from tests.operations.test_leads import LEAD
from tests.support.world import World

CHECK = {"database": "interpol-sltd", "about": "travel-document", "answer": "no-hit", "country": "GY"}


def text(world: World, role: str, address: str) -> str:
    return world.client(role).get(address).content.decode()


@pytest.mark.parametrize(
    ("begun_by", "role", "may"),
    [
        ("officer", "analyst", False),  # a centre reads what police registered, and changes nothing of it
        ("officer", "national-lead", True),
        ("analyst", "analyst", True),
        ("analyst", "national-lead", True),  # it lies in that country
    ],
)
def test_a_site_is_corrected_by_its_authority_and_its_country(
    world: World, begun_by: str, role: str, may: bool
) -> None:
    site = a_site(world, begun_by)
    address = f"/sites/{site}/correct/"
    assert (address in text(world, role, f"/sites/{site}/")) is may
    assert world.client(role).get(address).status_code == (200 if may else 403)


@pytest.mark.parametrize(
    ("begun_by", "role", "may"),
    [
        ("national-lead", "coordinator", False),
        ("coordinator", "coordinator", True),
        ("coordinator", "national-lead", True),
    ],
)
def test_a_team_is_corrected_by_its_authority_and_its_country(
    world: World, begun_by: str, role: str, may: bool
) -> None:
    team = a_team(world, a_site(world), begun_by)
    address = f"/teams/{team}/correct/"
    assert (address in text(world, role, f"/teams/{team}/")) is may
    assert world.client(role).get(address).status_code == (200 if may else 403)


def test_a_visit_is_its_country_s_alone(world: World) -> None:
    site = a_site(world)
    values = {"outcome": "people-found", "people": 2}
    visit = world.perform(
        "officer", record_visit, site=site, team=a_team(world, site), happened=world.at(5, 13), **values
    )
    address = f"/visits/{visit}/correct/"
    assert address in text(world, "national-lead", f"/sites/{site}/")
    for role in ("analyst", "coordinator"):
        assert address not in text(world, role, f"/sites/{site}/"), role
        assert world.client(role).get(address).status_code in (403, 404), role


def test_a_check_is_corrected_by_who_recorded_it(world: World) -> None:
    checks = {role: world.perform(role, record_check, **CHECK) for role in ("officer", "analyst")}
    for role, own, stranger in (("analyst", "analyst", "officer"), ("national-lead", "officer", "analyst")):
        listed = text(world, role, "/checks/")
        assert f"/checks/{checks[own]}/correct/" in listed
        assert f"/checks/{checks[stranger]}/correct/" not in listed
        assert world.client(role).get(f"/checks/{checks[own]}/correct/").status_code == 200
        assert world.client(role).get(f"/checks/{checks[stranger]}/correct/").status_code == 403


def test_a_grade_that_stands_beside_police_s_is_not_offered_as_settling_it(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    grades = {"source_grade": "3", "information_grade": "B", "handling": "P", "reasons": "He lied before"}
    world.perform("analyst", grade_lead, lead=lead, **grades)
    page = f"/leads/{lead}/grade/"
    assert page in text(world, "national-lead", "/conflicts/")
    text_of_own = text(world, "analyst", "/conflicts/")
    assert f"/leads/{lead}/" in text_of_own and page not in text_of_own
