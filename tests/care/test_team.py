"""The supervisor: a page of the team, hand-overs that nobody answered, and taking a person over."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import replace

import pytest
from django.test import Client

from libertad.access.acting import perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.models import Account, Officer
from libertad.access.queries import clock_now
from libertad.care import overview, queue_words
from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.hand_over import accept_person, decline_person, offer_person
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.take_person import give_back, take_person
from libertad.care.desk_models import Desk
from libertad.operations.actions.set_clock import set_clock
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.care.conftest import set_to
from tests.care.people import CHILD, meet
from tests.care.test_hand_over import officer, stands
from tests.care.test_screens import text
from tests.care.test_wall import another_care
from tests.support.care_rows import care_row
from tests.support.linking import link_same
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
ELSE = ("officer", "national-lead", "deciding-authority", "prosecutor", "coordinator", "caseworker")


def care_administrator(world: World) -> Actor:
    """Who appoints and withdraws the care authority's officers."""
    (row,) = Officer.objects.filter(authority=world.authorities["care"], role="administrator")
    return replace(world.actor("caseworker"), officer=row.pk, role="administrator")


def minutes_after(world: World, at: dt.datetime, minutes: int) -> None:
    """The operation's clock shows so many minutes after a moment."""
    reads = at + dt.timedelta(minutes=minutes)
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=1.0)


def titles(world: World, role: str) -> list[str]:
    return [item.title for item in waiting(world.actor(role))]


def test_the_page_sums_up_everybody_and_lists_each_officers_people(world: World) -> None:
    child, held, offered = meet(world, CHILD), meet(world), meet(world)
    for person in (held, offered):
        world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=offered, to=officer(world, "second-caseworker"))
    shown = text(world.client("supervisor").get("/care/team/"))
    assert "3 people: 1 not taken or missing, 1 being handed over, 0 closed with a date, 1 at work." in shown
    assert "Nobody has taken these yet" in shown and "Being handed over" in shown
    assert "Offered to Sgt. Name second-caseworker." in shown
    page = world.client("supervisor").get("/care/team/").content.decode()
    rows = re.findall(r"<tr>(.*?)</tr>", page, re.S)
    for person in (child, offered):
        assert f"/care/{person}/task/" in page
    mine = next(row for row in rows if "Name caseworker" in row)
    assert re.search(r"\b2\b", re.sub(r"<[^>]+>", " ", mine)), "held, and offered: until it is accepted"
    assert f"/care/{offered}/task/" in mine or f"/care/{held}/task/" in mine
    idle = next(row for row in rows if "Name second-caseworker" in row)
    assert "Nobody is this officer" in idle
    for role in ELSE:
        assert world.client(role).get("/care/team/").status_code in (403, 404)


def test_a_hand_over_that_nobody_answered_is_the_supervisors(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    with pytest.raises(Refused, match="offered to you"):
        world.perform("second-caseworker", take_person, person=person)
    before = titles(world, "supervisor")
    set_to(world, 10)
    late = [title for title in titles(world, "supervisor") if title not in before]
    assert late, "past its hour it stands on the supervisor's Today"
    assert not set(late) & set(titles(world, "second-caseworker")) - {"A person is offered to you"}
    world.perform("supervisor", take_person, person=person)
    assert stands(world, person).officer == officer(world, "supervisor")
    assert care_row(Desk, person=person).offer == ""


def test_without_a_supervisor_everybody_on_duty_is_told(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    set_to(world, 10)
    told = set(titles(world, "second-caseworker"))
    perform(care_administrator(world), withdraw_officer, officer=officer(world, "supervisor"), reason="Moved")
    assert set(titles(world, "second-caseworker")) > told


def test_a_supervisor_takes_over_and_a_colleague_does_not(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    assert "Take the person over" in text(world.client("supervisor").get(f"/care/{person}/task/"))
    assert "Take the person" not in text(world.client("second-caseworker").get(f"/care/{person}/task/"))
    with pytest.raises(Refused, match="colleague's task"):
        world.perform("second-caseworker", take_person, person=person)
    world.perform("supervisor", take_person, person=person)
    assert stands(world, person).officer == officer(world, "supervisor")
    world.perform("supervisor", offer_person, person=person, to=officer(world, "second-caseworker"))
    assert stands(world, person).offered_to == officer(world, "second-caseworker")


def test_a_caseload_past_its_hours_stands_on_the_supervisors_today_alone(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    line = "Sgt. Name caseworker: 1 person past the hour"
    assert line not in titles(world, "supervisor")
    set_to(world, 20)
    assert line in titles(world, "supervisor")
    assert line not in titles(world, "second-caseworker") + titles(world, "caseworker")


def test_only_a_care_authority_has_one(world: World) -> None:
    with pytest.raises(Refused, match="role"):
        world.perform("administrator", appoint_officer, name="N", service_number="S-9", role="supervisor")


def test_an_offer_in_its_hour_is_settled_by_the_supervisor_alone_and_is_over_then(world: World) -> None:
    """Whom the offer was made to keeps no word that still counts, and no colleague comes in between."""
    third = perform(
        care_administrator(world), appoint_officer, name="Third", service_number="N-3", role="caseworker"
    )
    colleague = replace(world.actor("caseworker"), officer=third)
    person, second = meet(world), officer(world, "second-caseworker")
    world.perform("caseworker", take_person, person=person)
    offer = world.perform("caseworker", offer_person, person=person, to=second)
    with pytest.raises(Refused, match="waits for an answer"):
        perform(colleague, take_person, person=person)
    client = world.client("supervisor")
    shown = text(client.get(f"/care/{person}/task/take/"))
    assert "Sgt. Name caseworker is responsible no more." in shown
    assert "The offer to Sgt. Name second-caseworker is over." in shown
    text(client.post(f"/care/{person}/task/take/", follow=True))
    assert stands(world, person).officer == officer(world, "supervisor")
    assert stands(world, person).offered_to == ""
    for act, words in ((accept_person, {}), (decline_person, {"reasons": "No."})):
        with pytest.raises(Refused, match="this offer is over"):
            world.perform("second-caseworker", act, person=person, offer=offer, **words)
    with pytest.raises(Refused, match="not your task"):
        world.perform("caseworker", give_back, person=person, reasons="x")
    assert stands(world, person).officer == officer(world, "supervisor")


def test_what_is_offered_to_a_supervisor_is_accepted_or_declined_and_not_taken(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "supervisor"))
    with pytest.raises(Refused, match="offered to you"):
        world.perform("supervisor", take_person, person=person)
    shown = text(world.client("supervisor").get(f"/care/{person}/task/"))
    assert "Accept the hand-over" in shown and "Take the person" not in shown


def test_a_late_offer_stays_on_the_page_of_who_made_it_and_on_no_other_colleagues(world: World) -> None:
    """Who offered is responsible until it is accepted: the supervisor's line takes nothing off that page."""
    person, waits = meet(world), "A hand-over waits for an answer"
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "supervisor"))
    assert waits not in titles(world, "caseworker")
    minutes_after(world, stands(world, person).due, 1)
    assert waits in titles(world, "caseworker") and waits in titles(world, "supervisor")
    assert waits not in titles(world, "second-caseworker")


def test_the_line_comes_with_the_first_minute_past_the_hour(world: World) -> None:
    """A danger of another of the officer's people has a line of its own, and leaves this hour."""
    person, endangered = meet(world), meet(world)
    for key in (person, endangered):
        world.perform("caseworker", take_person, person=key)
    due = stands(world, person).due
    world.perform("caseworker", say_care_danger, person=endangered, words="He waits at the gate.")
    assert stands(world, endangered).due < due
    line = "Sgt. Name caseworker: 1 person past the hour"
    minutes_after(world, due, -1)
    assert line not in titles(world, "supervisor")
    minutes_after(world, due, 1)
    (item,) = [item for item in waiting(world.actor("supervisor")) if item.title == line]
    assert (item.due, item.href) == (due, "/care/team/")
    with pytest.raises(Refused, match="colleague's task"):
        world.perform("second-caseworker", take_person, person=person)
    world.perform("supervisor", take_person, person=person)
    assert line not in titles(world, "supervisor")
    assert "supervisor: " not in " ".join(titles(world, "supervisor")), "the own ones are My tasks"


def test_a_record_whose_other_one_is_worked_on_is_not_taken_over(world: World) -> None:
    """It would part what is one person's, and leave two officers at it."""
    first, second = meet(world), meet(world)
    world.perform("caseworker", take_person, person=second)
    world.perform("national-lead", link_same, person=first, other=second, reasons="Same phone.")
    client = world.client("supervisor")
    assert "Take the person" not in text(client.get(f"/care/{first}/task/"))
    assert "Take the person over" in text(client.get(f"/care/{second}/task/"))


def test_a_supervisor_of_another_care_authority_learns_of_nobody_here(world: World) -> None:
    stranger = another_care(world, "supervisor")
    person, offered = meet(world), meet(world)
    for key in (person, offered):
        world.perform("caseworker", take_person, person=key)
    world.perform("caseworker", offer_person, person=offered, to=officer(world, "second-caseworker"))
    set_to(world, 20)
    now = clock_now(world.operation)
    assert [load.officer for load in queue_words.caseloads(stranger, now)] == [stranger.officer]
    assert queue_words.late_loads(stranger, now) == [] and overview.own_offers(stranger, now) == []
    client = Client()
    client.force_login(
        Account.objects.get(officer=stranger.officer), backend="libertad.web.signing_in.Backend"
    )
    shown = text(client.get("/care/team/"))
    assert "0 people" in shown and "R. O." in shown and "Name caseworker" not in shown
    assert "past the hour" not in text(client.get("/"))
    for key in (person, offered):
        assert client.get(f"/care/{key}/task/").status_code == 404
        with pytest.raises(Refused, match="no such file"):
            perform(stranger, take_person, person=key)
    ours = text(world.client("supervisor").get("/care/team/"))
    assert "Name caseworker" in ours and "R. O." not in ours


@pytest.mark.parametrize("role", [role for role in ELSE if role != "caseworker"])
def test_nothing_late_at_a_desk_shows_on_the_start_page_of_who_is_not_of_care(
    world: World, role: str
) -> None:
    person, offered = meet(world), meet(world)
    set_to(world, 20)
    before = waiting(world.actor(role))
    set_to(world, 9)
    for key in (person, offered):
        world.perform("caseworker", take_person, person=key)
    world.perform("caseworker", offer_person, person=offered, to=officer(world, "second-caseworker"))
    set_to(world, 20)
    assert {"Sgt. Name caseworker: 2 people past the hour"} <= {*titles(world, "supervisor")}
    assert waiting(world.actor(role)) == before


def test_whom_somebody_works_with_and_nobody_has_taken_has_a_line_of_the_caseload(world: World) -> None:
    person, now = meet(world), clock_now(world.operation)
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    (line,) = [load for load in queue_words.caseloads(world.actor("supervisor"), now) if not load.officer]
    assert (line.counted.people, line.first and line.first.todo.person) == (1, person)
    shown = text(world.client("supervisor").get("/care/team/"))
    assert "Somebody was at work in their files" in shown
    assert "0 being handed over, 0 closed with a date, 1 at work" in shown
    set_to(world, 20)
    assert not [title for title in titles(world, "supervisor") if "past the hour" in title]
    world.perform("second-caseworker", take_person, person=person)
    assert "at work in their files" not in text(world.client("supervisor").get("/care/team/"))
