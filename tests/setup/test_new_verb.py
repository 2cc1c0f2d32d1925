"""`python -m tools.new_verb` in a copy of the project: what it writes runs, and it writes over nothing."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
COPIED = ("libertad", "tools", "tests", "docs", "scenarios", "bench", "pyproject.toml")
ARGUMENTS = ("--room", "care", "--file", "care", "--say", "caseworker,deciding-authority")
FIELDS = ("plan:text!", "until:day", "needs:codes=needs", "urgent:flag")


@pytest.fixture(scope="module")
def copy(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("copy")
    skipped = shutil.ignore_patterns("__pycache__", "node_modules", "static", "build")
    for name in COPIED:
        source = ROOT / name
        if source.is_dir():
            shutil.copytree(source, folder / name, ignore=skipped)
        else:
            shutil.copy(source, folder / name)
    return folder


def run(copy: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Of the environment nothing that belongs to the tests that run this one: they clean up their folders."""
    own = ("DJANGO", "LIBERTAD", "PYTEST", "TMPDIR")
    environment = {name: value for name, value in os.environ.items() if not name.startswith(own)}
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=copy,
        capture_output=True,
        text=True,
        timeout=300,
        env={**environment, "LIBERTAD_TEST_DB": "sqlite"},
    )


def contents(copy: Path) -> dict[Path, bytes]:
    return {path: path.read_bytes() for path in copy.rglob("*") if path.suffix in (".py", ".yaml", ".md")}


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (("safety.plan", *ARGUMENTS, "plan:text!"), "has its row in matrix.yaml already"),
        (("plan", *ARGUMENTS, "plan:text!"), "write a verb as thing.deed"),
        (("case.plan", *ARGUMENTS, "plan:words"), "write a field as name:type"),
        (("case.plan", *ARGUMENTS, "plan:code=nowhere"), "write it first"),
        (
            ("case.plan", *ARGUMENTS, "--action", "plan_safety", "plan:text"),
            "plan_safety.py is there already",
        ),
    ],
)
def test_what_is_wrong_is_said_and_nothing_is_written(
    copy: Path, arguments: tuple[str, ...], reason: str
) -> None:
    before = contents(copy)
    done = run(copy, "-m", "tools.new_verb", *arguments)
    assert (done.returncode, reason in done.stderr) == (2, True), done.stderr
    assert contents(copy) == before


def test_what_it_writes_runs_and_is_formatted(copy: Path) -> None:
    done = run(copy, "-m", "tools.new_verb", "case.plan", *ARGUMENTS, *FIELDS)
    assert done.returncode == 0, done.stderr
    assert "CasePlan" in done.stdout and "FILLED" in done.stdout
    row = next(
        line
        for line in (copy / "libertad/access/matrix.yaml").read_text().splitlines()
        if "case.plan" in line
    )
    assert "say: [caseworker, deciding-authority]" in row
    assert "case.plan" in (copy / "docs/vocabulary.md").read_text()
    assert "case.plan" in (copy / "docs/access.md").read_text()
    for step in (("format", "--check"), ("check",)):
        checked = run(copy, "-m", "ruff", *step, "libertad/care", "libertad/vocabulary", "tests/care")
        assert checked.returncode == 0, checked.stdout
    tested = run(copy, "-m", "pytest", "-n", "0", "-p", "no:cacheprovider", "tests/care/test_plan_case.py")
    assert tested.returncode == 0, tested.stdout
    assert " passed" in tested.stdout
