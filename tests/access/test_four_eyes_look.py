"""Confirming a list and answering a suspension in a browser, wide and narrow, by keyboard; clean by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.access.acting import perform
from libertad.access.actions.suspend_officer import suspend_officer
from libertad.access.officer_suspensions import suspended
from libertad.journal.node import node
from tests.access.test_appointments import appointed, waits
from tests.access.test_attachments_look import clean
from tests.evidence.test_look import keep
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.mark.look
@SIZES
def test_a_list_is_confirmed_by_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    listed = [appointed(world, number=f"VC-50{at}", name=f"Generated Person {at}") for at in range(3)]
    page = signed_in(world, "supervisor", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/")
    clean(page, "Today")
    page.goto(f"{live_server.url}/appointments/")
    clean(page, "the list")
    keep(page, f"{size['width']}-appointments")
    assert page.locator("input:checked").count() == 0
    page.get_by_role("button", name="Confirm those that I ticked").click()
    page.locator(".govuk-error-summary").wait_for()
    clean(page, "the list with its errors")
    page.get_by_label("All that are listed: 3 appointments").focus()
    page.keyboard.press("Space")
    page.get_by_label("Read the order of appointment").focus()
    page.keyboard.press("Space")
    page.keyboard.press("Enter")
    page.get_by_text("3 appointments are confirmed.").wait_for()
    assert not any(waits(new) for new in listed)
    assert not page.console.refused and not [line for line in page.console.errors if "422" not in line]


@pytest.mark.look
@SIZES
def test_an_officer_is_suspended_and_a_second_person_answers(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    officer = world.actor("officer").officer
    page = signed_in(world, "national-lead", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/suspensions/")
    clean(page, "the officers")
    keep(page, f"{size['width']}-suspensions")
    page.goto(f"{live_server.url}/officers/{officer}/suspend/")
    clean(page, "before suspending")
    keep(page, f"{size['width']}-suspend")
    page.get_by_label("Why is access suspended?").fill("Signed in from two places")
    page.get_by_role("button", name="Suspend access").click()
    page.get_by_text("Access is suspended").wait_for()
    clean(page, "the officers, one suspended")
    perform(
        world.actor("administrator"),
        suspend_officer,
        officer=world.actor("exhibits-officer").officer,
        reason="Telephone stolen",
    )
    page.goto(f"{live_server.url}/officers/{world.actor('exhibits-officer').officer}/suspension/")
    clean(page, "the suspension")
    keep(page, f"{size['width']}-suspension")
    page.get_by_label("Lift it: the officer has access again at once").focus()
    page.keyboard.press("Space")
    page.get_by_label("How did you make sure, and why?").fill("Met the officer")
    page.get_by_role("button", name="Save the decision").click()
    page.get_by_text("The officer has access again.").wait_for()
    keep(page, f"{size['width']}-suspensions-one")
    assert suspended(node().sql()) == {officer}
    assert not page.console.refused and not page.console.errors
