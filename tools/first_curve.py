"""The curve by which bits become chances until officers have decided: `python -m tools.first_curve`.

Asks indexes of synthetic people of several sizes (`bench._people`: nobody in them is real) whom their second
tellings are of. The curve that makes the answers likeliest goes to `libertad/hits/data/calibration.csv`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from bench import _said
from libertad.hits.matching import tables
from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import first
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.segment import Segment

# People, the seed (none of the benchmarks'), questions about people who are there, and as many about others.
POPULATIONS = ((20_000, 31, 3000), (100_000, 32, 3000), (200_000, 33, 3000), (1_000_000, 34, 2500))
KNOTS = np.arange(-14.0, 21.0, 2.0)  # bits between which the curve is straight, in log-odds
# The points of the file: each counts as a few decisions, so where all is sure there are few.
BITS = np.append(np.arange(KNOTS[0], 7.0), [12.0, 30.0])
LISTED = 20  # hits of a question
STEEP = 1e-4  # how firmly a slope of one is believed where nothing was asked
Answers = list[list[tuple[float, bool]]]  # of each question: bits, and whether it is the person


def answers(folder: Path) -> Iterator[list[tuple[float, bool]]]:
    """The hits of each question."""
    people, queries = folder / "people.csv", folder / "queries.csv"
    segment = Segment.of(tables.rows(people, tables.columns_of(people)))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["person"] for row in csv.DictReader(file)}
    model, prior = Model(), Prior.of(EXPECTED, len(segment))
    for question in tables.rows(queries, tables.columns_of(queries)):
        found = hits(Asked.of(segment, question), model, prior, first(), LISTED, float(KNOTS[0]))
        yield [(hit.bits, hit.id == truth[question.id]) for hit in found]


def fitted(told: Iterable[list[tuple[float, bool]]], rounds: int = 1500, step: float = 0.03) -> Floats:
    """Log-odds in bits at each knot, rising. The person is one of a question's hits, in proportion to their
    odds, or none; what makes the answers likeliest is climbed to by Adam (Kingma and Ba, 2015)."""
    each = [(bits, same, number) for number, some in enumerate(told) for bits, same in some]
    bits, same, question = (np.array(column, np.float64) for column in zip(*each, strict=True))
    of, many = question.astype(np.int64), int(question.max()) + 1
    bits = np.clip(bits, KNOTS[0], KNOTS[-1])
    at = np.clip(np.searchsorted(KNOTS, bits, side="right") - 1, 0, len(KNOTS) - 2)
    part = (bits - KNOTS[at]) / (KNOTS[at + 1] - KNOTS[at])
    usual = np.log(np.diff(KNOTS))
    place = np.concatenate([KNOTS[:1], usual])  # the first knot, and the logarithm of each rise after it
    mean, square = np.zeros_like(place), np.zeros_like(place)
    for turn in range(1, rounds + 1):
        height = place[0] + np.concatenate([[0.0], np.cumsum(np.exp(place[1:]))])
        odds = np.exp2((1 - part) * height[at] + part * height[at + 1])
        wrong = odds / (1 + np.bincount(of, weights=odds, minlength=many))[of] - same
        down = np.bincount(at, weights=wrong * (1 - part), minlength=len(KNOTS))
        down += np.bincount(at + 1, weights=wrong * part, minlength=len(KNOTS))
        slope = np.cumsum(down[::-1])[::-1] * np.log(2) / many
        slope[1:] = slope[1:] * np.exp(place[1:]) + STEEP * (place[1:] - usual)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        place -= step * (mean / (1 - 0.9**turn)) / (np.sqrt(square / (1 - 0.999**turn)) + 1e-9)
    found: Floats = place[0] + np.concatenate([[0.0], np.cumsum(np.exp(place[1:]))])
    return found


def main() -> None:
    told: Answers = []
    for count, seed, asked in POPULATIONS:
        with tempfile.TemporaryDirectory() as folder:
            _said.write(Path(folder), count, seed, asked)
            told += answers(Path(folder))
    chance = 1 / (1 + np.exp2(-np.interp(BITS, KNOTS, fitted(told))))
    with (FOLDER / "calibration.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["bits", "chance"])
        out.writerows(zip(BITS.tolist(), (f"{one:.7f}" for one in chance), strict=True))
    print(f"{len(told)} questions", file=sys.stderr)


if __name__ == "__main__":
    main()
