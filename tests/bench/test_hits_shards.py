"""The benchmark of shards measures real ones, and its simulation adds up."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from bench import hits_shards
from bench._names import data
from bench._sharded import Costs, Load, by_keys, simulate
from libertad.hits.matching import Hit
from libertad.hits.matching.segment import CROWD
from libertad.hits.matching.sharding import Answer


def load(records: float, keys: float, postings: float) -> Load:
    """A hundred questions that cost 1 ms each, 10 µs a key and 1 µs a posting, and nothing a pair."""
    spread = np.linspace(0.5, 1.5, 100)
    read = postings * spread[::-1] ** 2
    seconds = 1e-3 + 1e-5 * keys * spread + 1e-6 * read
    return Load(records, np.arange(100), seconds, keys * spread, read, 10 * np.cos(spread))


SMALL, LARGE = load(10_000, 100, 400), load(100_000, 200, 4000)


def test_costs_are_found_again_from_what_was_measured() -> None:
    costs = Costs.of([SMALL, LARGE])
    assert costs.each == pytest.approx([1e-3, 1e-5, 1e-6, 0.0], abs=1e-8)
    assert costs.ratios == pytest.approx(1.0, abs=1e-3)


def test_a_larger_shard_costs_more_until_all_its_keys_are_crowded() -> None:
    costs = Costs.of([SMALL, LARGE])
    assert costs.grown(100_000) == pytest.approx(LARGE.seconds, rel=1e-3)
    assert costs.grown(1_000_000).mean() > 2 * LARGE.seconds.mean()
    maximum = 1e-3 + 1e-5 * LARGE.keys * 10**0.903 * (1 + CROWD / 10)
    assert (costs.grown(100_000_000) <= maximum * 1.01).all()


def test_more_shards_need_less_memory_each_and_more_bytes_and_miss_more_often() -> None:
    costs = Costs.of([SMALL, LARGE])
    few_shards, many_shards = (
        simulate(costs, 10_000_000, shards, 250.0, (600.0, 1000.0)) for shards in (10, 1000)
    )
    assert 0.249 < few_shards.memory_gb < 0.252 and many_shards.memory_gb < 0.003
    assert few_shards.wire_kb == 7 and many_shards.wire_kb == 601
    assert many_shards.whole < few_shards.whole < 1 and many_shards.whole_twice > 0.99
    assert many_shards.p99_ms < few_shards.p99_ms and few_shards.p50_ms <= few_shards.p99_ms
    assert many_shards.cpu_s > few_shards.cpu_s


def test_keys_that_are_sharded_are_counted_where_they_lie() -> None:
    keys = [(np.array([0, 1, 4, 5], np.uint64), np.array([3, 0, 6, 1]))]
    assert by_keys(keys, 4) == (2.0, 0.9)


def test_what_is_lost_and_what_differs_is_counted() -> None:
    whole = [[Hit("a", 3.0, 0.9), Hit("b", 1.0, 0.6)], []]
    sharded = [Answer((Hit("a", 3.5, 0.9),)), Answer((Hit("c", 0.1, 0.5),))]
    same = hits_shards.Same.of(whole, sharded)
    assert (same.lost, same.more, same.same_ids, same.apart) == (1, 1, 0, [0.5])


def test_real_shards_answer_as_one_index_does(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    try:
        data()
    except FileNotFoundError as why:
        pytest.skip(f"{why}")
    monkeypatch.setattr(hits_shards, "SPLIT", (1, 4))
    lines = {line["what"]: line for line in hits_shards.measure(400, 800, 20, tmp_path)}
    for shards in (1, 4):
        setup = f"400 persons in {shards} shards"
        assert lines[f"{setup}: answers with the same ids"]["ours"] == 1.0
        assert lines[f"{setup}: hits within 0.1 bits"]["ours"] >= 0.9
        assert 100 < lines[f"{setup}: bytes a question and shard, both ways and rounds"]["ours"] < 4096
    assert any(label.startswith("simulated, 100,000,000 persons") for label in lines)
