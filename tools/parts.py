"""Runs parts of the tests one after the other, whatever fails, and ends with a table of them.

python -m tools.parts field sqlite    runs `make test-field`, then `make test-sqlite`

Each part writes a report in JUnit's form to the path in LIBERTAD_TEST_REPORT. Ends with 1 if any part failed:
a test of it, or the part itself (no report).
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

REPORTS = Path("build", "tests")
LINE = "{:<12}{:>8}{:>8}{:>9}{:>9}  {}"


class Part(NamedTuple):
    """One part that was run: how many tests passed, failed and were skipped, and its seconds on the wall."""

    name: str
    passed: int
    failed: int
    skipped: int
    seconds: float
    ended: int

    @property
    def is_good(self) -> bool:
        return not (self.ended or self.failed) and self.passed > 0


def run(name: str) -> Part:
    report = REPORTS / f"{name}.xml"
    report.parent.mkdir(parents=True, exist_ok=True)
    report.unlink(missing_ok=True)
    began = time.monotonic()
    environment = os.environ | {"LIBERTAD_TEST_REPORT": str(report.resolve())}
    ended = subprocess.run(["make", "--no-print-directory", f"test-{name}"], env=environment).returncode
    passed, failed, skipped = counted(report)
    return Part(name, passed, failed, skipped, time.monotonic() - began, ended)


def counted(report: Path) -> tuple[int, int, int]:
    """Passed, failed and skipped by a report; none of each where there is no report."""
    if not report.exists():
        return 0, 0, 0
    cases = list(ElementTree.parse(report).iter("testcase"))  # noqa: S314 - our own runners wrote it
    failed = sum(case.find("failure") is not None or case.find("error") is not None for case in cases)
    skipped = sum(case.find("skipped") is not None for case in cases)
    return len(cases) - failed - skipped, failed, skipped


def table(parts: Iterable[Part]) -> str:
    lines = [LINE.format("part", "passed", "failed", "skipped", "seconds", "").rstrip()]
    for part in parts:
        said = "" if part.is_good else f"FAILED: make test-{part.name}"
        counts = (part.passed, part.failed, part.skipped)
        lines.append(LINE.format(part.name, *counts, f"{part.seconds:.0f}", said).rstrip())
    return "\n".join(lines)


def main(names: list[str]) -> int:
    parts = [run(name) for name in names]
    print(f"\n{table(parts)}")
    return 0 if all(part.is_good for part in parts) else 1


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
