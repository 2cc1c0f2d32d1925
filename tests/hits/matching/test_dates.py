"""Dates of birth as people write them."""

from __future__ import annotations

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from libertad.hits.matching import tables
from libertad.hits.matching.dates import month_first, months, parts
from libertad.hits.matching.record import Birth

YEAR = datetime.now(UTC).year


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("1990", (1990, 0, 0)),
        ("1990-04", (1990, 4, 0)),
        ("04/1990", (1990, 4, 0)),
        ("1990-04-23", (1990, 4, 23)),
        ("1990-04-23T00:00:00Z", (1990, 4, 23)),
        ("19900423", (1990, 4, 23)),
        ("19900423T101500Z", (1990, 4, 23)),
        ("23041990", (1990, 4, 23)),
        ("23/04/1990", (1990, 4, 23)),
        ("23.4.90", (1990, 4, 23)),
        ("90-04-23", (1990, 4, 23)),
        ("04/23/1990", (1990, 4, 23)),
        ("23 April 1990", (1990, 4, 23)),
        ("Apr 23, 1990", (1990, 4, 23)),
        ("April 23rd 1990", (1990, 4, 23)),
        ("23 de abril de 1990", (1990, 4, 23)),
        ("23 de março de 1990", (1990, 3, 23)),
        ("1er février 1990", (1990, 2, 1)),
        ("23 août 1990", (1990, 8, 23)),
        ("23-mrt-1990", (1990, 3, 23)),
        ("23 di yüli 1990", (1990, 7, 23)),
        ("setiembre de 1990", (1990, 9, 0)),
        ("1990 Apr 23", (1990, 4, 23)),
    ],
)
def test_a_date_is_read_however_it_is_written(text: str, said: tuple[int, int, int]) -> None:
    assert parts(text) == said


@pytest.mark.parametrize(
    "text",
    [
        "",
        "N/A",
        "unknown",
        "April",
        "23 April",
        "23 April 24 1990",
        "abril mayo 1990",
        "12-34",
        "99999999",
        "1/2",
        "about 40",
        "23rd of Nosuch 1990",
        "\u202e",
        "1" * 4000,
    ],
)
def test_what_is_no_date_says_nothing(text: str) -> None:
    assert parts(text) is None
    assert Birth.of_text(text) is None


def test_a_year_of_two_figures_is_the_latest_that_is_past() -> None:
    assert parts(f"1/2/{YEAR % 100:02}") == (YEAR, 2, 1)
    assert parts(f"1/2/{(YEAR + 1) % 100:02}") == (YEAR - 99, 2, 1)


def test_no_day_of_a_date_that_cannot_be_is_made_up() -> None:
    assert Birth.of_text("31 de abril de 1990") == Birth(date(1990, 4, 1), date(1990, 4, 30))
    assert Birth.of_text("23/81/1990") == Birth(date(1990, 1, 1), date(1990, 12, 31))


def test_the_month_comes_first_where_a_table_says_so() -> None:
    assert month_first(["3/1/1970", "10/27/76", "", "1990-05-06"])
    assert not month_first(["3/1/1970", "27/10/76"])
    assert not month_first(["3/1/1970", "1/2/90"]), "what could be either is the day first"
    assert not month_first([])


@pytest.mark.parametrize("ending", ["csv", "parquet"])
def test_a_whole_table_is_read_as_most_of_its_dates_are_written(tmp_path: Path, ending: str) -> None:
    """Rows that could be either follow those that cannot, also beyond the part that is read first."""
    texts = [f"{1 + n % 12}/{1 + n % 28}/{1960 + n % 40}" for n in range(tables.PART + 50)]
    lines = ["id,name,birth_date", *(f"{n},Ana Luz Ruiz,{born}" for n, born in enumerate(texts))]
    path = tmp_path / "list.csv"
    path.write_text("\n".join(lines), "utf-8")
    if ending == "parquet":
        import duckdb

        path = path.with_suffix(".parquet")
        duckdb.read_csv(str(tmp_path / "list.csv"), all_varchar=True).write_parquet(str(path))
    columns = tables.columns_of(path)
    assert columns.month_first
    births = [record.birth for record in tables.rows(path, columns)]
    assert len(births) == len(texts)
    for born, text in zip(births, texts, strict=True):
        month, day, year = map(int, text.split("/"))
        assert born is not None and born.earliest == date(year, month, day)


def test_no_form_of_a_month_is_of_two() -> None:
    assert set(months().values()) == set(range(1, 13))
    assert all(name.isascii() and name.islower() for name in months())
