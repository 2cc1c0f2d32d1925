"""Danger's pages in a browser: clean by axe at three widths, told by keyboard and aloud."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from libertad.operations.actions.check_in import check_in
from tests.operations.making import a_site, a_team
from tests.people.making import meet
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import WIDE, signed_in
from tests.support.world import World

NARROW, TELEPHONE = {"width": 320, "height": 640}, {"width": 390, "height": 780}
Open = Callable[..., Page]


@pytest.mark.look
def test_pages_are_clean_and_fit(world: World, live_server: Any, open_page: Open) -> None:
    person, team = meet(world, danger="yes", needs=("doctor",)), a_team(world, a_site(world))
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 12))
    paths_by_role = {
        "officer": ["/people/meet/", f"/people/{person}/", f"/people/{person}/danger/"],
        "other-officer": ["/people/meet/"],
        "national-lead": ["/", f"/teams/{team}/", f"/teams/{team}/danger/"],
        "coordinator": ["/"],
        "caseworker": ["/", f"/care/{person}/danger/"],
        "administrator": [f"/care-authority/{part}" for part in ("", "confirm/", "take-back/", "telephone/")],
    }
    for size in (WIDE, TELEPHONE, NARROW):
        for role, paths in paths_by_role.items():
            page = signed_in(world, role, open_page(viewport=size), live_server.url)
            for path in paths:
                page.goto(live_server.url + path)
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert page.evaluate(wide) <= 0, (path, size)
                if size is not TELEPHONE:
                    violations = axe(page)
                    assert not violations, f"{path} at {size['width']}:\n{violation_lines(violations)}"
            assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]


@pytest.mark.look
def test_by_keyboard_alone_nothing_is_chosen_first_and_who_is_told_is_read_aloud(
    world: World, live_server: Any, open_page: Open
) -> None:
    page = signed_in(world, "officer", open_page(viewport=TELEPHONE), live_server.url)
    page.goto(f"{live_server.url}/people/meet/")
    expect(page.locator("input[name=danger]:checked")).to_have_count(0)
    aloud = page.locator("[data-danger-aloud]")
    expect(aloud).to_have_text("")
    page.get_by_label("No", exact=True).focus()
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Yes, get help")).to_be_checked()
    expect(aloud).to_contain_text("Care authority, Guyana")
    expect(aloud).to_contain_text("Saving telephones nobody")
    for label in ("No", "Yes, get help", "Not asked"):
        box = page.locator("label", has_text=label).first.bounding_box()
        assert box is not None and box["height"] >= 44
    page.keyboard.press("ArrowRight")
    expect(page.get_by_label("Not asked").first).to_be_checked()
    expect(aloud).to_have_text("")
    page.keyboard.press("ArrowLeft")
    page.get_by_role("button", name="Save").press("Enter")
    expect(page.get_by_role("alert").first).to_contain_text("Nobody was telephoned")
    pattern = re.compile("A (person|child) in danger now|A person in danger, perhaps a child now")
    expect(page.get_by_role("region", name=pattern)).to_be_visible()


@pytest.mark.look
def test_an_open_today_learns_of_a_person_in_danger_by_itself_and_reads_it_aloud_once(
    world: World, live_server: Any, open_page: Open
) -> None:
    pages = {}
    for role in ("national-lead", "other-lead", "caseworker"):
        pages[role] = page = signed_in(world, role, open_page(), live_server.url)
        page.clock.install()
        page.goto(f"{live_server.url}/")
        expect(page.locator(".todo-group--danger")).to_have_count(0)
    person = meet(world, danger="yes")
    for role, page in pages.items():
        page.clock.run_for(21_000)
        expect(page.locator(f".todo-group--danger a[href='/people/{person}/']")).to_have_count(
            0 if role == "other-lead" else 2
        )
        aloud = page.locator("#danger-aloud")
        expect(aloud).to_have_text("" if role == "other-lead" else re.compile("In danger now: A .* P-GY-001"))
        page.evaluate("document.getElementById('danger-aloud').textContent = 'heard'")
        page.clock.run_for(21_000)
        expect(aloud).to_have_text("heard")
        assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]
