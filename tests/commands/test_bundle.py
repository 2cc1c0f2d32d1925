"""Two nodes that no network joins: invitation, answer and everything after it travel as files."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import pytest

from libertad.exchange.transport.bundle_format import HEAD
from tests.commands.test_exchange import FOUND, ROOT, Home

# As `python -m libertad.cli`, but that any socket to or from elsewhere ends the process.
ALONE = """
import os, sys
def refuse(event, given):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "socket.sendto"):
        os.write(2, f"{event} {given}".encode()); os._exit(99)
sys.addaudithook(refuse)
from libertad.cli import app
app()
"""
LEADS = """
import sys
import django; django.setup()
from libertad.access.acting import perform
from libertad.access.queries import actor_of
from libertad.access.models import Account
from libertad.journal.node import close_node
from libertad.operations.actions.report_lead import report_lead
actor = actor_of(Account.objects.of(sys.argv[1]))
for number in range(int(sys.argv[2])):
    perform(actor, report_lead, country="GY", summary=f"{sys.argv[3]} {number}", source_grade="1",
        information_grade="A", handling="P")
close_node()
"""
APPOINT = """
import django; django.setup()
from libertad.access.accounts import appoint
from libertad.access.models import Account, Officer
from libertad.access.queries import actor_of
from libertad.journal.node import close_node
lead = actor_of(Account.objects.of("GY-ADM"))
made = appoint(lead, name="An officer", service_number="GY-1", role="officer", rank="")
if Account.objects.of("GY-1") is None:
    officer = Officer.objects.get(role="officer", authority=lead.authority)
    Account.objects.create_user("GY-1", "correct horse battery", officer.pk)
close_node()
"""
SHOWN = """
import django; django.setup()
from libertad.operations.models import Lead
from libertad.journal.models import Held
print(sorted(Lead.objects.values_list("id", "reference")), Held.objects.count())
"""


@dataclass
class Alone(Home):
    """A home whose commands cannot use a network."""

    def cli(self, *arguments: str, code: int = 0) -> str:
        done = self.run("-c", ALONE, *arguments)
        assert done.returncode == code, (arguments, done.returncode, done.stdout, done.stderr)
        return done.stdout if not code else " ".join((done.stdout + done.stderr).split())

    def report(self, *arguments: str) -> Any:
        return json.loads(self.cli(*arguments, "--json"))

    def script(self, text: str, *arguments: str) -> str:
        done = self.run("-c", text, *arguments)
        assert done.returncode == 0, done.stderr
        return done.stdout


class Two(NamedTuple):
    centre: Alone
    police: Alone
    names: dict[str, str]
    base: Path

    def carry(self, sender: Alone, two: Alone, *options: str) -> Any:
        """A stick from one to the other; returns what reading it told."""
        folder = self.base / f"stick-{os.urandom(4).hex()}"
        folder.mkdir()
        bundle = sender.report(
            "bundle", "write", "--to", self.names[two.at.name], "--folder", str(folder), *options
        )
        assert bundle["files"] and all(Path(path).stat().st_mode & 0o777 == 0o600 for path in bundle["files"])
        return two.report("bundle", "read", *bundle["files"])


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Two]:
    """A centre, and a police node that joined it by an invitation and an answer on a stick."""
    base = tmp_path_factory.mktemp("sticks")
    centre, police = Alone(base / "centre"), Alone(base / "police")
    for machine in (centre, police):
        machine.at.mkdir()
    centre.script(FOUND)
    invitation, answer = base / "guyana.invitation", base / "guyana.answer"
    invitation_told = centre.report(
        "exchange",
        "invite",
        "Guyana police",
        "--kind",
        "police",
        "--country",
        "GY",
        "--file",
        str(invitation),
        "--as",
        "BB-001",
    )
    join = (
        "exchange",
        "join",
        str(invitation),
        "--administrator",
        "A. Persaud",
        "--number",
        "GY-ADM",
        "--key-file",
        "--yes",
    )
    assert "with --answer" in police.cli(*join, code=1)
    output = police.cli(*join, "--answer", str(answer))
    assert invitation_told["words"] in " ".join(output.split()) and "take-answer" in output
    assert answer.stat().st_mode & 0o777 == 0o600
    words = police.report("exchange", "status")["node"]
    output = centre.cli("exchange", "take-answer", str(answer), "--yes")
    assert words in output and "Guyana police" in output
    pair = Two(centre, police, {"centre": invitation_told["name"], "police": words}, base)
    pair.carry(centre, police)
    pair.carry(police, centre)
    # Now that the operation is here: who is appointed before is known to the own node alone.
    police.script(APPOINT)
    pair.carry(police, centre)
    yield pair


def test_the_operation_arrives_and_what_is_said_travels_both_ways(two: Two) -> None:
    centre, police = two.centre, two.police
    (peer,) = police.report("exchange", "peers")
    assert peer["lives"][0]["name"] == "Centre" and peer["address"] == "" and peer["bytes_in"] > 0
    police.script(LEADS, "GY-1", "30", "People locked in at the mine")
    assert two.carry(police, centre)["stored"] >= 30
    centre.script(LEADS, "BB-001", "3", "Seen at the port")
    assert two.carry(centre, police)["stored"] >= 3
    two.carry(police, centre)
    here, police_shows = centre.script(SHOWN), police.script(SHOWN)
    assert here == police_shows and here.count("), (") == 32 and here.rstrip().endswith(" 0")
    (peer,) = police.report("exchange", "peers")
    (police_peer,) = centre.report("exchange", "peers")
    assert police_peer["unconfirmed"] == 0 and police_peer["behind"] == peer["behind"] == 0


def test_a_bundle_in_parts_is_taken_whole_in_any_order_and_twice(two: Two, tmp_path: Path) -> None:
    centre, police = two.centre, two.police
    police.script(LEADS, "GY-1", "150", "A boat on the river")
    bundle = police.report(
        "bundle", "write", "--to", two.names["centre"], "--folder", str(tmp_path), "--most", "17k"
    )
    paths = bundle["files"]
    assert len(paths) > 1
    assert police.report("bundle", "show", *paths)["missing"] == []
    assert "Part 2 of" in centre.cli("bundle", "read", paths[0], *paths[2:], code=1)
    torn = Path(paths[1])
    whole = torn.read_bytes()
    torn.write_bytes(whole[:-100])
    assert f"Part 2 of {len(paths)} ends after" in centre.cli("bundle", "read", *paths, code=1)
    assert f"Part 2 of {len(paths)} ends after" in centre.cli("bundle", "show", *paths, code=1)
    torn.write_bytes(whole[:HEAD] + bytes([whole[HEAD] ^ 1]) + whole[HEAD + 1 :])
    assert f"Part 2 of {len(paths)} was changed" in centre.cli("bundle", "read", *paths, code=1)
    torn.write_bytes(whole)
    first = centre.report("bundle", "read", *reversed(paths))
    assert first["stored"] >= 150 and not first["missing"]
    again = centre.report("bundle", "read", *paths)
    assert again["stored"] == 0 and again["known"] > 0


def test_only_new_follows_what_was_written_and_a_lost_one_is_named(two: Two, tmp_path: Path) -> None:
    """Three days by river: a stick each day, and the second is late."""
    centre, police = two.centre, two.police
    sticks = []
    for day in range(3):
        police.script(LEADS, "GY-1", "5", f"Day {day}")
        sticks.append(
            police.report("bundle", "write", "--to", two.names["centre"], "--folder", str(tmp_path), "--new")
        )
    assert sticks[1]["entries"] < 10
    assert centre.report("bundle", "read", *sticks[0]["files"])["stored"] >= 5
    assert "Not all:" in centre.cli("bundle", "read", *sticks[2]["files"], code=1)
    assert centre.report("bundle", "read", *sticks[1]["files"])["stored"] == 5
    assert centre.report("bundle", "read", *sticks[2]["files"])["stored"] == 5
    assert centre.script(SHOWN) == police.script(SHOWN)


def test_a_bundle_for_somebody_else_or_of_a_suspended_peer_is_refused(two: Two, tmp_path: Path) -> None:
    centre, police = two.centre, two.police
    bundle = centre.report("bundle", "write", "--to", "Guyana", "--folder", str(tmp_path))
    # Nobody opens it but the reader: not even its writer, who knows the signature.
    output = centre.cli("bundle", "read", *bundle["files"], code=1)
    assert "stranger" in output
    key = police.at / "keys" / "bundle.key"
    key_bytes = key.read_bytes()
    key.write_bytes((centre.at / "keys" / "bundle.key").read_bytes())
    assert "for another" in police.cli("bundle", "read", *bundle["files"], code=1)
    key.write_bytes(key_bytes)
    centre.cli("exchange", "suspend", "Guyana", "--reason", "Words differ", "--as", "BB-001")
    assert "exchange resume" in centre.cli("bundle", "write", "--to", "Guyana", code=1)
    back = police.report("bundle", "write", "--to", two.names["centre"], "--folder", str(tmp_path))
    assert "suspended" in centre.cli("bundle", "read", *back["files"], code=1)
    centre.cli("exchange", "resume", "Guyana", "--reason", "Compared", "--as", "BB-001")
    assert centre.report("bundle", "read", *back["files"])["missing"] is False
    assert "is no folder" in centre.cli("bundle", "write", "--to", "Guyana", "--folder", "nowhere", code=1)
    assert "is no size" in centre.cli("bundle", "write", "--to", "Guyana", "--most", "much", code=1)
    assert "too small" in centre.cli("bundle", "write", "--to", "Guyana", "--most", "1k", code=1)


def test_an_answer_is_taken_once_from_its_node_and_written_again_when_lost(two: Two, tmp_path: Path) -> None:
    centre, police = two.centre, two.police
    again = tmp_path / "again"
    police.cli("exchange", "answer", two.names["centre"], "--file", str(again))
    centre.cli("exchange", "take-answer", str(again), "--yes")
    again.write_text(again.read_text()[:-80])
    assert "torn" in centre.cli("exchange", "take-answer", str(again), "--yes", code=1)
    thief = Alone(tmp_path / "other")
    thief.at.mkdir()
    stolen = thief.cli(
        "exchange",
        "join",
        str(two.base / "guyana.invitation"),
        "--administrator",
        "X",
        "--number",
        "X-1",
        "--key-file",
        "--yes",
        "--answer",
        str(tmp_path / "stolen"),
    )
    assert "Joined" in stolen
    output = centre.cli("exchange", "take-answer", str(tmp_path / "stolen"), "--yes", code=1)
    assert "used already" in output
    assert len(centre.report("exchange", "peers")) == 1


def test_a_bundle_key_is_shown_and_entered_by_hand_with_a_warning(two: Two) -> None:
    centre, police = two.centre, two.police
    recipient = police.cli("exchange", "bundle-key").strip()
    assert recipient.startswith("age1")
    assert centre.cli("exchange", "bundle-key", "Guyana").strip() == recipient
    done = centre.run("-c", ALONE, "exchange", "bundle-key", "Guyana", recipient)
    assert done.returncode == 0 and "by telephone" in done.stderr
    assert "no bundle key" in centre.cli("exchange", "bundle-key", "Guyana", recipient[:-1] + "b", code=1)


def test_this_test_would_notice_a_socket() -> None:
    planted = ALONE.replace(
        "from libertad.cli import app\napp()", "import socket\nsocket.create_connection(('127.0.0.1', 9))"
    )
    done = subprocess.run([sys.executable, "-c", planted], cwd=ROOT, check=False, capture_output=True)
    assert done.returncode == 99
