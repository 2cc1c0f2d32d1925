"""The small tables: whole, without their key, and Splink's as it asks for them."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pytest

from bench import _small
from tests.support import datasets
from tests.support.tables import read

FOLDER = datasets.matching()


@pytest.mark.parametrize(
    ("made", "records", "people", "ids"),
    [(_small.fake, 1000, 251, "unique_id"), (_small.senzing, 147, 0, "RECORD_ID")],
)
def test_nobody_sees_the_key_and_nobody_is_left_out(
    made: Callable[[Path, Path], tuple[Path, Path, dict[str, str]]],
    records: int,
    people: int,
    ids: str,
    tmp_path: Path,
) -> None:
    our_table, their_table, truth = made(FOLDER, tmp_path)
    for rows, name in ((read(our_table), ids), (read(their_table), "unique_id")):
        assert sorted(row[name] for row in rows) == sorted(truth)
        assert not {column.lower() for column in rows[0]} & {"cluster", "cluster_id", "test_group"}
    assert len(truth) == records
    assert len(set(truth.values())) == people or not people
    assert len(set(truth.values())) < len(truth), "some are there more than once"


def test_splink_gets_dates_and_telephones_in_one_form(tmp_path: Path) -> None:
    _ours, splink_table, _truth = _small.senzing(FOLDER, tmp_path)
    rows = read(splink_table)
    dates = [row["dob"] for row in rows if row["dob"]]
    phones = [row["phone"] for row in rows if row["phone"]]
    assert len(dates) > 50 and len(phones) > 20
    assert all(re.fullmatch(r"\d{4}-\d{2}-\d{2}", text) for text in dates)
    assert all(re.fullmatch(r"\d{7,10}", text) for text in phones)
