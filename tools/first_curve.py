"""The curve by which bits become chances until officers have decided: `python -m tools.first_curve`.

Asks indexes of synthetic people of several sizes (`bench._people`: nobody in them is real) whom their second
tellings are of. The curve that makes the answers likeliest goes to `libertad/hits/data/calibration.csv`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np

from bench import _said
from libertad.hits.matching import tables
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.matcher import EXPECTED
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.query import Asked
from libertad.hits.matching.segment import Segment


class Asking(NamedTuple):
    """So many people; the seed (none of the benchmarks'); questions about people who are there, and as many
    about others."""

    people: int
    seed: int
    asked: int


POPULATIONS = (
    *(Asking(2000, seed, 1000) for seed in (35, 36, 37, 38)),
    Asking(20_000, 31, 5000),
    Asking(200_000, 33, 6000),
    Asking(1_000_000, 34, 9000),
)
KNOTS = np.arange(-14.0, 21.0, 2.0)  # bits between which the curve is straight, in log-odds
BITS = np.arange(KNOTS[0], KNOTS[-1] + 1)  # the points of the file
LISTED = 20  # hits of a question
STEEP = 1e-4  # how firmly a slope of one is believed where nothing was asked
Answer = list[tuple[float, bool]]  # the hits of a question: bits, and whether it is the person


def answers(folder: Path) -> Iterator[Answer]:
    """The hits of each question."""
    people, queries = folder / "people.csv", folder / "queries.csv"
    segment = Segment.of(tables.read_table(people, tables.columns_of(people)))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["person"] for row in csv.DictReader(file)}
    model, prior = Model(), Prior.of(EXPECTED, len(segment))
    for question in tables.rows(queries, tables.columns_of(queries)):
        numbers, compared = Asked.of(segment, question).compared(model)
        bits = model.score(compared, prior)
        best = np.argsort(-bits, kind="stable")[:LISTED]
        best = best[bits[best] >= KNOTS[0]]
        person = truth[question.id]
        yield [
            (float(bits[at]), segment.ids[number] == person)
            for at, number in zip(best.tolist(), numbers[best].tolist(), strict=True)
        ]


class Fitted(NamedTuple):
    """Log-odds in bits at each knot, rising, for the last of several sizes; how much more of each size."""

    knots: Floats
    more: Floats


def fitted(answers_by_size: Sequence[Iterable[Answer]], rounds: int = 1500, step: float = 0.03) -> Fitted:
    """`answers_by_size`: of each size the answers. The person is one of a question's hits, in proportion to
    their odds, or none; what makes the answers likeliest is climbed to by Adam (Kingma and Ba, 2015)."""
    questions = [(size, some) for size, each in enumerate(answers_by_size) for some in each if some]
    each = [
        (bits, same, size, number) for number, (size, answer) in enumerate(questions) for bits, same in answer
    ]
    bits, same, of_size, question = (np.array(column, np.float64) for column in zip(*each, strict=True))
    of, size, count = question.astype(np.int64), of_size.astype(np.int64), len(questions)
    bits = np.clip(bits, KNOTS[0], KNOTS[-1])
    at = np.clip(np.searchsorted(KNOTS, bits, side="right") - 1, 0, len(KNOTS) - 2)
    part = (bits - KNOTS[at]) / (KNOTS[at + 1] - KNOTS[at])
    usual = np.log(np.diff(KNOTS))
    rises = slice(1, len(KNOTS))
    # The first knot, the logarithm of each rise after it, and what each size but the last has more.
    place = np.concatenate([KNOTS[:1], usual, np.zeros(len(answers_by_size) - 1)])
    mean, square = np.zeros_like(place), np.zeros_like(place)

    def read() -> Fitted:
        height = place[0] + np.concatenate([[0.0], np.cumsum(np.exp(place[rises]))])
        return Fitted(height, np.append(place[len(KNOTS) :], 0.0))

    for turn in range(1, rounds + 1):
        height, extra = read()
        odds = np.exp2((1 - part) * height[at] + part * height[at + 1] + extra[size])
        wrong = odds / (1 + np.bincount(of, weights=odds, minlength=count))[of] - same
        down = np.bincount(at, weights=wrong * (1 - part), minlength=len(KNOTS))
        down += np.bincount(at + 1, weights=wrong * part, minlength=len(KNOTS))
        slope = np.concatenate(
            [
                np.cumsum(down[::-1])[::-1],
                np.bincount(size, weights=wrong, minlength=len(answers_by_size))[:-1],
            ]
        )
        slope *= np.log(2) / count
        slope[rises] = slope[rises] * np.exp(place[rises]) + STEEP * (place[rises] - usual)
        mean, square = 0.9 * mean + 0.1 * slope, 0.999 * square + 0.001 * slope**2
        place -= step * (mean / (1 - 0.9**turn)) / (np.sqrt(square / (1 - 0.999**turn)) + 1e-9)
    return read()


def write(to: Path, sizes: Sequence[int], curve: Fitted) -> None:
    """The points of the curve of each size."""
    with to.open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file, lineterminator="\n")
        out.writerow(["records", "bits", "chance"])
        for size, extra in zip(sizes, curve.more.tolist(), strict=True):
            chance = 1 / (1 + np.exp2(-np.interp(BITS, KNOTS, curve.knots) - extra))
            out.writerows(
                (size, bits, f"{value:.7f}") for bits, value in zip(BITS.tolist(), chance, strict=True)
            )


def main(populations: Sequence[Asking] = POPULATIONS, to: Path = FOLDER / "calibration.csv") -> None:
    answers_by_size: dict[int, list[Answer]] = {}
    for people, seed, questions in sorted(populations):
        with tempfile.TemporaryDirectory() as folder:
            _said.write(Path(folder), people, seed, questions)
            answers_by_size.setdefault(people, []).extend(answers(Path(folder)))
        print(f"{people:,} people of seed {seed}", file=sys.stderr)
    write(to, list(answers_by_size), fitted(list(answers_by_size.values())))
    print(f"{sum(map(len, answers_by_size.values())):,} questions", file=sys.stderr)


if __name__ == "__main__":
    main()
