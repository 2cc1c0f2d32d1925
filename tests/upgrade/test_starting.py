"""How a node of 0.1 is brought up: by `libertad run`, by another server, locked, and put back."""

from __future__ import annotations

import shutil
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from tests.support.serving import _wait, free_port
from tests.upgrade.homes import DEMO, Node, unpack

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("upgrade")]
MIGRATE = "from django.core.management import call_command; call_command('migrate', verbosity=0)"
RUN = """
import sys
from libertad.commands import running
running.collect = lambda: None  # static files are not what this is about
from libertad.cli import app
app()
"""
UVICORN = ("-m", "uvicorn", "libertad.web.asgi:application", "--host", "127.0.0.1", "--log-level", "error")


def rows(node: Node, query: str) -> list[Any]:
    with sqlite3.connect(node.at / "libertad.sqlite3") as connection:
        return connection.execute(query).fetchall()


def judged(node: Node) -> bool:
    return bool(rows(node, "select number from journal_rules"))


@pytest.mark.parametrize("how", ["libertad run", "uvicorn"])
def test_when_it_answers_what_is_on_file_has_been_judged_anew(how: str, tmp_path: Path) -> None:
    node, port = Node(unpack("demo", tmp_path / "home"), DEMO), free_port()
    command = ["-c", RUN, "run", "--port", str(port)]
    if how == "uvicorn":
        node.script(MIGRATE)
        assert not judged(node)
        command = [*UVICORN, "--port", str(port)]
    served = subprocess.Popen(
        [sys.executable, *command],
        cwd=node.code,
        env=node.environment,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )
    try:
        _wait(port, served)
        assert judged(node)
    finally:
        served.terminate()
        served.wait(30)


def test_locked_it_waits_and_doctor_says_so_until_a_rebuild_has_done_it(tmp_path: Path) -> None:
    folder = unpack("production", tmp_path / "nodes")
    node = Node(folder / "centre")
    locked = Node(node.at, more={"LIBERTAD_PASSPHRASE_FILE": ""})
    done = locked.run("-c", "import django; django.setup()\n" + START)
    assert "Not judged anew yet" in done.stderr and not judged(node)
    assert "judged by the rules of an older version" in " ".join(node.cli("doctor", code=1).split())
    node.cli("journal", "rebuild")
    assert judged(node)
    output = node.run("-c", "from libertad.cli import app; app()", "doctor").stdout
    assert "older version" not in output


START = """
from libertad.commands import running
running.migrate()
running.unlock()
"""


def test_an_older_database_that_is_put_back_is_refused_until_it_is_accepted(tmp_path: Path) -> None:
    folder = unpack("production", tmp_path / "nodes")
    node = Node(folder / "centre")
    shutil.copy(node.at / "libertad.sqlite3", tmp_path / "backup")
    node.start()
    node.script(SAY)
    shutil.copy(tmp_path / "backup", node.at / "libertad.sqlite3")
    node.run("-c", "import django; django.setup()\n" + MIGRATE)
    assert "it is an older copy" in " ".join(node.cli("doctor", code=1).split())


SAY = """
from libertad.access.acting import perform
from libertad.access.models import Account
from libertad.access.queries import actor_of
from libertad.commands import unlocking
from libertad.journal.node import close_node
from libertad.operations.actions.report_lead import report_lead
unlocking.open_rings()
actor = actor_of(Account.objects.of("BB-001"))
perform(actor, report_lead, country="GY", summary="After", source_grade="1", information_grade="A",
    handling="P", workplace="farm")
close_node()
"""
