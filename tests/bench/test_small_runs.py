"""Each bench of one node or two really runs to its end, on less than it measures: what it says is not judged.

A bench is a process of its own, as `libertad bench` starts it.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.support.elsewhere import ROOT

SECONDS = 240
# What is made smaller; then what is run.
RUNS = {
    "journal": (
        "import bench.journal as b; b.ROUNDS, b.EACH, b.FEW, b.WHOLE, b.MANY = 1, 10, 2, 1, 300; "
        "b.WRITING = 1.0; b.main()",
        ["append", "people recorded", "verify", "ingest", "rebuild", "16 concurrent writers"],
    ),
    "board": (
        "import json, bench.board as b; b.VIEWERS, b.RATE, b.SECONDS, b.TEAMS = 3, 10, 2, 2; "
        "print(json.dumps(b.run()))",
        ["commit to viewer, p99", "first load"],
    ),
    "exchange": (
        "import json, bench._lines as l, bench._pair as p; p.ENTRIES = 200; "
        "print(json.dumps([{'what': str(l.measure(1, False, lambda: None))}]))",
        ["Carried(", "ten=Small(trips=1"],
    ),
    "scale": ("import bench.scale as b; b.main()", ["the simulation itself", "the world 2 times as large"]),
    "search": ("import bench.search as b; b.NAMES = 200; b.main()", ["name search", "opens all names"]),
    "pages": (
        "import sys, bench.pages as b; sys.argv[1:1] = ['--persons', '40', '--times', '1']; b.main()",
        ["home, p95", "person, p95"],
    ),
    "figures": ("import bench.figures as b; b.ENTRIES = 500; b.main()", ["figures page", "first"]),
}


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Where a bench lays its home; the bench takes it away again."""
    yield tmp_path
    assert list(tmp_path.glob("libertad-bench-*")) == [], "a bench leaves its home behind"


@pytest.mark.parametrize(
    "name", [*sorted(RUNS.keys() - {"scale"}), pytest.param("scale", marks=pytest.mark.nightly)]
)
def test_it_runs_to_its_end(folder: Path, name: str) -> None:
    program, needles = RUNS[name]
    env = {key: value for key, value in os.environ.items() if not key.startswith(("LIBERTAD_", "DJANGO_"))}
    done = subprocess.run(
        [sys.executable, "-c", program, "--json"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        env={**env, "LIBERTAD_BENCH_DIR": str(folder)},
        timeout=SECONDS,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    lines: list[dict[str, Any]] = json.loads(done.stdout)
    for needle in needles:
        assert any(needle in line["what"] for line in lines), (needle, lines)
