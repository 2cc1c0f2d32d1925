"""The demo's five minutes, walked by keyboard: each step leads where it says, and what it promises is there.

What stands on the pages was written by officers' acts; that is asked of the product's own queries beside it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import pytest
from django.conf import settings
from django.test import Client
from playwright.sync_api import Browser, Page, expect

from libertad.access.actor import Actor
from libertad.care import models as care
from libertad.care import queries as protection
from libertad.hits import queries as hits
from libertad.operations import queries as operations
from libertad.operations import queries_field as field
from libertad.people import queries as people
from scenarios.operation_libertad_2018.stage import Stage
from tests.support.accessibility import Console, axe, violation_lines
from tests.support.browsing import HUNG
from tests.support.keyboard import Keyboard
from tests.support.played import played
from tests.support.serving import server

pytestmark = [pytest.mark.look]
NARROW = {"width": 320, "height": 640}
WIDE = {"width": 1280, "height": 900}
# What each step promises: its title, whose Today leads there by which words, and what its page must show.
WAY = (
    (
        "The woman who was moved across a border",
        "Confirmed: P-",
        ("Confirmed", "P-VE-", "Quiroz|Urdaneta|Yánez"),
    ),
    ("The site that was found empty", "", ("Gold mine 07", "Found empty", "moved in the night")),
    ("The phone that another country knew", "Confirmed: L-", ("Confirmed", r"\+1 876 555 0142", "Jamaica")),
    ("The passport on its way back", "Custody is offered to you", ("Passport", "tin box", "GYP-118990")),
    ("Two women of one name", "", ("Two women: they were at the clinic", "Rejected")),
    ("The child whose age is not settled", "Two birth years", ("1999", "2001", "[Rr]ules for a child")),
    ("An agreement that was taken back", "", ("[Ww]ithdrawn", "Her embassy")),
    ("The figure that opens to all of it", "", ("347", "398")),
)


@dataclass
class Served:
    base: str
    stage: Stage

    def actor(self, key: str, role: str) -> Actor:
        return self.stage.cast.actor(key, role)


@pytest.fixture(scope="module")
def served(
    django_db_setup: None, django_db_blocker: Any, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Served]:
    home = tmp_path_factory.mktemp("node") / "home"
    with (
        played(home, django_db_blocker) as stage,
        server(home, settings="libertad.web.settings.demo") as base,
    ):
        yield Served(base, stage)


def new_page(browser: Browser, size: dict[str, int]) -> Page:
    context = browser.new_context(viewport=size, locale="en-GB", reduced_motion="reduce")  # type: ignore[arg-type]
    context.set_default_timeout(HUNG)
    page = context.new_page()
    page.console = Console(page)  # type: ignore[attr-defined]
    return page


def press(page: Page, name: str | re.Pattern[str]) -> None:
    """Reach a button by the keyboard alone and press Enter on it."""
    button = page.get_by_role("button", name=name, exact=isinstance(name, str)).first
    Keyboard(page).tab_to(button)
    outline = page.evaluate("getComputedStyle(document.activeElement).outlineStyle")
    assert outline != "none", f"{name} does not show that it has the focus"
    with page.expect_navigation():
        page.keyboard.press("Enter")


def fits(page: Page) -> None:
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    assert over <= 0, f"{page.url} is {over} px too wide"
    assert page.console.errors == [] and page.console.refused == []  # type: ignore[attr-defined]


@pytest.mark.parametrize("size", [NARROW, WIDE], ids=["320", "1280"])
def test_the_way_is_walked_by_keyboard_and_keeps_its_promises(
    served: Served, browser: Browser, size: dict[str, int]
) -> None:
    page = new_page(browser, size)
    page.goto(served.base + "/demo/")
    expect(page.locator(".five__steps button")).to_have_text([title for title, _, _ in WAY])
    assert not (violations := axe(page)), violation_lines(violations)
    fits(page)
    for number, (title, today, promised) in enumerate(WAY, 1):
        press(page, title if number == 1 else f"Next: {title}")
        band = page.get_by_role("region", name="Five minutes")
        expect(band).to_contain_text(f"Five minutes, {number} of {len(WAY)}: {title}")
        for words in promised:
            expect(page.locator("main")).to_contain_text(re.compile(words))
        assert not (violations := axe(page)), f"{title}: {violation_lines(violations)}"
        fits(page)
        at = page.url
        if today:
            page.goto(served.base + "/?all=1")
            expect(page.locator("main")).to_contain_text(today)
            page.goto(at)
    expect(page.get_by_role("button", name=re.compile("^Next:"))).to_have_count(0)
    page.context.close()


def test_today_offers_the_way_and_it_can_be_put_away(served: Served, browser: Browser) -> None:
    page = new_page(browser, NARROW)
    page.goto(served.base + "/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile("^Caseworker$"))).first.click()
    band = page.get_by_role("region", name="Five minutes")
    expect(band).to_contain_text("New here?")
    fits(page)
    press(page, "Put it away")
    expect(band).to_have_count(0)
    page.goto(served.base + "/demo/")
    expect(page.locator(".five__steps")).to_have_count(0)
    press(page, "Show 'Five minutes' again")
    expect(page.locator(".five__steps")).to_be_visible()
    page.context.close()


def test_another_role_is_not_told_where_the_way_was(served: Served, browser: Browser) -> None:
    page = new_page(browser, WIDE)
    page.goto(served.base + "/demo/")
    press(page, WAY[5][0])
    expect(page.get_by_role("region", name="Five minutes")).to_contain_text("6 of 8")
    page.goto(served.base + "/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile("^Press"))).first.click()
    expect(page.get_by_role("region", name="Five minutes")).to_contain_text("New here?")
    page.context.close()


def test_no_step_signs_in_as_somebody_else(served: Served) -> None:
    from libertad.access.models import Account

    with_demo = {"ROOT_URLCONF": "libertad.web.demo_urls", "LIBERTAD_DEMO": True}
    with pytest.MonkeyPatch.context() as patch:
        for name, value in with_demo.items():
            patch.setattr(settings, name, value)
        client = Client()
        before = Account.objects.count()
        for sent in ({"step": "nobody"}, {"step": ""}, {}):
            assert client.post("/demo/five-minutes/", sent)["Location"] == "/demo/"
            assert "_auth_user_id" not in client.session
        assert client.get("/demo/five-minutes/").status_code != 200
        assert Account.objects.count() == before


def test_outside_the_demo_there_is_no_way(served: Served, monkeypatch: pytest.MonkeyPatch) -> None:
    client = Client()
    assert client.post("/demo/five-minutes/", {"step": "moved"}).status_code == 302
    assert b"Five minutes" in client.get("/").content
    monkeypatch.setattr(settings, "LIBERTAD_DEMO", False)
    assert b"Five minutes" not in client.get("/").content
    assert Client().post("/demo/five-minutes/", {"step": "moved"}).status_code == 404


def test_she_was_moved_and_found_by_the_records_and_two_officers(served: Served) -> None:
    lead = served.actor("GY", "national-lead")
    (moved,) = [
        row for row in hits.rows(lead, "confirmed") if {row.left_country, row.right_country} == {"GY", "VE"}
    ]
    hit = hits.hit(lead, moved.pk)
    assert hit is not None and hit.persons and hit.both and moved.proposed_by != moved.decided_by
    by_country = {person.country: person for person in people.people(lead, ids=[s.key for s in hit.subjects])}
    assert by_country["VE"].id in by_country["GY"].links
    (empty,) = field.sites(lead, country="GY", status="found-empty")
    assert by_country["GY"].site == empty.id
    behind = operations.leads(lead, ids=list(empty.leads))
    assert [(row.standing, row.ground) for row in behind] == [("stale", "hit-elsewhere")]


def test_what_goes_wrong_is_there_too(served: Served) -> None:
    lead, worker = served.actor("GY", "national-lead"), served.actor("VC-care", "caseworker")
    assert [row.state for row in hits.rows(lead, "rejected")] == ["rejected"]
    assert [row.state for row in hits.rows(lead, "to-decide") if row.state == "waiting"] == ["waiting"]
    consents = protection.parts(worker, care.Consent)
    assert [consent for consent in consents if consent.plain["withdrawn_at"] is not None]
    assert [
        referral
        for referral in protection.parts(worker, care.Referral)
        if referral.plain["state"] == "declined"
    ]


def test_leads_stand_and_teams_have_windows(served: Served) -> None:
    analyst = served.actor("BB-centre", "analyst")
    standing = [row.standing for row in operations.leads(analyst)]
    assert {"fresh", "stale", "not-known"} <= set(standing)
    windows = {window.id for window in operations.windows(analyst)}
    teams = field.teams(analyst)
    inside = [team for team in teams if team.window]
    assert len(inside) > len(teams) / 2 and {team.window for team in inside} <= windows
