"""What `make test` costs, by the table that `make test-all` writes: it stays within its ten minutes."""

from __future__ import annotations

import re
from pathlib import Path

from tests.support.cost import DEAR, row, table

ROOT = Path(__file__).parents[2]
QUICK = 1_320  # seconds of processor: eleven minutes on two cores; the goal is 1,200


def test_each_file_of_tests_has_its_row() -> None:
    files = {
        str(path.relative_to(ROOT))
        for path in (ROOT / "tests").rglob("test_*.py")
        if re.search(r"^ *(async )?def test_", path.read_text("utf-8"), re.M)
    }
    soak = {file for file in files if file.startswith("tests/soak/")}
    missing = sorted(files - soak - table().keys())
    assert not missing, f"measure them: make cost FILES='{' '.join(missing)}'"
    gone = sorted(table().keys() - files)
    assert not gone, f"their rows are left in tests/cost.json: {gone}"


def test_a_dear_test_is_one_that_exists() -> None:
    """Who renames a test would have it in the quick run again unseen."""
    lost = [
        f"{file}::{test}"
        for file, costs in table().items()
        for test, cost in costs.get("tests", {}).items()
        if cost > DEAR and f"def {test.partition('[')[0]}(" not in (ROOT / file).read_text("utf-8")
    ]
    assert not lost, f"measure their files anew with make cost FILES=…: {lost}"


def test_the_quick_run_stays_within_its_seconds() -> None:
    quick = {file: costs.get("quick", 0.0) for file, costs in table().items()}
    most = sorted(quick.items(), key=lambda pair: -pair[1])[:10]
    assert sum(quick.values()) <= QUICK, f"{sum(quick.values()):.0f} s; most cost {most}"


def test_a_row_says_what_is_left_for_the_quick_run() -> None:
    costs = {"": 0.5, "a": 0.2, "b": 3.0, "c": 1.5}
    assert row(costs, {}) == {"all": 5.2, "quick": 2.2, "tests": {"b": 3.0, "c": 1.5}}
    assert row(costs, {"b": "guard"})["quick"] == 5.2
    assert row(costs, {"c": "nightly"})["quick"] == 0.7


def test_a_file_whose_set_up_is_dear_is_dear() -> None:
    assert "quick" not in row({"": 9.0, "a": 0.2, "b": 3.0}, {})
    assert "quick" not in row({"": 0.1, "b": 3.0}, {})
    assert row({"": 9.0, "a": 0.2}, {"a": "guard"})["quick"] == 9.2
