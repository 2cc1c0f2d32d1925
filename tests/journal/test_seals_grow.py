"""Finding the rows of a group costs by the group, not by how many rows are on file."""

from __future__ import annotations

from pathlib import Path

from libertad.journal.guards import TOUCH
from libertad.journal.seals import Seals


def steps(seals: Seals) -> int:
    """How many steps SQLite takes for one group of three rows."""
    count = 0

    def step() -> int:
        nonlocal count
        count += 1
        return 0

    seals.db.set_progress_handler(step, 1)
    assert len(seals.members(TOUCH, "group 1")) == 3
    seals.db.set_progress_handler(None, 1)
    return count


def filled(folder: Path, rows: int) -> Seals:
    folder.mkdir()
    (folder / "keys").mkdir()
    seals = Seals(folder)
    seals.db.executemany(
        "insert into row (tbl, name, grp, seal, pending) values (?, ?, ?, x'01', null)",
        [(TOUCH, f"row {n}", f"group {n // 3}") for n in range(rows)],
    )
    return seals


def test_a_group_is_found_without_reading_the_others(tmp_path: Path) -> None:
    small, large = filled(tmp_path / "few", 30), filled(tmp_path / "many", 3000)
    assert steps(large) <= 2 * steps(small)
    small.close()
    large.close()
