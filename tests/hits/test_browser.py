"""Hits in a browser: clean by axe, nothing refused, fit for 360 px, a decision by keyboard."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page

from libertad.hits import private, screens_private
from libertad.hits.actions.confirm_hit import confirm_hit
from libertad.hits.models import Hit
from libertad.hits.private.asking import Answer
from libertad.hits.private.private_score import Weight
from tests.hits.making import person, phone_lead, scored, the_hit, two_met
from tests.operations.test_screens import clock_at
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.world import World

ONE_LINE = (
    "[...document.querySelectorAll('.ranked tbody th a')].every((link) => link.getClientRects().length === 1)"
)


@pytest.mark.look
def test_pages_are_clean_and_fit_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    _one, _two, hit = two_met(world)
    phone_lead(world)
    scored(world)
    clock_at(world, 5, 15)
    three = person(world, "Ana María de los Ángeles Rodríguez Betancourt", phone="+592 611 0000")
    four = person(world, "Ana Maria Rodriguez", phone="+592 611 0000")
    scored(world)
    second = the_hit(world, f"person:{three}", f"person:{four}")
    world.perform("officer", confirm_hit, hit=second.pk, reasons="The same scar")
    paths_by_role = {
        "officer": [
            "/hits/",
            "/hits/?state=all&order=age",
            "/hits/?state=confirmed",
            f"/hits/{hit}/",
            f"/hits/{hit}/confirm/",
            f"/hits/{hit}/reject/",
            f"/hits/{hit}/not-yet/",
            f"/hits/{second.pk}/",
        ],
        "national-lead": [f"/hits/{second.pk}/", f"/hits/{second.pk}/read/", f"/hits/{second.pk}/undo/"],
    }
    for role, paths in paths_by_role.items():
        for size in (WIDE, PHONE):
            page = signed_in(world, role, open_page(viewport=size), live_server.url)
            for path in paths:
                answer = page.goto(live_server.url + path)
                assert answer is not None and answer.status == 200, path
                wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
                assert page.evaluate(wide) <= 0, (path, size)
                assert page.evaluate(ONE_LINE), (path, size, "a reference is read in one piece")
                problems = axe(page)
                assert not problems, f"{path} at {size['width']}:\n{violation_lines(problems)}"
            assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]


@pytest.mark.look
def test_asking_in_private_is_clean_and_fits_a_phone(
    world: World, live_server: Any, open_page: Callable[..., Page], monkeypatch: pytest.MonkeyPatch
) -> None:
    weights = (Weight("name", 22.1, "same"), Weight("birth", 9.4, "swapped"), Weight("phone", 20.9, "same"))
    answers = [
        Answer("t" * 32, "hit", 14.2, 0.99, weights, "Duty desk, +1 868 555 0100", "9f3a17c04b5d2e61"),
        Answer("v" * 32, "none"),
        Answer("b" * 32, "unreachable", words="its node is no peer of ours, or the exchange is suspended"),
    ]
    names = {
        "t" * 32: "Trinidad and Tobago police",
        "v" * 32: "Venezuela police",
        "b" * 32: "Barbados police",
    }
    monkeypatch.setattr(private, "ask", lambda *_given: {answer.owner: [answer] for answer in answers})
    monkeypatch.setattr(screens_private, "askable_owners", lambda: names)
    for size in (WIDE, PHONE):
        page = signed_in(world, "officer", open_page(viewport=size), live_server.url)
        for step in ("form", "answers"):
            if step == "form":
                page.goto(live_server.url + "/hits/private/")
            else:
                page.locator("#id_case").fill("GY-2018-014")
                page.locator("#id_name").fill("Yulimar Peña Rojas")
                page.get_by_role("button", name="Ask in private").click()
                page.get_by_text("Duty desk").wait_for()
            wide = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
            assert page.evaluate(wide) <= 0, (step, size)
            problems = axe(page)
            assert not problems, f"{step} at {size['width']}:\n{violation_lines(problems)}"
        assert not page.console.errors and not page.console.refused  # type: ignore[attr-defined]


def test_two_officers_decide_by_keyboard(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    clock_at(world, 5, 15)
    first, second, hit = two_met(world)
    page = signed_in(world, "officer", open_page(viewport=WIDE), live_server.url)
    page.goto(live_server.url + "/hits/")
    page.get_by_role("link", name=the_hit(world, f"person:{first}", f"person:{second}").reference).focus()
    page.keyboard.press("Enter")
    page.get_by_role("link", name="It is one person").focus()
    page.keyboard.press("Enter")
    page.get_by_label("What shows that it is the same?").fill("The same scar on the left hand")
    page.get_by_role("button", name="Propose that it is one person").focus()
    page.keyboard.press("Enter")
    page.wait_for_url(f"**/hits/{hit}/")
    assert page.get_by_text("Waits for a second reader").first.is_visible()
    page = signed_in(world, "national-lead", open_page(viewport=PHONE), live_server.url)
    page.goto(live_server.url + "/")
    page.get_by_role("link", name="Read it").first.click()
    button = page.get_by_role("link", name="Read it as the second reader")
    box = button.bounding_box()
    assert box is not None and box["height"] >= 44
    button.click()
    page.get_by_label("Yes, one person").check()
    page.get_by_label("What did you compare?").fill("Both files and both photographs")
    page.get_by_role("button", name="Record what you found").click()
    page.wait_for_url(f"**/hits/{hit}/")
    assert Hit.objects.get(pk=hit).state == "confirmed"


def test_a_filter_is_chosen_by_keyboard_without_being_taken_away_at_each_arrow(
    world: World, live_server: Any, open_page: Callable[..., Page]
) -> None:
    two_met(world)
    page = signed_in(world, "officer", open_page(viewport=WIDE), live_server.url)
    page.goto(live_server.url + "/hits/")
    state = page.get_by_label("State")
    state.focus()
    for _step in range(2):
        page.keyboard.press("ArrowDown")
    assert page.url.endswith("/hits/") and state.input_value() == "open"
    assert page.evaluate("document.activeElement.name") == "state"
    page.get_by_role("button", name="Show these").focus()
    page.keyboard.press("Enter")
    page.wait_for_url("**/hits/?state=open*")
    assert page.get_by_label("State").input_value() == "open"
    page.get_by_label("State").click()  # a pointer chooses, and that is sent at once
    page.get_by_label("State").select_option("all")
    page.wait_for_url("**/hits/?state=all*")
