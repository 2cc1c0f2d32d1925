"""A table read by two processes gives the index that one gives."""

from __future__ import annotations

import csv
import random
from pathlib import Path

import numpy as np
import pytest

from libertad.hits.matching import filed, halves, tables
from libertad.hits.matching.segment import Segment
from tests.hits.matching.test_taken import CELLS, written

HEAD = ["name", "given_name", "family_name", "birth_date", "sex", "phone1", "phone2", "document", "address"]


@pytest.mark.parametrize("count", [0, 30, 3 * tables.PART])
def test_two_processes_give_the_index_that_one_gives(count: int, tmp_path: Path) -> None:
    chance = random.Random(count)
    rows = [[chance.choice(CELLS) for _ in HEAD] for _ in range(count)]
    path = written(tmp_path / "people.csv", HEAD, rows)
    columns = tables.columns_of(path)
    first = filed._columns(Segment.of(tables.said(path, columns)))
    second = filed._columns(Segment.made(*halves.framed_of(path, columns, large=0)))
    assert first.keys() == second.keys()
    for name, column in first.items():
        assert column.dtype == second[name].dtype and np.array_equal(column, second[name]), name


def test_what_is_wrong_in_the_second_half_is_said(tmp_path: Path) -> None:
    rows = [["Ana", "Ruiz"]] * 3 * tables.PART + [["x" * (csv.field_size_limit() + 1), ""]]
    path = written(tmp_path / "people.csv", ["given_name", "family_name"], rows)
    with pytest.raises(tables.Unreadable, match="Mend that line"):
        halves.framed_of(path, tables.columns_of(path), large=0)


def test_the_second_process_runs_nothing_that_lies_in_the_folder_of_the_first(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = written(tmp_path / "people.csv", ["name"], [["Ana Ruiz"]])
    (tmp_path / "numpy.py").write_text(f"open({str(tmp_path / 'ran')!r}, 'w').close()\n")
    monkeypatch.chdir(tmp_path)
    assert len(halves.framed_of(path, tables.columns_of(path), large=0)[0]) == 1
    assert not (tmp_path / "ran").exists()
