"""Facts in free text: what can hardly be anything else is taken, dates and amounts are not."""

from __future__ import annotations

import pytest

from libertad.hits.texts import facts_in, luhn


@pytest.mark.parametrize(
    ("text", "facts"),
    [
        ("Call +592 611 4409 or (868) 555-0199.", {("phone", "+592 611 4409"), ("phone", "(868) 555-0199")}),
        ("The phone 356938035643809 was on.", {("device", "356938035643809")}),
        (
            "Asks for @el_flaco.99 and yuli@example.org",
            {("handle", "@el_flaco.99"), ("handle", "yuli@example.org")},
        ),
        ("A white van, plate PAB 1234, left.", {("vehicle", "PAB 1234")}),
        ('The boat "Estrella Azul" landed.', {("vessel", "Estrella Azul")}),
        ("On 2018-04-05 and 5/4/2018 they paid 1,200,000 for 12 women.", set()),
        ("", set()),
        ("Women are kept at a mine on the river.", set()),
        ("Account 00123456789 at a bank, cuenta n.º: 0102-0345-67-8901234567", set()),
        ("Account: 00123456789. Call 611 4409", {("phone", "611 4409")}),
        ("Her WhatsApp account 592 611 4409", {("phone", "592 611 4409")}),
        ("The account is on +592 611 4409", {("phone", "+592 611 4409")}),
        ("0000000 and 1111111 are no numbers", set()),
    ],
)
def test_facts_in_a_lead(text: str, facts: set[tuple[str, str]]) -> None:
    assert set(facts_in(text)) == facts


def test_a_documents_number_is_looked_for_where_a_document_is_described() -> None:
    text = "Venezuelan passport C1234567, burnt at one corner"
    assert ("document", "C1234567") in facts_in(text, documents=True)
    assert not facts_in(text)


@pytest.mark.parametrize(
    "text", ["9" * 20_000, "+" * 50_000, "@" * 50_000, "a-1 " * 20_000, "plate " * 9000, "account 1 " * 9000]
)
def test_long_and_odd_texts_end(text: str) -> None:
    assert len(facts_in(text)) < 100


def test_the_check_digit_of_an_imei() -> None:
    assert luhn("356938035643809") and not luhn("356938035643808")
