"""Somebody met again, in a browser: by keyboard from Today to what was promised, clean, fit for a phone."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from libertad.care.actions.open_care import open_care
from libertad.care.actions.refer import refer
from libertad.people.actions.take_property import take_property
from tests.care.people import consent
from tests.hits.test_met_again import PROMISED, decide, met_twice, the_hit
from tests.hits.test_met_again import later as later
from tests.operations.test_second_operation import second as second
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

FITS = "document.documentElement.scrollWidth - document.documentElement.clientWidth"


@pytest.mark.look
def test_from_today_to_what_was_promised_by_keyboard(
    world: World, later: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    before, again, _hit = met_twice(world, later)
    world.perform("caseworker", open_care, person=before)
    agreed = consent(world, before)
    world.perform(
        "caseworker",
        refer,
        person=before,
        consent=agreed,
        service="medical",
        to=PROMISED,
        disclosed=("name",),
    )
    passport = {
        "kind": "passport",
        "taken_by": "police",
        "state": "held",
        "description": "Generated, blue",
    }
    world.perform("officer", take_property, person=before, **passport)
    hit = the_hit(later, "caseworker")
    paths = [f"/hits/{hit.pk}/", f"/hits/{hit.pk}/confirm/"]
    for size in (WIDE, PHONE):
        page = signed_in(world, "caseworker", open_page(viewport=size), live_server.url)
        page.goto(live_server.url + "/operation/choose/")
        page.get_by_label("Operation Second").check()
        page.keyboard.press("Enter")
        expect(page.get_by_text("is of this operation")).to_be_visible()
        clean(page, live_server.url, paths)
        if size is WIDE:
            decide(later, hit, "caseworker", "supervisor")
            paths = [f"/people/{again}/", f"/people/{again}/before/", f"/hits/{hit.pk}/"]
            clean(page, live_server.url, paths)
        page.goto(live_server.url + "/")
        page.get_by_role("link", name="Read what was promised then").first.focus()
        page.keyboard.press("Enter")
        expect(page.get_by_role("heading", name="what care promised")).to_be_visible()
        expect(page.get_by_text(PROMISED)).to_be_visible()
        expect(page.get_by_text("Generated, blue")).to_be_visible()


def clean(page: Page, base: str, paths: list[str]) -> None:
    for path in paths:
        answer = page.goto(base + path)
        assert answer is not None and answer.status == 200, path
        assert page.evaluate(FITS) <= 0, path
        problems = axe(page)
        assert not problems, f"{path}:\n{violation_lines(problems)}"
        if folder := os.environ.get("LOOK_AT"):
            width = page.viewport_size["width"] if page.viewport_size else 0
            name = path.strip("/").replace("/", "-")
            page.screenshot(path=str(Path(folder) / f"{name[-20:]}-{width}.png"), full_page=True)
    assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]
