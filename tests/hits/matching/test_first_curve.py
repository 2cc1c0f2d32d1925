"""The first curve is made by one command from populations of several sizes."""

from __future__ import annotations

import csv
from collections import defaultdict
from pathlib import Path

import numpy as np
import pytest

from tests.support import datasets
from tools.first_curve import BITS, Asking, main

datasets.matching()

FEW = (Asking(500, 901, 75), Asking(500, 902, 75), Asking(1500, 903, 150))


def test_the_command_makes_a_curve_for_each_size(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    main(FEW, tmp_path / "calibration.csv")
    curves: dict[str, list[tuple[float, float]]] = defaultdict(list)
    with (tmp_path / "calibration.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            curves[row["records"]].append((float(row["bits"]), float(row["chance"])))
    assert list(curves) == ["500", "1500"]
    for points in curves.values():
        bits, chance = np.array(points).T
        assert (bits == BITS).all() and (np.diff(chance) >= 0).all()
        assert chance[0] < 0.01 and chance[-1] > 0.99
        assert chance[bits == 0][0] > 0.2
    assert capsys.readouterr().err.endswith("600 questions\n")
