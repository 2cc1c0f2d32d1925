"""A complaint about staff in a browser, wide and narrow, by keyboard; clean by axe."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from libertad.access.actions import answer_complaint as answering
from libertad.access.queries_complaints import complaint, complaints
from tests.access.test_appointments import administrator
from tests.access.test_attachments_look import clean
from tests.access.test_complaints import act
from tests.evidence.test_look import keep
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

SIZES = pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])


@pytest.mark.look
@SIZES
def test_a_complaint_is_recorded_and_answered(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    page = signed_in(world, "caseworker", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/")
    page.get_by_role("link", name="Complaints about staff").click()
    clean(page, "no complaint")
    page.get_by_role("link", name="Record a complaint").or_(
        page.get_by_role("button", name="Record a complaint")
    ).click()
    clean(page, "the form")
    keep(page, f"{size['width']}-complaint-new")
    assert page.locator("input:checked").count() == 0
    page.get_by_label("Name supervisor").check()
    page.get_by_label("What happened?").fill("She was asked for money before the referral was written")
    page.get_by_label("No, not safe now").check()
    page.get_by_label("The person to whom it happened").check()
    page.get_by_label("Does not want to be named").last.check()
    page.keyboard.press("Tab")
    page.get_by_role("button", name="Record the complaint").click()
    page.locator(".govuk-error-summary").wait_for()
    page.get_by_text("It reaches, of your authority: Administrator.").first.wait_for()
    clean(page, "the form, asked again")
    keep(page, f"{size['width']}-complaint-again")
    page.get_by_role("button", name="Record the complaint").click()
    page.get_by_text("The complaint is recorded.").wait_for()
    clean(page, "the complaint")
    chief = administrator(world)
    key = complaints(chief)[0].id
    act(chief, answering.take_complaint, key)
    act(chief, answering.answer_complaint, key, words="She is in another house")
    page.reload()
    page.get_by_text("She is in another house").wait_for()
    clean(page, "the complaint, answered")
    keep(page, f"{size['width']}-complaint")
    page.goto(f"{live_server.url}/")
    clean(page, "Today")
    view = complaint(chief, key)
    assert view is not None and view.holder == chief.officer
    assert not page.console.refused and not [line for line in page.console.errors if "422" not in line]
