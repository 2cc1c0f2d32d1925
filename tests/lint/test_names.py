"""Names say what kind of thing they name: no folder has more vague ones than names.yaml allows."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.lint import names

SAMPLE = """
def told(said, row):
    found = [one for one in said if one.key]
    return found

def open_row(row):
    key = row.key
    return key
"""


def test_bindings_and_functions_are_counted_by_their_words(tmp_path: Path) -> None:
    (tmp_path / "sample.py").write_text(SAMPLE)
    assert [(name.line, name.name) for name in names.vague(tmp_path)] == [
        (2, "told"),
        (2, "said"),
        (3, "found"),
        (3, "one"),
    ]
    assert names.shares(tmp_path) == {"bindings": 50.0, "functions": 50.0}


@pytest.mark.parametrize("folder", names.folders())
def test_no_folder_has_more_vague_names_than_it_may(folder: str) -> None:
    shares, allowed = names.shares(names.ROOT / folder), names.ceiling(folder)
    above = {kind: round(share, 2) for kind, share in shares.items() if share > allowed[kind]}
    assert not above, f"python -m tests.lint.names {folder} lists them; at most {allowed} percent"


def test_a_folder_that_reached_the_goal_has_no_ceiling_of_its_own() -> None:
    """A ceiling is for folders on the way, and lies within 1% of what is there: nothing falls back."""
    for folder, allowed in names.rules()["ceilings"].items():
        goal = names.rules()["goal" if folder.startswith("libertad/") else "tests_goal"]
        assert any(allowed[kind] > goal[kind] for kind in names.KINDS), f"{folder}: take its ceiling out"
        for kind, share in names.shares(names.ROOT / folder).items():
            assert allowed[kind] <= max(goal[kind], share + 1), f"{folder}, {kind}: lower the ceiling"
