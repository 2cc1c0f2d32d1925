"""`make soak`: the whole operation on 16 nodes and two of care, harsh, for LIBERTAD_SOAK_SEEDS (10)."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from scenarios.replay.carriages import EXCHANGE
from scenarios.replay.run import Options, replay

pytestmark = [pytest.mark.soak, pytest.mark.sqlite_only]
SEEDS = int(os.environ.get("LIBERTAD_SOAK_SEEDS", "10"))
SECONDS = float(os.environ.get("LIBERTAD_SOAK_WEEK", "180"))


@pytest.mark.parametrize("seed", range(1, SEEDS + 1))
def test_harsh(tmp_path: Path, seed: int) -> None:
    report = replay(
        Options(
            carriage=EXCHANGE, level="harsh", seed=seed, seconds=SECONDS, patience=90, home=tmp_path / "run"
        )
    )
    assert report.holds, report.as_json()
