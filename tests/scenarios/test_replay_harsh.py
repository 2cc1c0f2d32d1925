"""The replay's short form: the whole operation on three police nodes and two of care, with harsh faults."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from scenarios.replay.faults import WORDS
from scenarios.replay.travelling import BUNDLE, HTTP, MIXED, NATS

# With the other replays on one worker, one after the other: each has processes enough of its own.
pytestmark = [pytest.mark.nightly, pytest.mark.sqlite_only, pytest.mark.xdist_group("replay")]
ROOT = Path(__file__).parents[2]
COMMAND = [sys.executable, "-c", "from libertad.cli import app; app()", "replay", "operation-libertad-2018"]
HANGS = 1800  # seconds; a replay gives up by itself long before


def soak(seed: int, transport: str) -> Any:
    return pytest.param(seed, transport, marks=pytest.mark.soak)


@pytest.mark.parametrize(
    ("seed", "transport"),
    [(1, HTTP), soak(6, HTTP), soak(1, NATS), soak(1, BUNDLE), soak(1, MIXED)],
)
def test_harsh(tmp_path: Path, seed: int, transport: str) -> None:
    """In each a thief serves a stolen home, a device is lost and an older database is put back."""
    report = tmp_path / "report.json"
    done = subprocess.run(
        [
            *COMMAND,
            "--nodes",
            "3",
            "--faults",
            "harsh",
            "--seed",
            str(seed),
            "--minutes",
            "0.5",
            "--transport",
            transport,
            "--report",
            str(report),
        ],
        cwd=ROOT,
        capture_output=True,
        text=True,
        timeout=HANGS,
        check=False,
    )
    result = json.loads(report.read_text("utf-8")) if report.exists() else {}
    failed = [
        f"{check['name']}: {check['first'][:5]}" for check in result.get("checks", ()) if not check["ok"]
    ]
    assert done.returncode == 0, "\n".join(
        [
            *result.get("wrong", ()),
            *failed,
            str(result.get("parts")),
            result.get("trace") or done.stderr[-2000:],
        ]
    )
    assert result["holds"] and all(check["ok"] for check in result["checks"])
    assert {fault["kind"] for fault in result["played"]} == set(WORDS)
    assert all(fault["how"] == "played" for fault in result["played"])
    assert "the public totals equal the fixed points" in {check["name"] for check in result["checks"]}
    # Only what was nowhere else is excepted, one by one.
    lost = {entry for fault in result["played"] if fault["kind"] == "lost" for entry in fault["told"]["lost"]}
    assert {exemption["entry"] for exemption in result["excepted"]} == lost != set()
