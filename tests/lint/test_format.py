"""The formatter writes all of the code: no line is kept from it."""

from __future__ import annotations

from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
KEPT_OUT = ("fmt: " + "skip", "fmt: " + "off")  # not written out: this file is read too


@pytest.mark.parametrize("folder", ["libertad", "tests", "bench", "scenarios", "tools"])
def test_nothing_is_kept_from_the_formatter(folder: str) -> None:
    paths = sorted((ROOT / folder).rglob("*.py"))
    assert paths
    spared = [
        str(path.relative_to(ROOT))
        for path in paths
        for line in path.read_text().splitlines()
        if any(words in line for words in KEPT_OUT)
    ]
    assert spared == []
