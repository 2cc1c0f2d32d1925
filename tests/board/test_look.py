"""The board in a browser: live on two pages at once, whole after a cut, clean by axe and by the policy."""

from __future__ import annotations

import json
import os
import re
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, Route, expect

from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.close_danger import close_person_danger
from tests.operations.making import a_site, a_team
from tests.people.making import meet
from tests.support.accessibility import axe, violation_lines
from tests.support.browsing import PHONE, WIDE, signed_in
from tests.support.serving import server
from tests.support.world import World

Enter = Callable[..., Any]


class Proxy:
    """Hands bytes on between a browser and the server, until `cut` breaks every open line."""

    def __init__(self, to: int) -> None:
        self.to = to
        self.listening = socket.create_server(("127.0.0.1", 0))
        self.port = int(self.listening.getsockname()[1])
        self.open: list[socket.socket] = []

    def __enter__(self) -> Proxy:
        threading.Thread(target=self._accept, daemon=True).start()
        return self

    def __exit__(self, *_: object) -> None:
        self.listening.close()
        self.cut()

    def cut(self) -> None:
        while self.open:
            connection = self.open.pop()
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)
            connection.close()

    def _accept(self) -> None:
        with suppress(OSError):
            while True:
                near, _ = self.listening.accept()
                far = socket.create_connection(("127.0.0.1", self.to))
                self.open += [near, far]
                for source, target in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=(source, target), daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError):
            while data := source.recv(65536):
                target.sendall(data)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)


@pytest.fixture
def served(world: World) -> Iterator[str]:
    with server(world.home) as base:
        yield base.replace("127.0.0.1", "localhost")


@pytest.fixture
def enter(world: World, served: str, open_page: Callable[..., Any]) -> Enter:
    """A signed-in page of a role: `enter("coordinator", "/board/", viewport=PHONE)`."""

    def entered(
        role: str, path: str = "/board/", before: Any = None, base: str = served, **options: Any
    ) -> Any:
        page = signed_in(world, role, open_page(**options), base)
        if before:
            before(page)
        answer = page.goto(base + path)
        assert answer is not None and answer.status == 200
        return page

    return entered


def live(page: Page) -> None:
    expect(page.locator("#live")).to_have_class(re.compile("live--on"))


def test_what_one_page_reports_shows_on_the_other_and_the_counters_change(
    world: World, served: str, enter: Enter
) -> None:
    site = a_site(world)
    team = a_team(world, site)
    board, lead = enter("coordinator"), enter("national-lead")
    live(board)
    live(lead)
    visited = board.locator(".counter", has_text="Sites visited").locator(".figure")
    expect(visited).to_have_text("0")
    # One reports by a page's own form; the others see it without loading anything.
    lead.goto(served + "/leads/report/")
    expect(lead.locator("form").last).to_be_visible()
    world.perform(
        "officer",
        record_visit,
        site=site,
        team=team,
        outcome="people-found",
        people=3,
        happened=world.at(5, 15),
    )
    expect(board.locator("#feed .said").first).to_contain_text("3 people found at GY-01")
    expect(visited).to_have_text("1")
    expect(board.locator(".legend__row", has_text="Potential victims met").locator("dd")).to_have_text("1")
    expect(board.locator("#map a.site")).to_have_attribute("aria-label", re.compile("potential victims met"))
    assert not board.console.errors and not board.console.refused


def test_a_cut_is_told_and_what_was_missed_comes_once(world: World, served: str, enter: Enter) -> None:
    site = a_site(world)
    team = a_team(world, site)
    with Proxy(int(served.rpartition(":")[2])) as proxy:
        page = enter("coordinator", base=f"http://localhost:{proxy.port}")
        _cut_and_back(world, team, page, proxy)


def _cut_and_back(world: World, team: str, page: Any, proxy: Proxy) -> None:
    live(page)
    # The line breaks under the page: the next ones fail too, until the network is back.
    page.route("**/board/live/**", lambda route: route.abort())
    proxy.cut()
    expect(page.locator("#cut")).to_be_visible()
    for n in range(3):
        world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13 + n))
    page.unroute("**/board/live/**")
    expect(page.locator("#feed .said", has_text="checked in")).to_have_count(3)
    ids = page.locator("#feed .said").evaluate_all("all => all.map(one => one.dataset.id)")
    assert len(ids) == len(set(ids))


def scripted(*answers: str) -> Callable[[Page], None]:
    """Before the page loads: the stream's requests are answered with these, then with nothing more."""

    def prepare(page: Page) -> None:
        left = list(answers)
        page.asked = []  # type: ignore[attr-defined]

        def answer(route: Route) -> None:
            page.asked.append(route.request)  # type: ignore[attr-defined]
            if left:
                route.fulfill(body=left.pop(0), content_type="text/event-stream")
            else:
                route.abort()

        page.route("**/board/live/**", answer)

    return prepare


def event(name: str, data: str, cursor: str = "") -> str:
    lines = "".join(f"data: {line}\n" for line in data.split("\n"))
    return f"id: {cursor}\nevent: {name}\n{lines}\n" if cursor else f"event: {name}\n{lines}\n"


def line(key: str, words: str) -> str:
    html = f'<li class="said" data-id="{key}"><p class="said__what">{words}</p></li>'
    return json.dumps({"id": key, "html": html})


def test_every_part_is_replaced_by_its_event_and_a_replayed_line_is_drawn_once(enter: Enter) -> None:
    stream = "retry: 60000\n\n" + "".join(
        [
            event("feed", line("a", "first"), "c1"),
            event("feed", line("a", "first"), "c2"),
            event("feed", line("b", "second"), "c3"),
            event("counters", '<li class="counter">\n<strong>seven</strong></li>', "c4"),
            event("map", "<p>the map anew</p>", "c5"),
            event("overdue", '<h2 id="overdue-title">9 teams overdue</h2>', "c6"),
            event("days", '<h2 id="days-title">days anew</h2>', "c7"),
            event("clock", '{"reads": "2018-04-09T22:52:10+00:00", "rate": 0}', "c8"),
        ]
    )
    page = enter("coordinator", before=scripted(stream))
    expect(page.locator("#feed .said")).to_have_count(2)
    assert page.locator("#feed .said").evaluate_all("all => all.map(one => one.dataset.id)") == ["b", "a"]
    expect(page.locator("#counters")).to_have_text("seven")
    expect(page.locator("#map")).to_have_text("the map anew")
    expect(page.locator("#overdue")).to_have_text("9 teams overdue")
    expect(page.locator("#days")).to_have_text("days anew")
    expect(page.locator("#clock-utc")).to_have_text("22:52")
    expect(page.locator("#clock-date")).to_have_text("Monday 9 April 2018")
    expect(page.locator("#feed-none")).to_be_hidden()


def test_a_line_closed_for_good_is_opened_again_after_the_last_event(enter: Enter) -> None:
    def prepare(page: Page) -> None:
        page.asked = []  # type: ignore[attr-defined]

        def answer(route: Route) -> None:
            page.asked.append(route.request.url)  # type: ignore[attr-defined]
            if len(page.asked) == 1:  # type: ignore[attr-defined]
                stream = "retry: 200\n\n" + event("feed", line("a", "first"), "c1")
                route.fulfill(body=stream, content_type="text/event-stream")
            elif len(page.asked) == 2:  # type: ignore[attr-defined]
                route.fulfill(status=502, body="", content_type="text/html")
            else:
                stream = "retry: 60000\n\n" + event("feed", line("b", "second"), "c2")
                route.fulfill(body=stream, content_type="text/event-stream")

        page.route("**/board/live/**", answer)

    page = enter("coordinator", before=prepare)
    expect(page.locator("#feed .said")).to_have_count(2)
    assert "after=c1" in page.asked[2]


def test_a_silent_line_counts_as_cut_and_is_opened_again(enter: Enter) -> None:
    def prepare(page: Page) -> None:
        page.clock.install()
        # A line that opens once and then says nothing, as behind a proxy that has lost its other end.
        page.add_init_script(
            "window.opened = []; window.EventSource = class extends EventTarget {"
            " constructor(url) { super(); this.url = String(url); this.readyState = 1; opened.push(this.url);"
            " if (opened.length == 1) setTimeout(() => this.dispatchEvent(new Event('open')), 10) }"
            " close() { this.readyState = 2 } }"
        )

    page = enter("coordinator", before=prepare)
    page.clock.run_for(1_000)
    live(page)
    page.clock.run_for(26_000)
    expect(page.locator("#cut")).to_be_visible()
    expect(page.locator("#cut")).to_contain_text("Reconnecting, showing as of")
    page.clock.run_for(5_000)
    assert len(page.evaluate("window.opened")) >= 2


def test_focus_stays_on_its_link_when_a_part_is_replaced(world: World, enter: Enter) -> None:
    site = a_site(world)
    team = a_team(world, site)
    page = enter("coordinator")
    live(page)
    page.locator("#counters a", has_text="Sites visited").focus()
    world.perform("officer", check_in, team=team, state="on-site", happened=world.at(5, 13))
    expect(page.locator("#counters")).to_contain_text("1 being visited now")
    assert page.evaluate("document.activeElement.textContent") == "Sites visited"


def test_the_page_asks_anew_when_the_line_cannot_go_on(enter: Enter) -> None:
    page = enter("coordinator", before=scripted("retry: 60000\n\n" + event("reload", "1")))
    with page.expect_navigation():
        pass
    assert len(page.asked) >= 1


@pytest.mark.look
@pytest.mark.parametrize("size", [WIDE, PHONE], ids=["wide", "phone"])
def test_the_pages_are_clean(world: World, enter: Enter, served: str, size: dict[str, int]) -> None:
    site = a_site(world)
    team = a_team(world, site)
    a_team(world, site, reference="T-GY-02")
    a_site(world, workplace="farm", name="Farm by the river")
    world.perform("officer", check_in, team=team, state="on-site", danger=True, happened=world.at(5, 13))
    world.perform(
        "officer",
        report_lead,
        country="GY",
        summary="A lead.",
        source_grade="2",
        information_grade="B",
        handling="P",
        workplace="farm",
        happened=world.at(5, 12),
    )
    page = enter("coordinator", viewport=size)
    live(page)
    shots = os.environ.get("LIBERTAD_SHOTS")
    for name, path in {"board": "/board/", "table": "/board/table/", "feed": "/board/feed/"}.items():
        page.goto(served + path)
        if shots:
            page.screenshot(path=Path(shots) / f"{name}-{size['width']}.png", full_page=True)
        violations = axe(page)
        assert not violations, f"{path}\n{violation_lines(violations)}"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), f"{path} is too wide"
    assert not page.console.errors and not page.console.refused


def test_a_person_in_danger_reaches_the_open_board_as_a_number_and_is_read_aloud_once(
    world: World, enter: Enter
) -> None:
    board, lead = enter("coordinator"), enter("other-lead")
    live(board)
    live(lead)
    person = meet(world, danger="yes")
    expect(board.locator("#people-in-danger")).to_contain_text("1 person in danger")
    expect(board.locator("#danger-aloud")).to_contain_text("1 person in danger")
    board.evaluate("document.getElementById('danger-aloud').textContent = 'heard'")
    a_site(world)  # the part is drawn anew: nobody else is in danger, so nothing is said again
    expect(board.locator("#map a.site")).to_have_count(1)
    expect(board.locator("#danger-aloud")).to_have_text("heard")
    world.perform("officer", close_person_danger, person=person, done="Taken to the clinic")
    expect(board.locator("#people-in-danger")).to_have_count(0)
    expect(lead.locator("#people-in-danger")).to_have_count(0)
    assert "in danger" not in (lead.locator("#overdue").text_content() or "")


def test_an_empty_board_says_what_to_do_first(enter: Enter) -> None:
    page = enter("coordinator")
    expect(page.locator(".map__empty")).to_contain_text("Register the first site")
    expect(page.locator("#feed-none")).to_be_visible()
    assert not axe(page)


@pytest.mark.look
def test_words_of_the_map_are_large_enough_to_read(world: World, enter: Enter) -> None:
    page = enter("coordinator")
    smallest = page.evaluate(
        """() => Math.min(...[...document.querySelectorAll('.map__large text')].map((one) =>
            parseFloat(getComputedStyle(one).fontSize) * one.closest('.map__large').getScreenCTM().a))"""
    )
    assert smallest >= 11.5


def test_without_javascript_the_page_has_the_facts_and_a_way_to_load_again(
    world: World, enter: Enter
) -> None:
    a_site(world)
    page = enter("coordinator", java_script_enabled=False)
    expect(page.locator("#map a.site")).to_have_count(1)
    expect(page.locator("#live a", has_text="Load again")).to_be_visible()
