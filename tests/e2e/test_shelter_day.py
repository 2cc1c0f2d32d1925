"""A shelter's day by keyboard alone, at a node of its own: asked, answered, arrived, in danger, left.

Care asks by a disclosure that the person agreed to; a second officer of care reads it first. Police and the
centres exchange beside them and learn nothing of it.
"""

from __future__ import annotations

import json
import re
import sqlite3
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from playwright.sync_api import Browser, expect

from libertad.commands.nodes import NAMES
from tests.e2e.test_care_days import Nodes, Officer, sign_ins
from tests.support import four_nodes
from tests.support.accessibility import axe, violation_lines

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("four")]
DANGER = "A man asks for her at the gate (generated)."
REPLY = "We come at once, and take her to another house (generated)."
FILE = re.compile(r"(/care/[0-9a-f]{32}/).*")


@pytest.fixture(scope="module")
def nodes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Nodes]:
    folder = tmp_path_factory.mktemp("shelter") / "nodes"
    with four_nodes.four(folder, nodes=5) as (port, _process):
        yield Nodes(folder, port)


@pytest.fixture(scope="module")
def officer(nodes: Nodes, browser: Browser) -> Callable[..., Officer]:
    return sign_ins(nodes, browser)


def come(officer: Officer, words: str, path: str = "/") -> None:
    """Look again until what was said elsewhere has arrived."""
    for _look in range(60):
        officer.page.goto(officer.address + path)
        if words in officer.main():
            return
        officer.page.wait_for_timeout(1000)
    raise AssertionError(f"it did not come: {words}; there is: {officer.main()}")


def clean(officer: Officer) -> None:
    assert not (violations := axe(officer.page)), violation_lines(violations)
    for width in (320, 1280):
        officer.page.set_viewport_size({"width": width, "height": 900})
        over = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert officer.page.evaluate(over) <= 0, f"too wide at {width}: {officer.page.url}"


def test_care_asks_and_a_second_officer_reads_it_first(officer: Callable[..., Officer]) -> None:
    worker, supervisor = officer("care", "Caseworker"), officer("care", "Supervisor")
    worker.page.goto(worker.address + "/care/")
    worker.keys.follow("P-GY-001")
    worker.page.goto(FILE.sub(r"\1", worker.page.url))
    file = worker.page.url
    worker.page.goto(f"{file}tonight/")
    worker.keys.follow("Disclosures")
    worker.keys.follow("Shelter, Guyana")
    worker.keys.choose("purpose", "placement")
    worker.keys.choose("items", worker.page.locator("main [name=items]").first.get_attribute("value") or "")
    worker.keys.fill("until_line", "5 jul 2018")
    worker.keys.press(worker.page.locator("main form button").last.inner_text())
    expect(worker.page.locator("main")).to_contain_text("Waits for a second reader")
    supervisor.today()
    supervisor.page.goto(file + "disclosures/")
    supervisor.keys.follow("D-GY" if supervisor.page.get_by_text("D-GY").count() else "T-GY")
    supervisor.keys.choose("agrees", "yes")
    supervisor.keys.press("Record my reading")


def test_a_shelters_day(officer: Callable[..., Officer]) -> None:
    """Asked, it accepts; the person arrives; a danger is told and answered; in the end the person leaves."""
    partner, worker = officer("shelter", "Partner officer"), officer("care", "Caseworker")
    come(partner, "asks: can you?")
    clean(partner)
    partner.keys.follow("Read and answer")
    clean(partner)
    partner.keys.follow("Answer care")
    partner.keys.choose("answer", "accepted")
    partner.keys.press("Send the answer")
    partner.keys.follow("The person has arrived")
    partner.keys.press("Record the arrival")
    clean(partner)
    partner.keys.follow("Tell care of a danger")
    partner.keys.choose("concern", "danger")
    partner.keys.fill("words", DANGER)
    partner.keys.press("Tell care")
    come(worker, "tells of a danger")
    expect(worker.page.locator("main")).not_to_contain_text(DANGER)
    worker.keys.follow("Shelter, Guyana tells of a danger")
    expect(worker.page.locator("main")).to_contain_text(DANGER)
    worker.keys.fill("words", REPLY)
    worker.keys.press(worker.page.locator("main form button").last.inner_text())
    worker.today()
    expect(worker.page.locator("main")).not_to_contain_text("tells of a danger")
    told = partner.page.url
    for _look in range(60):
        partner.page.goto(told)
        if REPLY in partner.main():
            break
        partner.page.wait_for_timeout(1000)
    expect(partner.page.locator("main")).to_contain_text(REPLY)
    partner.keys.follow("The person has left")
    partner.keys.choose("way", "agreed")
    partner.keys.press("Record it")
    partner.today()
    expect(partner.page.locator("main")).to_contain_text("Left")
    clean(partner)


def test_a_shelter_reads_nothing_else_and_nobody_else_reads_of_it(
    nodes: Nodes, officer: Callable[..., Officer]
) -> None:
    partner, lead = officer("shelter", "Partner officer"), officer("guyana", "National lead")
    for path in ("/people/", "/care/", "/sites/", "/leads/", "/hits/", "/figures/", "/exhibits/"):
        answer = partner.page.goto(partner.address + path)
        assert answer is not None and answer.status in (403, 404), path
    lead.page.goto(lead.address + "/people/")
    lead.keys.follow("P-GY-001")
    for words in ("Shelter, Guyana", DANGER, REPLY):
        assert words not in lead.main(), words
    listed = json.loads((nodes.folder / "shelter" / "demo.json").read_text())["accounts"]
    assert {row["role"] for row in listed} == {"Partner officer", "Administrator"}


def test_no_other_node_has_a_byte_of_it(nodes: Nodes) -> None:
    """Not sealed, not its number: police and the centres carry no file of what care discloses."""
    with closing(
        sqlite3.connect(f"file:{nodes.folder / 'care' / 'libertad.sqlite3'}?mode=ro", uri=True)
    ) as db:
        rows = db.execute("select id from access_compartment where kind = 'disclosure'").fetchall()
    (file,) = [bytes.fromhex(row[0]) for row in rows]
    carried = {name: is_in(nodes.folder / name, file) for name in NAMES}
    assert carried == {name: name in ("care", "shelter") for name in NAMES}


def is_in(home: Path, file: bytes) -> bool:
    whole = b"".join(path.read_bytes() for path in home.rglob("*") if path.is_file())
    return file in whole or file.hex().encode() in whole
