"""Who is missing stands first for care alone, and what else waits for the person is told beside it."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.hand_over import accept_person, offer_person
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.say_missing import say_found, say_missing
from libertad.care.actions.take_person import take_person
from libertad.care.queue_limits import limits
from libertad.web import waiting_everybody
from tests.care.people import meet
from tests.care.test_hand_over import officer, overview_now, stands
from tests.care.test_screens import text
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")


@pytest.mark.parametrize("state", ["danger", "missing", "both"])
def test_an_offer_stands_on_today_of_who_is_in_danger_or_missing_and_is_accepted(
    world: World, state: str
) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    offer = world.perform("caseworker", offer_person, person=person, to=second)
    if state != "missing":
        world.perform("caseworker", say_care_danger, person=person, words="He waits at the gate.")
    if state != "danger":
        world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police, at noon.")
    (item,) = waiting_everybody.handed_over(world.actor("second-caseworker"))
    late = dt.timedelta(seconds=1)
    assert item.due is not None and item.due - overview_now(world) < limits().handover + late
    assert not list(waiting_everybody.handed_over(world.actor("caseworker")))
    client = world.client("second-caseworker")
    today = text(client.get("/"))
    assert today.index("In danger now") < today.index("A person is offered to you")
    assert item.href == f"/care/{person}/task/" and "Accept the hand-over" in text(client.get(item.href))
    world.perform("second-caseworker", accept_person, person=person, offer=offer)
    assert stands(world, person).officer == second
    assert not list(waiting_everybody.handed_over(world.actor("second-caseworker")))


def test_the_protection_file_and_the_list_of_care_say_first_that_the_person_is_missing(world: World) -> None:
    person, endangered = meet(world, name="Ana"), meet(world, name="Bea")
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    world.perform("caseworker", say_care_danger, person=endangered, words="He waits at the gate.")
    client = world.client("second-caseworker")
    assert "Missing" not in text(client.get(f"/care/{person}/"))
    world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police, at noon.")
    page = client.get(f"/care/{person}/")
    shown = text(page)
    assert 'class="danger"' in page.content.decode() and "Last seen 8 April 2018." in shown
    assert shown.index("Missing Said 9 April 2018") < shown.index("What was said and decided")
    listed = text(client.get("/care/"))
    assert listed.index("Ana") < listed.index("Bea"), "before danger"
    assert "Missing" in listed
    task = text(client.get(f"/care/{person}/task/"))
    assert "Missing since 8 April 2018 Last seen then. First said 9 April 2018, 08:00" in task
    assert "Say what was done by 10 April 2018" in task
    for role in ("officer", "national-lead", "deciding-authority"):
        assert "Missing" not in text(world.client(role).get(f"/care/{person}/"))
        assert "Missing" not in text(world.client(role).get(f"/people/{person}/"))
    assert "Missing" not in text(world.client("deciding-authority").get("/care/"))
    assert "Missing" not in text(client.get(f"/people/{person}/")), "police read that file as well"
    world.perform("caseworker", say_found, person=person, words="Slept at her aunt's.")
    assert "Missing" not in text(client.get(f"/care/{person}/"))
    assert "Missing" not in text(client.get("/care/"))
