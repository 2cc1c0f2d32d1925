"""Two processes that write the ring copy at once: a node that serves, and `libertad backup`."""

from __future__ import annotations

import sqlite3
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
WRITES = """
import sys
from pathlib import Path
from libertad.journal.rings import Rings
rings = Rings(Path(sys.argv[1]))
for _ in range(40):
    rings.backup()
rings.close()
"""


def test_both_write_it_whole(tmp_path: Path) -> None:
    from libertad.journal.rings import Rings

    rings = Rings(tmp_path)
    public = rings.create("0" * 32)
    rings.close()
    command = [sys.executable, "-c", WRITES, str(tmp_path)]
    both = [subprocess.Popen(command, cwd=ROOT, stderr=subprocess.PIPE, text=True) for _ in range(3)]
    assert [(process.wait(120), process.communicate()[1]) for process in both] == [(0, "")] * 3
    copy = sqlite3.connect(tmp_path / "rings.backup")
    assert copy.execute("select public from device").fetchall() == [(public,)]
    copy.close()
