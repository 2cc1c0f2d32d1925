"""From bits to how often such a pair is one person, so that .9 means nine of ten: isotonic regression.

The sum of weights says too much, because facts are not independent of each other. What people decided
corrects it: the curve never falls, and else goes where the decisions are (pool adjacent violators; R. E.
Barlow and others, Statistical Inference under Order Restrictions, 1972). Before anybody has decided, it is
a curve of `data/calibration.csv`, measured on synthetic populations of several sizes; it counts as a few
decisions at each of `POINTS`.
"""

from __future__ import annotations

import csv
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np

from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.model import probability

POINTS = np.append(np.arange(-14.0, 7.0), [12.0, 30.0])  # of a curve that holds before; few where all is sure
FIRST = 5.0  # decisions that each of these stands for
LARGE = 1_000_000  # records of an index whose size is not known: the chances of a large one are the least
WIDTH = 1.0  # bits within which decisions are taken together before the curve is made
LEARNT, BELIEVED = "learnt", "believed"  # weights, in calibration-link.csv
TWICE = 0.01  # how much less likely a second record of a person is than the first
LIKELY = 0.5  # chance from which a pair says how often a person is in a table
FEW = 10.0  # records with another of their person that are expected to have one more, as what is believed


@dataclass(frozen=True)
class Calibration:
    """`bits` ascending; `chance` beside it, never falling; straight lines between, level beyond."""

    bits: Floats
    chance: Floats

    def __call__(self, bits: Floats) -> Floats:
        chance: Floats = np.interp(bits, self.bits, self.chance)
        return chance

    @classmethod
    def of(cls, decisions: Iterable[tuple[float, bool]], before: Calibration | None = None) -> Calibration:
        """From what was decided: (bits, whether it was one person). `before`: what is believed until then."""
        observations = [(bits, float(same), 1.0) for bits, same in decisions]
        if before is not None:
            observations += [
                (bits, chance, FIRST) for bits, chance in zip(POINTS, before(POINTS), strict=True)
            ]
        if not observations:
            return first()
        each = np.array(sorted(observations), np.float64)
        step = np.floor(each[:, 0] / WIDTH).astype(np.int64)
        _, where = np.unique(step, return_inverse=True)
        weight = np.bincount(where, weights=each[:, 2])
        bits = np.bincount(where, weights=each[:, 0] * each[:, 2]) / weight
        chance = np.bincount(where, weights=each[:, 1] * each[:, 2]) / weight
        return cls(bits, _rising(chance, weight.astype(np.float64)))


def competing(odds: Floats, rivals: Floats, again: Floats, twice: float = TWICE) -> Floats:
    """Chances where one of several is the person, in proportion to their odds, or nobody is.

    `rivals`: the odds of all others beside each. A register may hold a person twice: another may be of the
    same, which is as unlikely as `twice` says and as likely as its own odds, `again`.
    """
    whole = 1 + odds + rivals
    more = again * twice
    chance: Floats = np.minimum((odds + rivals * (more / (1 + more))) / whole, 1.0)
    return chance


def rival_chances(chance: Floats, left_rows: Ints, right_rows: Ints, doubles: float) -> Floats:
    """Chances of the pairs of one table, each beside all other pairs of its two records.

    In one register nobody is more than twice, in another some are many times: of which kind a table is, it
    shows by itself (`repeat_ratio`). Where doubles fall at random, one says nothing of another, and the
    chances stay. `doubles`: how many others of its person a record is believed to have.
    """
    held = chance.clip(1e-9, 1 - 1e-9)
    odds = held / (1 - held)
    size = int(max(left_rows.max(initial=-1), right_rows.max(initial=-1))) + 1
    beside = _by_record(odds, left_rows, right_rows, size)
    rivals = np.maximum(beside[left_rows] + beside[right_rows] - 2 * odds, 0.0)
    return competing(odds, rivals, odds, repeat_ratio(chance, left_rows, right_rows, doubles))


def repeat_ratio(chance: Floats, left_rows: Ints, right_rows: Ints, doubles: float) -> float:
    """How often a record that has another of its person has one more, beside how often any record has one: 0
    where nobody is in the table more than twice, 1 where doubles fall at random. By the pairs that are
    likely; a few records are believed to be as `TWICE` says."""
    likely = np.where(chance >= LIKELY, chance, 0.0)
    size = int(max(left_rows.max(initial=-1), right_rows.max(initial=-1))) + 1
    others = _by_record(likely, left_rows, right_rows, size)
    more = others**2 - _by_record(likely**2, left_rows, right_rows, size)
    return float((more.sum() + FEW * TWICE) / (doubles * others.sum() + FEW))


def _by_record(values: Floats, left_rows: Ints, right_rows: Ints, size: int) -> Floats:
    """The sum over the pairs of each record."""
    total = np.bincount(left_rows, values, size) + np.bincount(right_rows, values, size)
    return total.astype(np.float64)


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
def _measured(file_name: str, column: str, **kind: str) -> tuple[Floats, Floats, Floats]:
    """Of a file with curves: what they are of, as logarithms, ascending; bits; and of each a row of log-odds
    beside these. `kind`: the rows of the file to read, by their other columns."""
    curves: dict[float, list[tuple[float, float]]] = {}
    with (FOLDER / file_name).open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            if any(row[name] != value for name, value in kind.items()):
                continue
            curves.setdefault(float(row[column]), []).append((float(row["bits"]), float(row["chance"])))
    sizes = sorted(curves)
    points = np.array([curves[size] for size in sizes])
    chance = points[:, :, 1].clip(1e-9, 1 - 1e-9)
    return np.log2(sizes), points[0, :, 0], np.log2(chance / (1 - chance))


@lru_cache(maxsize=64)
def first(records: int = LARGE) -> Calibration:
    """The curve that holds until somebody has decided, in an index of so many records.

    Between two sizes that were measured it lies between theirs, by the logarithms; beyond all it is that of
    the nearest. The smaller an index, the less it knows how rare a rare word is, and the more its bits leave
    out.
    """
    return _between("calibration.csv", "records", max(records, 1))


def linked(doubles: float, learnt: bool) -> Calibration:
    """The curve of `hits link` within one table, where each record is believed to have so many others of its
    person.

    `learnt`: whether the table's own pairs set the weights (m). Those that are only believed say too much,
    the more so where a table was refused as a teacher.
    """
    weights = LEARNT if learnt else BELIEVED
    return _between("calibration-link.csv", "doubles", max(doubles, 1e-9), weights=weights)


def _between(file_name: str, column: str, value: float, **kind: str) -> Calibration:
    """The curve for a value between those of the file."""
    sizes, bits, odds = _measured(file_name, column, **kind)
    at = np.interp(np.log2(value), sizes, np.arange(len(sizes)))
    low, part = int(at), at - int(at)
    between = odds[low] if not part else (1 - part) * odds[low] + part * odds[low + 1]
    return Calibration(bits, probability(between))
