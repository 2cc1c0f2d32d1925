"""Tokens of one person meet through what goes wrong with names and births; those of two seldom do."""

from __future__ import annotations

from datetime import date

import pytest

from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.private import tokens
from libertad.hits.private.tokens import fields, tokens_of


def record(name: str = "", born: str = "", **facts: str) -> Record:
    return Record(
        "1",
        (Name(name),) if name else (),
        Birth.of_text(born) if born else None,
        facts=tuple((kind, value) for kind, value in facts.items()),  # type: ignore[misc]
    )


def meet(left: Record, right: Record) -> bool:
    left_tokens, right_tokens = tokens_of(left), tokens_of(right)
    return any(set(values) & set(right_tokens.get(kind, ())) for kind, values in left_tokens.items())


KNOWN = record("Yulimar del Carmen González Rojas", "1999-03-04")


@pytest.mark.parametrize(
    ("name", "born"),
    [
        ("YULIMAR GONZALEZ", "1999-03-04"),
        ("Gonzalez, Yulimar", "1999-03-04"),
        ("Yulimar Gonsales", "1999"),
        ("Julimar Gonzalez Rojas", "1999-03-04"),
        ("Yulimar Rojas", "1999-04-03"),
        ("Yulimar Gonzalez", "1998-03-04"),
        ("Yulimar Carmen Gonzalez", ""),
        ("Y. González Rojas", "1999-03-01"),
        ("Rojas", "1999-03-04"),
    ],
)
def test_one_person_told_otherwise_shares_a_token(name: str, born: str) -> None:
    assert meet(KNOWN, record(name, born))


@pytest.mark.parametrize(
    ("name", "born"),
    [("Yulimar González", ""), ("Yulimar Perez", "1999"), ("Carmen Perez", "1999-04-05"), ("", "1999-03-04")],
)
def test_a_name_or_a_birth_alone_opens_nothing(name: str, born: str) -> None:
    assert not meet(KNOWN, record(name, born))


def test_an_age_asks_for_its_years_with_the_likeliest_first() -> None:
    birth = Birth.of_age(18, 20, date(2018, 4, 5))
    person_tokens = tokens_of(Record("1", (Name("Yulimar Gonzalez"),), birth))["person"]
    assert [token.rpartition(b" ")[2] for token in person_tokens] == [b"1998", b"1999", b"1997", b"2000"]
    wide = Birth.of_age(18, 40, date(2018, 4, 5))
    assert "person" not in tokens_of(Record("1", (Name("Yulimar Gonzalez"),), wide))


def test_numbers_are_asked_for_by_what_is_always_written() -> None:
    by_kind = tokens_of(record(phone="+592 600-1234", document="GY:R 0123456", device="35 209900 176148 1"))
    assert by_kind == {"phone": [b"26001234"], "document": [b"R0123456"], "device": [b"352099001761481"]}
    assert meet(record(phone="+58 412 555 1234"), record(phone="0412-5551234"))


@pytest.mark.parametrize("said", ["N/A", "XXXXXXX", "0000000", "", "​​"])
def test_a_placeholder_is_no_token(said: str) -> None:
    assert tokens_of(record(said, said, document=said, phone=said)) == {}
    assert fields(record(said, said, document=said, phone=said)) == []


def test_a_name_of_four_thousand_characters_is_a_few_tokens() -> None:
    by_kind = tokens_of(record("Maria " * 200 + "Abcd " * 1000 + "Pérez " * 500, "1990-01-02"))
    assert 0 < len(by_kind["person"]) <= 35


def test_what_is_compared_is_bounded_and_in_one_order() -> None:
    full = Record(
        "1",
        (Name("Ana Maria de la Cruz Pérez Soto Lopez Diaz"),),
        Birth.of_text("1999-03-04"),
        "female",
        tuple(("phone", f"5926001{at:03d}") for at in range(20)),
    )
    compared = fields(full)
    assert len(compared) == tokens.FIELDS
    assert [field for field, _ in compared[:10]] == [
        *["name"] * 5,
        "turned",
        "birthday",
        "year",
        "sex",
        "phone",
    ]


def test_of_a_full_record_the_nationality_is_compared_and_the_place_is_not() -> None:
    full = Record(
        "1",
        (Name("Ana Maria Fernanda Pérez Soto"),),
        Birth.of_text("1999-03-04"),
        "female",
        (
            ("place", "Bartica"),
            ("nationality", "venezolana"),
            ("phone", "+592 600 1234"),
            ("document", "GY:R0123456"),
        ),
    )
    compared = dict(fields(full))
    assert compared["nationality"] == "ve"
    assert {"document", "phone"} <= set(compared)
    assert "place" not in compared
    assert dict(fields(record("Ana Pérez", "1999-03-04", place="Bartica")))["month"] == "1999-03"
