"""`libertad demo --nodes 4`, as anyone would try it: four processes, a cut line, and what arrives when."""

from __future__ import annotations

import os
import re
import signal
import socket
import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

import pytest
from playwright.sync_api import Page, expect

from tests.support.accessibility import axe, told

ROOT = Path(__file__).parents[2]
NAMES = ("barbados", "lyon", "guyana", "care")
SUMMARY = "Said while the line to Barbados was cut."
pytestmark = [pytest.mark.sqlite_only]


class Four(NamedTuple):
    """Where the nodes' homes are, and the first of their four ports."""

    folder: Path
    port: int

    def address(self, name: str) -> str:
        return f"http://localhost:{self.port + NAMES.index(name)}"

    def count(self, name: str, sql: str, *values: str) -> int:
        with sqlite3.connect(f"file:{self.folder / name / 'libertad.sqlite3'}?mode=ro", uri=True) as database:
            found: int = database.execute(sql, values).fetchone()[0]
        return found


def ports() -> int:
    """The first of four ports in a row that are free."""
    for first in range(18_400, 19_400, 4):
        try:
            for port in range(first, first + 4):
                with socket.socket() as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            continue
        return first
    raise AssertionError("no four free ports in a row")


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Four]:
    folder = tmp_path_factory.mktemp("four") / "nodes"
    found = Four(folder, ports())
    environment = {**os.environ, "LIBERTAD_NODES": str(folder), "COLUMNS": "100"}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    made = subprocess.Popen(
        [sys.executable, "-m", "libertad.cli", "demo", "--nodes", "4", "--port", str(found.port)],
        cwd=ROOT, env=environment, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        start_new_session=True,
    )  # fmt: skip
    assert made.stdout is not None
    said = []
    for line in made.stdout:
        said.append(line)
        if "Stop with Ctrl+C" in line:
            break
    else:
        pytest.fail("the four nodes did not start:\n" + "".join(said), pytrace=False)
    yield found
    made.send_signal(signal.SIGTERM)
    try:
        made.wait(timeout=30)
    finally:
        if made.poll() is None:
            os.killpg(made.pid, signal.SIGKILL)


def signed_in(open_page: Callable[..., Page], four: Four, name: str, role: str) -> Page:
    page = open_page()
    page.goto(four.address(name) + "/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile(f"^{role}$"))).first.click()
    page.wait_for_load_state()
    return page


def test_each_node_holds_what_it_may_read_and_no_more(four: Four) -> None:
    count = four.count
    assert [count(name, "select count(*) from operations_lead") for name in NAMES] == [2, 2, 2, 0]
    assert [count(name, "select count(*) from people_person") for name in NAMES] == [0, 0, 4, 4]
    assert [count(name, "select count(*) from care_carefile") for name in NAMES] == [0, 0, 0, 2]
    assert [count(name, "select count(*) from people_tally") for name in NAMES] == [4, 4, 4, 4]
    assert [count(name, "select count(*) from journal_held") for name in NAMES] == [0, 0, 0, 0]
    kinds = "select count(*) from journal_entry where compartment in (select compartment from journal_entry)"
    assert count("care", kinds) > 0
    care = sqlite3.connect(four.folder / "guyana" / "libertad.sqlite3")
    classes = {bytes(row[0]) for row in care.execute("select header from journal_entry")}
    care.close()
    assert not any(
        b"\x64care" in header for header in classes
    )  # police carry no protection file, sealed or not


def test_a_line_is_cut_on_the_screen_and_nothing_is_lost(four: Four, open_page: Callable[..., Page]) -> None:
    lead = signed_in(open_page, four, "guyana", "National lead")
    lead.goto(four.address("guyana") + "/peers/")
    assert not (found := axe(lead)), told(found)
    lead.get_by_role("button", name="Cut the line to Coordination centre, Barbados").click()
    expect(
        lead.get_by_role("button", name="Restore the line to Coordination centre, Barbados")
    ).to_be_visible()
    officer = signed_in(open_page, four, "guyana", "Officer")
    officer.goto(four.address("guyana") + "/leads/report/")
    officer.locator("[name=summary]").fill(SUMMARY)
    for field, value in (("source_grade", "1"), ("information_grade", "A"), ("handling", "P")):
        officer.locator(f'[name={field}][value="{value}"]').check()
    for field, value in (("country", "GY"), ("origin", "hotline"), ("workplace", "gold-mine")):
        officer.locator(f"select[name={field}]").select_option(value)
    officer.locator("main form button[type=submit]").last.click()
    officer.wait_for_load_state()
    # Lyon has it, over its own line; Barbados has not.
    lyon = signed_in(open_page, four, "lyon", "Analyst")
    appears(lyon, four.address("lyon") + "/leads/", SUMMARY)
    barbados = signed_in(open_page, four, "barbados", "Analyst")
    barbados.goto(four.address("barbados") + "/leads/")
    expect(barbados.locator("main")).not_to_contain_text(SUMMARY)
    lead.goto(four.address("guyana") + "/peers/")
    lead.get_by_role("button", name="Restore the line to Coordination centre, Barbados").click()
    appears(barbados, four.address("barbados") + "/leads/", SUMMARY)


def appears(page: Page, address: str, words: str, tries: int = 60) -> None:
    """Load a page until it says so."""
    for _ in range(tries):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} never said: {words}")
