"""The curve by which bits of `hits link` become chances in one table: `python -m tools.link_curve`.

Links tables of several makers, those of `bench._unseen` that are for changing the matcher and more that are
made alike, of several sizes, shares of doubles and columns. What makes their pairs likeliest, each seen
beside the others of its records and each table counting alike, goes to
`libertad/hits/data/calibration-link.csv`. The sets for measuring are left alone.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import pairwise, product
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import _unseen
from bench._doubled import Doubling
from bench._unseen import BORN, PLACED, TEN, Absent, Case
from libertad.hits.matching import tables
from libertad.hits.matching.calibration import BELIEVED, LEARNT, rival_chances
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.linking import link

PLAIN = ("given_name", "family_name", "place", "sex")
MADE = (
    Doubling(2000, 0.5, ("GY",), BORN, 505),
    Doubling(5000, 0.2, ("HT",), (*BORN, "sex", "place"), 504),
    Doubling(5000, 0.05, ("VE",), PLAIN, 506),
    Doubling(20_000, 0.005, ("CO",), BORN, 501),
    Doubling(20_000, 0.1, ("BR",), BORN, 502, most=5, each=2),
    Doubling(20_000, 0.05, TEN, (*BORN, *PLACED), 503),
    Doubling(100_000, 0.02, TEN, (*BORN, *PLACED), 508),
    Doubling(200_000, 0.005, ("CO",), BORN, 507),
    Doubling(20_000, 0.02, ("VE",), BORN, 412),
    Doubling(6000, 0.5, TEN, (*BORN, *PLACED), 415),
    Doubling(5000, 0.3, ("HT",), PLAIN, 509),
    Doubling(10_000, 0.03, TEN, ("given_name", "family_name", *PLACED, "sex"), 510),
    Doubling(10_000, 0.05, ("DO",), (*BORN, "sex"), 511),
)
KNOTS = np.array([-8.0, -4.0, -1.0, 2.0, 5.0, 9.0, 14.0])  # bits between which the log-odds are straight
BITS = np.arange(-14.0, 31.0)
DOUBLES = (-8.0, 4.0)  # logarithms of how many others of its person a record has, at least and at most
FIRM = 0.3  # how firmly bits are believed to be what they say, where few pairs tell
FEWEST = 30.0  # likely pairs from which a table counts whole
COUNTED = 5.5  # pairs that each table counts for, however many it has
ROUNDS = 60
TURNS = 4  # in which the pairs are seen beside each other, by the curve of the turn before
SUREST = 20.0  # natural log-odds of the surest


class Pairs(NamedTuple):
    """Of one table: bits of its pairs, which are of one person (`same`), how many others of its person each
    record was believed to have (`doubles`), whether the table taught its weights (`learnt`), and the two
    records of each pair."""

    bits: Floats
    same: Floats
    doubles: float
    learnt: bool
    left_rows: Ints
    right_rows: Ints


def pairs_of(case: Case) -> Pairs:
    """Every pair that was compared and may be one person."""
    linkage = link(tables.read_table(case.left, tables.columns_of(case.left)))
    person = np.array([case.person[key] for key in linkage.left.ids])
    near = linkage.bits >= KNOTS[0]
    same = person[linkage.one[near]] == person[linkage.other[near]]
    bits = linkage.bits[near].astype(np.float64)
    rows = linkage.one[near], linkage.other[near]
    return Pairs(bits, same.astype(np.float64), linkage.doubles, linkage.learnt, *rows)


def _design_matrix(bits: Floats, doubles: float, learnt: bool) -> Floats:
    """What the log-odds are a sum of: a constant, how far bits reach into each part, the doubles, and whether
    the weights are learnt."""
    held = np.clip(bits, KNOTS[0], KNOTS[-1])
    parts = [np.clip(held, low, high) - low for low, high in pairwise(KNOTS)]
    doubling = np.full_like(held, np.clip(np.log2(doubles), *DOUBLES))
    return np.stack([np.ones_like(held), *parts, doubling, np.full_like(held, learnt)], 1)


def fitted(samples: Sequence[Pairs]) -> Floats:
    """Weights of `_design_matrix` (natural log-odds) that make all pairs likeliest, each beside the others of
    its records (`rival_chances`), by Newton's method; no part falls."""
    features = [_design_matrix(sample.bits, sample.doubles, sample.learnt) for sample in samples]
    likely = [float(max((sample.bits > -3).sum(), FEWEST)) for sample in samples]
    weight = np.repeat(COUNTED / np.array(likely), [len(sample.bits) for sample in samples])
    same = np.concatenate([sample.same for sample in samples])
    offset = np.zeros(len(same))
    for _ in range(TURNS):
        weights = _fit_weights(np.concatenate(features), same, weight, offset)
        offset = np.concatenate(
            [_rival_offsets(sample, rows @ weights) for sample, rows in zip(samples, features, strict=True)]
        )
    return _fit_weights(np.concatenate(features), same, weight, offset)


def _rival_offsets(sample: Pairs, odds: Floats) -> Floats:
    """What the other pairs of its records add to each pair's log-odds, which are `odds` by itself."""
    beyond = sample.bits - np.clip(sample.bits, KNOTS[0], KNOTS[-1])
    alone = 1 / (1 + np.exp(-np.clip(odds + beyond * np.log(2), -SUREST, SUREST)))
    chance = rival_chances(alone, sample.left_rows, sample.right_rows, sample.doubles)
    held = chance.clip(np.exp(-SUREST), 1 - np.exp(-SUREST))
    added: Floats = np.log(held / (1 - held)) - np.log(alone / (1 - alone))
    return added


def _fit_weights(features: Floats, same: Floats, weight: Floats, offset: Floats) -> Floats:
    """Weights of `features` with which log-odds, `offset` added, make what is the `same` likeliest."""
    usual = np.array([KNOTS[0] * np.log(2), *[np.log(2)] * (len(KNOTS) - 1), 0.0, 0.0])
    firm, weights = np.eye(len(usual)) * FIRM, usual.copy()
    for _ in range(ROUNDS):
        chance = 1 / (1 + np.exp(-np.clip(features @ weights + offset, -40, 40)))
        slope = features.T @ (weight * (chance - same)) + firm @ (weights - usual)
        bend = (features * (weight * chance * (1 - chance))[:, None]).T @ features + firm
        step = np.clip(np.linalg.solve(bend, slope), -1, 1)
        weights -= step
        weights[1 : len(KNOTS)] = np.maximum(weights[1 : len(KNOTS)], 0.05)
        if np.abs(step).max() < 1e-6:
            break
    return weights


def write(to: Path, weights: Floats) -> None:
    """The points of the curves of learnt and of believed weights, where each record has few others of its
    person, and many. Beyond the last knot they go on as bits do."""
    with to.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["weights", "doubles", "bits", "chance"])
        for learnt, exponent in product((True, False), DOUBLES):
            odds = _design_matrix(BITS, 2.0**exponent, learnt) @ weights / np.log(2)
            odds += BITS - np.clip(BITS, KNOTS[0], KNOTS[-1])
            chance = 1 / (1 + np.exp2(-odds))
            kind = LEARNT if learnt else BELIEVED
            out.writerows(
                (kind, 2.0**exponent, bits, f"{value:.9f}")
                for bits, value in zip(BITS.tolist(), chance, strict=True)
            )


def main(to: Path = FOLDER / "calibration-link.csv") -> None:
    cases: Mapping[str, Callable[[Path], Case]] = {
        **_unseen.CHANGING,
        **{str(count): partial(_unseen.doubles, count) for count in MADE},
    }
    samples = []
    for name, make_case in cases.items():
        with tempfile.TemporaryDirectory() as folder:
            try:
                samples.append(pairs_of(make_case(Path(folder))))
            except Absent as why:
                print(f"{name}: left out: {why}", file=sys.stderr)
                continue
        print(f"{name}: {len(samples[-1].bits):,} pairs, {samples[-1].doubles:.3f} doubles", file=sys.stderr)
    write(to, fitted(samples))


if __name__ == "__main__":
    main()
