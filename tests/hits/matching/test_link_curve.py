"""The curve of `hits link` is the one that makes pairs of tables likeliest."""

from __future__ import annotations

import csv
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from libertad.hits.matching.calibration import BELIEVED, LEARNT
from tools.link_curve import BITS, DOUBLES, KNOTS, Pairs, fitted, write

SHIFT, SLOPE = -1.0, 0.6
TAUGHT = 1.5  # bits that pairs of learnt weights are worth more


def table(doubles: float, chance: np.random.Generator, learnt: bool) -> Pairs:
    """Pairs whose bits say too much, the more so the fewer doubles and where nothing is learnt."""
    bits = chance.uniform(-8, 14, 6000)
    odds = SLOPE * bits + SHIFT + 0.3 * np.log2(doubles) + TAUGHT * learnt
    same = (chance.random(6000) < 1 / (1 + np.exp2(-odds))).astype(np.float64)
    return Pairs(bits, same, doubles, learnt, *np.arange(12_000).reshape(2, 6000))


def test_what_bits_say_too_much_is_found_again(tmp_path: Path) -> None:
    chance = np.random.default_rng(6)
    several = [
        table(doubles, chance, learnt) for doubles in (0.01, 0.1, 1.0, 4.0) for learnt in (True, False)
    ]
    weights = fitted(several)
    write(tmp_path / "curve.csv", weights)
    with (tmp_path / "curve.csv").open(encoding="utf-8", newline="") as file:
        rows = list(csv.DictReader(file))
    assert {float(row["doubles"]) for row in rows} == {2.0**exponent for exponent in DOUBLES}
    for power, (weights_of, extra) in product(DOUBLES, ((LEARNT, TAUGHT), (BELIEVED, 0.0))):
        of = (weights_of, 2.0**power)
        curve = np.array(
            [float(row["chance"]) for row in rows if (row["weights"], float(row["doubles"])) == of]
        )
        assert len(curve) == len(BITS) and (np.diff(curve) >= 0).all()
        middle = (BITS >= -5) & (BITS <= 10)
        odds = np.log2(curve / (1 - curve))[middle]
        assert odds == pytest.approx(SLOPE * BITS[middle] + SHIFT + 0.3 * power + extra, abs=0.8)


def test_where_nothing_tells_bits_are_what_they_say() -> None:
    nobody = np.zeros(0, np.int64)
    weights = fitted([Pairs(np.zeros(0), np.zeros(0), 1.0, True, nobody, nobody)])
    assert weights[1 : len(KNOTS)] == pytest.approx(np.log(2)) and (weights[len(KNOTS) :] == 0).all()
