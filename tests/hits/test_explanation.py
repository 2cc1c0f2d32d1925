"""Weights in words that a prosecutor reads: days, countries and sexes, not codes."""

from __future__ import annotations

import pytest

from libertad.hits.explanation import sentence
from libertad.hits.matching.record import Kind, Reason


@pytest.mark.parametrize(
    ("kind", "left", "right", "how", "said"),
    [
        ("birth", "1999-04-23", "1999-04-23", "same", "Both were born on 23 April 1999"),
        (
            "birth",
            "1999-04",
            "1998–2000",
            "overlap",
            "Birth April 1999 and 1998–2000: both can be true of one person",
        ),
        (
            "birth",
            "1999-04-23",
            "1980-10-02",
            "different",
            "Born at different times: 23 April 1999 and 2 October 1980",
        ),
        ("nationality", "vn", "vn", "same", "The same nationality: Vietnam"),
        ("nationality", "ve, do", "ve", "same", "The same nationality: Venezuela, Dominican Republic"),
        ("nationality", "warao", "ve", "different", "Another nationality: warao and Venezuela"),
        ("sex", "female", "female", "same", "The same sex as said: woman or girl"),
        ("name", "Yulimar", "Yulimar", "same", "Both are called Yulimar"),
        ("phone", "5926114409", "5926114409", "same", "The same telephone number: 5926114409"),
    ],
)
def test_a_value_is_said_as_people_say_it(kind: Kind, left: str, right: str, how: str, said: str) -> None:
    assert sentence(Reason(kind, 3.0, left, right, how)) == said


def test_how_rare_it_is_stays_beside_it() -> None:
    text = sentence(Reason("nationality", 1.6, "vn", "vn", "same", 1 / 3))
    assert text == "The same nationality: Vietnam, 1 in 3"
