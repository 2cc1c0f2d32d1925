"""Tests of a group run on one worker."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.grouping import ROOT, ByFile, group_of

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


def test_a_file_with_a_fixture_for_all_its_tests_is_a_group() -> None:
    assert group_of("tests/commands/test_cli.py") == "tests/commands/test_cli.py"
    assert group_of("tests/hits/test_deciding.py") == ""


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


DYING = """
import os, pathlib, pytest
@pytest.mark.parametrize("number", range(40))
def test_it(number):
    if number in {deadly}:
        os.kill(os.getpid(), 9)
    with pathlib.Path(__file__).with_name("done").open("a") as done:
        done.write(f"{{number}}\\n")
"""
OURS = """
from tests.support import grouping
def pytest_xdist_make_scheduler(config, log):
    return grouping.scheduler(config, log)
"""


@pytest.mark.parametrize("deadly", [[0], [5, 20, 39]])
def test_a_worker_that_dies_fails_its_test_and_the_rest_is_done_once(
    tmp_path: Path, deadly: list[int]
) -> None:
    (tmp_path / "test_dying.py").write_text(DYING.format(deadly=deadly))
    (tmp_path / "conftest.py").write_text(OURS)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "--dist=loadgroup", "-p", "no:cacheprovider"]
    run = subprocess.run(
        [*command, "-p", "no:faulthandler", "-p", "no:django", "test_dying.py"],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        timeout=120,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
    )
    done = sorted(int(line) for line in (tmp_path / "done").read_text().split())
    assert done == sorted(set(range(40)) - set(deadly)), run.stdout
    assert run.returncode == 1 and f"{len(deadly)} failed, {40 - len(deadly)} passed" in run.stdout


HANGING = """
import pytest, time
@pytest.mark.timeout(1)
def test_it():
    time.sleep(60)
def test_next():
    pass
"""


def test_a_test_that_hangs_fails_and_the_run_goes_on(tmp_path: Path) -> None:
    (tmp_path / "test_hanging.py").write_text(HANGING)
    command = [sys.executable, "-m", "pytest", "-q", "-n", "2", "-p", "no:cacheprovider", "test_hanging.py"]
    run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, timeout=50)
    assert run.returncode == 1 and "1 failed, 1 passed" in run.stdout
    assert "time.sleep(60)" in run.stdout
