"""What a person's file says: answers with their questions, the officer's word as the officer's, conflicts."""

from __future__ import annotations

import re

from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import Birth, PersonName
from tests.support.world import World


def page_text(world: World, person: str) -> str:
    html = world.client("officer").get(f"/people/{person}/").content.decode()
    return " ".join(re.sub(r"<[^>]+>", " ", html).split())


def test_an_answer_stands_with_its_question_and_danger_as_the_officers_word(world: World) -> None:
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Rosa"),),
        danger="yes",
        birth=Birth(date="2006"),
        sex="female",
        with_whom="with an aunt",
        needs=("doctor",),
        source="said",
    )
    page = page_text(world, person)
    assert "Alone? with an aunt." in page
    assert "Recorded by the officer: hurt or in danger." in page and "Hurt or in danger. Called" not in page


def test_the_rules_for_a_child_do_not_hang_on_a_conflict_in_which_every_age_is_a_child_s(
    world: World,
) -> None:
    values = {"country": "GY", "danger": "no", "sex": "female", "source": "saw"}
    person = world.perform(
        "officer",
        meet_person,
        name=(PersonName(text="Rosa"),),
        birth=Birth(age_from=9, age_to=14, on="2018-04-09"),
        happened=world.at(9, 18, 52),
        **values,
    )
    world.perform("officer", state_person, person=person, birth=Birth(date="2001"), source="said")
    page = page_text(world, person)
    assert "by every age on file" in page and "until the birth year is settled" not in page
    world.perform("officer", state_person, person=person, birth=Birth(date="1999"), source="said")
    page = page_text(world, person)
    assert "until the birth year is settled" in page and "by every age on file" not in page


def test_a_conflict_names_the_value_that_it_is_with(world: World) -> None:
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Rosa"),),
        danger="no",
        sex="female",
        birth=Birth(age_from=9, age_to=14, on="2018-04-09"),
        happened=world.at(9, 18, 52),
        source="saw",
    )
    world.perform(
        "officer",
        state_person,
        person=person,
        birth=Birth(date="1999-03-12"),
        source="said",
        happened=world.at(9, 18, 52),
    )
    page = page_text(world, person)
    assert "In conflict with: Born on 12 March 1999 (9 April 2018, 14:52 (UTC-4))." in page
    assert "In conflict with: Age 9 to 14 (9 April 2018, 14:52 (UTC-4))." in page


def test_settling_with_nothing_chosen_says_so_at_the_top(world: World) -> None:
    person = world.perform(
        "officer",
        meet_person,
        country="GY",
        name=(PersonName(text="Rosa"),),
        danger="no",
        sex="female",
        birth=Birth(date="1990"),
        source="said",
    )
    world.perform("officer", state_person, person=person, birth=Birth(date="1999"), source="said")
    answer = world.client("officer").post(f"/people/{person}/settle/", {"reasons": "She said so twice."})
    page = answer.content.decode()
    assert re.search(r"<title>\s*Error: ", page) and answer.status_code == 422
    top = page[: page.index('class="conflict"')]
    assert "Nothing has been saved yet" in top and 'href="#conflict"' in top
    assert "Choose one of the values" in top and 'value="She said so twice."' in page
