"""The unit of docs/deployment.md: what it lets the node write is there, and is all that the node needs."""

from __future__ import annotations

import json
import re
import subprocess
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest

from libertad.web.settings.base import BASE, STATIC_ROOT
from tests.support.databases import KIND
from tests.support.outside import ROOT, WITHIN, Machine, machines

PAGE = (ROOT / "docs" / "deployment.md").read_text("utf-8")
UNIT = PAGE.partition("libertad.service <<END\n")[2].partition("\nEND\n")[0]
BESIDE = PAGE.partition("libertad.service <<END\n")[2].partition("\nEND\n")[2].partition("```")[0]
WRITES = re.findall(r"^ReadWritePaths=(.*)$", UNIT, re.M)[0].split()
# As ProtectSystem=strict, ReadWritePaths and PrivateTmp do: every mount read-only but for the system's own,
# and a folder for what is temporary that nobody else sees.
STRICT = """
mount --make-rprivate /
for path in {writes}; do mount --bind "$path" "$path"; done
while read -r _ _ _ _ point options _; do
  case "$point" in /proc*|/sys*|/dev|/dev/pts*|/dev/mqueue*) continue;; esac
  kept=0; for path in {writes}; do [ "$point" = "$path" ] && kept=1; done
  [ $kept = 1 ] || mount -o remount,bind,ro "$point" 2>/dev/null || true
done < <(cat /proc/self/mountinfo)
mount -t tmpfs tmpfs /tmp
! touch {folder}/elsewhere 2>/dev/null
cd /
exec {command}
"""


def may_unshare() -> bool:
    script = ["unshare", "-m", "bash", "-c", "mount --make-rprivate / && mount -t tmpfs tmpfs /tmp"]
    try:
        return subprocess.run(script, check=False, capture_output=True, timeout=30).returncode == 0
    except (OSError, subprocess.TimeoutExpired):
        return False


def test_each_folder_that_the_unit_names_is_there_before_it_starts() -> None:
    """systemd starts no service whose ReadWritePaths names a folder that is not there."""
    folders = re.findall(r"^install -d -o libertad -g libertad -m 700 (.*)$", BESIDE, re.M)[0].split()
    assert BESIDE.index("install -d") < BESIDE.index("systemctl")
    founded = "/srv/libertad/node"  # by `libertad found`
    assert f"LIBERTAD_HOME={founded}" in PAGE
    assert set(WRITES) - {founded} <= set(folders), "made in the same frame, or it does not start"
    assert f"/srv/libertad/app/{STATIC_ROOT.parent.relative_to(BASE)}" in WRITES, "static files are collected"


@pytest.fixture
def at(tmp_path: Path) -> Iterator[Machine]:
    machine = Machine(tmp_path / "machine", tmp_path / "no-certificates")
    with machines(machine):
        machine.found_authority()
        yield machine


@pytest.mark.skipif(KIND != "sqlite", reason="of the file system, not of the database")
@pytest.mark.skipif(not may_unshare(), reason="needs the right to mount, as root has it")
def test_the_node_starts_where_it_may_write_nothing_but_what_the_unit_names(at: Machine) -> None:
    node, build = at.folder / "node", STATIC_ROOT.parent
    build.mkdir(exist_ok=True)
    places = {"/srv/libertad/node": node, "/srv/libertad/app/build": build}
    script = STRICT.format(
        writes=" ".join(str(places[path]) for path in WRITES),
        folder=at.folder,
        command=" ".join(at.command()),
    )
    log = (at.folder / "run.log").open("ab")
    at.process = subprocess.Popen(
        ["unshare", "-m", "bash", "-euc", script],
        cwd=at.folder,
        env=at.environment,
        stdin=subprocess.DEVNULL,
        stdout=log,
        stderr=log,
    )
    until, health = time.monotonic() + WITHIN, {}
    while not health and time.monotonic() < until:
        assert at.process.poll() is None, (at.folder / "run.log").read_text()
        try:
            with urllib.request.urlopen(f"http://127.0.0.1:{at.port}/healthz", timeout=5) as answer:
                health = json.loads(answer.read())
        except OSError:
            time.sleep(0.2)
    assert health and health["status"] == "ready", (health, (at.folder / "run.log").read_text())
    assert not (at.folder / "elsewhere").exists()
    at.stop()
    assert "ERROR" not in (at.folder / "run.log").read_text()
