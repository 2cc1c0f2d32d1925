"""A colleague's task, the way in danger to life and its review in a browser: clean by axe, and on a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

import pytest
from django.urls import reverse
from playwright.sync_api import Page

from libertad.access.actions.break_glass import break_glass
from libertad.care.actions.take_person import take_person
from tests.care.people import consent, meet
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

SHOTS = os.environ.get("LIBERTAD_SHOTS", "")  # a folder for pictures to look at


@pytest.mark.look
@pytest.mark.usefixtures("ninth_of_april")
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    person, other = meet(world), meet(world, name="Thu P.")
    for key in (person, other):
        consent(world, key)
        world.perform("caseworker", take_person, person=key)
    entry = world.perform(
        "second-caseworker",
        break_glass,
        kind="care",
        person=person,
        way="read",
        words="She telephoned that he waits for her at the gate of the shelter.",
        source="decision",
    )
    pages: dict[str, list[tuple[str, ...]]] = {
        "second-caseworker": [
            ("care-file", other),
            ("care-glass", other),
            ("care-file", person),
            ("glass", entry),
        ],
        "supervisor": [("home",), ("glass", entry)],
    }
    faults = []
    for role, routes in pages.items():
        for size in (WIDE, PHONE):
            page = signed_in(world, role, open_page(viewport=size), live_server.url)
            for number, (route, *args) in enumerate(routes):
                page.goto(live_server.url + reverse(route, args=args))
                violations = violation_lines(axe(page))
                wide = page.evaluate("document.documentElement.scrollWidth")
                if violations or wide > size["width"]:
                    faults.append(f"{route} at {size['width']} ({wide}): {violations}")
                if SHOTS:
                    page.screenshot(path=f"{SHOTS}/{role}-{number}-{size['width']}.png", full_page=True)
            errors = page.console.errors + page.console.refused  # type: ignore[attr-defined]
            faults += [error for error in errors if "403" not in error]
    assert not faults, "\n".join(faults)
