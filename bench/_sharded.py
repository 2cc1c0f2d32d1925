"""An index of 100 million persons in shards, simulated: counted from what was measured on few, and not run.

What a question costs a shard is fitted to what was measured: so much for itself, for each key looked up, each
posting read and each pair compared. Keys and postings of a question grow with the shard as they did between
the two largest sizes measured, a question about common names staying as much dearer as it was; no more than a
crowd stands under a key and no more than `MOST` pairs are compared. An answer is there when the slowest shard
has answered twice: each shard's time is the question's, times a ratio that was measured (real over fitted).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.asked import MOST
from libertad.hits.matching.segment import CROWD

TRIES = 1000
SHARDS = (16, 32, 64, 128, 256, 512, 1024, 2048)
ROUND_TRIP = 0.0005  # seconds between nodes of one network: assumed, not measured
SLOW = 0.001  # how often a shard does not answer in time: assumed
Floats = NDArray[np.float64]


@dataclass(frozen=True)
class Load:
    """What was measured in shards of `records` each, a row for each question and shard: seconds of CPU, and
    how many keys were looked up, postings read and pairs compared. `question` numbers the rows' questions."""

    records: float
    question: NDArray[np.int64]
    seconds: Floats
    keys: Floats
    postings: Floats
    pairs: Floats

    @property
    def counts(self) -> Floats:
        return np.stack([np.ones(len(self.keys)), self.keys, self.postings, self.pairs], axis=1)


@dataclass(frozen=True)
class Costs:
    """Seconds for a question itself, a key, a posting, a pair; `ratios`: measured over fitted, row by row."""

    each: Floats
    ratios: Floats
    loads: Sequence[Load]

    @classmethod
    def of(cls, loads: Sequence[Load]) -> Costs:
        """Fitted by least squares, none below zero: what would be is left out, the dearest fault first."""
        counts = np.concatenate([load.counts for load in loads])
        seconds = np.concatenate([load.seconds for load in loads])
        columns = list(range(counts.shape[1]))
        while True:
            fitted = np.linalg.lstsq(counts[:, columns], seconds, rcond=None)[0]
            if (fitted >= 0).all():
                break
            del columns[int(np.argmin(fitted * counts[:, columns].mean(0)))]
        each = np.zeros(counts.shape[1])
        each[columns] = fitted
        return cls(each, seconds / (counts @ each), loads)

    def grown(self, records: float) -> Floats:
        """Seconds of each question in a shard of so many records."""
        large = max(self.loads, key=lambda load: load.records)
        keys = large.keys * (records / large.records) ** self._slope("keys")
        postings = large.postings * (records / large.records) ** self._slope("postings")
        postings = np.minimum(postings, keys * CROWD)
        pairs = np.minimum(large.pairs * (records / large.records) ** self._slope("postings"), MOST)
        seconds: Floats = np.stack([np.ones(len(keys)), keys, postings, pairs], axis=1) @ self.each
        return seconds

    def _slope(self, attribute: str) -> float:
        """The power of the size by which it grew between the two largest sizes; never above 1."""
        small, large = sorted(self.loads, key=lambda load: load.records)[-2:]
        grown = np.log(getattr(large, attribute).mean() / max(getattr(small, attribute).mean(), 1e-9))
        return float(np.clip(grown / np.log(large.records / small.records), 0.0, 1.0))


@dataclass(frozen=True)
class Simulated:
    """Of answers with so many shards: milliseconds for half of them and for 99 of 100; seconds of CPU of all
    shards a question; gigabytes and kilobytes; shares of answers that are whole with each shard kept once,
    and twice."""

    shards: int
    p50_ms: float
    p99_ms: float
    cpu_s: float
    memory_gb: float
    wire_kb: float
    whole: float
    whole_twice: float


def simulate(
    costs: Costs,
    persons: int,
    shards: int,
    bytes_a_record: float,
    wire: tuple[float, float],
    seed: int = 2018,
) -> Simulated:
    """`wire`: bytes a shard both ways in both rounds without hits, and bytes of the hits."""
    rng = np.random.default_rng(seed)
    sizes = rng.multinomial(persons, np.full(shards, 1 / shards))  # hashes of ids spread as chance does
    seconds = costs.grown(float(sizes.max()))
    sampled = rng.choice(seconds, TRIES)
    slowest = rng.choice(costs.ratios, (TRIES, shards)).max(axis=1)
    p50, p99 = np.percentile(sampled * slowest + 2 * ROUND_TRIP, [50, 99]) * 1e3
    once, twice = (
        (rng.random((TRIES * 10, shards)) < SLOW**copies).any(axis=1).mean() for copies in (1, 2)
    )  # a copy is slow by itself
    return Simulated(
        shards, float(p50), float(p99), float(seconds.mean() * costs.ratios.mean() * shards),
        float(sizes.max() * bytes_a_record / 1e9), (wire[0] * shards + wire[1]) / 1e3,
        float(1 - once), float(1 - twice),
    )  # fmt: skip


def by_keys(keys: Sequence[tuple[NDArray[np.uint64], NDArray[np.int64]]], shards: int) -> tuple[float, float]:
    """Were keys sharded and not records: how many shards a question still asks, and what share of all the
    postings that it reads the busiest one has. `keys`: of each question its keys, and how much is under each.
    """
    shards_asked, busiest = [], []
    for key, count in keys:
        load = np.bincount((key % np.uint64(shards)).astype(np.int64), weights=count, minlength=shards)
        if load.sum():
            shards_asked.append(float((load > 0).sum()))
            busiest.append(float(load.max() / load.sum()))
    return float(np.mean(shards_asked or [0.0])), float(np.mean(busiest or [0.0]))
