"""The curve by which bits become chances until officers have decided: `python -m tools.first_curve`.

Asks an index of synthetic people (`bench._people`: nobody in it is real) whom their second tellings are of,
and writes how often the best hit with so many bits was right to `libertad/hits/data/calibration.csv`.
"""

from __future__ import annotations

import csv
import sys
import tempfile
from pathlib import Path

import numpy as np

from bench import _said
from libertad.hits.matching import tables
from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import Calibration, first
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.segment import Segment

COUNT, SEED = 100_000, 1
LOWEST, HIGHEST = -12.0, 13.0  # bits beyond which nearly nothing, and nearly everything, is right
LEAST, MOST = 0.002, 0.999  # what a thousand questions can show


def decisions(folder: Path) -> list[tuple[float, bool]]:
    """(bits of the best hit, whether it is the person) of each question that has any hit."""
    people, queries = folder / "people.csv", folder / "queries.csv"
    segment = Segment.of(tables.rows(people, tables.columns_of(people)))
    with (folder / "truth.csv").open(encoding="utf-8", newline="") as file:
        truth = {row["id"]: row["person"] for row in csv.DictReader(file)}
    model, prior, found = Model(), Prior.of(EXPECTED, len(segment)), []
    for question in tables.rows(queries, tables.columns_of(queries)):
        best = hits(Asked.of(segment, question), model, prior, first(), 1, LOWEST)
        found += [(hit.bits, hit.id == truth[question.id]) for hit in best]
    return found


def points(curve: Calibration) -> list[tuple[float, float]]:
    """The curve's corners, and far ends of its own."""
    bits = np.round(curve.bits[curve.bits < HIGHEST], 1).tolist()
    chance = np.round(np.clip(curve.chance[curve.bits < HIGHEST], LEAST, MOST), 4).tolist()
    corners = [
        (at, value)
        for place, (at, value) in enumerate(zip(bits, chance, strict=True))
        if chance[max(place - 1, 0) : place + 2] != [value] * 3
    ]
    return [(-30.0, 0.0001), *corners, (30.0, 0.9999)]


def main() -> None:
    with tempfile.TemporaryDirectory() as folder:
        _said.write(Path(folder), COUNT, SEED)
        curve = Calibration.of(decisions(Path(folder)))
    with (FOLDER / "calibration.csv").open("w", encoding="utf-8", newline="") as file:
        out = csv.writer(file)
        out.writerow(["bits", "chance"])
        out.writerows(points(curve))
    print(f"{len(curve.bits)} steps of the curve", file=sys.stderr)


if __name__ == "__main__":
    main()
