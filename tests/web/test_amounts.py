"""Money as people type it in five languages: read back as it was written, and never guessed."""

from __future__ import annotations

from decimal import Decimal

import pytest
from babel.numbers import format_decimal, get_currency_precision
from hypothesis import given
from hypothesis import strategies as st

from libertad.look.amounts import amount_words, currencies, decimal_text
from libertad.vocabulary.values import Refused

# Of English, Spanish, Portuguese, French and Dutch, with the ways of writing that their countries have.
LOCALES = (
    *("en_US", "en_GB", "en_GY", "en_JM", "en_ZA", "en_CH"),
    *("es_ES", "es_MX", "es_AR", "es_VE", "es_CR", "es_CO", "es_PY"),
    *("pt_BR", "pt_PT", "pt_CH"),
    *("fr_FR", "fr_CA", "fr_CH", "fr_LU"),
    *("nl_NL", "nl_SR", "nl_CW", "nl_BE"),
)
WHOLE = ("JPY", "PYG", "CLP")  # without a smaller part
PARTS = ("GYD", "XCD", "USD", "BRL", "EUR", "VES", "SRD")
CENTS = st.integers(0, 10**15 - 1)


@given(CENTS, st.sampled_from(LOCALES), st.sampled_from(PARTS))
def test_what_a_locale_writes_with_decimals_is_read_back(cents: int, locale: str, currency: str) -> None:
    number = Decimal(cents) / 100
    written = format_decimal(number, "#,##0.00", locale=locale)
    assert Decimal(decimal_text(written, currency)) == number, written


@given(CENTS, st.sampled_from(LOCALES), st.sampled_from(WHOLE))
def test_what_a_locale_writes_of_a_currency_without_decimals_is_read_back(
    number: int, locale: str, currency: str
) -> None:
    written = format_decimal(number, "#,##0", locale=locale)
    assert decimal_text(written, currency) == str(number), written


@given(CENTS, st.sampled_from(LOCALES), st.sampled_from(PARTS))
def test_what_a_locale_writes_without_decimals_is_read_back_or_asked(
    number: int, locale: str, currency: str
) -> None:
    """Asked where the one sign in it may be of thousands or of decimals, and nowhere else."""
    written = format_decimal(number, "#,##0", locale=locale)
    alike = 1000 <= number < 10**6 and any(sign in written for sign in ".,")
    if alike:
        with pytest.raises(Refused) as why:
            decimal_text(written, currency)
        assert str(number) in str(why.value)
    else:
        assert decimal_text(written, currency) == str(number), written


@given(st.from_regex(r"[0-9 .,']{1,14}", fullmatch=True), st.sampled_from((*PARTS, *WHOLE)))
def test_whoever_reads_an_amount_otherwise_is_asked(text: str, currency: str) -> None:
    """An amount that is read is what its text is with the last sign, or with none, as the decimal sign, and
    nothing that can be both."""
    try:
        amount = Decimal(decimal_text(text, currency) or 0)
    except Refused:
        return
    bare = text.strip().replace(" ", "").replace("'", "")
    digits = bare.replace(".", "").replace(",", "")
    readings = {Decimal(digits)} if digits else {Decimal(0)}
    head, sign, tail = bare.rpartition(",") if bare.rfind(",") > bare.rfind(".") else bare.rpartition(".")
    if sign and tail:
        readings.add(Decimal(f"{head.replace('.', '').replace(',', '') or '0'}.{tail}"))
    assert amount in readings
    if len(tail) == 3 and sign and 1 <= len(head) <= 3 and not head.startswith("0"):
        assert currency in WHOLE, "this was guessed"


@pytest.mark.parametrize(
    ("text", "currency", "amount"),
    [
        ("1.234,50", "GYD", "1234.50"),
        ("1,234.50", "GYD", "1234.50"),
        ("1 234,50", "EUR", "1234.50"),
        ("1\u202f234,50", "EUR", "1234.50"),
        ("1234.5", "XCD", "1234.5"),
        ("1.234.567", "BRL", "1234567"),
        ("1.234", "PYG", "1234"),
        ("1.234,00", "PYG", "1234"),
        ("0", "USD", "0"),
        ("  ", "USD", ""),
    ],
)
def test_an_amount_is_read(text: str, currency: str, amount: str) -> None:
    assert decimal_text(text, currency) == amount


@pytest.mark.parametrize(
    ("text", "currency", "words"),
    [
        ("1.234", "GYD", "'1.234' can be 1234 or 1.234: write 1234 or 1.234,00"),
        ("1,234", "USD", "'1,234' can be 1234 or 1.234: write 1234 or 1,234.00"),
        ("12.345", "", "can be 12345 or 12.345"),
        ("1.234", "KWD", "can be 1234 or 1.234"),
        ("1234.567", "XCD", "more than two decimals"),
        ("0.500", "XCD", "more than two decimals"),
        ("1,234.567", "KWD", "more than two decimals"),
        ("1,5", "PYG", "PYG has no smaller part"),
        ("1.234,50", "JPY", "JPY has no smaller part"),
        ("twelve", "USD", "is not a number"),
        ("-5", "USD", "is not a value"),
        ("9" * 16, "USD", "is not a value"),
    ],
)
def test_an_amount_is_asked_or_refused_in_words(text: str, currency: str, words: str) -> None:
    with pytest.raises(Refused) as why:
        decimal_text(text, currency)
    assert why.value.field == "amount" and words in str(why.value)


def test_every_currency_that_is_offered_has_its_decimals() -> None:
    for code, _words in currencies():
        assert get_currency_precision(code) in (0, 2, 3), code
        assert decimal_text("20", code) == "20" and amount_words("20", code) == f"20 {code}"
