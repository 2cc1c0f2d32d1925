"""A table read in columns says what its rows say one by one, however odd they are."""

from __future__ import annotations

import csv
import random
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import numpy as np
import pytest

from libertad.hits.matching import segment_file, tables
from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.segment import Segment

HEAD = [
    "id",
    "name",
    "name2",
    "given_name",
    "given_name2",
    "family_name",
    "birth_date",
    "birth_date2",
    "age",
    "sex",
    "nationality",
    "phone1",
    "phone2",
    "document",
    "address",
    "place",
    "country",
    "colour",
]
CELLS = [
    "",
    "",
    "  ",
    "N/A",
    "Ana",
    "Anamaria",
    "Ana Maria",
    "Ruiz Peña",
    "1990",
    "1990-13-40",
    "03/12/1994",
    "F",
    "male",
    "+592 600 1234",
    "5926001234",
    "0000000",
    "李小龙",
    "x" * 4000,
    "a,b",
    'q"q',
    "17",
    "15-17",
    "two\nlines",
    "\0x",
    "Dra. María de la Cruz",
    " Ana ",
    "30-02-1990",
]


def write_table(path: Path, head: list[str], rows: list[list[str]]) -> Path:
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([head, *rows])
    return path


def test_a_row_says_what_its_cells_say(tmp_path: Path) -> None:
    rows = [
        [
            "r1",
            "",
            "",
            "Ana ",
            "Luz",
            "Ruiz",
            "x",
            "1990-05-06",
            "17",
            "F",
            "VE",
            "1234567",
            "12345678",
            "",
            "",
            "",
            "gy",
            "red",
        ],
        ["", "Ana Ruiz", "Luz Ruiz", "Ana", "", "", "", "", "15 to 17", "", "", "", "", "N/A", "", "Lima"],
        ["", "", "", "", "", "", "1990-13-40", "", "", "male"],
        [" ", "  ", "", "", "", "", "", "", "none", *[""] * 10, "more"],
    ]
    path = write_table(tmp_path / "odd.csv", HEAD, rows)
    today = datetime.now(UTC).date()
    assert list(tables.rows(path, tables.columns_of(path))) == [
        Record(
            "r1",
            (Name("", "Ana Luz", "Ruiz"),),
            Birth.of_text("1990-05-06"),
            "F",
            (("phone", "1234567"), ("phone", "12345678"), ("nationality", "VE")),
            "gy",
        ),
        Record(
            "2",
            (Name("Ana Ruiz", "Ana"), Name("Luz Ruiz", "Ana")),
            Birth.of_age(15, 17, today),
            "",
            (("document", "N/A"), ("place", "Lima")),
        ),
        Record("3", (), Birth.of_parts(1990), "male"),
        Record("4"),
    ]


@pytest.mark.parametrize("seed", range(8))
def test_columns_give_the_index_that_rows_give(seed: int, tmp_path: Path) -> None:
    chance = random.Random(seed)
    head = ["name", *chance.sample(HEAD, chance.randint(1, len(HEAD)))]
    rows = [
        [chance.choice(CELLS) for _ in head] for _ in range(chance.choice([0, 1, 40, 2 * tables.PART + 7]))
    ]
    rows = [row[: chance.randint(0, len(row))] if chance.random() < 0.1 else row for row in rows]
    path = write_table(tmp_path / "people.csv", list(dict.fromkeys(head)), rows)
    columns = tables.columns_of(path)
    records = list(tables.rows(path, columns))
    table = tables.read_table(path, columns)
    assert list(table.records()) == records
    from_columns, from_rows = (
        segment_file._columns(Segment.of(table)),
        segment_file._columns(Segment.of(records)),
    )
    assert from_columns.keys() == from_rows.keys()
    for name, column in from_columns.items():
        assert column.dtype == from_rows[name].dtype and np.array_equal(column, from_rows[name]), name


def test_a_parquet_table_says_what_the_same_in_csv_says(tmp_path: Path) -> None:
    path = write_table(
        tmp_path / "a.csv", ["id", "name", "birth_date"], [["7", "Ana", "1990-05-06"], ["", "", ""]]
    )
    duckdb.sql(
        f"copy (select id::int as id, name, birth_date::date as birth_date from read_csv('{path}')) "
        f"to '{tmp_path}/a.parquet'"
    )
    records = [list(tables.rows(file, tables.columns_of(file))) for file in (path, tmp_path / "a.parquet")]
    assert records[0] == records[1] and records[0][1] == Record("2")


def test_a_line_that_cannot_be_read_is_said(tmp_path: Path) -> None:
    rows = [["Ana", "Ruiz"]] * 3 * tables.PART + [["x" * (csv.field_size_limit() + 1), ""]]
    path = write_table(tmp_path / "people.csv", ["given_name", "family_name"], rows)
    with pytest.raises(tables.Unreadable, match="Mend that line"):
        tables.read_table(path, tables.columns_of(path))
