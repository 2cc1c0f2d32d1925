"""This room's pages in a browser: clean by axe, nothing refused, no sideways scrolling at 360 px."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_check import record_check
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.actions.set_window import set_window
from libertad.operations.models import Team
from tests.operations.making import a_site, a_team, at
from tests.operations.test_leads import LEAD
from tests.operations.test_planning import HIT
from tests.operations.test_screens import clock_at
from tests.support.browsing import faults_of, signed_in
from tests.support.world import World


@pytest.mark.look
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    site = a_site(world, lead=(lead,))
    team = a_team(world, site)
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 9))
    world.perform(
        "officer",
        record_visit,
        site=site,
        team=team,
        outcome="people-found",
        people=6,
        happened=world.at(5, 10),
    )
    world.perform("officer", record_check, **HIT)
    world.perform("coordinator", set_window, name="First light", opens=at(5, 9), closes=at(5, 13))
    clock_at(world, 5, 15)
    paths_by_role = {
        "national-lead": [
            "/leads/",
            f"/leads/{lead}/",
            f"/leads/{lead}/grade/",
            "/sites/",
            f"/sites/{site}/",
            "/teams/",
            f"/sites/{site}/team/",
            f"/teams/{team}/",
            "/checks/",
        ],
        "officer": [
            f"/sites/register/?lead={lead}",
            f"/sites/{site}/visit/",
            f"/teams/{team}/check-in/",
            "/checks/record/",
        ],
        "coordinator": ["/operation/", "/operation/invite/", "/operation/windows/set/", "/operation/clock/"],
    }
    faults = []
    for role, paths in paths_by_role.items():
        page = signed_in(world, role, open_page(), live_server.url)
        for path in paths:
            faults += faults_of(page, live_server.url + path)
        faults += page.console.errors + page.console.refused  # type: ignore[attr-defined]
    assert not faults, "\n".join(faults)


def test_danger_from_a_phone(world: World, live_server: Any, phone: Page) -> None:
    team = a_team(world, a_site(world))
    page = signed_in(world, "officer", phone, live_server.url)
    page.goto(f"{live_server.url}/teams/{team}/check-in/")
    choice = page.get_by_label("Yes, get help")
    box = choice.bounding_box()
    assert box is not None and box["height"] >= 44
    choice.check()
    page.get_by_label("On site").check()
    page.get_by_role("button", name="Check in").click()
    page.wait_for_url(f"**/teams/{team}/")
    assert Team.objects.get(pk=team).danger
