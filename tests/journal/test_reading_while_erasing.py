"""Who reads the rings while files are erased reads those of before or of after, and ends no process."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

READERS = """
import os, sys, threading
from pathlib import Path
from libertad.journal.rings import Rings

rings = Rings(Path(sys.argv[1]))
authorities = ["c" * 32, "d" * 32]
for authority in authorities:
    rings.create(authority)
places = [os.urandom(16) for _ in range(12)]
for place in places:
    rings.add(authorities, place, os.urandom(32))
rings.commit()
wrong, over = [], threading.Event()
questions = {
    "authorities": lambda: rings.authorities() == authorities,
    "generation": lambda: rings.generation(authorities[0]) >= 1,
    "by_passphrase": lambda: rings.by_passphrase() == [],
    "epochs": lambda: isinstance(rings.epochs(authorities[0], places[-1]), list),
    "erased": lambda: rings.erased() is not None,
    "erased_places": lambda: rings.erased_places() is not None,
    "damaged_parts": lambda: rings.damaged_parts() == [],
    "stale_parts": lambda: len(rings.stale_parts()) <= 2,
}


def read(name):
    while not over.wait(0.0005):
        try:
            if not questions[name]():
                wrong.append(name)
        except Exception as why:
            wrong.append(f"{name}: {why!r}")


readers = [threading.Thread(target=read, args=(name,)) for name in questions]
for reader in readers:
    reader.start()
for place in places[:-1]:
    rings.destroy([place])
over.set()
for reader in readers:
    reader.join()
assert rings.erased_places() == set(places[:-1])
print(sorted(set(wrong))[:5])
"""


def test_nobody_reads_half_a_file_and_no_connection_is_closed_under_a_reader(tmp_path: Path) -> None:
    """As a process of its own: closing a connection by which another thread reads ends the process."""
    command = [sys.executable, "-X", "faulthandler", "-c", READERS, str(tmp_path)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=300, check=False)
    assert (done.returncode, done.stdout.strip()) == (0, "[]"), done.stderr[-2000:]
