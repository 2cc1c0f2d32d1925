"""How days of birth and odds are said."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad import hits
from libertad.hits import record_builder, wording
from libertad.hits.wording import bits_words, born, odds_words, tenths_that_add_up
from libertad.people.actions.state_person import state_person
from libertad.people.forms_birth import about_birth
from libertad.vocabulary.values import Birth
from tests.hits.making import person
from tests.support.world import World


@pytest.mark.parametrize(
    ("first", "last", "said"),
    [
        ("1999-04-23", "1999-04-23", "23 April 1999"),
        ("1999-04-01", "1999-04-30", "April 1999"),
        ("2000-02-01", "2000-02-29", "February 2000"),
        ("1999-12-01", "1999-12-31", "December 1999"),
        ("1999-01-01", "1999-12-31", "1999"),
        ("1999-01-01", "2001-12-31", "1999 to 2001"),
        ("1999-04-01", "1999-05-31", "between 1 April 1999 and 31 May 1999"),
        ("1999-04-01", "2000-04-30", "between 1 April 1999 and 30 April 2000"),
    ],
)
def test_a_birth_is_said_as_exactly_as_it_is_known(first: str, last: str, said: str) -> None:
    assert born(hits.Birth(dt.date.fromisoformat(first), dt.date.fromisoformat(last))) == said


def test_a_day_that_may_stand_for_a_year_says_so_and_nothing_known_says_nothing() -> None:
    assert born(hits.Birth.of_text("1999-01-01")) == "1 January 1999 (perhaps only the year is known)"
    assert born(None) == ""


@pytest.mark.parametrize(
    ("chance", "words"),
    [
        (254 / 255, "250 to 1 for it"),
        (254.4 / 255.4, "250 to 1 for it"),
        (0.9, "9 to 1 for it"),
        (32 / 33, "32 to 1 for it"),
        (1 / 33, "32 to 1 against it"),
        (0.9991, "over 1,000 to 1 for it"),
        (0.5, "even odds"),
        (0.49, "even odds"),
        (0.51, "even odds"),
        (0.3, "2 to 1 against it"),
    ],
)
def test_odds_are_told_in_two_figures(chance: float, words: str) -> None:
    assert odds_words(chance) == words


@pytest.mark.parametrize(
    "bits",
    [
        [13.84, -6.95],  # 13.8 - 7.0 stood over 6.9
        [7.82, 7.74, 7.64, 1.54, -0.26, 0.14, -3.56, -7.44],
        [0.04] * 9,
        [-0.05, -0.05, -0.05],
        [12.0],
        [],
    ],
)
def test_shown_weights_add_up_to_the_sum_that_is_shown(bits: list[float]) -> None:
    weights = [float(bits_words(tenth)) for tenth in tenths_that_add_up(bits)]
    assert sum(weights) == pytest.approx(float(bits_words(sum(bits))))
    assert all(abs(exact - rounded) < 0.1 for exact, rounded in zip(bits, weights, strict=True))


def test_births_are_compared_as_they_were_said(world: World) -> None:
    """No range that nobody wrote: a year said with 'about' keeps it, and births in conflict stand apart."""
    first = person(world, "Yulimar Peña", birth=about_birth("1998", "2018-04-05"))
    second = person(world, "Yulimar Pena Díaz", birth=Birth(date="1999-07-20"))
    world.perform("officer", state_person, person=first, birth=Birth(date="2001"), happened=world.at(5, 15))
    third = person(world, "Jan Pjè", birth=Birth(age_from=30, age_to=35, on="2018-04-05"))
    reader = world.actor("officer")
    said = {
        subject.key: wording.facts(subject)["Birth or age"]
        for subject in record_builder.gather(reader, {"person": [first, second, third]})
    }
    assert said == {
        first: "Born about 1998 (1996 to 2000); 2001",
        second: "20 July 1999",
        third: "Age 30 to 35 (5 April 2018)",
    }
