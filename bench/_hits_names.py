"""Pairs of names from nomenklatura's own list, scored by our matcher and by its logic-v2, taking turns."""

from __future__ import annotations

import csv
import statistics
import time
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from bench._names import data
from bench.peers import matching

ROUNDS = 3


@dataclass(frozen=True)
class Case:
    """Two names of persons, and whether they may be of one."""

    left: str
    right: str
    same: bool


@dataclass(frozen=True)
class Measured:
    """A score for each pair, and the mean seconds a pair of the quickest round."""

    scores: list[float]
    seconds: float


def cases() -> list[Case]:
    """The pairs of the schema Person."""
    with (data() / "matching" / "name_bench_cases.csv").open(encoding="utf-8", newline="") as file:
        return [
            Case(row["name1"], row["name2"], row["is_match"] == "true")
            for row in csv.DictReader(file)
            if row["schema"] == "Person"
        ]


class Named(Protocol):
    """Two names, beside each other."""

    @property
    def left(self) -> str: ...
    @property
    def right(self) -> str: ...


def records(cases: Sequence[Named]) -> list[tuple[Any, Any]]:
    from libertad.hits.matching import Name, Record

    return [
        (Record(f"l{number}", (Name(case.left),)), Record(f"r{number}", (Name(case.right),)))
        for number, case in enumerate(cases)
    ]


def score_with_libertad(cases: Sequence[Named]) -> Measured:
    """All pairs in one go; the records are made before the clock starts."""
    from libertad.hits.matching import Matcher

    matcher, pairs = Matcher(), records(cases)
    began = time.perf_counter()
    scores = matcher.compare_many(pairs)
    return Measured(scores, (time.perf_counter() - began) / len(pairs))


def one_by_one(cases: Sequence[Case]) -> float:
    """Mean seconds of `Matcher.compare`, which tells the reasons as well."""
    from libertad.hits.matching import Matcher

    matcher, pairs = Matcher(), records(cases)
    began = time.perf_counter()
    for left, right in pairs:
        matcher.compare(left, right)
    return (time.perf_counter() - began) / len(pairs)


def score_with_peer(pairs: Path, folder: Path) -> Measured:
    scored = matching.names(pairs, folder)
    return Measured([score for score, _ in scored], statistics.mean(seconds for _, seconds in scored))


def score_with_logic_v2(cases: Sequence[Named], folder: Path) -> Measured:
    """logic-v2 on these pairs."""
    pairs = folder / "names.csv"
    with pairs.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows((case.left, case.right) for case in cases)
    return score_with_peer(pairs, folder)


def measured(cases: Sequence[Case], folder: Path) -> tuple[Measured, Measured]:
    """Ours and theirs, the quickest of the rounds each."""
    score_with_libertad(cases)  # loads the data files
    rounds = [(score_with_libertad(cases), score_with_logic_v2(cases, folder)) for _ in range(ROUNDS)]
    own_runs, peer_runs = zip(*rounds, strict=True)
    return min(own_runs, key=lambda one: one.seconds), min(peer_runs, key=lambda one: one.seconds)


def wrong(cases: Sequence[Case], scores: Sequence[float], threshold: float) -> list[str]:
    """The pairs on the wrong side of the threshold, for whoever wants to know why."""
    return [
        f"{'missed' if case.same else 'false'} {case.left} | {case.right} ({score:.1f})"
        for case, score in zip(cases, scores, strict=True)
        if (score >= threshold) != case.same
    ]
