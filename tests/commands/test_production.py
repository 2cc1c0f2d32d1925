"""A production node from the command line: founding, apart, locked until its passphrase is given."""

from __future__ import annotations

import json
import os
import pty
import select
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.support import warm

ROOT = Path(__file__).parents[2]
PRODUCTION = "libertad.web.settings.production"
WORDS = "eleven pale herons over water"
GIVEN = ("--country", "BB", "--zone", "America/Barbados", "--administrator", "A. Gill")
OFF = {
    "LIBERTAD_DEMO": "1",
    "LIBERTAD_MIXED": "1",
    "LIBERTAD_ALLOW_MIXED": "true",
    "LIBERTAD_REAL": "0",
    "LIBERTAD_TEST": "1",
    "DEMO": "1",
    "DEBUG": "1",
    "LIBERTAD_SIDES": "",
    "PYTHONOPTIMIZE": "2",
}


class Node:
    """A home and a database of its own, and the command line on it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.home = folder / "node"
        self.secret = folder / "passphrase"
        self.secret.write_text(WORDS + "\n")
        self.secret.chmod(0o600)
        self.environment = {
            name: value for name, value in os.environ.items() if not name.startswith(("LIBERTAD_", "DJANGO_"))
        } | {
            "LIBERTAD_HOME": str(self.home),
            "LIBERTAD_DATABASE_URL": url,
            "PYTHONPATH": str(ROOT),
            "DJANGO_SETTINGS_MODULE": PRODUCTION,
            "LIBERTAD_HOSTS": "node.example",
            "COLUMNS": "300",
            "LIBERTAD_PASSPHRASE_FILE": str(self.secret),
        }

    def __call__(self, *arguments: str, **variables: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, "-m", "libertad.cli", *arguments]
        return warm.run(command, cwd=self.home.parent, env=self.environment | variables, timeout=300)

    def found_authority(
        self, kind: str = "centre", *rest: str, **variables: str
    ) -> subprocess.CompletedProcess[str]:
        number = f"{kind}-ADM"
        return self(
            "found", "--name", f"The {kind}", "--kind", kind, *GIVEN, "--number", number, *rest, **variables
        )

    def problems(self) -> list[dict[str, str]]:
        """What the doctor finds of a node that is stopped, which it says, but for the files that the first
        `run` on a checkout collects."""
        problems = json.loads(self("doctor", "--json").stdout)
        remaining = [problem for problem in problems if problem["what"] != "static files are not collected"]
        assert any("the node is stopped" in problem["what"] for problem in remaining) or self.mixed(remaining)
        return [problem for problem in remaining if "the node is stopped" not in problem["what"]]

    @staticmethod
    def mixed(problems: list[dict[str, str]]) -> bool:
        """Rings that no node opens: then nothing is asked of the serving."""
        return any("police and care" in problem["what"] for problem in problems)

    @contextmanager
    def serving(self, **variables: str) -> Iterator[int]:
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            port = probe.getsockname()[1]
        log = (self.home.parent / "run.log").open("wb")
        process = warm.start(
            [sys.executable, "-m", "libertad.cli", "run", "--port", str(port)],
            cwd=self.home.parent,
            env=self.environment | variables,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
        )
        try:
            for _ in range(600):
                with socket.socket() as probe:
                    if probe.connect_ex(("127.0.0.1", port)) == 0:
                        break
                assert process.poll() is None, (self.home.parent / "run.log").read_text()
                time.sleep(0.1)
            yield port
        finally:
            process.terminate()
            process.wait(20)
            log.close()


@pytest.fixture
def at(tmp_path: Path, database_url: str) -> Node:
    return Node(tmp_path, database_url)


def ask(port: int, path: str, data: bytes | None = None) -> tuple[int, str]:
    request = urllib.request.Request(
        f"http://127.0.0.1:{port}{path}", data, {"Host": "node.example", "X-Forwarded-Proto": "https"}
    )
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:
            return answer.status, answer.read().decode()
    except urllib.error.HTTPError as why:
        return why.code, why.read().decode()


def test_founding_prints_a_code_once_and_the_other_side_is_refused_whatever_is_set(at: Node) -> None:
    founding = at.found_authority()
    assert founding.returncode == 0, founding.stderr
    assert "Founded: The centre" in founding.stdout and "/enrol/" in founding.stdout
    assert WORDS not in founding.stdout + founding.stderr
    for settings in ({}, OFF):
        refused = at.found_authority("care", **settings)
        assert refused.returncode == 1 and "two nodes" in refused.stderr, refused.stderr
    for name in ("demo", "test"):  # no other settings open a production node's rings either
        refused = at("doctor", "--json", DJANGO_SETTINGS_MODULE=f"libertad.web.settings.{name}")
        assert "production node" in refused.stdout, refused.stdout + refused.stderr
    assert at.found_authority("police").returncode == 0
    assert at.problems() == []
    with_number_again = at.found_authority("centre")
    assert with_number_again.returncode == 1 and "sign-in already" in with_number_again.stderr


def test_the_doctor_and_the_start_refuse_a_planted_mixture(at: Node) -> None:
    import sqlite3

    assert at.found_authority().returncode == 0
    with sqlite3.connect(at.home / "rings.db") as db:
        db.execute("insert into real values (?, 'care')", ("c" * 32,))
    problems = at.problems()
    assert (
        len(problems) == 1 and "police and care" in problems[0]["what"] and "two nodes" in problems[0]["mend"]
    )
    started = at("run", "--port", "8997", **OFF)
    assert started.returncode == 1 and "police and care" in started.stderr


def test_a_spoiled_guard_is_noticed(at: Node) -> None:
    """The planted fault: settings that call themselves a demo would let the other side in."""
    (at.home.parent / "spoiled.py").write_text(f"from {PRODUCTION} import *\nLIBERTAD_DEMO = True\n")
    script = (
        "import django; django.setup()\n"
        "from libertad.journal.rings import Rings\nfrom pathlib import Path\n"
        "from django.conf import settings\n"
        "r = Rings(Path('{home}'), real=not settings.LIBERTAD_DEMO)\n"
        "r.create('a' * 32, kind='police'); r.create('b' * 32, kind='care')\n"
    )
    outcome = []
    for name in (PRODUCTION, "spoiled"):
        home = at.home.parent / name
        home.mkdir()
        done = subprocess.run(
            [sys.executable, "-c", script.format(home=home)],
            cwd=at.home.parent,
            capture_output=True,
            text=True,
            env=at.environment
            | {"DJANGO_SETTINGS_MODULE": name, "PYTHONPATH": f"{ROOT}:{at.home.parent}", **OFF},
        )
        outcome.append(done.returncode)
    assert outcome == [1, 0]


def test_a_weak_or_open_passphrase_is_refused_and_nothing_is_made(at: Node) -> None:
    at.secret.write_text("too short")
    assert "14 characters" in at.found_authority().stderr
    at.secret.write_text(WORDS)
    at.secret.chmod(0o644)
    assert "chmod 600" in at.found_authority().stderr
    refused = at.found_authority(LIBERTAD_PASSPHRASE_FILE="")
    assert refused.returncode == 1 and "--key-file" in refused.stderr
    assert list((at.home / "keys").glob("*.part")) == []
    assert at.found_authority("centre", "--key-file").returncode == 0
    (at.home / "demo.json").write_text("{}")
    refused = at.found_authority("police")
    assert refused.returncode == 1 and "demo" in refused.stderr


def test_without_its_passphrase_a_node_is_locked_and_nothing_is_written(at: Node) -> None:
    assert at.found_authority().returncode == 0
    accounts = {"accounts": [{"account": 1, "role": "r", "name": "Demo Name", "authority": "a", "does": ""}]}
    (at.home / "demo.json").write_text(json.dumps(accounts))  # a stray one must show no demo sign-in
    before = at("journal", "stats", "--json").stdout
    away = str(at.home.parent / "nobody-wrote-it")  # as after a start of the machine, under systemd
    with at.serving(LIBERTAD_PASSPHRASE_FILE=away) as port:
        status, page = ask(port, "/")
        assert status == 503 and "locked" in page
    log = (at.home.parent / "run.log").read_text()
    assert f"No passphrase: {away} is not there" in log and "start again" in log
    with at.serving(LIBERTAD_PASSPHRASE_FILE="") as port:
        for path, data in (
            ("/", None),
            ("/sign-in/", None),
            ("/sign-in/", b"login=x"),
            ("/board/live/", None),
        ):
            status, page = ask(port, path, data)
            assert status == 503 and "locked" in page and "LIBERTAD_PASSPHRASE_FILE" in page, (path, status)
    log = (at.home.parent / "run.log").read_text()
    assert "Locked" in log and "Demo Name" not in log and "sign-ins" not in log
    assert at("journal", "stats", "--json").stdout == before
    with at.serving() as port:
        status, page = ask(port, "/sign-in/")
        assert status == 200 and "/demo/" not in page
        assert ask(port, "/demo/")[0] == 404
    log = (at.home.parent / "run.log").read_text()
    assert "Locked" not in log and "DisallowedHost" not in log
    assert at("journal", "verify").returncode == 0


def test_wrong_passphrases_make_one_wait_in_every_process(tmp_path: Path) -> None:
    from libertad.journal import guard
    from libertad.journal.rings import RingError, Rings

    rings = Rings(tmp_path)
    rings.create("a" * 32, WORDS)
    rings.close()
    for n in range(guard.FREE_TRIES):
        with pytest.raises(RingError, match="passphrase is wrong"):
            Rings(tmp_path).unlock("a" * 32, f"wrong {n}")
    with pytest.raises(guard.Waiting, match="wait"):
        Rings(tmp_path).unlock("a" * 32, WORDS)
    again = Rings(tmp_path)
    again.db.execute("update tries set until = ?", (time.time() - 1,))
    again.unlock("a" * 32, WORDS)
    assert not again.db.execute("select 1 from tries").fetchall()
    for n in range(guard.FREE_TRIES):
        with pytest.raises(RingError, match="passphrase is wrong"):
            Rings(tmp_path).unlock("a" * 32, f"wrong {n}")
    again.unlock("a" * 32)  # what this process knows already is no try: nobody locks out a serving node


def test_without_the_count_the_tries_would_be_free(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from libertad.journal import guard

    monkeypatch.setattr(guard, "count_try", lambda db, authority: None)
    with pytest.raises(pytest.fail.Exception):
        test_wrong_passphrases_make_one_wait_in_every_process(tmp_path)


def test_on_a_terminal_the_passphrase_is_asked_for_and_never_shown(at: Node) -> None:
    assert at.found_authority().returncode == 0
    own_end, other_end = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "libertad.cli", "journal", "verify"],
        cwd=at.home.parent,
        env=at.environment | {"LIBERTAD_PASSPHRASE_FILE": ""},
        stdin=other_end,
        stdout=other_end,
        stderr=other_end,
        start_new_session=True,
    )
    os.close(other_end)
    terminal, answers = b"", [b"wrong words, wrong words\n", WORDS.encode() + b"\n"]
    deadline = time.monotonic() + 300
    while time.monotonic() < deadline:
        if select.select([own_end], [], [], 0.5)[0]:
            try:
                terminal += os.read(own_end, 4096)
            except OSError:
                break
        if answers and terminal.count(b"Passphrase of The centre") == 3 - len(answers):
            time.sleep(0.2)
            os.write(own_end, answers.pop(0))
    assert process.wait(30) == 0, terminal
    os.close(own_end)
    assert b"passphrase is wrong" in terminal and b"Nothing is wrong" in terminal
    assert WORDS.encode() not in terminal
