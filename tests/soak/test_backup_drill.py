"""`make soak`: LIBERTAD_SOAK_DRILLS (200) backup drills, on the database that LIBERTAD_TEST_DB names.

LIBERTAD_SOAK_FIRST (1): the first seed, to go on after a run that was ended.
"""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.journal.test_backup_drill import server, template
from tests.support import drill

__all__ = ["server", "template"]
pytestmark = [pytest.mark.soak, pytest.mark.both]
SEEDS = int(os.environ.get("LIBERTAD_SOAK_DRILLS", "200"))
FIRST = int(os.environ.get("LIBERTAD_SOAK_FIRST", "1"))


@pytest.mark.parametrize("seed", range(FIRST, FIRST + SEEDS))
def test_everybody_acknowledged_is_there_and_nobody_erased(
    template: Path, tmp_path: Path, server: tuple[str | None, Path | None], seed: int
) -> None:
    drill.drilled(template, tmp_path, *server, seed)
