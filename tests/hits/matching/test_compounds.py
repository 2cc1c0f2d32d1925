"""Arabic names of several words are one name however they are parted, and others are left alone."""

from __future__ import annotations

import pytest

from libertad.hits.matching import Matcher, Name, Record
from libertad.hits.matching.compounds import join
from libertad.hits.matching.text import tokens


@pytest.mark.parametrize(
    "written",
    ["Abdul Rahman", "Abd al-Rahman", "Abd ar-Rahman", "Abdulrahman", "Abdurrahman", "Abdel Rahman"],
)
def test_a_servant_of_god_is_one_word(written: str) -> None:
    assert tokens(f"{written} Hassan") == ("abdulrahman", "hassan")


def test_a_surname_after_abdul_stays_one() -> None:
    assert tokens("Abdul Khan") == ("abdul", "khan")
    assert tokens("Abdool Persaud") == ("abdool", "persaud")


@pytest.mark.parametrize(
    "written", ["Salah ad-Din", "Salah al-Din", "Salah Eddine", "Salaheddine", "Salahuddin"]
)
def test_salah_ad_din_is_one_word(written: str) -> None:
    assert tokens(written) == ("salahuddin",)


@pytest.mark.parametrize(
    "name", ["Geraldine", "Nadine Deen", "Mohamed Deen", "Claude Dine", "Abdias Pereira", "Bernardine"]
)
def test_others_are_left_alone(name: str) -> None:
    assert join(name.lower()) == name.lower()


def test_two_servants_of_god_are_two_men() -> None:
    def bits(left: str, right: str) -> float:
        return Matcher().compare(Record("a", (Name(left),)), Record("b", (Name(right),))).bits

    assert (
        bits("Abdul Rahman Saleh", "Abdelrahmane Saleh") > bits("Abdul Rahman Saleh", "Abdul Karim Saleh") + 8
    )


def test_a_father_of_is_one_word_where_people_are_called_so() -> None:
    assert tokens("Abou Bakr Saleh") == tokens("Abu Bakr Saleh") == ("abubakr", "saleh")
    assert tokens("Abu Sufian") == ("abu", "sufian")
