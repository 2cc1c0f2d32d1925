"""One thread from a lead to a public figure, walked in a browser as those who would do it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field

import pytest
from playwright.sync_api import Page, expect

from libertad.care.models import CareFile
from libertad.operations.models import Lead, Site, Team, Visit
from libertad.people.models import Person
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.care_rows import care_row
from tests.support.serving import server
from tests.support.world import World

SUMMARY = "Women are kept behind the counting house and cannot leave."
NAME = "Marisol"


@dataclass
class Walk:
    """Opens pages as somebody, and looks at each of them."""

    world: World
    base: str
    open_page: Callable[..., Page]
    pages: dict[str, Page] = field(default_factory=dict)

    def as_(self, role: str, size: dict[str, int] = WIDE) -> Page:
        if role not in self.pages:
            self.pages[role] = signed_in(self.world, role, self.open_page(viewport=size), self.base)
        return self.pages[role]

    def go(self, page: Page, path: str) -> None:
        page.goto(self.base + path)
        self.look(page)

    def look(self, page: Page) -> None:
        """Clean by axe, nothing refused by the policy, no error, nothing wider than the window."""
        at = page.url.removeprefix(self.base)
        assert not (violations := axe(page)), f"{at}:\n{violation_lines(violations)}"
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{at} is {over} px too wide"
        assert page.console.refused == [], at  # type: ignore[attr-defined]
        assert page.console.errors == [], at  # type: ignore[attr-defined]

    def press(self, page: Page, button: str, then: str) -> None:
        """Send the form; the page that follows is looked at too."""
        page.get_by_role("button", name=button, exact=True).click()
        page.wait_for_url(re.compile(then))
        self.look(page)


@pytest.fixture
def walk(world: World, open_page: Callable[..., Page]) -> Iterator[Walk]:
    with server(world.home) as base:
        yield Walk(world, base, open_page)


def choose(page: Page, name: str, value: str) -> None:
    """Choose a radio or tick a box by the form's own name for it."""
    option = page.locator(f"input[name={name}][value='{value}']")
    option.evaluate("option => option.scrollIntoView({ block: 'center' })")  # not below a fixed bar
    option.check(force=True)


def pick(page: Page, name: str, value: str) -> None:
    """Choose from a list, or a radio: whichever the form has."""
    if page.locator(f"select[name={name}]").count():
        page.locator(f"select[name={name}]").select_option(value)
    else:
        choose(page, name, value)


def moment(page: Page, name: str, day: int, hour: str) -> None:
    parts = ("day", "month", "year", "time")
    for part, text in zip(parts, (str(day), "4", "2018", hour), strict=True):
        page.locator(f"[name={name}_{part}]").fill(text)


def test_from_a_lead_to_a_public_figure(walk: Walk) -> None:
    board = walk.as_("coordinator")
    walk.go(board, "/board/")
    expect(board.locator("#counters")).to_contain_text("Seen as potential victims")

    lead = _officer_reports_a_lead(walk)
    site, team = _national_lead_sends_a_team(walk, lead)
    person = _officer_meets_a_person(walk, site, team)

    # The board followed by itself: nobody loaded it again.
    expect(board.locator("#counters")).to_contain_text(re.compile(r"Seen as potential victims\s*1\b"))
    expect(board.locator("#counters")).to_contain_text(re.compile(r"Sites visited\s*1\s*of 1"))
    assert SUMMARY not in board.content() and NAME not in board.content()

    _caseworker_identifies(walk, person)
    _second_caseworker_reads(walk, person)
    _coordinator_publishes(walk)
    _press_reads_the_sentence(walk)
    for page in walk.pages.values():
        assert page.console.errors == [] and page.console.refused == []  # type: ignore[attr-defined]


def _officer_reports_a_lead(walk: Walk) -> str:
    page = walk.as_("officer", PHONE)
    walk.go(page, "/leads/report/")
    page.locator("[name=country]").select_option("GY")
    page.locator("[name=summary]").fill(SUMMARY)
    page.locator("[name=origin]").select_option("hotline")
    page.locator("[name=workplace]").select_option("gold-mine")
    choose(page, "source_grade", "2")
    choose(page, "information_grade", "B")
    choose(page, "handling", "P")
    walk.press(page, "Report the lead", r"/leads/[0-9a-f]{32}/$")
    expect(page.locator("main")).to_contain_text(SUMMARY)
    return str(Lead.objects.get().pk)


def _national_lead_sends_a_team(walk: Walk, lead: str) -> tuple[str, str]:
    page = walk.as_("national-lead")
    walk.go(page, f"/leads/{lead}/")
    expect(page.locator("main")).to_contain_text(SUMMARY)
    walk.go(page, f"/sites/register/?lead={lead}")
    page.locator("[name=country]").select_option("GY")
    page.locator("[name=name]").fill("Mine at the bend")
    choose(page, "workplace", "gold-mine")
    page.locator("[name=lat]").fill("6.1")
    page.locator("[name=lon]").fill("-59.3")
    choose(page, "access", "river")
    walk.press(page, "Register the site", r"/sites/[0-9a-f]{32}/$")
    site = str(Site.objects.get().pk)
    assert Site.objects.get().leads == [lead]
    walk.go(page, f"/sites/{site}/team/")
    page.locator("[name=reference]").fill("GY-1")
    page.locator("[name=officers]").fill("6")
    page.locator("[name=others]").fill("Cpl. B.")
    moment(page, "first_check_in", 5, "14:00")
    page.locator("[name=every_minutes]").select_option("120")
    walk.press(page, "Assign the team", r"/teams/[0-9a-f]{32}/$")
    return site, str(Team.objects.get().pk)


def _officer_meets_a_person(walk: Walk, site: str, team: str) -> str:
    page = walk.as_("officer")
    walk.go(page, f"/teams/{team}/check-in/")
    choose(page, "danger", "no")
    choose(page, "state", "on-site")
    walk.press(page, "Check in", rf"/teams/{team}/$")
    walk.go(page, f"/sites/{site}/visit/")
    page.locator("[name=team]").select_option(team)
    choose(page, "outcome", "people-found")
    page.locator("[name=people]").fill("1")
    walk.press(page, "Record the visit", rf"/sites/{site}/$")
    assert Visit.objects.get().people == 1
    walk.go(page, f"/people/meet/?site={site}")
    expect(page.locator("body")).to_contain_text("Do not ask what happened. A caseworker will.")
    page.locator("[name=name]").fill(NAME)
    choose(page, "danger", "no")
    choose(page, "age", "adult")
    choose(page, "age_source", "said")
    page.locator("[name=language]").select_option("spa")
    choose(page, "travel_document", "was-taken")
    choose(page, "sex", "female")
    choose(page, "seen_as", "potential-victim")
    page.locator("[name=country]").select_option("GY")
    page.locator("[name=site]").select_option(site)
    walk.press(page, "Save", r"/people/[0-9a-f]{32}/$")
    assert NAME not in page.title()
    return str(Person.objects.get().pk)


def _caseworker_identifies(walk: Walk, person: str) -> None:
    page = walk.as_("caseworker")
    walk.go(page, f"/care/{person}/open/")
    walk.press(page, "Open the protection file", rf"/care/{person}/tonight/$")
    assert NAME not in page.title()
    walk.go(page, f"/care/{person}/agreements/new/")
    pick(page, "purpose", "shelter")
    page.locator("[name=recipient]").fill("Shelter A")
    choose(page, "agreed", "yes")
    pick(page, "capacity", "able")
    pick(page, "language", "spa")
    walk.press(page, "Record what the person said", rf"/care/{person}/agreements/$")
    walk.go(page, f"/care/{person}/screening/by/ilo-11/")
    for indicator in ("retention-of-identity-documents", "withholding-of-wages", "restriction-of-movement"):
        choose(page, indicator, "yes")
    walk.press(page, "Record the answers", rf"/care/{person}/screening/$")
    walk.go(page, f"/care/{person}/identify/")
    choose(page, "status", "presumed")
    page.locator("[name=reasons]").fill("Papers kept by the employer, no wages, not free to leave.")
    page.locator("[name=screening]").select_option(index=1)
    walk.press(page, "Record the decision", rf"/care/{person}/(screening/)?$")
    # It does not count before a second reader.
    assert care_row(CareFile, person=person).status == ""


def _second_caseworker_reads(walk: Walk, person: str) -> None:
    page = walk.as_("second-caseworker")
    walk.go(page, "/")
    waiting = care_row(CareFile, person=person).waiting
    assert page.locator(f"a[href='/care/{person}/identification/{waiting}/']").count()
    walk.go(page, f"/care/{person}/identification/{waiting}/")
    choose(page, "agrees", "yes")
    walk.press(page, "Record my reading", rf"/care/{person}/(screening/)?$")
    assert care_row(CareFile, person=person).status == "presumed"


def _coordinator_publishes(walk: Walk) -> None:
    page = walk.as_("coordinator")
    walk.go(page, "/figures/")
    walk.go(page, "/figures/releases/new/")
    walk.press(page, "Propose the release", r"/figures/releases/[0-9a-f]{32}/sign/$")
    signing = page.url.removeprefix(walk.base)
    page = walk.as_("press")
    walk.go(page, signing)
    walk.press(page, "Sign and publish the release", r"/figures/(releases/[0-9a-f]{32}/)?$")
    expect(page.locator("main")).to_contain_text("1 potential victim")


def _press_reads_the_sentence(walk: Walk) -> None:
    page = walk.as_("press", PHONE)
    walk.go(page, "/figures/")
    expect(page.locator("main")).to_contain_text("1 potential victim")
    assert NAME not in page.content()
    walk.go(page, "/figures/public/")
    # Nothing of the files themselves is there for the press.
    assert page.goto(f"{walk.base}/people/").status == 404  # type: ignore[union-attr]
    page.console.errors.clear()  # type: ignore[attr-defined]  # the browser logs every 4xx
