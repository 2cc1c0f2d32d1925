"""`libertad exchange` with two real nodes over loopback: invite, join, pull, suspend, repair, quarantine."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.support import warm
from tests.support.serving import _wait, free_port

ROOT = Path(__file__).parents[2]
SETTINGS = "libertad.web.settings.test"
FOUND = """
import django; django.setup()
from dataclasses import replace
from django.core.management import call_command
call_command("migrate", verbosity=0)
from libertad.access.acting import new_id, perform
from libertad.access.founding import found_authority
from libertad.access.models import Account
from libertad.journal.node import close_node
from libertad.operations.actions.open_operation import open_operation
lead = found_authority(name="M. Alleyne", rank="", service_number="BB-001", role="coordinator",
    zone="America/Barbados", authority=new_id())
perform(lead, open_operation, name="Operation Test", first_day="2018-04-03", last_day="2018-04-09",
    zone="America/Barbados", country=["BB", "GY"], authority_name="Centre", authority_country="BB",
    officer_name="M. Alleyne", officer_rank="", officer_service_number="BB-001")
Account.objects.create_user("BB-001", "correct horse battery", lead.officer)
close_node()
"""


@dataclass
class Home:
    """A node's home, and how to run the command line on it."""

    at: Path

    @property
    def environment(self) -> dict[str, str]:
        variables = {k: v for k, v in os.environ.items() if not k.startswith(("LIBERTAD_", "DJANGO_"))}
        return variables | {
            "LIBERTAD_HOME": str(self.at),
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": str(ROOT),
            "COLUMNS": "200",
            "LIBERTAD_DATABASE_URL": f"sqlite:///{self.at / 'libertad.sqlite3'}",
        }

    def run(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = [sys.executable, *arguments]
        return warm.run(command, cwd=ROOT, env=self.environment, timeout=300)

    def libertad(self, *arguments: str, code: int = 0) -> str:
        done = self.run("-m", "libertad.cli", "exchange", *arguments)
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return done.stdout if not code else done.stdout + done.stderr

    def json(self, *arguments: str, code: int = 0) -> Any:
        done = self.run("-m", "libertad.cli", "exchange", *arguments, "--json")
        assert done.returncode == code, (arguments, done.stdout, done.stderr)
        return json.loads(done.stdout)


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Home, Home]]:
    """A centre that serves, and a police node that has joined it by a file and pulled."""
    base = tmp_path_factory.mktemp("exchange")
    centre, police = Home(base / "centre"), Home(base / "police")
    for home in (centre, police):
        home.at.mkdir()
    founding = centre.run("-c", FOUND)
    assert founding.returncode == 0, founding.stderr
    port = free_port()
    file = base / "guyana.invitation"
    invitation = centre.json(
        "invite",
        "Guyana police",
        "--kind",
        "police",
        "--country",
        "GY",
        "--file",
        str(file),
        "--as",
        "BB-001",
        "--address",
        f"http://127.0.0.1:{port}",
    )
    assert file.stat().st_mode & 0o777 == 0o600
    served = warm.start(
        [sys.executable, "-m", "libertad.web.serving", str(port)], cwd=ROOT, env=centre.environment
    )
    try:
        _wait(port, served)
        output = police.libertad(
            "join",
            str(file),
            "--administrator",
            "A. Persaud",
            "--number",
            "GY-ADM",
            "--key-file",
            "--yes",
            "--address",
            "",
        )
        assert invitation["words"] in " ".join(output.split()) and "Joined: Guyana police" in output
        police.libertad("pull", invitation["name"])
        yield centre, police
    finally:
        served.terminate()
        served.wait(20)


def test_who_joined_by_a_file_has_the_operation_and_knows_its_peer(pair: tuple[Home, Home]) -> None:
    centre, police = pair
    (peer,) = police.json("peers")
    assert peer["lives"][0]["name"] == "Centre" and peer["taken"] > 0 and peer["bytes_in"] == 0
    status = police.json("status")
    assert status["size"] > 3 and status["held"] == status["alarms"] == 0
    (police_peer,) = centre.json("peers")
    assert police_peer["lives"][0]["name"] == "Guyana police" and police_peer["condition"] == "files"


def test_an_invitation_works_once(pair: tuple[Home, Home], tmp_path: Path) -> None:
    _centre, police = pair
    file = next(police.at.parent.glob("*.invitation"))
    again = police.libertad(
        "join",
        str(file),
        "--administrator",
        "B",
        "--number",
        "B",
        "--key-file",
        "--yes",
        "--address",
        "",
        code=1,
    )
    assert "joined by it already" in again
    torn = tmp_path / "torn"
    torn.write_text(file.read_text()[:-60])
    output = police.libertad(
        "join", str(torn), "--administrator", "B", "--number", "C", "--key-file", "--yes", code=1
    )
    assert "the copy is torn" in output


def test_a_repair_compares_and_says_so(pair: tuple[Home, Home]) -> None:
    _centre, police = pair
    done = police.json("repair", "Centre")
    assert done["compared"] > 0 and done["missing"] == done["left"] == 0


def test_a_suspended_peer_is_told_nothing_and_takes_up_again(pair: tuple[Home, Home]) -> None:
    centre, police = pair
    refused = centre.libertad("suspend", "Guyana", "--reason", " ", "--as", "BB-001", code=1)
    assert "say why" in refused
    centre.libertad("suspend", "Guyana", "--reason", "The words differ", "--as", "BB-001")
    assert centre.json("peers")[0]["condition"] == "suspended"
    assert "does not know this node (yet), has suspended it" in police.libertad("pull", "Centre", code=1)
    assert "resume first" in centre.libertad("pull", "Guyana", code=1)
    centre.libertad("resume", "Guyana", "--reason", "Compared again", "--as", "BB-001")
    assert police.json("pull", "Centre")["left"] == 0
    centre.libertad("end", "Guyana", "--reason", "It left the operation", "--as", "BB-001")
    assert centre.json("peers")[0]["condition"] == "ended"
    centre.libertad("resume", "Guyana", "--reason", "It came back", "--as", "BB-001")


def test_nobody_decides_without_a_name_of_an_officer_who_may(pair: tuple[Home, Home]) -> None:
    centre, _police = pair
    output = centre.libertad("suspend", "Guyana", "--reason", "r", "--as", "NOBODY", code=1)
    assert "no officer" in output
    output = centre.libertad("suspend", "Nowhere", "--reason", "r", "--as", "BB-001", code=1)
    assert "there is no peer Nowhere" in output


def test_quarantine_speaks_json(pair: tuple[Home, Home]) -> None:
    centre, _police = pair
    assert centre.json("quarantine", "--as", "BB-001") == []


def test_after_a_theft_new_keys_are_vouched_for_and_the_old_ones_revoked(
    pair: tuple[Home, Home], tmp_path: Path
) -> None:
    """Last of this file: the police node has another name from here on."""
    centre, police = pair
    before, file = police.json("status")["node"], tmp_path / "guyana.keys"
    renewal = police.libertad("renew", "--file", str(file), "--yes")
    status = police.json("status", code=1)
    now = status["node"]
    assert now != before and status["not_enrolled"] == 1  # until somebody vouches for the new keys
    torn = tmp_path / "torn"
    torn.write_text(file.read_text()[:-50])
    assert "the copy is torn" in centre.libertad("vouch", str(torn), "--yes", "--as", "BB-001", code=1)
    vouching = centre.libertad("vouch", str(file), "--yes", "--as", "BB-001")
    words = next(line for line in vouching.splitlines() if line.startswith("  "))
    assert words in renewal and f"1 authorities are at {now} now" in vouching
    output = police.libertad("revoke-old", "--reason", "The server was stolen", "--as", "GY-ADM")
    assert "1 devices revoked" in output
    assert police.json("pull", "Centre")["left"] == 0
    lives = {peer["origin"]: (peer["condition"], len(peer["lives"])) for peer in centre.json("peers")}
    assert lives[before] == ("ended", 0) and lives[now][1] == 1


def test_a_second_authority_joins_on_a_node_that_is_stopped_and_reads_what_its_start_needs(
    pair: tuple[Home, Home], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    centre, police = pair
    file, secret = tmp_path / "second.invitation", tmp_path / "secret"
    centre.json(
        "invite",
        "Guyana prosecution",
        "--kind",
        "prosecution",
        "--country",
        "GY",
        "--file",
        str(file),
        "--as",
        "BB-001",
        "--address",
        "http://127.0.0.1:9",
    )
    arguments = (str(file), "--administrator", "B. Roy", "--number", "GP-ADM", "--yes", "--address", "")
    served = centre.libertad("join", *arguments, "--key-file", code=1)
    assert "is running" in served and "stop it" in served
    secret.write_text("eleven pale herons over water\n")
    secret.chmod(0o600)
    given_by = police.environment | {"LIBERTAD_PASSPHRASE_FILE": str(secret)}
    monkeypatch.setattr(Home, "environment", given_by)
    output = " ".join(police.libertad("join", *arguments).split())
    authority = output.partition("Joined: Guyana prosecution, ")[2].partition(" ")[0]
    assert f"each has a line: {authority}=PASSPHRASE" in output
