"""A day of a caseworker, a supervisor and those who decide, by keyboard alone, at nodes of their own.

The care service and the ministry that decides work at one node, the police of the country at another; both
exchange over HTTP as they do in earnest. Police see their own file and nothing of what care does.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, Page, expect

from libertad.commands.nodes import NAMES
from tests.support import four_nodes
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import HUNG
from tests.support.keyboard import Keyboard

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("four")]
NOTE = "She telephoned her sister, who can take her in (generated)."
ASKED = "Her place at the shelter ends on Monday (generated)."
REASONS = "Wages were withheld and the passport kept (generated)."


class Nodes(NamedTuple):
    folder: Path
    port: int

    def address(self, name: str) -> str:
        return f"http://localhost:{self.port + NAMES.index(name)}"

    def name(self, role: str, place: int) -> str:
        """What an officer of the care node is called."""
        listed = json.loads((self.folder / "care" / "demo.json").read_text())["accounts"]
        return str([row["name"] for row in listed if row["role"] == role][place])


class Officer(NamedTuple):
    """Somebody signed in at a node, without a pointer."""

    page: Page
    keys: Keyboard
    address: str

    def today(self) -> None:
        self.page.goto(self.address + "/")

    def main(self) -> str:
        return self.page.locator("main").inner_text()


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("days") / "nodes"
    with four_nodes.four(folder) as (port, _process):
        yield Nodes(folder, port)


@pytest.fixture(scope="module")
def officer(nodes: Nodes, browser: Browser) -> Callable[..., Officer]:
    return sign_ins(nodes, browser)


def sign_ins(nodes: Nodes, browser: Browser) -> Callable[..., Officer]:
    """Signed in once by node, role and place in the list; each in a browser of its own."""
    known: dict[tuple[str, str, int], Officer] = {}

    def sign_in(name: str, role: str, place: int = 0) -> Officer:
        if (name, role, place) not in known:
            context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-GB")
            context.set_default_timeout(HUNG)
            page = context.new_page()
            page.goto(nodes.address(name) + "/demo/")
            button = page.locator("button").filter(has=page.locator("b", has_text=re.compile(f"^{role}$")))
            button.nth(place).focus()
            page.keyboard.press("Enter")
            page.wait_for_url(nodes.address(name) + "/")
            known[name, role, place] = Officer(page, Keyboard(page), nodes.address(name))
        return known[name, role, place]

    return sign_in


def test_a_caseworkers_day(nodes: Nodes, officer: Callable[..., Officer]) -> None:
    """Danger first: a child is taken, and what was done is on file. Then the talk with somebody else, its
    note, the screening, the decision, the wish and whom the decision is asked of, the referral and the next
    step; the child goes to a colleague."""
    worker = officer("care", "Caseworker")
    page, keys = worker.page, worker.keys
    expect(page.locator("main")).to_contain_text("In danger now")
    keys.follow("A person in danger, perhaps a child")
    child = page.url
    keys.follow("Open a protection file")
    keys.press("Open the protection file")
    keys.follow("Take the person")
    keys.press("Take the person")
    page.goto(child)
    keys.follow("Say what was done")
    keys.fill("done", "She is with us in a house that nobody is told of (generated).")
    keys.press(page.locator("main form button").last.inner_text())
    worker.today()
    assert "In danger now" not in worker.main()
    keys.follow("Screen and decide")
    file = page.url.replace("/screening/", "/")
    tonight = f"{file}tonight/"
    page.goto(tonight)
    keys.follow("Take the person")
    keys.press("Take the person")
    page.goto(tonight)
    keys.follow("Case notes")
    keys.follow("Write a note")
    keys.choose("kind", "talked")
    keys.fill("words", NOTE)
    keys.choose("risk", "medium")
    keys.press("Record it")
    expect(page.locator("main")).to_contain_text(NOTE)
    page.goto(tonight)
    keys.follow("Screening")
    keys.follow("Decide")
    keys.choose("status", "presumed")
    keys.fill("reasons", REASONS)
    keys.press("Record the decision")
    page.goto(file)
    keys.follow("Record what the person wants")
    keys.choose("wish", "stay")
    keys.press("Record the wish")
    page.goto(file)
    keys.follow("Ask the deciding authority")
    keys.choose("authority", page.locator("main [name=authority]").first.get_attribute("value") or "")
    keys.choose("what", "return")
    keys.fill("words", ASKED)
    keys.press("Ask, and let it read the file")
    expect(page.locator("main")).to_contain_text("not answered yet")
    page.goto(tonight)
    keys.follow("Referrals")
    keys.follow("Refer to a service")
    keys.select("service", "shelter")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")
    keys.choose("disclosed", "name")
    keys.press("Record the referral")
    expect(page.locator("main")).to_contain_text("Shelter A")
    page.goto(tonight)
    keys.follow("Name the next step")
    keys.choose("kind", "talk")
    for box, text in (("day", "6"), ("month", "4"), ("year", "2018"), ("time", "10:00")):
        keys.fill(f"until_{box}", text)
    keys.press("Record it")
    expect(page.locator("main")).to_contain_text("6 April 2018, 10:00")
    page.goto(child.replace("/people/", "/care/") + "tonight/")
    keys.follow("Hand the person over")
    colleague = page.locator("select[name=to] option").filter(has_text=nodes.name("Caseworker", 1))
    keys.select("to", colleague.get_attribute("value") or "")
    keys.press("Offer it")
    assert not (violations := axe(page)), violation_lines(violations)


def test_a_colleague_accepts_a_hand_over(officer: Callable[..., Officer]) -> None:
    worker = officer("care", "Caseworker", 1)
    worker.today()
    worker.keys.follow("Open the hand-over")
    worker.keys.follow("Accept")
    worker.keys.press(worker.page.locator("main form button").last.inner_text())
    worker.today()
    expect(worker.page.locator("main")).not_to_contain_text("A person is offered to you")


def test_a_supervisors_day(nodes: Nodes, officer: Callable[..., Officer]) -> None:
    """The decision is read as the second reader; in the team nobody is left whom nobody has taken; the week's
    openings are looked at."""
    supervisor = officer("care", "Supervisor")
    page, keys = supervisor.page, supervisor.keys
    supervisor.today()
    keys.follow("Second reading")
    expect(page.locator("main")).to_contain_text(REASONS)
    keys.choose("agrees", "yes")
    keys.press("Record my reading")
    supervisor.today()
    keys.follow("Open the team")
    expect(page.locator("main")).to_contain_text(nodes.name("Caseworker", 0))
    expect(page.locator("main")).to_contain_text(nodes.name("Caseworker", 1))
    team = page.url
    while page.locator("main").get_by_role("link", name="Take the person").count():
        keys.follow("Take the person")  # to whose task the person is, and from there
        keys.follow("Take the person")
        keys.press("Take the person")
        page.goto(team)
    expect(page.locator("main")).not_to_contain_text("Nobody has taken this person yet")
    assert not (violations := axe(page)), violation_lines(violations)
    supervisor.today()
    keys.follow("Files opened this week")
    expect(page.locator("main")).to_contain_text(nodes.name("Caseworker", 0))


def test_a_deciding_authoritys_day(officer: Callable[..., Officer]) -> None:
    """One decides that she stays, with circumstances and resources; another reads it, and then it counts.
    What the caseworker keeps to the desk is on no page of theirs."""
    decides, reads = officer("care", "Deciding authority"), officer("care", "Deciding authority", 1)
    decides.today()
    decides.keys.follow("Decide: return or stay")
    file = decides.page.url.replace("/return/decide/", "/").replace("/return/", "/")
    if not decides.page.url.endswith("/decide/"):
        decides.keys.follow("Decide: return or stay")
    decides.keys.choose("decision", "stay")
    decides.keys.choose("circumstances", "debt")
    decides.keys.choose("resources", "permit")
    decides.keys.fill("reasons", "She claims her wages here (generated).")
    decides.keys.fill("review_on_line", "12 oct 2018")
    decides.keys.press("Record the decision")
    assert not (violations := axe(decides.page)), violation_lines(violations)
    reads.today()
    reads.keys.follow("Second reading")
    reads.keys.choose("agrees", "yes")
    reads.keys.press("Record my reading")
    reads.page.goto(file)
    expect(reads.page.locator("main")).to_contain_text("Stay")
    assert NOTE not in reads.main()
    notes = reads.page.goto(file + "notes/")
    assert notes is not None and notes.status in (403, 404)


def test_the_caseworker_sees_the_decision_and_police_nothing_of_it(
    nodes: Nodes, officer: Callable[..., Officer]
) -> None:
    worker, lead = officer("care", "Caseworker"), officer("guyana", "National lead")
    worker.page.goto(worker.address + "/care/")
    worker.keys.follow("P-GY-001")
    worker.page.goto(re.sub(r"(/care/[0-9a-f]{32}/).*", r"\1", worker.page.url))
    expect(worker.page.locator("main")).to_contain_text("Stay")
    person = worker.page.url.split("/care/")[1]
    answer = lead.page.goto(f"{lead.address}/people/{person}")
    assert answer is not None and answer.status == 200
    told = lead.main()
    for words in ("Presumed", "Stay", "Shelter A", NOTE, REASONS, nodes.name("Caseworker", 0)):
        assert words not in told, words
    for path in (f"/care/{person}", f"/care/{person}task/", f"/care/{person}notes/", "/care/team/"):
        refused = lead.page.goto(lead.address + path)
        assert refused is not None and refused.status in (403, 404), path
