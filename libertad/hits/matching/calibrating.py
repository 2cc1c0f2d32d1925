"""From bits to how often such a pair is one person, so that .9 means nine of ten: isotonic regression.

The sum of weights says too much, because facts are not independent of each other. What people decided
corrects it: the curve never falls, and else goes where the decisions are (pool adjacent violators; R. E.
Barlow and others, Statistical Inference under Order Restrictions, 1972). Before anybody has decided, it is
the curve in `data/calibration.csv`, measured on synthetic populations; each of its points counts as a few
decisions.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np

from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.lexicon import Floats

FIRST = 5.0  # decisions that a point of the first curve stands for
WIDTH = 1.0  # bits within which decisions are taken together before the curve is made


@dataclass(frozen=True)
class Calibration:
    """`bits` ascending; `chance` beside it, never falling; straight lines between, level beyond."""

    bits: Floats
    chance: Floats

    def __call__(self, bits: Floats) -> Floats:
        found: Floats = np.interp(bits, self.bits, self.chance)
        return found

    @classmethod
    def of(cls, decisions: Iterable[tuple[float, bool]], before: Calibration | None = None) -> Calibration:
        """From what was decided: (bits, whether it was one person). `before`: what is believed until then."""
        told = [(bits, float(same), 1.0) for bits, same in decisions]
        if before is not None:
            told += [(bits, chance, FIRST) for bits, chance in zip(before.bits, before.chance, strict=True)]
        if not told:
            return first()
        each = np.array(sorted(told), np.float64)
        step = np.floor(each[:, 0] / WIDTH).astype(np.int64)
        _, where = np.unique(step, return_inverse=True)
        weight = np.bincount(where, weights=each[:, 2])
        bits = np.bincount(where, weights=each[:, 0] * each[:, 2]) / weight
        chance = np.bincount(where, weights=each[:, 1] * each[:, 2]) / weight
        return cls(bits, _rising(chance, weight.astype(np.float64)))


def _rising(chance: Floats, weight: Floats) -> Floats:
    """The nearest values that never fall."""
    blocks: list[list[float]] = []  # value, weight, how many
    for value, heavy in zip(chance.tolist(), weight.tolist(), strict=True):
        blocks.append([value, heavy, 1])
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            last, before = blocks.pop(), blocks[-1]
            total = before[1] + last[1]
            before[0] = (before[0] * before[1] + last[0] * last[1]) / total
            before[1], before[2] = total, before[2] + last[2]
    return np.repeat([b[0] for b in blocks], [int(b[2]) for b in blocks])


@cache
def first() -> Calibration:
    """The curve that holds until somebody has decided."""
    with (FOLDER / "calibration.csv").open(encoding="utf-8", newline="") as file:
        rows = [(float(row["bits"]), float(row["chance"])) for row in csv.DictReader(file)]
    bits, chance = np.array(rows, np.float64).T
    return Calibration(bits, chance)
