"""Who was taken from an officer: the officer learns by whom and when, once, on Today, until it is read."""

from __future__ import annotations

from dataclasses import replace

import pytest

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.erase_person import erase_person
from libertad.access.queries import open_row
from libertad.care.actions.hand_over import accept_person, offer_person
from libertad.care.actions.take_person import acknowledge_taking, give_back, take_person
from libertad.care.desk_models import Desk
from libertad.vocabulary.values import Refused
from libertad.web.waiting_everybody import FIRST, taken_over
from tests.care.conftest import set_to
from tests.care.people import meet
from tests.care.test_hand_over import officer
from tests.care.test_screens import text
from tests.care.test_team import care_administrator
from tests.care.test_wall import another_care
from tests.support.care_rows import care_row
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
LINE = "has taken this person over from you"


def lines(world: World, role: str) -> list[str]:
    return [f"{item.reference} {item.title}" for item in taken_over(world.actor(role))]


def test_whom_a_supervisor_took_stands_on_today_of_the_officer_until_it_is_read(world: World) -> None:
    person, client = meet(world), world.client("caseworker")
    world.perform("caseworker", take_person, person=person)
    assert LINE not in text(client.get("/"))
    text(world.client("supervisor").post(f"/care/{person}/task/take/", follow=True))
    assert len(lines(world, "caseworker")) == 1
    today = text(client.get("/"))
    assert f"Sgt. Name supervisor {LINE}" in today and "9 Apr" in today and "Lan T. N." in today
    for other in ("supervisor", "second-caseworker"):
        assert LINE not in text(world.client(other).get("/"))
    (item,) = taken_over(world.actor("caseworker"))
    shown = text(client.get(item.href))
    assert "Sgt. Name supervisor took the person over" in shown and "you are not" in shown
    assert LINE in text(client.get("/")), "looking at it says nothing"
    answer = text(client.post(item.href, follow=True))
    assert "It stands on your start page no more." in answer
    assert "Sgt. Name caseworker has read that the person was taken over." in answer
    assert LINE not in text(client.get("/"))
    assert "read this already" in text(client.post(item.href)), "the same, sent again, says nothing twice"
    words = [word["verb"] for word in _words(world, person)]
    assert words == ["desk.take", "desk.take", "desk.acknowledge"]


def _words(world: World, person: str) -> list[dict[str, str]]:
    return list(open_row(world.actor("caseworker"), care_row(Desk, person=person))["words"])


def test_who_offered_and_got_no_answer_learns_who_took_the_person(world: World) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    third = perform(
        care_administrator(world), appoint_officer, name="Third", service_number="N-3", role="caseworker"
    )
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=second)
    set_to(world, 10)
    taking = perform(replace(world.actor("caseworker"), officer=third), take_person, person=person)
    assert len(lines(world, "caseworker")) == 1 and lines(world, "second-caseworker") == []
    with pytest.raises(Refused, match="read this already"):
        world.perform("second-caseworker", acknowledge_taking, person=person, taking=taking)
    with pytest.raises(Refused, match="read this already"):
        world.perform("caseworker", acknowledge_taking, person=person, taking="0" * 64)
    with pytest.raises(Refused, match="no such file"):
        perform(another_care(world), acknowledge_taking, person=person, taking=taking)
    assert len(lines(world, "caseworker")) == 1
    world.perform("caseworker", acknowledge_taking, person=person, taking=taking)
    assert lines(world, "caseworker") == []


def test_who_gives_or_hands_a_person_over_and_who_has_the_person_again_is_told_nothing(world: World) -> None:
    given, handed, again = meet(world), meet(world), meet(world)
    for person in (given, handed, again):
        world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", give_back, person=given, reasons="On leave.")
    world.perform("second-caseworker", take_person, person=given)
    offer = world.perform("caseworker", offer_person, person=handed, to=officer(world, "second-caseworker"))
    world.perform("second-caseworker", accept_person, person=handed, offer=offer)
    world.perform("supervisor", take_person, person=again)
    assert len(lines(world, "caseworker")) == 1
    offer = world.perform("supervisor", offer_person, person=again, to=officer(world, "caseworker"))
    world.perform("caseworker", accept_person, person=again, offer=offer)
    assert lines(world, "caseworker") == lines(world, "supervisor") == []


def test_of_many_the_first_stand_there_with_the_number_of_the_rest(world: World) -> None:
    people = [meet(world) for _ in range(FIRST + 2)]
    for person in people:
        world.perform("caseworker", take_person, person=person)
    for person in people:
        world.perform("supervisor", take_person, person=person)
    listed = list(taken_over(world.actor("caseworker")))
    assert len(listed) == FIRST and [item.more for item in listed] == [0] * (FIRST - 1) + [2]


def test_who_is_erased_leaves_no_line(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("supervisor", take_person, person=person)
    assert lines(world, "caseworker")
    world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")
    assert lines(world, "caseworker") == []
