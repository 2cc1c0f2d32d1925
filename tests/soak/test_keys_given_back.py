"""`make soak`: LIBERTAD_SOAK_DRILLS (200) drills of keys given back after a restore, one seed each."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from tests.exchange import conftest
from tests.exchange.conftest import Three
from tests.exchange.test_given_back_drill import drilled

pytestmark = [pytest.mark.soak, pytest.mark.both]
three = conftest.three


@pytest.mark.parametrize("seed", range(int(os.environ.get("LIBERTAD_SOAK_DRILLS", "200"))))
def test_every_entry_that_a_living_peer_holds_opens_again(three: Three, tmp_path: Path, seed: int) -> None:
    drilled(three, tmp_path, seed)
