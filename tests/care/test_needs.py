"""Needs said at the meeting stand under 'Needs and safety' until care answers each; police see no answer."""

from __future__ import annotations

import re

import pytest

from libertad.care.actions.record_exploitation import record_exploitation
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.settle import settle_need
from libertad.care.actions.take_person import take_person
from libertad.care.queries_needs import needs_of
from libertad.journal.models import Entry
from libertad.people.actions.answer_service import answer_service, record_arrival, record_leaving
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.care.disclosing import UNTIL, send
from tests.care.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
NEEDS = ("doctor", "interpreter", "stay-together")


def met(world: World) -> str:
    """Somebody with three needs, whom the caseworker has taken and has a file of."""
    values = {"country": "GY", "source": "said", "needs": NEEDS}
    person: str = world.perform("officer", meet_person, **values)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    world.perform("caseworker", take_person, person=person)
    return person


def open_needs(world: World, person: str) -> list[str]:
    return [seen.need for seen in needs_of(world.actor("caseworker"), person) if not seen.outcome]


def test_each_need_stands_under_needs_and_safety_until_it_is_answered(world: World) -> None:
    person = met(world)
    client = world.client("caseworker")
    page = f"/care/{person}/safety/"
    assert text(client.get(page)).count("Not answered yet") == 3
    for need in NEEDS:
        assert need in open_needs(world, person)
    address = f"/care/{person}/task/needs/doctor/"
    assert f'href="{address}"' in client.get(page).content.decode()
    assert client.post(address, {"outcome": "met"}).status_code == 200, "words are needed"
    sent = client.post(address, {"outcome": "met", "words": "Dra. Núñez saw her at the clinic."})
    assert (sent.status_code, sent["Location"]) == (302, page)
    shown = text(client.get(page))
    assert shown.count("Not answered yet") == 2 and "Dra. Núñez saw her at the clinic." in shown
    assert set(open_needs(world, person)) == {"interpreter", "stay-together"}
    values = {"outcome": "not-needed", "words": "She speaks Spanish as I do."}
    world.perform("second-caseworker", settle_need, person=person, need="interpreter", **values)
    assert open_needs(world, person) == ["stay-together"]


def test_a_need_that_nobody_said_is_not_answered(world: World) -> None:
    person = met(world)
    with pytest.raises(Refused, match="nobody said this need"):
        world.perform("caseworker", settle_need, person=person, need="food-water", outcome="met", words="x")
    assert world.client("caseworker").get(f"/care/{person}/task/needs/food-water/").status_code == 404


def test_on_the_side_of_police_nothing_moves(world: World) -> None:
    person = met(world)
    roles = ("officer", "national-lead")

    def shown(role: str, page: str) -> str:
        return re.sub(r"\d\d:\d\d|\d+ openings? so far", "", text(world.client(role).get(page)))

    pages = ("/", "/people/", f"/people/{person}/")
    before = {(role, page): shown(role, page) for role in roles for page in pages}
    row = Person.objects.values().get(pk=person)
    last = Entry.objects.order_by("idx").values_list("idx", flat=True).last()
    values = {"outcome": "met", "words": "Dra. Núñez saw her."}
    world.perform("caseworker", settle_need, person=person, need="doctor", **values)
    assert Person.objects.values().get(pk=person) == row
    said = Entry.objects.filter(idx__gt=last).values_list("compartment", flat=True)
    assert row["compartment"] not in said, "nothing is written into the file that police read"
    for (role, page), shown_before in before.items():
        assert shown(role, page) == shown_before, (role, page)
    for role in roles:
        assert world.client(role).get(f"/care/{person}/task/needs/doctor/").status_code == 404


def test_a_place_to_sleep_is_met_while_the_shelter_says_that_the_person_is_there(world: World) -> None:
    person: str = world.perform("officer", meet_person, country="GY", source="said", needs=("safe-place",))
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    world.perform("caseworker", record_exploitation, person=person, forms=["forced-labour"], words="Dug.")
    _disclosure, file = send(world, person, "shelter", until=UNTIL)
    world.perform("partner", answer_service, file=file, answer="accepted")
    assert open_needs(world, person) == ["safe-place"]
    world.perform("partner", record_arrival, file=file)
    assert open_needs(world, person) == []
    shown = text(world.client("caseworker").get(f"/care/{person}/safety/"))
    assert "There now" in shown and "Shelter, Guyana" in shown and "Not answered yet" not in shown
    world.perform("partner", record_leaving, file=file, way="without-word")
    assert open_needs(world, person) == ["safe-place"], "who has left has no place to sleep"
