"""The replay's short form: the whole operation on three police nodes and two of care, with harsh faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from scenarios.replay.faults import WORDS

# With the other replays on one worker, one after the other: each has processes enough of its own.
pytestmark = [pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from libertad.cli import app; app()", "replay", "operation-libertad-2018"]
HANGS = 1800  # seconds; a replay gives up by itself long before


@pytest.mark.parametrize("seed", [1, pytest.param(6, marks=pytest.mark.soak)])
def test_harsh(tmp_path: Path, seed: int) -> None:
    """In both a thief serves a stolen home, a device is lost and an older database is put back."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [*COMMAND, "--nodes", "3", "--faults", "harsh", "--seed", str(seed), "--minutes", "0.5", "--report",
         str(report)],
        cwd=ROOT, capture_output=True, text=True, timeout=HANGS, check=False,
    )  # fmt: skip
    told = json.loads(report.read_text("utf-8")) if report.exists() else {}
    failed = [f"{one['name']}: {one['first'][:5]}" for one in told.get("checks", ()) if not one["ok"]]
    assert done.returncode == 0, "\n".join(
        [*told.get("wrong", ()), *failed, str(told.get("parts")), told.get("trace") or done.stderr[-2000:]]
    )
    assert told["holds"] and all(check["ok"] for check in told["checks"])
    assert {one["kind"] for one in told["played"]} == set(WORDS)
    assert all(one["how"] == "played" for one in told["played"])
    assert "the public totals equal the fixed points" in {check["name"] for check in told["checks"]}
    # Only what was nowhere else is excepted, one by one.
    lost = {entry for one in told["played"] if one["kind"] == "lost" for entry in one["told"]["lost"]}
    assert {one["entry"] for one in told["excepted"]} == lost != set()
