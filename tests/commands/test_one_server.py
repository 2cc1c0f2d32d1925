"""One server serves a home: a second one is refused, and what works beside a server goes on working."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import typer

from libertad.commands import nodes, running
from libertad.journal import presence
from tests.support.outside import WITHIN, Machine, machines
from tests.support.serving import free_port

pytestmark = pytest.mark.sqlite_only  # a lock on a file of the home


@pytest.fixture
def at(tmp_path: Path, database_url: str) -> Iterator[Machine]:
    """A production node that is founded and not served."""
    machine = Machine(tmp_path / "machine", tmp_path / "no-certificates", database_url)
    with machines(machine):
        machine.found_authority()
        yield machine


def second(at: Machine, *command: str) -> str:
    """The words with which another server on the same home is refused; it fails where that one serves."""
    port = free_port()
    log = at.folder / "second.log"
    with log.open("wb") as words:
        process = subprocess.Popen(
            [sys.executable, "-m", "libertad.cli", *command, "--port", str(port)],
            cwd=at.folder,
            env=at.environment,
            stdin=subprocess.DEVNULL,
            stdout=words,
            stderr=words,
        )
    until = time.monotonic() + WITHIN
    try:
        while process.poll() is None:
            with socket.socket() as probe:
                assert probe.connect_ex(("127.0.0.1", port)) != 0, "a second server serves the same home"
            assert time.monotonic() < until, "neither refused nor serving"
            time.sleep(0.1)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        process.wait()
    refusal = " ".join(log.read_text("utf-8").split())
    assert process.returncode == 1, refusal
    return refusal


def refused_by(at: Machine, refusal: str) -> None:
    assert at.process is not None
    holder = f"process {at.process.pid} (on port {at.port}) serves the node of {at.folder / 'node'} already"
    assert holder in refusal and "only one server" in refusal and "stop it first" in refusal, refusal


def test_a_second_server_is_refused_and_other_commands_work_beside_the_first(at: Machine) -> None:
    """Also after the first one was killed, when whatever it could have left in the home is still there."""
    at.start()
    refused_by(at, second(at, "run"))
    assert "centre" in at.libertad("doctor", "--what-we-can-decrypt", "--json")
    officer = ("B. Nangolo", "--number", "BO-1", "--role", "coordinator", "--as", "BO-ADM")
    assert "Appointed" in at.libertad("user", "add", *officer)
    for command in (("exchange", "status"), ("exchange", "nkey"), ("journal", "verify")):
        at.libertad(*command)
    copies = ("--to", str(at.folder / "copy"), "--parts-to", str(at.folder / "safe"))
    at.libertad("backup", *copies, "--one-disk-opens-all")
    assert at.process is not None and at.process.poll() is None, "the first one serves on"
    os.kill(at.process.pid, signal.SIGKILL)
    at.process.wait()
    at.start()  # a lock that a dead process left would refuse this
    refused_by(at, second(at, "run"))


def test_a_demo_that_is_served_is_not_deleted_from_under_its_server(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = tmp_path / "node"
    home.mkdir()
    (home / "demo.json").write_text("{}")
    with presence.only_server(home, 8741):
        with pytest.raises(typer.Exit):
            running.reset(home)
        assert "on port 8741" in " ".join(capsys.readouterr().err.split())
        assert (home / "demo.json").exists()
    running.reset(home)
    assert not home.exists()


def test_four_demo_nodes_are_not_deleted_from_under_their_servers(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("LIBERTAD_NODES", str(tmp_path / "nodes"))
    for name in nodes.NAMES:
        nodes.home_of(name).mkdir(parents=True)
    with presence.only_server(nodes.home_of("care"), 8744):
        with pytest.raises(typer.Exit):
            nodes.reset()
        assert "on port 8744" in " ".join(capsys.readouterr().err.split())
        assert all(nodes.home_of(name).exists() for name in nodes.NAMES)
    nodes.reset()
    assert not nodes.folder().exists()


def test_a_home_that_cannot_be_written_is_told_with_what_to_do(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    refusal = pytest.raises(presence.Unwritable, match=r"cannot be written .*ReadWritePaths.*LIBERTAD_HOME")
    with refusal, presence.only_server(tmp_path / "file" / "node"):
        pass


def test_a_port_that_was_taken_meanwhile_is_named_with_what_to_do(at: Machine) -> None:
    """Somebody takes it after `free` looked and before the node serves, which may be a minute."""
    with socket.socket() as somebody:
        somebody.bind(("127.0.0.1", free_port()))
        somebody.listen()
        port = somebody.getsockname()[1]
        program = (
            "import sys; from libertad.commands import running; from libertad import cli\n"
            "running.free = lambda port: None\n"
            "cli.app(['run', '--port', sys.argv[1]])"
        )
        ended = subprocess.run(
            [sys.executable, "-c", program, str(port)],
            cwd=at.folder,
            env=at.environment,
            stdin=subprocess.DEVNULL,
            capture_output=True,
            text=True,
            timeout=WITHIN,
            check=False,
        )
    said = " ".join((ended.stdout + ended.stderr).split())
    assert ended.returncode == 1, said
    assert f"port {port} is taken" in said and "--port" in said and "uvicorn" not in said, said
