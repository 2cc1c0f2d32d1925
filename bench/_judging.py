"""How good a matcher's answers are. Pure functions of what it said and of the truth.

A pair is two record ids in either order; `pair` puts them in one. Scores are anything that grows with belief.
"""

from __future__ import annotations

import math
from bisect import bisect_left, bisect_right
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass


def pair(left: str, right: str) -> tuple[str, str]:
    return (left, right) if left < right else (right, left)


@dataclass(frozen=True)
class Quality:
    """`precision`, `recall` and their harmonic mean `f1`, at `threshold`."""

    f1: float
    precision: float
    recall: float
    threshold: float = 0.0


def quality(right: int, said: int, true: int, threshold: float = 0.0) -> Quality:
    """Of `said` pairs `right` are true; `true` are there to be found."""
    precision, recall = (right / said if said else 0.0), (right / true if true else 0.0)
    total = precision + recall
    return Quality(2 * precision * recall / total if total else 0.0, precision, recall, threshold)


def best_f1(scored: Iterable[tuple[float, bool]], true: int) -> Quality:
    """The best F1 over all thresholds 'score >= threshold'. `true`: all true pairs, those never said too."""
    best, right = quality(0, 0, true), 0
    ordered = sorted(scored, key=lambda pair: -pair[0])
    for count, (score, is_true) in enumerate(ordered, start=1):
        right += is_true
        if count < len(ordered) and ordered[count][0] == score:
            continue  # equal scores are taken or left together
        now = quality(right, count, true, score)
        if now.f1 > best.f1:
            best = now
    return best


def area(scored: Sequence[tuple[float, bool]]) -> float:
    """How often a true pair scores higher than another, ties counting half: the area under the curve."""
    true = sorted(score for score, held in scored if held)
    false_scores = [score for score, held in scored if not held]
    if not true or not false_scores:
        return math.nan
    above = (len(true) - (bisect_left(true, score) + bisect_right(true, score)) / 2 for score in false_scores)
    return sum(above) / (len(true) * len(false_scores))


def pairs_within(clusters: Mapping[str, str]) -> int:
    """How many pairs have one cluster."""
    return sum(size * (size - 1) // 2 for size in Counter(clusters.values()).values())


def clustered(clusters: Mapping[str, str], truth: Mapping[str, str]) -> Quality:
    """Pairs within one said cluster against those within one true cluster; ids not said are alone."""
    together = Counter((clusters.get(record, f"alone {record}"), truth[record]) for record in truth)
    right = sum(size * (size - 1) // 2 for size in together.values())
    alone = {record: clusters.get(record, f"alone {record}") for record in truth}
    return quality(right, pairs_within(alone), pairs_within(truth))


def components(pairs: Iterable[tuple[str, str]]) -> dict[str, str]:
    """Clusters by joining whatever is linked, however long the chain."""
    parent: dict[str, str] = {}

    def root(record: str) -> str:
        parent.setdefault(record, record)
        while parent[record] != record:
            parent[record] = parent[parent[record]]
            record = parent[record]
        return record

    for left, right in pairs:
        parent[root(left)] = root(right)
    return {record: root(record) for record in list(parent)}


@dataclass(frozen=True)
class Answer:
    """What one query got: hits (record id, score), best first; `person` is the right record, '' if absent."""

    query: str
    person: str
    hits: tuple[tuple[str, float], ...]

    @property
    def top(self) -> float:
        return self.hits[0][1] if self.hits else float("-inf")

    @property
    def own(self) -> float:
        """The score of the right record, minus infinity where it is not among the hits."""
        return next((score for record, score in self.hits if record == self.person), float("-inf"))


@dataclass(frozen=True)
class Recall:
    """`listed`: the right record is among the hits at or above the threshold; `first`: and is the best one.
    `false`: absent persons with any hit at or above it, `wrong`: members whose best hit there is another."""

    threshold: float
    listed: float
    first: float
    false: float
    wrong: float


def recall_at(answers: Sequence[Answer], most: float = 0.01) -> Recall:
    """Recall at the lowest threshold with which at most a share `most` of the absent get a hit."""
    absent = sorted((answer.top for answer in answers if not answer.person), reverse=True)
    allowed = int(len(absent) * most)
    # The first false hit too many must fall below; scores equal to it fall with it.
    bound = absent[allowed] if allowed < len(absent) else float("-inf")
    above = sorted({score for answer in answers for _, score in answer.hits if score > bound})
    threshold = above[0] if above else float("inf")
    return recall_above(answers, threshold)


def recall_above(answers: Sequence[Answer], threshold: float) -> Recall:
    members = [answer for answer in answers if answer.person]
    absent = [answer for answer in answers if not answer.person]

    def share(of: Sequence[Answer], held: Iterable[bool]) -> float:
        return sum(held) / len(of) if of else 0.0

    reached = [answer for answer in members if answer.top >= threshold]
    return Recall(
        threshold,
        listed=share(members, (answer.own >= threshold for answer in members)),
        first=share(members, (answer.hits[0][0] == answer.person for answer in reached)),
        false=share(absent, (answer.top >= threshold for answer in absent)),
        wrong=share(members, (answer.hits[0][0] != answer.person for answer in reached)),
    )


def calibration(judged: Sequence[tuple[float, bool]], bins: int = 10) -> list[tuple[float, float, int]]:
    """(mean probability said, share that was true, how many) of each bin of equal width that is not empty."""
    filled: dict[int, list[tuple[float, bool]]] = {}
    for probability, held in judged:
        filled.setdefault(min(int(probability * bins), bins - 1), []).append((probability, held))
    return [
        (sum(p for p, _ in group) / len(group), sum(held for _, held in group) / len(group), len(group))
        for _, group in sorted(filled.items())
    ]


def calibration_error(judged: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """Expected calibration error: how far said and true are apart in the bins, weighed by their sizes."""
    return (
        sum(abs(p - true) * count for p, true, count in calibration(judged, bins)) / len(judged)
        if judged
        else 0.0
    )


def by_chance(judged: Sequence[tuple[float, bool]], bins: int = 10) -> float:
    """The calibration error that is to be expected of so few hits were every probability right: the share of
    true ones in a bin lies off by sqrt(2 / pi) of its standard deviation, on average and either way."""
    spread = [0.0] * bins
    for probability, _ in judged:
        spread[min(int(probability * bins), bins - 1)] += probability * (1 - probability)
    return sum(math.sqrt(2 / math.pi * variance) for variance in spread) / len(judged) if judged else 0.0


def missed(answers: Sequence[Answer], threshold: float, noise: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Kind of noise -> 'missed of asked', of members; those with most misses first. 'none' has no noise."""
    totals: Counter[str] = Counter()
    lost: Counter[str] = Counter()
    for answer in answers:
        if answer.person:
            kinds = noise.get(answer.query) or ("none",)
            totals.update(kinds)
            if answer.own < threshold:
                lost.update(kinds)
    return {kind: f"{lost[kind]} of {totals[kind]}" for kind, _ in lost.most_common()}
