"""What Splink is given is what our own normalisation makes of a record, with our own shares of values."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from libertad.hits.beside.columns import called, prepared, row, slots
from libertad.hits.matching.columns import Said
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.record import Birth, Name, Record


def columns_of(*records: Record) -> Said:
    return Said.of(records)


def table(path: Path) -> dict[str, list[object]]:
    with duckdb.connect() as base:
        relation = base.read_parquet(str(path))
        return dict(zip(relation.columns, map(list, zip(*relation.fetchall(), strict=True)), strict=True))


def test_a_record_is_told_in_plain_words_by_what_they_are() -> None:
    values = row(
        7,
        Record(
            "x",
            (Name(given="María José", family="Peña Rojas"),),
            Birth.of_text("1994-03-12"),
            "Female",
            (("document", "N/A"), ("document", "VE: C-123 4567"), ("phone", "+58 412 555 0134")),
        ),
    )
    assert (values["unique_id"], values["sex"]) == (7, 2)
    assert [values[column] for column in ("given", "given2", "family", "family2")] == [
        "maria",
        "jose",
        "pena",
        "rojas",
    ]
    assert (values["family_letter"], values["born"], values["born_year"]) == ("p", "1994-03-12", "1994")
    assert values["born_from"] == values["born_to"] and (values["born_month"], values["born_day"]) == (3, 12)
    assert (values["document"], values["phone"]) == ("C1234567", "584125550134")  # the first is no number
    assert values["document_country"] == "VE"
    assert values["address"] is None and values["vessel"] is None


def test_a_birth_that_may_be_a_placeholder_is_its_year() -> None:
    values = row(0, Record("x", birth=Birth.of_text("1990-01-01")))
    year = row(0, Record("x", birth=Birth.of_text("1990")))
    assert values["born"] is None and year["born"] is None
    assert (values["born_from"], values["born_to"]) == (year["born_from"], year["born_to"])
    assert year["born_to"] - year["born_from"] == 364  # type: ignore[operator]


@pytest.mark.parametrize(
    ("words", "roles", "found"),
    [
        ("ana", (0,), ("ana", "", "", "")),
        ("ana perez", (0, 0), ("ana", "", "perez", "")),
        ("ana perez rojas", (0, 0, 0), ("ana", "", "perez", "rojas")),
        ("ana maria perez rojas", (0, 0, 0, 0), ("ana", "maria", "perez", "rojas")),
        ("ana maria perez", (1, 1, 2), ("ana", "maria", "perez", "")),
        ("perez ana", (2, 0), ("ana", "", "perez", "")),
        ("", (), ("", "", "", "")),
    ],
)
def test_words_have_their_places(words: str, roles: tuple[int, ...], found: tuple[str, ...]) -> None:
    assert slots(words.split(), roles) == found


def test_a_nickname_and_its_name_are_called_the_same() -> None:
    assert called("pepe") == called("jose")
    assert called("pepe") == called(called("pepe"))
    assert called("yulimar") != called("deokie")


def test_values_are_as_common_as_the_matcher_believes(tmp_path: Path) -> None:
    left = columns_of(
        Record("1", (Name("Ana Perez"),), Birth.of_text("1990-05-05"), "f", (("phone", "5925551234"),)),
        Record("2", (Name("Ana Rojas"),), Birth.of_text("1980-06-05"), "m", (("phone", "5925551234"),)),
    )
    inputs = prepared(tmp_path, left, None)
    share = dict(zip(*table(inputs.frequencies["given"]).values(), strict=True))
    assert share == {"ana": pytest.approx(often(["ana", "perez", "rojas"], [2, 1, 1])[0])}
    share = dict(zip(*table(inputs.frequencies["phone"]).values(), strict=True))
    assert share == {"5925551234": pytest.approx(2.5 / 50_002)}
    assert (
        set(inputs.filled) >= {"given", "family", "born", "sex", "phone"} and "document" not in inputs.filled
    )
    assert "given2" not in inputs.frequencies and inputs.pairs == 1


def test_records_are_numbered_through_and_their_ids_stay_here(tmp_path: Path) -> None:
    left, right = (
        columns_of(Record("a", (Name("Ana"),))),
        columns_of(Record("a", (Name("Ana"),)), Record("", (Name("Eva"),))),
    )
    inputs = prepared(tmp_path, left, right)
    numbers = [table(path)["unique_id"] for path in inputs.tables]
    assert numbers == [[0], [1, 2]] and inputs.pairs == 2
    assert not list(tmp_path.glob("*.csv"))


def test_odd_values_come_through_as_they_are(tmp_path: Path) -> None:
    odd = 'a,"b"\n\\c;\t\'d'
    left = columns_of(
        *(Record(str(n), (Name("Ana"),), facts=(("handle", odd),)) for n in range(2)), Record("3")
    )
    inputs = prepared(tmp_path, left, None)
    assert table(inputs.tables[0])["handle"] == [odd, odd, None]
