"""What people write is read without guessing."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest

from libertad.vocabulary.values import Refused
from libertad.vocabulary.written import check_birth, check_phone, read_date, read_number, read_reference

TODAY = date(2018, 4, 5)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", ""),
        ("1998", "1998"),
        ("1998-03-12", "1998-03-12"),
        ("1998-03", "1998-03"),
        ("3/1998", "1998-03"),
        ("12 mar 98", "1998-03-12"),
        ("12 Mar. 1998", "1998-03-12"),
        ("March 12th, 1998", "1998-03-12"),
        ("marzo 1998", "1998-03"),
        ("12 de marzo de 1998", "1998-03-12"),
        ("12 de março de 1998", "1998-03-12"),
        ("1er août 1999", "1999-08-01"),
        ("12 mrt 1998", "1998-03-12"),
        ("5 setembro 2001", "2001-09-05"),
        ("25/3/1998", "1998-03-25"),
        ("3/25/1998", "1998-03-25"),
        ("4/4/98", "1998-04-04"),
        ("25.12.05", "2005-12-25"),
    ],
)
def test_dates_as_people_write_them(text: str, expected: str) -> None:
    assert read_date(text, TODAY, past=True) == expected


@pytest.mark.parametrize("text", ["12/3/1998", "3.4.98", "5-6-2001"])
def test_a_date_that_can_be_two_is_asked(text: str) -> None:
    with pytest.raises(Refused, match=r"can be .* or .*month as a word"):
        read_date(text, TODAY)


@pytest.mark.parametrize(
    "text",
    ["31 feb 1998", "13/13/1998", "jui 1998", "soon", "12 98", "1850", "12 mar", "marzo avril 1998", "١٩٩٨"],
)
def test_what_is_no_date_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_date(text, TODAY)


def test_a_year_of_two_digits_is_the_nearest_or_the_last() -> None:
    assert read_date("1 may 27", TODAY) == "2027-05-01"
    assert read_date("1 may 27", TODAY, past=True) == "1927-05-01"


@pytest.mark.parametrize("born", ["2050", "2018-05", "2018-04-06", "1897", "1897-12-31"])
def test_nobody_is_born_ahead_or_older_than_120(born: str) -> None:
    with pytest.raises(Refused):
        check_birth(born, TODAY)


@pytest.mark.parametrize("born", ["2018", "2018-04", "2018-04-05", "1898", "1998-03"])
def test_births_that_can_be(born: str) -> None:
    check_birth(born, TODAY)


@pytest.mark.parametrize(
    "text",
    ["+592 555 0142", "00 33 1 23", "(0592) 123-456", "911", "555 0142 ext. 12", "۰۹۱۲ ۳۴۵", "*100#123"],
)
def test_numbers_of_every_country_are_phones(text: str) -> None:
    check_phone(text)


@pytest.mark.parametrize(
    "text", ["not a phone", "12", "call 592 555 0142 now", "+592 555 0142, brother", "1" * 30]
)
def test_what_nobody_can_dial_is_no_phone(text: str) -> None:
    with pytest.raises(Refused, match="not a phone number"):
        check_phone(text)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("20", "20"),
        ("0.50", "0.50"),
        ("0.500", "0.500"),
        ("7,55", "7.55"),
        ("1.234,50", "1234.50"),
        ("1,234.50", "1234.50"),
        ("1 234,5", "1234.5"),
        ("1'234.5", "1234.5"),
        ("1\u202f234\u202f567", "1234567"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        ("1234.567", "1234.567"),
        ("-58,1", "-58.1"),
    ],
)
def test_numbers_as_people_write_them(text: str, expected: str) -> None:
    assert str(read_number(text)) == expected


@pytest.mark.parametrize("text", ["1.234", "1,234", "12.345"])
def test_a_number_that_can_be_two_is_asked(text: str) -> None:
    with pytest.raises(Refused, match=r"can be .* or "):
        read_number(text)


def test_what_it_can_be_at_all_decides() -> None:
    assert read_number("6.801", minimum=Decimal(-90), maximum=Decimal(90)) == Decimal("6.801")


@pytest.mark.parametrize(
    "text", ["", "ten", "1e5", "1_000", "1.23.456", "1,2,3", "٢٠", "5-6", "1.234.56", "--1"]
)
def test_what_is_no_number_is_refused(text: str) -> None:
    with pytest.raises(Refused):
        read_number(text)


@pytest.mark.parametrize("text", ["VC-0006", "vc 0006", " Vc0006", "vc - 0006 ", "vc_0006"])
def test_a_reference_is_one_however_it_is_typed(text: str) -> None:
    assert read_reference(text) == "VC-0006"
    assert read_reference("p gy vcc 038") == "P-GY-VCC-038"
    assert read_reference("  ") == ""
