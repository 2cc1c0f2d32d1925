"""Ours as a user runs it: commands on files, in a process of their own; what they wrote, read back."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
import time
from collections import defaultdict
from dataclasses import dataclass, field
from pathlib import Path

from bench._judging import Answer

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Ran:
    """`memory`: the most that the process and its children held at once, in bytes."""

    seconds: float
    memory: int


def libertad(*arguments: str | Path) -> Ran:
    """One command of `libertad`, to its end."""
    environment = {key: value for key, value in os.environ.items() if not key.startswith("DJANGO")}
    began = time.perf_counter()
    process = subprocess.Popen(
        [sys.executable, "-m", "libertad.cli", *map(str, arguments)],
        cwd=ROOT,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
    )
    output = process.stdout.read() if process.stdout else b""
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        command = " ".join(map(str, arguments))
        raise RuntimeError(f"libertad {command} failed:\n{output.decode(errors='replace')[-4000:]}")
    return Ran(time.perf_counter() - began, usage.ru_maxrss * 1024)  # Linux tells kilobytes


@dataclass(frozen=True)
class Linked:
    """Pairs with their bits and probability, and the cluster of each record that has one."""

    pairs: list[tuple[str, str, float]]
    probability: list[float]
    clusters: dict[str, str] = field(default_factory=dict)

    def alone(self, threshold: float) -> list[tuple[str, str, float]]:
        """Pairs by their own evidence: without those that are listed because a cluster holds both."""
        return [
            pair
            for pair, probability in zip(self.pairs, self.probability, strict=True)
            if probability >= threshold
        ]


def pairs(path: Path) -> Linked:
    """What `hits link` wrote."""
    linked: list[tuple[str, str, float]] = []
    believed: list[float] = []
    clusters: dict[str, str] = {}
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            linked.append((row["left_id"], row["right_id"], float(row["bits"])))
            believed.append(float(row["probability"]))
            if cluster := row.get("cluster"):
                clusters[row["left_id"]] = clusters[row["right_id"]] = cluster
    return Linked(linked, believed, clusters)


def link(left: Path, right: Path | None, folder: Path) -> tuple[Linked, Ran]:
    """`libertad hits link`, with clusters where it is one table. No labels, no map, no tuning."""
    out = folder / "pairs.csv"
    tables = [left] if right is None else [left, right]
    ran = libertad("hits", "link", *tables, "--out", out, *([] if right else ["--clusters"]))
    return pairs(out), ran


@dataclass(frozen=True)
class Index:
    """An index made by `hits index`, and what making it took."""

    folder: Path
    ran: Ran


@dataclass(frozen=True)
class Found:
    """One hit."""

    record: str
    bits: float
    probability: float


@dataclass(frozen=True)
class Hits:
    """What `hits ask` answered to each query, best first; and its own figures."""

    of: dict[str, list[Found]]
    stats: dict[str, float]
    ran: Ran

    def answers(self, truth: dict[str, str]) -> list[Answer]:
        """`truth`: query -> the right record, '' if there is none. The score is the bits, finer than what is
        told of the probability."""
        return [
            Answer(query, person, tuple((hit.record, hit.bits) for hit in self.of.get(query, ())))
            for query, person in truth.items()
        ]

    def believed(self, truth: dict[str, str], only_best: bool = False) -> list[tuple[float, bool]]:
        """Of each hit that was told (or each query's best): the probability said, and whether it is right."""
        limit = 1 if only_best else None
        return [
            (hit.probability, hit.record == person)
            for query, person in truth.items()
            for hit in self.of.get(query, [])[:limit]
        ]


def index(people: Path, folder: Path) -> Index:
    out = folder / f"index-{people.stem}"
    return Index(out, libertad("hits", "index", people, "--out", out))


def ask(index: Index, queries: Path, folder: Path) -> Hits:
    out, stats = folder / f"hits-{queries.stem}.csv", folder / "stats.json"
    ran = libertad("hits", "ask", "--index", index.folder, queries, "--out", out, "--stats", stats)
    return Hits(hits(out), json.loads(stats.read_text(encoding="utf-8")), ran)


def hits(path: Path) -> dict[str, list[Found]]:
    by_query: dict[str, list[Found]] = defaultdict(list)
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            hit = Found(row["right_id"], float(row["bits"]), float(row["probability"]))
            by_query[row["left_id"]].append(hit)
    return {
        query: sorted(listed, key=lambda candidate: -candidate.bits) for query, listed in by_query.items()
    }
