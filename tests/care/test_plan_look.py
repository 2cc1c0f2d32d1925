"""The case plan in a browser, wide and narrow; clean by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.care.actions.open_care import open_care
from libertad.care.plan_models import PlanUnread
from tests.access.test_attachments_look import clean
from tests.care.test_plan import take
from tests.evidence.test_look import keep
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_a_plan_is_written_and_read(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    person = take(world)
    world.perform("caseworker", open_care, person=person)
    page = signed_in(world, "caseworker", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/care/{person}/plan/")
    clean(page, "no plan")
    page.get_by_role("link", name="Add a goal").or_(page.get_by_role("button", name="Add a goal")).click()
    clean(page, "the form")
    keep(page, f"{size['width']}-plan-goal")
    assert page.locator("input:checked").count() == 0
    page.get_by_label("A place to live").check()
    page.get_by_label("What is to be reached?").fill("A room of my own with a lock")
    page.get_by_label("Who does what for it?").fill("She asks at the house; I write to the town")
    page.get_by_label("In one line").fill("1 may 2018")
    page.get_by_label("Not begun").check()
    page.get_by_role("button", name="Save the goal").click()
    page.get_by_text("The goal is saved.").wait_for()
    clean(page, "the plan")
    keep(page, f"{size['width']}-plan")
    second = signed_in(world, "supervisor", open_page(viewport=size), live_server.url)
    second.goto(f"{live_server.url}/")
    second.get_by_role("link", name="Read the plan").or_(
        second.get_by_role("link", name="A case plan waits for you as its second reader")
    ).first.click()
    clean(second, "reading it")
    keep(second, f"{size['width']}-plan-read")
    second.get_by_label("Yes").check()
    second.get_by_role("button", name="Save your reading").click()
    second.get_by_text("Your reading is saved.").wait_for()
    assert not PlanUnread.objects.exists()
    assert not page.console.refused and not page.console.errors
