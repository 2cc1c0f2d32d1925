"""Tests of a group run on one worker."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.grouping import ByFile, group_of

GROUPED = """
import os, pathlib, time, pytest
pytestmark = pytest.mark.xdist_group("one")
@pytest.mark.parametrize("number", range(6))
def test_it(number):
    time.sleep(0.05)
    pathlib.Path(__file__).with_name(os.environ["PYTEST_XDIST_WORKER"]).touch()
"""


def test_a_file_names_its_group() -> None:
    assert group_of("tests/scenarios/test_replay.py") == "replay"
    assert group_of("tests/scenarios/test_replay_harsh.py") == "replay"
    assert group_of("tests/support/world.py") == group_of("tests/there_is_none.py") == ""


def test_a_group_is_one_unit_and_any_other_test_its_own() -> None:
    split = ByFile._split_scope
    assert split(None, "tests/scenarios/test_replay.py::test_a[x]") == "replay"  # type: ignore[arg-type]
    assert split(None, "tests/support/world.py::test_a") == "tests/support/world.py::test_a"  # type: ignore[arg-type]


@pytest.mark.xfail(
    strict=True, reason="pytest-xdist 3.8 with pytest 9.2: once this passes, grouping.py can go"
)
def test_the_mark_alone_keeps_a_group_together(tmp_path: Path) -> None:
    (tmp_path / "test_grouped.py").write_text(GROUPED)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist=loadgroup", "-p", "no:cacheprovider"]
    subprocess.run([*command, "test_grouped.py"], cwd=tmp_path, check=True, capture_output=True, timeout=120)
    assert len(list(tmp_path.glob("gw*"))) == 1
