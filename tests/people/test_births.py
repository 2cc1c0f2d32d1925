"""Births as they were said: 'about 2006' keeps its year, and two that agree are no conflict."""

from __future__ import annotations

import pytest

from libertad.people.actions.state_person import state_person
from libertad.people.models import Person, Tally
from libertad.people.timeline import birth_words
from libertad.vocabulary.values import Birth, Refused
from tests.operations.test_screens import text
from tests.people.making import meet
from tests.people.test_whose_word import PLAIN
from tests.support.shuffling import assert_order_free
from tests.support.world import World

ESTIMATE = Birth(age_from=9, age_to=14, on="2018-04-05")


def test_the_year_that_was_said_is_told(world: World) -> None:
    data = PLAIN | {"sex": "female", "birth_date_line": "about 2006", "age_source": "said"}
    assert world.client("officer").post("/people/meet/", data).status_code == 302
    page = text(world.client("officer"), f"/people/{Person.objects.get().pk}/")
    assert "Born about 2006 (2004 to 2008)" in page and "Age " not in page.partition("timeline")[2]


def test_about_goes_with_a_year_alone() -> None:
    assert birth_words(Birth(age_from=9, age_to=14, on="2018", about="2006")).startswith("Born about 2006")
    for wrong in ("2006-04", "06"):
        with pytest.raises(Refused):
            Birth(age_from=9, age_to=14, on="2018", about=wrong)


@pytest.mark.parametrize(
    ("said", "differ"),
    [
        (Birth(date="2007-03-12"), False),
        (Birth(age_from=11, age_to=12, on="2018-04-05"), False),
        (Birth(date="1990"), True),  # an adult
        (Birth(date="2001"), True),  # a child, but not of that age
        (Birth(age_from=13, age_to=19, on="2018-04-05"), True),  # perhaps no child
    ],
)
def test_only_births_that_cannot_both_be_true_need_somebody(world: World, said: Birth, differ: bool) -> None:
    person = meet(world, birth=ESTIMATE)
    world.perform("officer", state_person, person=person, birth=said, source="said")
    row = Person.objects.get(pk=person)
    assert (row.conflicts == ["birth"]) == differ and row.child
    page = text(world.client("officer"), f"/people/{person}/")
    assert ("Several ages are on file" in page) == differ
    assert ("age not settled" in page) == differ
    if not differ:
        assert "until the birth year is settled" not in page and "In conflict with" not in page
    assert_order_free(world)


def test_two_children_are_not_told_that_the_rules_end(world: World) -> None:
    person = meet(world, birth=ESTIMATE)
    world.perform("officer", state_person, person=person, birth=Birth(date="2001"), source="said")
    today = text(world.client("officer"), "/")
    assert "By every age on file the rules for a child apply" in today
    assert "Until it is settled the rules for a child apply" not in today


@pytest.mark.parametrize(
    ("role", "chosen", "ages"),
    [
        ("officer", "adult", ("15", "16")),
        ("officer", "child", ("30", "34")),
        ("exhibits-officer", "adult", ("15", "16")),
        ("caseworker", "adult", ("15", "16")),
    ],
)
def test_danger_does_not_wait_for_an_age_that_contradicts_the_choice(
    world: World, role: str, chosen: str, ages: tuple[str, str]
) -> None:
    """Recorded with both, as a child's; an ordinary meeting is asked about."""
    data = PLAIN | {"age": chosen, "age_from": ages[0], "age_to": ages[1], "age_source": "saw"}
    page = text(world.client(role), "/people/meet/", data)
    assert "Correct one of the two" in page and not Person.objects.exists()
    answer = world.client(role).post("/people/meet/", data | {"danger": "yes"})
    assert answer.status_code == 302, answer.content.decode()
    (row,) = Person.objects.all()
    assert row.child
    assert not Tally.objects.exclude(age_group="not-settled").exists()
    page = text(world.client("caseworker" if role == "caseworker" else "officer"), f"/people/{row.pk}/")
    assert "Rules for a child apply" in page
    if role == "exhibits-officer":
        assert "Age 15 to 120" in page, "this role says no second age: one that may be on either side"
    else:
        assert row.conflicts == ["birth"] and "Several ages are on file" in page
    assert_order_free(world)


def test_two_wrong_dates_are_both_named_as_they_were_written(world: World) -> None:
    data = PLAIN | {
        "birth_date_line": "2050",
        "age_source": "said",
        "happened_day": "31",
        "happened_month": "2",
        "happened_year": "2018",
    }
    page = text(world.client("officer"), "/people/meet/", data)
    assert "2050 lies ahead" in page
    assert "31 2 2018 is not a date that exists: look at the day and the month" in page
    assert not Person.objects.exists()
