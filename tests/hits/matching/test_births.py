"""Two births that differ weigh by how they differ: a slip, relatives, strangers."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher
from libertad.hits.matching.record import Birth, Name, Record


def compare_births(left: str, right: str) -> tuple[str, float]:
    """How two births are alike, and their bits."""
    records = [
        Record(id_, (Name("Ruth Crussen"),), Birth.of_text(born)) for id_, born in (("a", left), ("b", right))
    ]
    (reason,) = (why for why in Matcher().compare(*records).reasons if why.kind == "birth")
    return reason.how, reason.bits


def bits(left: str, right: str) -> float:
    return compare_births(left, right)[1]


def test_a_year_with_its_figures_in_each_others_place_is_one_part_that_is_wrong() -> None:
    assert compare_births("1987-05-12", "1978-05-12") == compare_births("1987-05-12", "1986-05-12")
    assert compare_births("1987-05-12", "1978-05-12")[0] == "one_part"


def test_a_year_wrong_in_two_figures_speaks_for_nobody_and_against_nobody() -> None:
    """Two of 400 strangers share day and month, and so do two of 400 pairs of one person whose year is
    wrong so."""
    way, weight = compare_births("1987-05-12", "1965-05-12")
    assert way == "year" and -1 < weight < 2
    assert bits("1987-05-12", "1986-05-12") > weight + 2
    assert weight > bits("1987-05-12", "1965-08-30") + 4


@pytest.mark.parametrize(
    ("near", "far"),
    [("1990-08-30", "1960-08-30"), ("1983-01-02", "1943-01-02"), ("1989", "1960"), ("1990", "1952")],
)
def test_births_three_years_apart_cost_less_than_thirty(near: str, far: str) -> None:
    assert compare_births("1987-05-12", far)[0] == "different"
    assert compare_births("1987-05-12", near)[0] in ("some_years", "near_year")
    assert bits("1987-05-12", far) + 1.5 < bits("1987-05-12", near) < -1


def test_what_births_some_years_apart_cost_less_does_not_make_sisters_one_person() -> None:
    """Sisters are born some years apart: what speaks less against one person speaks for relatives."""
    home = (("address", "Kaya Rooi Santo 14"), ("phone", "59995550144"))
    matcher = Matcher()
    for n in range(200):
        matcher.upsert(
            Record(
                f"r{n}", (Name(given=f"Given{n}", family=f"Family{n}"),), Birth.of_text(f"{1950 + n % 50}")
            )
        )

    def sisters(born: str) -> float:
        first = Record(
            "a", (Name(given="Thandiwe", family="Achterberg"),), Birth.of_text("1987-05-12"), facts=home
        )
        second = Record("b", (Name(given="Casimira", family="Achterberg"),), Birth.of_text(born), facts=home)
        return matcher.compare(first, second).bits

    assert sisters("1990-02-20") < sisters("1957-02-20") + 2
    assert sisters("1990-02-20") < -5
