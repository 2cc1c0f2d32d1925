"""The host at rest opens neither question nor answer; who never opened the question makes no answer."""

from __future__ import annotations

import os

import pytest

from libertad.answer_page import sealing
from libertad.answer_page.messages import Answer, Question

PAGE, OTHER = "a" * 32, "b" * 32
KEY = os.urandom(32).hex()
QUESTION = Question(
    service="shelter",
    day="2026-12-03",
    sex="female",
    age="adult-18-24",
    language="wba",
    line="+592 555 0101",
    key=KEY,
)


def test_link_and_code_together_open_the_question_and_neither_does_alone() -> None:
    token, code, salt = sealing.new_token(), sealing.new_code(), sealing.new_salt()
    sealed = sealing.seal_question(QUESTION, PAGE, token, code, salt)
    assert sealing.open_question(sealed, PAGE, token, f"{code[:4]} {code[4:]}", salt) == QUESTION
    wrong_code = f"{(int(code) + 1) % 10 ** len(code):0{len(code)}}"
    for other in (
        (PAGE, sealing.new_token(), code, salt),
        (PAGE, token, wrong_code, salt),
        (PAGE, token, code, sealing.new_salt()),
        (OTHER, token, code, salt),
    ):
        with pytest.raises(sealing.WrongCode):
            sealing.open_question(sealed, *other)


def test_every_question_is_as_long_as_any_other() -> None:
    token, code, salt = sealing.new_token(), sealing.new_code(), sealing.new_salt()
    short = Question(service="work", day="", sex="", age="", language="", line="911", key=KEY)
    sizes = {len(sealing.seal_question(q, PAGE, token, code, salt)) for q in (QUESTION, short)}
    assert len(sizes) == 1
    answers = (Answer("declined"), Answer("accepted", "2026-12-04", "é" * 200))
    assert len({len(sealing.seal_answer(answer, PAGE, KEY)) for answer in answers}) == 1


def test_an_answer_that_no_question_of_this_page_led_to_is_forged() -> None:
    answer = Answer("accepted", "2026-12-04", "two beds")
    sealed = sealing.seal_answer(answer, PAGE, KEY)
    assert sealing.open_answer(sealed, PAGE, KEY) == answer
    for forged in (
        (sealed, OTHER, KEY),  # another page's, played again
        (sealing.seal_answer(answer, PAGE, os.urandom(32).hex()), PAGE, KEY),
        (sealed[:-1] + bytes([sealed[-1] ^ 1]), PAGE, KEY),
        (b"", PAGE, KEY),
    ):
        with pytest.raises(sealing.Forged):
            sealing.open_answer(*forged)


def test_the_name_of_a_link_does_not_give_it() -> None:
    token = sealing.new_token()
    assert token not in sealing.link_name(token) and sealing.TOKEN.fullmatch(token)
    assert len({sealing.new_code() for _ in range(50)}) > 40
