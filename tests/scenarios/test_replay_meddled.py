"""The replay says no, by its exit code, when somebody meddled with a node behind its back."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from libertad.cli import app
from scenarios.operation_libertad_2018 import play
from scenarios.replay import on_node, run
from scenarios.replay.hosts import Host
from scenarios.replay.snapshots import raw_keys

pytestmark = [pytest.mark.nightly, pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
SMALL = ("BZ", "LC", "VC")
Meddle = Callable[[Mapping[str, Host]], None]


def of_others(host: Host) -> sqlite3.Connection:
    """Another program's hand on a node's database."""
    return sqlite3.connect(host.home / "libertad.sqlite3", isolation_level=None, timeout=30)


def delete_an_entry(host: Host) -> None:
    """The newest one that came from elsewhere."""
    own = json.dumps(host.call(on_node.holds)["authorities"])
    with of_others(host) as db:
        cursor = db.execute(
            "delete from journal_entry where idx = (select max(e.idx) from journal_entry e "
            "join journal_device d on d.id = e.device "
            "where d.authority not in (select value from json_each(?)))",
            (own,),
        )
        assert cursor.rowcount == 1


def change_a_figure(host: Host) -> None:
    with of_others(host) as db:
        assert db.execute("delete from people_tally where id = (select min(id) from people_tally)").rowcount


def leave_a_key(reader: Host, target: Host) -> None:
    """A key of a police file in a file of the care node."""
    reader_keys, target_keys = reader.call(raw_keys), target.call(raw_keys)
    foreign = next(raw for raw in sorted(reader_keys) if raw not in target_keys)
    (target.home / "left").write_bytes(b"before" + foreign + b"after")


def meddle(hosts: Mapping[str, Host]) -> None:
    police = [host for name, host in hosts.items() if name not in ("care", "deciding")]
    delete_an_entry(police[0])
    change_a_figure(police[1])
    leave_a_key(police[1], hosts["care"])


@pytest.fixture
def replayed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Callable[[Meddle | None], tuple[int, Any]]:
    """`libertad replay` of three countries without faults: its exit code and its report."""
    whole = run.replay
    data = play.parameters()
    data["countries"] = {code: data["countries"][code] for code in SMALL}
    for name in ("LIBERTAD_HOME", "DJANGO_SETTINGS_MODULE", "LIBERTAD_DATABASE_URL"):
        monkeypatch.setenv(name, "")  # the command sets them: they come back with the test's end

    def go(meddle: Meddle | None) -> tuple[int, Any]:
        monkeypatch.setattr(run, "replay", lambda options: whole(replace(options, data=data, meddle=meddle)))
        report = tmp_path / "report.json"
        argv = ["replay", "--nodes", "2", "--faults", "none", "--minutes", "0.1", "--report", str(report)]
        done = CliRunner().invoke(app, argv)
        return done.exit_code, json.loads(report.read_text("utf-8"))

    return go


def test_what_is_deleted_changed_and_left_makes_it_say_no(
    replayed: Callable[[Meddle | None], tuple[int, Any]],
) -> None:
    code, report = replayed(meddle)
    assert code == 1 and not report["holds"] and report["wrong"] == [], report["trace"]
    failed = {check["name"] for check in report["checks"] if not check["ok"]}
    assert failed >= {
        "every acknowledged entry is at every reader",
        "every journal verifies",
        "every authority's figures are equal",
        "all readers of a compartment show the same",
        "no key and no word of a compartment is in the files of a node that is no reader",
    }


def test_without_it_says_yes(replayed: Callable[[Meddle | None], tuple[int, Any]]) -> None:
    code, report = replayed(None)
    assert code == 0 and report["holds"], (report["wrong"], report["checks"], report["trace"])
