"""The curve of `hits link` is the one that makes pairs of tables likeliest."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tools.link_curve import BITS, DOUBLES, KNOTS, Pairs, fitted, write

SHIFT, SLOPE = -1.0, 0.6


def table(doubles: float, chance: np.random.Generator) -> Pairs:
    """Pairs whose bits say too much, the more so the fewer doubles."""
    bits = chance.uniform(-8, 14, 6000)
    odds = SLOPE * bits + SHIFT + 0.3 * np.log2(doubles)
    return Pairs(bits, (chance.random(6000) < 1 / (1 + np.exp2(-odds))).astype(np.float64), doubles)


def test_what_bits_say_too_much_is_found_again(tmp_path: Path) -> None:
    chance = np.random.default_rng(6)
    weights = fitted([table(doubles, chance) for doubles in (0.01, 0.1, 1.0, 4.0)])
    write(tmp_path / "curve.csv", weights)
    with (tmp_path / "curve.csv").open(encoding="utf-8", newline="") as file:
        rows = [
            (float(row["doubles"]), float(row["bits"]), float(row["chance"])) for row in csv.DictReader(file)
        ]
    assert {doubles for doubles, _, _ in rows} == {2.0**many for many in DOUBLES}
    for many in DOUBLES:
        curve = np.array([one for doubles, _, one in rows if doubles == 2.0**many])
        assert len(curve) == len(BITS) and (np.diff(curve) >= 0).all()
        middle = (BITS >= -5) & (BITS <= 10)
        odds = np.log2(curve / (1 - curve))[middle]
        assert odds == pytest.approx(SLOPE * BITS[middle] + SHIFT + 0.3 * many, abs=0.8)


def test_where_nothing_tells_bits_are_what_they_say() -> None:
    weights = fitted([Pairs(np.zeros(0), np.zeros(0), 1.0)])
    assert weights[1 : len(KNOTS)] == pytest.approx(np.log(2)) and weights[-1] == 0
