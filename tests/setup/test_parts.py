"""`make test`: all parts run whatever fails, and the table at the end says which did."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MAKEFILE = """\
test-good:
	@echo '<testsuite><testcase/><testcase><skipped/></testcase></testsuite>' > $(LIBERTAD_TEST_REPORT)
test-broken:
	@echo '<testsuite><testcase/><testcase><failure/></testcase></testsuite>' > $(LIBERTAD_TEST_REPORT)
	@exit 1
test-gone:
	@exit 3
test-empty:
	@echo '<testsuites/>' > $(LIBERTAD_TEST_REPORT)
"""


@pytest.mark.parametrize(
    ("parts", "status", "lines"),
    [
        (["good"], 0, ["good 1 0 1 0"]),
        (["broken", "good"], 1, ["broken 1 1 0 0 FAILED: make test-broken", "good 1 0 1 0"]),
        (["gone", "good"], 1, ["gone 0 0 0 0 FAILED: make test-gone", "good 1 0 1 0"]),
        (["empty"], 1, ["empty 0 0 0 0 FAILED: make test-empty"]),
    ],
)
def test_every_part_is_run_and_the_table_says_what_failed(
    tmp_path: Path, parts: list[str], status: int, lines: list[str]
) -> None:
    (tmp_path / "Makefile").write_text(MAKEFILE)
    done = subprocess.run(
        [sys.executable, ROOT / "tools" / "parts.py", *parts], cwd=tmp_path, capture_output=True, text=True
    )
    printed = [" ".join(line.split()) for line in done.stdout.splitlines()]
    assert (done.returncode, printed[-len(lines) :]) == (status, lines)
