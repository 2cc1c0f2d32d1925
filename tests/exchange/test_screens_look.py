"""The exchange's pages in a browser: by the keyboard alone, at 320 px, in every state, clean by axe."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from libertad.exchange import scheduler
from libertad.exchange.models import Invitation
from libertad.people.models import Person
from tests.exchange.test_screens_conflicts import met
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.exchanged import Exchanged, exchanged, proposed
from tests.support.world import World

pytestmark = pytest.mark.look
NARROW = {"width": 320, "height": 640}


@pytest.fixture
def peer_rows(world: World) -> Iterator[Exchanged]:
    lead = world.actor("coordinator")
    yield exchanged(world.operation, lead.authority, lead.officer)


@pytest.fixture
def running() -> Iterator[None]:
    """The exchange of this process, which the switch acts on."""
    scheduler.start()
    yield
    scheduler.stop()


def clean(page: Page, label: str) -> None:
    """Nothing for axe, nothing wider than the window, at three widths; the narrowest is WCAG's reflow."""
    for size in (WIDE, PHONE, NARROW):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
        assert over <= 0, f"{label} is {over} px too wide at {size['width']}"
        assert not (violations := axe(page)), f"{label} at {size['width']}: {violation_lines(violations)}"
    page.set_viewport_size(WIDE)  # type: ignore[arg-type]
    assert not page.console.refused, label  # type: ignore[attr-defined]


NAME = """() => { const at = document.activeElement, named = (at.labels && at.labels[0]) || at;
    return at === document.body ? "" : named.innerText; }"""
SHOWN = """() => { const at = document.activeElement, label = at.labels && at.labels[0];
    const styles = [getComputedStyle(at)];
    if (label) styles.push(getComputedStyle(label), getComputedStyle(label, "::before"));
    return styles.some((one) => one.boxShadow !== "none" || one.outlineStyle !== "none"); }"""


def tab_to(page: Page, words: str) -> None:
    """Press Tab until what is focused has this name, and see that the focus shows."""
    for _ in range(80):
        page.keyboard.press("Tab")
        if words in page.evaluate(NAME):
            break
    else:
        raise AssertionError(f"no way by Tab to: {words}")
    assert page.evaluate(SHOWN), f"the focus on {words} does not show"


def test_a_line_is_cut_and_restored_by_the_keyboard(
    live_server: Any, world: World, peer_rows: Exchanged, running: None, open_page: Callable[..., Page]
) -> None:
    page = signed_in(world, "coordinator", open_page(), live_server.url)
    page.goto(f"{live_server.url}/peers/")
    tab_to(page, "Cut the line to Trinidad and Tobago police")
    page.keyboard.press("Enter")
    expect(page.locator(".flash[role=status]")).to_contain_text(
        "The line to Trinidad and Tobago police is cut."
    )
    clean(page, "a peer whose line is cut")
    tab_to(page, "Restore the line")
    page.keyboard.press("Space")
    expect(page.locator(".flash[role=status]")).to_contain_text("The line is up again")


def test_a_conflict_is_found_and_settled_by_the_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Page]
) -> None:
    person = met(world)
    page = signed_in(world, "national-lead", open_page(), live_server.url)
    page.goto(f"{live_server.url}/conflicts/")
    clean(page, "the conflicts")
    tab_to(page, f"Settle: {Person.objects.get(pk=person).reference}, Birth")
    page.keyboard.press("Enter")
    page.wait_for_url(re.compile(f"/people/{person}/"))
    tab_to(page, "1999")
    page.keyboard.press("ArrowDown")
    tab_to(page, "Why?")
    page.keyboard.type("Her passport")
    page.keyboard.press("Enter")
    expect(page.locator("#conflict")).to_have_count(0)
    expect(page.locator(".timeline")).to_contain_text("Her passport.")
    assert Person.objects.get(pk=person).conflicts == ["sex"]


def test_an_authority_is_invited_by_the_keyboard(
    live_server: Any, world: World, open_page: Callable[..., Page]
) -> None:
    page = signed_in(world, "coordinator", open_page(), live_server.url)
    page.goto(f"{live_server.url}/operation/invite/")
    tab_to(page, "Invite the authority")
    page.keyboard.press("Enter")
    expect(page.get_by_role("alert")).to_contain_text("Nothing has been saved yet")
    clean(page, "an invitation with errors")
    tab_to(page, "Name of the authority: ")
    page.keyboard.press("Enter")
    page.keyboard.type("Trinidad police")
    tab_to(page, "Police")
    page.keyboard.press("Space")
    tab_to(page, "Country or territory")
    page.keyboard.type("Trinidad")
    tab_to(page, "a node of its own")
    page.keyboard.press("Space")
    tab_to(page, "Address at which")
    page.keyboard.type("https://centre.example")
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text("Invitation for Trinidad police")
    clean(page, "an invitation")
    tab_to(page, "The invitation as text")
    page.keyboard.press("Enter")
    expect(page.locator("pre.evidence")).to_be_visible()
    with page.expect_download() as saved:
        page.get_by_role("button", name="Download the invitation").press("Enter")
    assert re.fullmatch(r"libertad-[0-9a-f]{8}\.invitation", saved.value.suggested_filename)
    assert Invitation.objects.get().name == "Trinidad police"


STATES = ("suspended", "failing")


@pytest.mark.parametrize("state", STATES)
def test_the_pages_hold_at_320_px_in_every_state(
    live_server: Any, world: World, peer_rows: Exchanged, open_page: Callable[..., Page], state: str
) -> None:
    """What the run over all pages does not meet: errors, the other kind of alarm, a suspended peer."""
    page = signed_in(world, "coordinator", open_page(), live_server.url)
    key = getattr(peer_rows, state)
    addresses = [f"peers/{key}/", f"peers/{key}/{'resume' if state == 'suspended' else 'end'}/"]
    if state == "failing":
        addresses += ["peers/", "peers/quarantine/", "peers/alarms/", "peers/erasures/", "invitations/"]
        addresses += [f"peers/alarms/{peer_rows.node_alarm}/", f"peers/alarms/{peer_rows.device_alarm}/"]
        addresses += [
            f"peers/alarms/{peer_rows.node_alarm}/settle/",
            f"invitations/{peer_rows.invitation}/withdraw/",
        ]
        lead, other = world.actor("coordinator"), world.actor("administrator")
        for name, by in (("alone", lead), ("answer", other)):
            alarm = proposed(peer_rows.node_alarm, by.officer, by.authority, name)
            addresses += [f"peers/alarms/{alarm}/", f"peers/alarms/{alarm}/{name}/"]
    for address in addresses:
        page.goto(f"{live_server.url}/{address}")
        clean(page, address)
    page.goto(f"{live_server.url}/{addresses[1]}")
    page.locator("form .act-line button").click()
    expect(page.get_by_role("alert")).to_contain_text("Why?")
    clean(page, "a decision without a reason")


@pytest.mark.parametrize("role", ["coordinator", "national-lead", "administrator"])
def test_the_empty_pages_say_what_would_be_there(
    live_server: Any, world: World, open_page: Callable[..., Page], role: str
) -> None:
    page = signed_in(world, role, open_page(), live_server.url)
    for address in ("peers/", "peers/quarantine/", "peers/alarms/", "peers/erasures/"):
        page.goto(f"{live_server.url}/{address}")
        clean(page, address)
    if role != "administrator":
        page.goto(f"{live_server.url}/conflicts/")
        expect(page.locator(".empty")).to_contain_text("Nothing is in conflict")
        clean(page, "no conflicts")
