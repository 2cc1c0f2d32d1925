"""Databases of 0.1 open after the upgrade: nothing is lost, all is readable, the figures are the same."""

from __future__ import annotations

import json
import sqlite3
import subprocess
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from tests.support.postgres import Postgres
from tests.upgrade.homes import DEMO, FIXTURES, Node, unpack

pytestmark = pytest.mark.xdist_group("upgrade")
SAID = json.loads((FIXTURES / "figures.json").read_text("utf-8"))


class Upgraded(NamedTuple):
    """A home after the upgrade: what it tells now, and what 0.1 said of it."""

    name: str
    now: dict[str, Any]
    before: dict[str, Any]


def upgraded(name: str, node: Node) -> Upgraded:
    before = json.loads((node.at / "stated.json").read_text("utf-8"))
    return Upgraded(name, node.content_of_today(), before)


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Upgraded:
    home = unpack("demo", tmp_path_factory.mktemp("demo") / "home")
    return upgraded("demo", Node(home, DEMO))


@pytest.fixture(scope="module")
def demo_on_postgres(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Upgraded]:
    home = unpack("demo-postgres", tmp_path_factory.mktemp("demo") / "home")
    server = Postgres()
    try:
        restored = subprocess.run(
            [
                server.programs / "psql",
                "-q",
                "-v",
                "ON_ERROR_STOP=1",
                "-U",
                "postgres",
                "-h",
                server.folder,
                "-d",
                "postgres",
            ],
            input=(home / "dump.sql").read_bytes(),
            capture_output=True,
            check=False,
        )
        assert restored.returncode == 0, restored.stderr.decode()
        yield upgraded("demo-postgres", Node(home, DEMO, database=server.url()))
    finally:
        server.stop()


@pytest.fixture(scope="module")
def production(tmp_path_factory: pytest.TempPathFactory) -> list[Upgraded]:
    folder = unpack("production", tmp_path_factory.mktemp("production") / "nodes")
    return [upgraded(name, Node(folder / name)) for name in ("centre", "police")]


@pytest.fixture(scope="module", params=["demo", "demo_on_postgres", "centre", "police"])
def old(request: pytest.FixtureRequest) -> Upgraded:
    """Each database of 0.1 in turn."""
    if request.param in ("centre", "police"):
        databases: list[Upgraded] = request.getfixturevalue("production")
        return next(candidate for candidate in databases if candidate.name == request.param)
    database: Upgraded = request.getfixturevalue(request.param)
    return database


def test_every_entry_is_there_and_opens_and_verifying_finds_nothing(old: Upgraded) -> None:
    assert old.now["findings"] == []
    assert old.now["entries"] >= old.before["entries"]
    assert old.now["opened"] - old.before["opened"] == old.now["entries"] - old.before["entries"]
    assert old.now["held"] == old.before["held"] == 0


def test_every_record_is_there_and_says_what_it_said(old: Upgraded) -> None:
    count = 0
    for label, rows in old.before["rows"].items():
        for key, fields in rows.items():
            now = old.now["rows"][label].get(key)
            assert now is not None, f"{label}:{key} is lost"
            # That nobody said whether a receipt was given was told as that none was.
            stated = {name: value for name, value in fields.items() if (name, value) != ("receipt", False)}
            assert {name: now.get(name) for name in stated} == stated, f"{label}:{key}"
            count += bool(fields)
    assert count > (50 if old.name.startswith("demo") else 3)


def test_every_record_has_a_page_that_somebody_on_the_node_can_open(old: Upgraded) -> None:
    assert old.now["unread"] == []


def test_what_is_on_file_is_judged_anew_at_the_first_start_and_then_no_more(old: Upgraded) -> None:
    assert old.now["pending"] == [True, False]


def test_members_are_those_of_before_and_no_others(old: Upgraded) -> None:
    assert old.now["members"]["now"] == old.now["members"]["before"]
    assert len(old.now["members"]["now"]) > 1


def test_rebuilding_the_read_models_gives_the_same(old: Upgraded) -> None:
    assert old.now["changed"] == 0


@pytest.mark.parametrize("name", ["demo", "demo_on_postgres"])
def test_the_figures_are_those_that_0_1_told(name: str, request: pytest.FixtureRequest) -> None:
    demo: Upgraded = request.getfixturevalue(name)
    expected = SAID["figures"][demo.name]
    assert {figure: demo.now["figures"][figure] for figure in expected} | {"provenance": {}} == expected | {
        "provenance": {}
    }
    assert expected["provenance"].items() <= demo.now["figures"]["provenance"].items()
    assert demo.now["figures"]["potential_victims"] > demo.now["figures"]["presumed"] > 0


@pytest.mark.parametrize("name", ["demo", "demo_on_postgres"])
def test_care_that_received_people_before_goes_on_receiving_them_and_is_asked_for(
    name: str, request: pytest.FixtureRequest
) -> None:
    """An update leaves nobody in danger without care; that nobody confirmed it is said and not forgotten."""
    demo: Upgraded = request.getfixturevalue(name)
    received = dict(demo.now["received"])
    assert received.pop("asked") == len(received) > 1
    for country, reception in received.items():
        assert (
            reception["before"]
            and reception["now"] == reception["before"]
            and reception["state"] == "relied-on"
        ), country


def test_the_fixtures_are_small_and_of_the_commit_that_the_changelog_calls_0_1() -> None:
    changelog = (Path(__file__).parents[2] / "CHANGELOG.md").read_text("utf-8")
    first = changelog.partition("## 0.1")[2].partition("\n## ")[0]
    assert SAID["commit"] in first
    assert sum(path.stat().st_size for path in FIXTURES.iterdir()) < 2_000_000


@pytest.mark.sqlite_only
def test_what_care_kept_in_the_clear_is_in_no_page_of_the_database_any_more(tmp_path: Path) -> None:
    """A status, a service and a decision of 0.1: their tables are made anew, and what was freed is zeroed."""
    home = unpack("demo", tmp_path / "home")
    node = Node(home, DEMO)
    with closing(sqlite3.connect(home / "libertad.sqlite3")) as database, database:
        database.executemany(  # nobody opened a file in it
            "insert into access_opening (id, compartment, operation, provenance, subject, page, officer, "
            "authority, at) select ? || substr(id, 1, 40), compartment, operation, '', id, 'care-return', "
            "id, id, 0 from care_carefile",
            [(str(at),) for at in range(9)],
        )

    def counted() -> dict[bytes, int]:
        data = b"".join(file.read_bytes() for file in sorted(home.glob("libertad.sqlite3*")))
        return {word: data.count(word) for word in (b"not-a-victim", b"shelter", b"care-return")}

    assert all(counted().values()), "else there is nothing to see"
    node.content_of_today()
    assert counted() == {b"not-a-victim": 0, b"shelter": 0, b"care-return": 0}
