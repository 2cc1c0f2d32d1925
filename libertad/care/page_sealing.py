"""A new one-time page: its link and code, which the officer is shown once, and what the host is given."""

from __future__ import annotations

import os
from dataclasses import dataclass, field

from libertad.answer_page import sealing
from libertad.answer_page.messages import Question


@dataclass(frozen=True)
class NewPage:
    """`token` and `code` are in no entry and no row; the rest (hex) the host is given, but for `key`."""

    token: str = field(repr=False)
    code: str = field(repr=False)
    page: str
    link: str
    salt: str
    sealed: str
    key: str = field(repr=False)


def new_page(*, need: str, day: str, sex: str, age: str, language: str, line: str) -> NewPage:
    """Seal a question to a new link and code. Takes a moment, on purpose (`answer_page/sealing.py`)."""
    token, code, salt = sealing.new_token(), sealing.new_code(), sealing.new_salt()
    page, key = os.urandom(16).hex(), os.urandom(sealing.KEY).hex()
    question = Question(service=need, day=day, sex=sex, age=age, language=language, line=line, key=key)
    return NewPage(
        token=token,
        code=code,
        page=page,
        link=sealing.link_name(token),
        salt=salt.hex(),
        sealed=sealing.seal_question(question, page, token, code, salt).hex(),
        key=key,
    )
