"""The ledger, a payment and Today in a browser, wide and narrow, by keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from tests.access.test_attachments_look import clean
from tests.people.test_linking_look import SMALL, fits
from tests.people.test_owed import WAGES, met, taken
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World


def keep(page: Any, name: str) -> None:
    """For the eye: LIBERTAD_SHOTS names a folder."""
    if folder := os.environ.get("LIBERTAD_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"owed-{name}.png"), full_page=True)


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
def test_a_payment_is_recorded_from_today_by_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    person, width = met(world), size["width"]
    taken(world, person)
    taken(world, person, due_back="2018-03-31", **WAGES)
    taken(world, person, due_back="2028-01-31", **{**WAGES, "kind": "compensation", "currency": "USD"})
    page = signed_in(world, "national-lead", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/owed/")
    clean(page, "the ledger")
    assert fits(page)
    keep(page, f"{width}-ledger")
    page.goto(f"{live_server.url}/")
    clean(page, "Today")
    assert fits(page)
    keep(page, f"{width}-today")
    page.get_by_role("link", name="To be paid: wages").first.press("Enter")
    page.get_by_text("Record a payment: wages").first.wait_for()
    clean(page, "the form")
    assert page.locator("input[type=radio]:checked").count() == 0 and fits(page)
    page.get_by_label("How much was paid, in GYD?").fill("1.234")
    page.locator("input[name=signed][value=yes]").focus()
    page.keyboard.press("Space")
    page.get_by_role("button", name="Record the payment").press("Enter")
    page.get_by_text("can be 1234 or 1.234").first.wait_for()
    clean(page, "the form, which asks")
    keep(page, f"{width}-asked")
    page.get_by_label("How much was paid, in GYD?").fill("1 234,00")
    page.get_by_role("button", name="Record the payment").press("Enter")
    page.get_by_text("Left: 16.50 GYD").first.wait_for()
    assert fits(page)
    keep(page, f"{width}-file")
    page.locator("tr", has_text="16.50 GYD").get_by_role("link", name="Payments").press("Enter")
    page.get_by_label("Does it correct a payment").wait_for()
    clean(page, "the form with a payment")
    keep(page, f"{width}-again")
    assert not page.console.refused and not [line for line in page.console.errors if "422" not in line]
