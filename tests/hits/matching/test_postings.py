"""Which numbers stand under which keys: what is found is what was put, without crowds."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
import pytest

from libertad.hits.matching import postings
from libertad.hits.matching.postings import Postings


@pytest.mark.parametrize(
    ("size", "keys", "numbers"), [(0, 1, 1), (1, 1, 1), (900, 90, 40), (30_000, 4000, 900)]
)
@pytest.mark.parametrize("sure", [postings.SURE, 40])  # 40: parted by their first bits
def test_a_key_brings_all_that_stands_under_it_unless_too_much_does(
    size: int, keys: int, numbers: int, sure: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(postings, "SURE", sure)
    chance = np.random.default_rng(7)
    key = chance.integers(0, 2**64, keys, dtype=np.uint64)[chance.integers(0, keys, size)]
    number = chance.integers(0, numbers, size)
    expected: dict[int, list[int]] = defaultdict(list)
    for code, at in zip(key.tolist(), number.tolist(), strict=True):
        expected[code].append(at)
    listed = Postings.of(key, number, crowd=10)
    queried = np.array(sorted(expected), np.uint64)
    answers: dict[int, list[int]] = defaultdict(list)
    for which, at in zip(*listed.find(queried), strict=True):
        answers[int(queried[which])].append(int(at))
    assert answers == {
        bucket: sorted(positions) for bucket, positions in expected.items() if len(positions) <= 10
    }
