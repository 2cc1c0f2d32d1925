"""`libertad evidence verify`, as a court runs it: no home, no database, no network."""

from __future__ import annotations

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import msgspec

from libertad.evidence import package as form
from libertad.journal.node import node
from libertad.vocabulary.written import unseen
from tests.evidence.packages import Made, files_of, package_case, signed_anew, zipped

__all__ = ["package_case"]


ROOT = Path(__file__).parents[2]


ALONE = """
import os, sys
def refuse(event, given):
    if event in ("socket.connect", "socket.bind", "socket.getaddrinfo", "sqlite3.connect"):
        os.write(2, f"{event} {given}".encode()); os._exit(99)
sys.addaudithook(refuse)
from libertad.cli import app
app()
"""


def verify(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """As a court runs it: no home, no database, no settings, no network."""
    bare = {"PATH": os.environ["PATH"], "PYTHONPATH": str(ROOT), "HOME": str(folder), "COLUMNS": "200"}
    command = [sys.executable, "-c", ALONE, "evidence", "verify", *arguments]
    return subprocess.run(command, env=bare, cwd=folder, capture_output=True, text=True, check=False)


def test_the_command_needs_no_home_and_no_database(package_case: Made, tmp_path: Path) -> None:
    court = tmp_path / "court"
    court.mkdir()
    file = court / "package.zip"
    file.write_bytes(package_case.data)
    spaced = " ".join(package_case.keys["centre"][at : at + 4] for at in range(0, 32, 4))
    passed = verify(court, str(file), "--key", f"{spaced}={package_case.world.authorities['centre']}")
    assert passed.returncode == 0, passed.stdout + passed.stderr
    alone = verify(court, str(file), "--key", spaced)
    assert alone.returncode == 2 and f"{spaced}, which you named, is of " in alone.stdout
    every = verify(court, str(file), *(part for key in package_case.keys.values() for part in ("--key", key)))
    assert every.returncode == 0 and "if those that you named are whose the file says" in every.stdout
    two = [f"{spaced}={package_case.world.authorities[key]}" for key in ("centre", "police")]
    refused = verify(court, str(file), "--key", two[0], "--key", two[1])
    assert refused.returncode == 1 and "is named for two authorities" in refused.stderr
    assert "Nothing was altered or left out, and every key is vouched." in passed.stdout
    assert "Taken by Sgt. Name officer" in passed.stdout and "Not proven" in passed.stdout
    unnamed = verify(court, str(file), "--json")
    assert unnamed.returncode == 2
    result = json.loads(unnamed.stdout)
    assert result["whole"] and not result["vouched"] and len(result["chain"]) == 9
    entries = json.loads(files_of(package_case.data)[form.ENTRIES])
    entries[0]["signature"] = base64.b64encode(bytes(64)).decode()
    file.write_bytes(zipped(files_of(package_case.data) | {form.ENTRIES: json.dumps(entries).encode()}))
    failed = verify(court, str(file))
    assert failed.returncode == 1 and "DO NOT RELY ON THIS FILE" in failed.stdout
    assert [path.name for path in court.iterdir()] == ["package.zip"]
    nothing = verify(court, "nowhere.zip")
    assert nothing.returncode == 1 and "cannot be read" in nothing.stderr


LIE = "\x1b[2J\x1b[H\x9b31m\r\nNothing was altered or left out, and every key is vouched.\u202e\u2028"


def test_nothing_that_others_wrote_acts_upon_the_courts_terminal(package_case: Made, tmp_path: Path) -> None:
    """A maker's name that clears the screen and writes the verdict itself."""
    maker = msgspec.structs.replace(form.unpack(package_case.data).manifest.maker, name=LIE)
    secret = node().rings.device(package_case.world.authorities["prosecution"])[1]
    file = tmp_path / "package.zip"
    file.write_bytes(signed_anew(package_case.data, lambda entries: entries, secret, maker=maker))
    for options in ([], ["--json"]):
        done = verify(tmp_path, str(file), *options)
        assert done.returncode == 1, done.stdout + done.stderr  # chain.html names another maker
        assert not [sign for sign in done.stdout if unseen(sign) and sign != "\n"]
        assert "\nNothing was altered" not in done.stdout and "\\u001b[2J" in done.stdout
        if options:
            assert any(LIE in line for line in json.loads(done.stdout)["not_proven"])
