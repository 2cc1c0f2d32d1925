"""`make soak`: LIBERTAD_SOAK_SIMULATED (200) seeds of the simulator, without a bug and with each of them."""

from __future__ import annotations

import os

import pytest

from tests.simulator.planted import BUGS
from tests.simulator.tables import table

pytestmark = [pytest.mark.soak, pytest.mark.sqlite_only]
SEEDS = int(os.environ.get("LIBERTAD_SOAK_SIMULATED", "200"))


def test_no_seed_without_a_bug_fails() -> None:
    assert table(0, SEEDS, [], os.cpu_count() or 1) == 0


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught_in_95_of_100_seeds(bug: str) -> None:
    assert table(SEEDS, 0, [bug], os.cpu_count() or 1) == 0
