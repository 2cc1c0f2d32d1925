"""What is said of two births is true of them."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher
from libertad.hits.matching.reasons import words
from libertad.hits.matching.record import Birth, Name, Record


@pytest.mark.parametrize(
    ("one", "other", "said"),
    [
        ("1990-04", "1990-04-12", "birth 1990-04 and 1990-04-12: both can be true of one person"),
        ("1990", "1990-04", "birth 1990 and 1990-04: both can be true of one person"),
        ("1990-12", "1990-12", "birth 1990-12 and 1990-12: both can be true of one person"),
        ("1994-05", "1990", "born about the same year, or one figure of it differs: 1994-05 and 1990"),
        ("1990", "1991-02-03", "born about the same year, or one figure of it differs: 1990 and 1991-02-03"),
    ],
)
def test_a_birth_is_told_as_precisely_as_it_is_known(one: str, other: str, said: str) -> None:
    left, right = (Record(text, (Name("Ana Ruiz"),), Birth.of_text(text)) for text in (one, other))
    (birth,) = (reason for reason in Matcher().compare(left, right).reasons if reason.kind == "birth")
    assert words(birth).startswith(said)


def test_an_age_is_told_in_years() -> None:
    aged = Record("a", (Name("Ana Ruiz"),), Birth(Birth.of_parts(1998).earliest, Birth.of_parts(2000).latest))  # type: ignore[union-attr]
    born = Record("b", (Name("Ana Ruiz"),), Birth.of_text("1999-04"))
    (birth,) = (reason for reason in Matcher().compare(aged, born).reasons if reason.kind == "birth")
    assert (birth.left, birth.right) == ("1998–2000", "1999-04")
