"""Whose word something is: an officer's estimate of an age is never told as what the person said."""

from __future__ import annotations

import re

import pytest

from libertad.people.models import Person, Tally
from tests.people.test_screens import MEET
from tests.support.shuffling import assert_order_free
from tests.support.world import World

PLAIN = {"danger": "no", "name": "Ana", "country": "GY"}


def lines(page: str) -> list[str]:
    """The lines of a timeline, each after its time: whose word it is, and the words."""
    timeline = re.sub(r"<[^>]+>", " ", page.partition("What was said, and by whom")[2])
    return [" ".join(part.split()) for part in re.split(r"\(UTC[^)]*\)", timeline)[1:]]


@pytest.mark.parametrize(
    ("role", "source", "label", "words"),
    [
        ("officer", "saw", "Officer saw", "Age 16 to 19, as estimated"),
        ("officer", "said", "She said", "Age 16 to 19"),
        ("officer", "document", "Document", "Age 16 to 19"),
        ("exhibits-officer", "saw", "Officer saw", "Age 16 to 19, as estimated"),
    ],
)
def test_an_age_stands_under_whose_word_it_is(
    world: World, role: str, source: str, label: str, words: str
) -> None:
    data = PLAIN | {"sex": "female", "age_from": "16", "age_to": "19", "age_source": source}
    answer = world.client(role).post("/people/meet/", data, follow=True)
    assert answer.status_code == 200 and Person.objects.count() == 1
    [line] = [line for line in lines(answer.content.decode()) if "Age 16 to 19" in line]
    assert label in line and words in line
    assert ("as estimated" in line) == (source == "saw") and ("She said" in line) == (source == "said")
    assert Tally.objects.get().age_group == "not-settled", "counted all the same"
    assert_order_free(world)


def test_an_age_without_whose_word_it_is_is_not_saved(world: World) -> None:
    client = world.client("officer")
    for age in ({"age": "child"}, {"birth_date_year": "2001"}, {"age_from": "16", "age_to": "17"}):
        fields = {name.replace("birth_date_year", "birth_date_2"): value for name, value in age.items()}
        answer = client.post("/people/meet/", PLAIN | age | fields)
        assert "Say how you know the age" in answer.content.decode(), age
    assert not Person.objects.exists()


def test_what_nobody_answered_is_told_as_not_asked(world: World) -> None:
    """Sex, papers and first view may be left open: then nobody said or saw anything."""
    answer = world.client("officer").post("/people/meet/", PLAIN, follow=True)
    assert answer.status_code == 200
    [person] = Person.objects.all()
    assert person.seen_as == "not-assessed"
    assert Tally.objects.get().sex == "not-said"
    assert "Travel document" not in " ".join(lines(answer.content.decode()))


def test_a_child_or_an_adult_is_not_told_as_said_where_an_officer_thinks_so(world: World) -> None:
    data = MEET | {"age": "child", "age_source": "saw"}
    page = world.client("officer").post("/people/meet/", data, follow=True).content.decode()
    [line] = [line for line in lines(page) if "A child" in line]
    assert "as said" not in line and "She said" not in line and "as estimated" in line
