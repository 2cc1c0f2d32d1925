"""`make soak`: LIBERTAD_SOAK_AUTHORITIES (8) authorities over three real servers, each killed once."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from bench.authorities import measured, trial

pytestmark = [pytest.mark.soak, pytest.mark.sqlite_only]
COUNT = int(os.environ.get("LIBERTAD_SOAK_AUTHORITIES", "8"))


def test_all_have_what_all_may_read_while_each_server_is_killed(tmp_path: Path, db: None) -> None:
    with trial(tmp_path, COUNT, processes=2) as running_trial:
        measured(running_trial)
        assert len(running_trial.written) == len(set(running_trial.written)) == COUNT
