"""Proposing and confirming that two records are of one person in a browser, wide and narrow, by keyboard."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from libertad.people.models import Person
from tests.access.test_attachments_look import clean
from tests.people.making import meet
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

SMALL = {"width": 320, "height": 640}


def keep(page: Any, name: str) -> None:
    """For the eye: LIBERTAD_SHOTS names a folder."""
    if folder := os.environ.get("LIBERTAD_SHOTS"):
        page.screenshot(path=str(Path(folder) / f"linking-{name}.png"), full_page=True)


def fits(page: Any) -> bool:
    """Whether nothing has to be moved aside to be read."""
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE, SMALL], ids=["wide", "phone", "small"])
def test_it_is_proposed_and_confirmed_by_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Any], size: dict[str, int]
) -> None:
    first, second = meet(world), meet(world, name="Lan Nguyen", danger="yes")
    width = size["width"]
    page = signed_in(world, "officer", open_page(viewport=size), live_server.url)
    page.goto(f"{live_server.url}/people/{first}/same/")
    clean(page, "the form")
    assert page.locator("input[type=radio]:checked").count() == 0 and fits(page)
    keep(page, f"{width}-form")
    page.locator(f"input[value='{second}']").focus()
    page.keyboard.press("Space")
    page.locator("input[value='yes']").focus()
    page.keyboard.press("Space")
    page.get_by_label("What shows it?").fill("The same scar on the left hand, and the same telephone")
    page.get_by_role("button", name="Record it").press("Enter")
    page.get_by_text("Nothing is linked until a second person has confirmed it").first.wait_for()
    clean(page, "the file, while it waits")
    assert fits(page)
    keep(page, f"{width}-file")
    page.goto(f"{live_server.url}/")
    page.locator("a[href^='/links/']").first.press("Enter")
    page.get_by_text("Your proposal waits for a second person").first.wait_for()
    clean(page, "the own proposal")
    keep(page, f"{width}-own")
    lead = signed_in(world, "national-lead", open_page(viewport=size), live_server.url)
    lead.goto(f"{live_server.url}/")
    clean(lead, "Today")
    assert fits(lead)
    keep(lead, f"{width}-today")
    lead.locator("a[href^='/links/']").first.press("Enter")
    lead.get_by_text("Are two records of one person?").first.wait_for()
    clean(lead, "the question")
    assert lead.locator("input[type=radio]:checked").count() == 0 and fits(lead)
    keep(lead, f"{width}-answer")
    lead.get_by_role("button", name="Save").press("Enter")
    lead.locator(".govuk-error-summary").wait_for()
    clean(lead, "the question with its errors")
    lead.get_by_label("I have compared both: it is the same person").focus()
    lead.keyboard.press("Space")
    lead.get_by_label("What do you know of it?").fill("I met both, and it is she")
    lead.get_by_role("button", name="Save").press("Enter")
    lead.get_by_text("Linked. Both records stay").first.wait_for()
    assert Person.objects.get(pk=first).links == [second]
    assert not page.console.refused and not page.console.errors
    assert not lead.console.refused and not [line for line in lead.console.errors if "422" not in line]
