"""A database that a newer version has been at: this one says so and leaves it as it is."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable, Iterator

import pytest

from libertad.vocabulary import formats
from tests.support.serving import free_port
from tests.upgrade.homes import Node, unpack

pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("upgrade")]
SAYS = "a newer version of Libertad has been at this database"
RECORD = """
from libertad.journal.node import BehindMark, node
try:
    node().writer.submit(lambda tx: None)
except BehindMark as why:
    print(why)
"""


@pytest.fixture(scope="module")
def node(tmp_path_factory: pytest.TempPathFactory) -> Node:
    """A production node of today."""
    new_node = Node(unpack("production", tmp_path_factory.mktemp("newer") / "nodes") / "centre")
    new_node.start()
    return new_node


def change(node: Node, statement: str, *values: object) -> None:
    with sqlite3.connect(node.at / "libertad.sqlite3") as connection:
        connection.execute(statement, values)


def migrated(node: Node) -> Iterator[None]:
    change(node, "insert into django_migrations (app, name, applied) values ('journal', '9999_later', '')")
    yield
    change(node, "delete from django_migrations where name = '9999_later'")


def judged(node: Node) -> Iterator[None]:
    change(node, "update journal_rules set number = ?", formats.RULES + 1)
    yield
    change(node, "update journal_rules set number = ?", formats.RULES)


@pytest.fixture(params=[migrated, judged], ids=lambda way: way.__name__)
def newer(request: pytest.FixtureRequest, node: Node) -> Iterator[Node]:
    """The node after a newer version, which `way` tells by."""
    way: Callable[[Node], Iterator[None]] = request.param
    yield from (node for _step in way(node))


def test_every_command_refuses_it_in_words(newer: Node) -> None:
    for command in (
        ("journal", "verify"),
        ("exchange", "status"),
        ("figures",),
        ("run", "--port", str(free_port())),
    ):
        output = newer.cli(*command, code=1)
        assert SAYS in output, (command, output)
        assert "docs/upgrading.md" in output


def test_doctor_tells_it(newer: Node) -> None:
    assert SAYS in newer.cli("doctor", code=1)


def test_no_server_answers_on_it(newer: Node) -> None:
    served = subprocess.run(
        [sys.executable, "-m", "uvicorn", "libertad.web.asgi:application", "--port", str(free_port())],
        cwd=newer.code,
        env=newer.environment,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert served.returncode != 0
    assert SAYS in served.stderr + served.stdout


def test_a_program_that_asks_nothing_at_its_start_records_nothing(node: Node) -> None:
    for _step in judged(node):
        assert SAYS in node.script(RECORD)


def test_it_goes_on_where_the_older_database_is_put_back(node: Node) -> None:
    assert SAYS not in node.cli("journal", "verify")
