"""`libertad demo --nodes 4`, as anyone would try it: four processes, a cut line, and what arrives when."""

from __future__ import annotations

import json
import os
import re
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from playwright.sync_api import Page, expect

from libertad.commands.nodes import FEWEST
from libertad.commands.nodes import NAMES as ALL
from tests.support import four_nodes
from tests.support.accessibility import axe, violation_lines

ROOT = Path(__file__).parents[2]
NAMES = ALL[:FEWEST]
COUNTING = "select care, accepted from figures_counting"
SUMMARY = "Said while the line to Barbados was cut."
pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("four")]

NEEDS_PROC = pytest.mark.skipif(not Path("/proc").is_dir(), reason="reads the processes from /proc")


class Four(NamedTuple):
    """Where the nodes' homes are, the first of their four ports, and the process that started them."""

    folder: Path
    port: int
    process: int

    def address(self, name: str) -> str:
        return f"http://localhost:{self.port + NAMES.index(name)}"

    def rows(self, name: str, sql: str) -> list[tuple[Any, ...]]:
        path = self.folder / name / "libertad.sqlite3"
        with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as database:
            return database.execute(sql).fetchall()

    def count(self, name: str, table: str) -> int:
        total: int = self.rows(name, f"select count(*) from {table}")[0][0]
        return total


@pytest.fixture(scope="module")
def four(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Four]:
    folder = tmp_path_factory.mktemp("four") / "nodes"
    with four_nodes.four(folder) as (port, process):
        yield Four(folder, port, process)


def signed_in(open_page: Callable[..., Page], four: Four, name: str, role: str) -> Page:
    page = open_page()
    page.goto(four.address(name) + "/demo/")
    page.locator("button").filter(has=page.locator("b", has_text=re.compile(f"^{role}$"))).first.click()
    page.wait_for_load_state()
    return page


def test_each_node_holds_what_it_may_read_and_no_more(four: Four) -> None:
    """Leads by country, persons with those who met or help them, counts with everybody."""
    expected = {
        "operations_lead": [2, 2, 2, 0],
        "people_person": [0, 0, 4, 4],
        "people_tally": [4, 4, 4, 4],
        "care_carefile": [0, 0, 0, 2],
        "journal_held": [0, 0, 0, 0],
    }
    for table, counts in expected.items():
        until(lambda table=table: [four.count(name, table) for name in NAMES], counts, table)  # type: ignore[misc]


def test_the_counting_care_authority_is_named_and_accepts(four: Four) -> None:
    """Else releases after the first would give first views alone."""
    care = four.rows("care", "select id from access_authority where kind = 'care'")[0][0]
    for name in NAMES:
        until(
            lambda name=name: [  # type: ignore[misc]
                (row[0], json.loads(row[1])) for row in four.rows(name, COUNTING)
            ],
            [(care, {care: [care]})],
            f"who counts, at {name}",
        )
    assert four.rows("care", "select kind from access_compartment where kind = 'count'") == [("count",)]


def test_from_each_nodes_sign_in_the_others_are_a_link_away(
    four: Four, open_page: Callable[..., Page]
) -> None:
    page = open_page()
    page.goto(four.address("lyon") + "/demo/")
    assert not (violations := axe(page)), violation_lines(violations)
    page.get_by_role("link", name="Care service, Guyana").click()
    page.wait_for_url(four.address("care") + "/demo/")
    expect(page.get_by_role("button", name="Caseworker").first).to_be_visible()


def test_other_ports_than_those_the_nodes_know_are_refused(four: Four) -> None:
    environment = {**os.environ, "LIBERTAD_NODES": str(four.folder)}
    environment.pop("DJANGO_SETTINGS_MODULE", None)
    answer = subprocess.run(
        [sys.executable, "-m", "libertad.cli", "demo", "--nodes", "4", "--port", str(four.port + 40)],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )
    assert answer.returncode == 1 and f"--port {four.port}" in " ".join(answer.stderr.split())


@NEEDS_PROC
def test_each_node_is_a_process_with_a_home_of_its_own(four: Four) -> None:
    path = f"/proc/{four.process}/task/{four.process}/children"
    children = [int(process_id) for process_id in Path(path).read_text().split()]
    homes = {
        dict(part.split("=", 1) for part in whole.decode().split("\0") if "=" in part)["LIBERTAD_HOME"]
        for whole in (Path(f"/proc/{child}/environ").read_bytes() for child in children)
    }
    assert homes == {str(four.folder / name) for name in NAMES} and len(children) == len(NAMES)
    keys = {(four.folder / name / "keys" / "node.key").read_bytes() for name in NAMES}
    assert len(keys) == len(NAMES)


def test_no_other_node_has_a_byte_of_a_care_file(four: Four) -> None:
    """Not sealed, not its number, not its keys: nobody but the care service carries a protection file."""
    files = [
        bytes.fromhex(row[0])
        for row in four.rows("care", "select id from access_compartment where kind='care'")
    ]
    assert len(files) == 2
    for name in NAMES:
        whole = b"".join(path.read_bytes() for path in (four.folder / name).rglob("*") if path.is_file())
        here = [file for file in files if file in whole or file.hex().encode() in whole]
        assert here == (files if name == "care" else []), name


def test_a_line_is_cut_on_the_screen_and_nothing_is_lost(four: Four, open_page: Callable[..., Page]) -> None:
    lead = signed_in(open_page, four, "guyana", "National lead")
    lead.goto(four.address("guyana") + "/peers/")
    assert not (violations := axe(lead)), violation_lines(violations)
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
    officer.get_by_role("button", name="Report the lead", exact=True).click()
    officer.wait_for_url(re.compile(r"/leads/[0-9a-f]{32}/$"))
    # Lyon has it, over its own line; Barbados has not.
    lyon = signed_in(open_page, four, "lyon", "Analyst")
    appears(lyon, four.address("lyon") + "/leads/", SUMMARY)
    barbados = signed_in(open_page, four, "barbados", "Analyst")
    barbados.goto(four.address("barbados") + "/leads/")
    expect(barbados.locator("main")).not_to_contain_text(SUMMARY)
    lead.goto(four.address("guyana") + "/peers/")
    lead.get_by_role("button", name="Restore the line to Coordination centre, Barbados").click()
    appears(barbados, four.address("barbados") + "/leads/", SUMMARY)


def test_a_lead_shows_at_who_may_read_it_and_nowhere_else(four: Four, open_page: Callable[..., Page]) -> None:
    """Whoever is asked for: the page of one's own node shows it, or has no such page."""
    (lead,) = next(
        row for row in four.rows("guyana", "select id from operations_lead") if _knows(four, "lyon", row[0])
    )
    for name, role in (("guyana", "National lead"), ("lyon", "Analyst"), ("barbados", "Coordinator")):
        page = signed_in(open_page, four, name, role)
        answer = page.goto(f"{four.address(name)}/leads/{lead}/")
        assert answer is not None and answer.status == 200, name
    page = signed_in(open_page, four, "care", "Caseworker")
    answer = page.goto(f"{four.address('care')}/leads/{lead}/")
    assert answer is not None and answer.status == 404
    assert not _knows(four, "care", lead)


def _knows(four: Four, name: str, lead: str) -> bool:
    return any(row == (lead,) for row in four.rows(name, "select id from operations_lead"))


def until(probe: Callable[[], object], expected: object, description: str) -> None:
    """Wait until it is so; the nodes go on exchanging after they were started."""
    for _ in range(240):
        if (last := probe()) == expected:
            return
        time.sleep(0.25)
    raise AssertionError(f"{description}: {last}, not {expected}")


def appears(page: Page, address: str, words: str, tries: int = 60) -> None:
    """Load a page until it says so."""
    for _ in range(tries):
        page.goto(address)
        if words in page.locator("main").inner_text():
            return
        page.wait_for_timeout(500)
    raise AssertionError(f"{address} never said: {words}")
