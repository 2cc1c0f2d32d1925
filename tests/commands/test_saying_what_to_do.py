"""Errors of commands say what to do next: which codes there are, and whose environment is missing."""

from __future__ import annotations

import io
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import typer
from django.db import OperationalError, ProgrammingError
from rich.console import Console

from libertad.access.actions.appoint_officer import appoint_officer
from libertad.commands import exchange, journal, start
from libertad.exchange import queries
from libertad.exchange.queries import PeerSeen
from libertad.journal.backup import database
from libertad.journal.backup.database import Wrong
from libertad.journal.verify import Report
from libertad.vocabulary.codelists import check_code
from libertad.vocabulary.values import Refused
from tests.support import warm
from tests.support.world import World


@pytest.fixture
def messages(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    lines: list[str] = []
    monkeypatch.setattr(start.err, "print", lambda words, **_more: lines.append(words))
    return lines


def failing(name: str, code: str) -> None:
    with pytest.raises(typer.Exit), start.told():
        check_code(name, code, "kind")


def test_a_short_list_is_named_whole_and_a_long_one_is_not(world: World, messages: list[str]) -> None:
    failing("authority-kinds", "ngo")
    assert "'ngo' is not in the list 'authority-kinds', which has: " in messages[0]
    assert all(kind in messages[0] for kind in ("police", "care", "prosecution", "deciding", "centre"))
    failing("countries", "ZZ")
    assert "which has" not in messages[1]


def test_a_role_that_the_authority_has_not_names_those_that_it_has(world: World) -> None:
    with pytest.raises(Refused, match="only: administrator, analyst, coordinator, exhibits-officer, nat"):
        world.perform("administrator", appoint_officer, name="A", service_number="A-9", role="national lead")


def test_without_its_environment_a_command_says_where_it_looked(
    monkeypatch: pytest.MonkeyPatch, settings: Any, tmp_path: Path
) -> None:
    settings.LIBERTAD_DEMO = True
    monkeypatch.setenv("LIBERTAD_HOME", str(tmp_path))
    assert start.unnamed() == ""
    monkeypatch.delenv("LIBERTAD_HOME")
    assert f"works on {start.BASE / 'var' / 'node'}" in start.unnamed()
    assert "set -a; . /srv/libertad/environment" in start.unnamed()
    settings.LIBERTAD_DEMO = False
    assert start.unnamed() == ""


def test_a_peers_failure_is_told_whole_on_a_narrow_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    why = "its certificate is not believed: name the authority that signed it in LIBERTAD_EXCHANGE_CA"
    peer = PeerSeen(
        "libertad/0123456789abcdef", b"", "", "active", "failing", (), why, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0
    )
    narrow = Console(width=80, file=io.StringIO())
    monkeypatch.setattr(exchange, "out", narrow)
    monkeypatch.setattr(exchange, "begin", lambda: None)
    monkeypatch.setattr(queries, "peers", lambda: [peer])
    exchange.peers()
    assert why in narrow.file.getvalue()  # type: ignore[attr-defined]


def test_programs_of_another_version_than_the_server_are_named(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    program = tmp_path / "pg_dump"
    program.write_text(
        "#!/bin/sh\necho 'pg_dump: detail: server version: 18.6; pg_dump version: 15' >&2\nexit 1\n"
    )
    program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path), prepend=":")
    with pytest.raises(Wrong, match=f"first in PATH .{program} is of another version"):
        database._run("pg_dump", {}, [])


@pytest.mark.sqlite_only
@pytest.mark.parametrize(
    "command", [["journal", "verify"], ["journal", "stats"], ["doctor"], ["doctor", "--what-we-can-decrypt"]]
)
def test_looking_into_an_empty_home_leaves_it_empty(command: list[str], tmp_path: Path) -> None:
    """It left a database and secrets there, and `restore` refused the home as not empty."""
    done = run_at(tmp_path, *command)
    words = " ".join((done.stdout + done.stderr).split())
    assert done.returncode == 1 and "libertad restore puts one back" in words
    assert list(tmp_path.iterdir()) == []


def run_at(home: Path, *command: str) -> subprocess.CompletedProcess[str]:
    environment = os.environ | {
        "DJANGO_SETTINGS_MODULE": "libertad.web.settings.production",
        "LIBERTAD_HOME": str(home),
        "LIBERTAD_HOSTS": "localhost",
    }
    program = [sys.executable, "-m", "libertad.cli", *command]
    return warm.run(program, env=environment, cwd=start.BASE, timeout=300)


@pytest.mark.sqlite_only
@pytest.mark.parametrize("command", ["verify", "stats"])
def test_a_damaged_database_is_told_in_one_line(command: str, tmp_path: Path) -> None:
    (tmp_path / "rings.db").touch()
    (tmp_path / "libertad.sqlite3").write_bytes(b"SQLite format 3\x00" + bytes(range(256)) * 64)
    done = run_at(tmp_path, "journal", command)
    assert done.returncode == 1 and "put the last backup back" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr and len(done.stderr.splitlines()) == 1


def test_verifying_with_a_locked_ring_does_not_say_that_all_is_well() -> None:
    assert journal._verdict(Report()) == "Nothing is wrong."
    words = journal._verdict(Report(locked=["a" * 32]))
    assert words.startswith("Nothing is wrong in what could be read. 1 rings are locked")


def test_the_verifiers_key_is_printed_whole_on_a_narrow_terminal(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """`journal stats | less` cut root and key with an ellipsis."""
    paper = io.StringIO()
    monkeypatch.setattr(journal, "out", Console(file=paper, width=40, highlight=False))
    monkeypatch.setattr(start, "existing", lambda: None)
    journal.stats()
    statistics = journal.collected()
    assert (
        f"  {statistics['verifier']}\n" in paper.getvalue()
        and f"  {statistics['root']}\n" in paper.getvalue()
    )


@pytest.mark.parametrize(
    ("why", "put_back"),
    [
        ("database disk image is malformed", True),
        ("file is not a database", True),
        ("database or disk is full", False),
        ("connection to server at 127.0.0.1 failed: Connection refused", False),
        ("database is locked", False),
    ],
)
def test_only_who_has_a_damaged_database_is_told_to_put_a_backup_back(
    messages: list[str], why: str, put_back: bool
) -> None:
    """A full disk was told as damage: whoever followed it lost what was recorded since the backup."""
    with pytest.raises(typer.Exit), start.told():
        raise OperationalError(why)
    assert ("put the last backup back" in messages[0]) is put_back


def test_a_fault_of_the_program_is_not_told_as_the_databases() -> None:
    with pytest.raises(ProgrammingError), start.told():
        raise ProgrammingError("no such column")
