"""A look at the files of an open database leaves its locks in place."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest

from tests.support import disk

# SQLite's 'dead man switch': whoever can lock this byte is alone, and shortens the file.
ALONE = """
import fcntl, sys
with open(sys.argv[1], "r+b") as shm:
    try:
        fcntl.lockf(shm, fcntl.LOCK_EX | fcntl.LOCK_NB, 1, 128)
    except OSError:
        sys.exit("somebody uses it")
"""


@pytest.mark.parametrize(("look", "in_use"), [(disk.read, True), (Path.read_bytes, False)])
def test_a_look_at_a_file_keeps_the_locks(
    tmp_path: Path, look: Callable[[Path], bytes], in_use: bool
) -> None:
    path, shm = tmp_path / "node.sqlite3", tmp_path / "node.sqlite3-shm"
    with closing(sqlite3.connect(path)) as db:
        db.execute("pragma journal_mode=wal")
        db.execute("create table one (a)")
        assert len(look(shm)) == 32768
        alone = subprocess.run([sys.executable, "-c", ALONE, str(shm)], capture_output=True, text=True)
    assert (alone.stderr.strip(), alone.returncode) == (("somebody uses it", 1) if in_use else ("", 0))


def test_a_file_that_went_is_empty_and_one_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    assert disk.read(tmp_path / "none") == disk.read(tmp_path / "none.sqlite3") == b""
    for folder in (tmp_path / "some", tmp_path / "some.sqlite3"):
        folder.mkdir()
        with pytest.raises(OSError, match=r"(?i)directory"):
            disk.read(folder)
