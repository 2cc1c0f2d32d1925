"""A node of 0.1, run by its own code, beside one of today: over HTTP on loopback, and by bundle.

What one says reaches the other; what cannot be understood waits; nothing is lost, and nothing alarms.
"""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libertad.vocabulary import formats
from tests.support.serving import _wait, free_port
from tests.upgrade.homes import Node, unpack
from tools.upgrade_fixtures import FIRST, checked_out

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite_only, pytest.mark.xdist_group("upgrade")]
SERVE = """
import sys
import django; django.setup()
from libertad.commands import running, unlocking
unlocking.open_rings()
running.serve(int(sys.argv[1]))
"""
ADDRESS = """
import sys
from libertad.journal.node import close_node, node
node().writer.submit(lambda tx: tx.sql.run("update exchange_peer set address = ?", (sys.argv[1],)) and None)
close_node()
"""
PULL = """
from libertad.vocabulary import codelists
before = codelists.retired_codes
farm = {"farm": codelists.Retired("9.9", "it told more than it had to.")}
codelists.retired_codes = lambda name: before(name) | (farm if name == "workplaces" else {})
from libertad.cli import app
app()
"""
CLI = "from libertad.cli import app; app()"
LEADS = """
import sys
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node
from libertad.operations.actions.report_lead import report_lead
unlocking.open_rings()
actor = actor_of(Account.objects.of(sys.argv[1]))
for workplace in sys.argv[2:]:
    perform(actor, report_lead, country="GY", summary="Said beside 0.1", source_grade="1",
        information_grade="A", handling="P", workplace=workplace)
close_node()
"""
NEWER = """
from libertad.access.matrix import matrix
from libertad.vocabulary.body import Verb
matrix().entries["lead.newer"] = matrix().entries["lead.report"]
class Newer(Verb, frozen=True, kw_only=True):
    VERB = "lead.newer"
    SUBJECT = "lead"
    note: str
"""
SAY_NEWER = (
    NEWER
    + """
from libertad.access.acting import Act
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node, node
from libertad.operations.models import Lead
unlocking.open_rings()
actor = actor_of(Account.objects.of("GY-1"))
place = Lead.objects.order_by("id")[0].compartment
node().writer.submit(lambda tx: Act(tx, actor).say(place, Newer(note="said"), subject="a" * 32))
close_node()
"""
)
START = (
    NEWER
    + """
from libertad.commands import running, start
with start.told():
    running.migrate()
    running.unlock()
"""
)


class Two(NamedTuple):
    """The centre goes on with 0.1; the police node was updated."""

    centre: Node
    police: Node


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Two:
    base = tmp_path_factory.mktemp("beside")
    try:
        code = checked_out(FIRST, base / "code")
    except (subprocess.CalledProcessError, FileNotFoundError):
        pytest.skip(
            f"the code of 0.1 (commit {FIRST}) is not in this checkout's history: fetch it to run this"
        )
    folder = unpack("production", base / "nodes")
    pair = Two(Node(folder / "centre", code=code), Node(folder / "police"))
    pair.police.start()
    return pair


@contextmanager
def serving(node: Node, other: Node) -> Iterator[None]:
    """The node answers over HTTP, and the other knows where."""
    port = free_port()
    other.script(ADDRESS, f"http://127.0.0.1:{port}")
    served = subprocess.Popen(
        [sys.executable, "-c", SERVE, str(port)],
        cwd=node.code,
        env=node.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, served)
        yield
    finally:
        served.terminate()
        served.wait(30)


def rows(node: Node, query: str) -> list[Any]:
    with sqlite3.connect(node.at / "libertad.sqlite3") as connection:
        return sorted(connection.execute(query).fetchall())


def leads(node: Node) -> set[str]:
    return {row[0] for row in rows(node, "select id from operations_lead")}


def sound(node: Node, *held: str) -> None:
    """Nothing alarms, nothing is wrong, and this alone is held."""
    assert [reason for (reason,) in rows(node, "select reason from journal_held")] == sorted(held)
    assert rows(node, "select * from exchange_alarm") == []
    assert node.json("journal", "verify")["findings"] == []


def test_this_runs_the_code_of_0_1(two: Two) -> None:
    module_path = two.centre.run("-c", "import libertad; print(libertad.__file__)").stdout
    assert Path(module_path.strip()).is_relative_to(two.centre.code)
    assert "retiring.py" not in {path.name for path in two.centre.code.rglob("*.py")}


def test_what_0_1_says_reaches_today_over_http(two: Two) -> None:
    two.centre.script(LEADS, "BB-001", "factory")
    with serving(two.centre, two.police):
        assert two.police.json("exchange", "pull", "Coordination")["left"] == 0
    assert leads(two.centre) <= leads(two.police)
    assert rows(two.police, "select format from exchange_peer") == [(formats.FIRST,)]
    sound(two.police)


def test_what_today_says_reaches_0_1_and_what_0_1_does_not_know_waits_there(two: Two) -> None:
    two.police.script(SAY_NEWER)
    two.police.script(LEADS, "GY-1", "market")  # behind it in the same log
    with serving(two.police, two.centre):
        assert two.centre.json("exchange", "pull", "Guyana")["left"] == 0
    assert leads(two.centre) == leads(two.police)
    sound(two.centre, "unknown")


def test_what_0_1_says_in_a_retired_way_is_held_and_what_comes_after_it_is_folded(two: Two) -> None:
    two.centre.script(LEADS, "BB-001", "farm", "market")
    with serving(two.centre, two.police):
        done = two.police.run("-c", PULL, "exchange", "pull", "Coordination")
        assert done.returncode == 0, done.stderr
    assert len(leads(two.centre) - leads(two.police)) == 1
    assert [reason for (reason,) in rows(two.police, "select reason from journal_held")] == ["retired"]
    assert rows(two.police, "select * from exchange_alarm") == []


def test_by_bundle_both_ways(two: Two, tmp_path: Path) -> None:
    """A bundle goes on where the reader's last one told that it is; after HTTP it first has to tell."""
    two.police.script(LEADS, "GY-1", "factory")
    two.centre.script(LEADS, "BB-001", "factory")
    every = leads(two.centre) | leads(two.police)
    for number in range(3):
        for sender, reader, name in (
            (two.police, two.centre, "Coordination"),
            (two.centre, two.police, "Guyana"),
        ):
            folder = tmp_path / f"{number}-{name}"
            folder.mkdir()
            bundle = sender.json("bundle", "write", "--to", name, "--folder", str(folder))
            done = reader.run("-c", PULL if reader is two.police else CLI, "bundle", "read", *bundle["files"])
            assert done.returncode == 0 or "Not all" in done.stderr, done.stderr
        if leads(two.centre) == every:
            break
    assert leads(two.centre) == every
    assert len(every - leads(two.police)) == 1  # what was said in a retired way
    assert rows(two.centre, "select * from exchange_alarm") == []


def test_once_0_1_is_updated_nothing_waits_any_more(two: Two) -> None:
    """With a version that knows what was said; and nothing that was held was lost."""
    centre = replace(two.centre, code=two.police.code)
    centre.script(START)
    two.police.script(
        "from libertad.journal import upgrade\n"
        "from libertad.vocabulary import formats\nformats.RULES += 1\n" + START
    )
    assert leads(centre) == leads(two.police)
    assert rows(centre, "select reason from journal_held") == []
    assert rows(two.police, "select reason from journal_held") == []
