"""Taking a person, giving back and handing over: who may, what is refused, and who learns nothing of it."""

from __future__ import annotations

import datetime as dt
from dataclasses import replace
from typing import Any

import pytest

from libertad.access.about import judge_about
from libertad.access.about_undated import BACKDATED
from libertad.access.acting import Forbidden, new_id, perform
from libertad.access.actions.erase_person import erase_person
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.actor import Actor
from libertad.access.claims import claim_of
from libertad.access.grounds import Grounds
from libertad.access.matrix import matrix, roles
from libertad.access.models import Compartment, Officer, Reader
from libertad.care import overview, queue
from libertad.care.actions.close_danger import say_care_danger
from libertad.care.actions.hand_over import accept_person, decline_person, offer_person, withdraw_offer
from libertad.care.actions.name_step import name_step
from libertad.care.actions.note_case import note_case
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_document import record_document
from libertad.care.actions.record_plan import read_plan, record_goal
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.say_missing import say_found, say_missing
from libertad.care.actions.settle import settle_answer
from libertad.care.actions.take_person import acknowledge_taking, give_back, take_person
from libertad.care.desk_models import Desk
from libertad.journal.node import node
from libertad.vocabulary.values import Happened, Refused
from libertad.vocabulary.verbs.desk import DeskTake
from libertad.web import waiting_everybody
from tests.care.conftest import set_to
from tests.care.people import CHILD, meet
from tests.care.test_screens import text
from tests.care.test_wall import another_care
from tests.support.linking import link_same
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
CASEWORK = ("caseworker", "supervisor")
ACTS: dict[str, tuple[Any, dict[str, Any]]] = {
    "desk.take": (take_person, {}),
    "desk.give_back": (give_back, {"reasons": "x"}),
    "desk.offer": (offer_person, {"to": "0" * 32}),
    "desk.accept": (accept_person, {"offer": "0" * 64}),
    "desk.decline": (decline_person, {"offer": "0" * 64, "reasons": "x"}),
    "desk.withdraw": (withdraw_offer, {"offer": "0" * 64}),
    "desk.next": (name_step, {"kind": "talk", "until": "2018-04-20"}),
    "desk.missing": (say_missing, {"seen": "2018-04-08", "words": "x"}),
    "desk.found": (say_found, {"words": "x"}),
    "desk.settle": (settle_answer, {"answer": "0" * 64, "outcome": "spoken", "words": "x"}),
    "desk.note": (note_case, {"kind": "talked", "seen": "2018-04-08", "words": "x"}),
    "plan.record": (
        record_goal,
        {
            "area": "housing",
            "goal": "x",
            "doing": "x",
            "until": "2018-05-01",
            "progress": "not-begun",
        },
    ),
    "document.record": (record_document, {"kind": "passport", "state": "lost"}),
    "plan.read": (read_plan, {"goals": ("0" * 64,), "agrees": "yes"}),
    "desk.acknowledge": (acknowledge_taking, {"taking": "0" * 64}),
}


def stands(world: World, person: str) -> queue.Place:
    place = overview.place(world.actor("caseworker"), person)
    assert place is not None
    return place


def held_by(world: World, role: str) -> list[str]:
    listed, counted = overview.own_people(world.actor(role), overview_now(world), 0, 50)
    assert counted.people == len(listed)
    return [person for person, _place in listed]


def officer(world: World, role: str) -> str:
    return world.actor(role).officer


@pytest.mark.parametrize("verb", ACTS)
def test_caseworkers_alone_say_it_and_of_whom_they_know(world: World, verb: str) -> None:
    act, values = ACTS[verb]
    person = meet(world)
    for role in {*roles()} & {*world.actors}:
        assert matrix().may_say(role, verb, "desk") == (role in CASEWORK)
        if role not in CASEWORK:
            with pytest.raises(Forbidden):
                world.perform(role, act, person=person, **values)
    stranger = another_care(world)
    for key in (person, "0" * 32):
        with pytest.raises(Refused, match="no such file"):
            perform(stranger, act, person=key, **values)
    assert not Compartment.objects.filter(kind="desk").exists()


def test_whom_an_officer_takes_is_that_officers_task_until_given_back(world: World) -> None:
    person = meet(world, CHILD)
    assert (stands(world, person).queue, stands(world, person).officer) == ("intake", "")
    world.perform("caseworker", take_person, person=person)
    place = stands(world, person)
    assert (place.queue, place.officer, place.assigned) == ("assigned", officer(world, "caseworker"), True)
    with pytest.raises(Refused, match="your task already"):
        world.perform("caseworker", take_person, person=person)
    with pytest.raises(Refused, match="colleague's task"):
        world.perform("second-caseworker", take_person, person=person)
    world.perform("second-caseworker", record_wish, person=person, wish="stay", words="Here.")
    assert stands(world, person).officer == officer(world, "caseworker"), "not who was last at work"
    with pytest.raises(Refused, match="not your task"):
        world.perform("second-caseworker", give_back, person=person, reasons="x")
    with pytest.raises(Refused, match="say why"):
        world.perform("caseworker", give_back, person=person, reasons=" ")
    world.perform("caseworker", give_back, person=person, reasons="On leave.")
    place = stands(world, person)
    assert (place.queue, place.why, place.officer) == ("intake", "given-back", "")
    within = place.due - overview_now(world)
    assert dt.timedelta(minutes=59) < within < dt.timedelta(minutes=61), "a child's"
    world.perform("second-caseworker", take_person, person=person)
    assert stands(world, person).officer == officer(world, "second-caseworker")


def overview_now(world: World) -> dt.datetime:
    from libertad.access.queries import clock_now

    return clock_now(world.operation)


def test_who_offers_stays_responsible_until_the_other_accepts(world: World) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    with pytest.raises(Refused, match="take the person first"):
        world.perform("caseworker", offer_person, person=person, to=second)
    world.perform("caseworker", take_person, person=person)
    for to in (officer(world, "caseworker"), officer(world, "officer"), "0" * 32):
        with pytest.raises(Refused, match="choose"):
            world.perform("caseworker", offer_person, person=person, to=to)
    offer = world.perform("caseworker", offer_person, person=person, to=second, note="She trusts you.")
    place = stands(world, person)
    assert (place.queue, place.officer, place.offered_to) == (
        "handing-over",
        officer(world, "caseworker"),
        second,
    )
    assert [key for key, _place in overview.open_offers(world.actor("second-caseworker"))] == [person]
    with pytest.raises(Refused, match="offered already"):
        world.perform("caseworker", offer_person, person=person, to=second)
    with pytest.raises(Refused, match="somebody else"):
        world.perform("caseworker", accept_person, person=person, offer=offer)
    with pytest.raises(Refused, match="accept the hand-over"):
        world.perform("second-caseworker", take_person, person=person)
    world.perform("second-caseworker", accept_person, person=person, offer=offer)
    assert (stands(world, person).queue, stands(world, person).officer) == ("assigned", second)
    with pytest.raises(Refused, match="accepted once"):
        world.perform("second-caseworker", accept_person, person=person, offer=offer)
    assert held_by(world, "second-caseworker") == [person] and held_by(world, "caseworker") == []


@pytest.mark.parametrize("end", ["declined", "taken back", "given back", "replaced"])
def test_at_an_offer_that_is_over_nothing_is_accepted(world: World, end: str) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    world.perform("caseworker", take_person, person=person)
    offer = world.perform("caseworker", offer_person, person=person, to=second)
    if end == "declined":
        world.perform("second-caseworker", decline_person, person=person, offer=offer, reasons="On leave.")
        assert stands(world, person).officer == officer(world, "caseworker")
    elif end == "given back":
        world.perform("caseworker", give_back, person=person, reasons="On leave.")
    else:
        with pytest.raises(Refused, match="only who offered"):
            world.perform("second-caseworker", withdraw_offer, person=person, offer=offer)
        world.perform("caseworker", withdraw_offer, person=person, offer=offer)
    if end == "replaced":
        world.perform("caseworker", offer_person, person=person, to=second)
    before = stands(world, person)
    for act, values in ((accept_person, {}), (decline_person, {"reasons": "x"})):
        with pytest.raises(Refused, match="this offer is over"):
            world.perform("second-caseworker", act, person=person, offer=offer, **values)
    assert stands(world, person) == before


def test_whom_nobody_answered_for_in_time_anybody_on_duty_takes(world: World) -> None:
    person, second = meet(world), officer(world, "second-caseworker")
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", offer_person, person=person, to=second)
    third = replace(world.actor("caseworker"), officer=appointed(world))
    with pytest.raises(Refused, match="waits for an answer"):
        perform(third, take_person, person=person)
    set_to(world, 9, 13)
    set_to(world, 9, 14)
    place = stands(world, person)
    assert place.due < overview_now(world) and place.officer == officer(world, "caseworker")
    perform(third, take_person, person=person)
    assert stands(world, person).officer == third.officer


def administrator(world: World) -> Actor:
    care = world.authorities["care"]
    row = Officer.objects.get(authority=care, role="administrator")
    return replace(world.actor("caseworker"), officer=row.pk, role="administrator")


def appointed(world: World) -> str:
    from libertad.access.actions.appoint_officer import appoint_officer

    return str(
        perform(administrator(world), appoint_officer, name="C. D.", service_number="N-9", role="caseworker")
    )


def test_whose_officer_was_withdrawn_stands_in_the_intake_and_may_be_taken(world: World) -> None:
    person, offered = meet(world), meet(world)
    first = replace(world.actor("caseworker"), officer=appointed(world))
    perform(first, take_person, person=person)
    world.perform("caseworker", take_person, person=offered)
    world.perform("caseworker", offer_person, person=offered, to=first.officer)
    perform(administrator(world), withdraw_officer, officer=first.officer, reason="Left")
    place = stands(world, person)
    assert (place.queue, place.why, place.officer) == ("intake", "worker-left", "")
    assert stands(world, offered).queue == "assigned", "an offer to who has left waits for nobody"
    with pytest.raises(Refused, match="still appointed"):
        world.perform("caseworker", offer_person, person=offered, to=first.officer)
    with pytest.raises(Forbidden):
        perform(first, give_back, person=person, reasons="x")
    world.perform("second-caseworker", take_person, person=person)
    assert stands(world, person).officer == officer(world, "second-caseworker")


def test_a_word_at_a_desk_is_not_dated_back(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    early = Happened(at=overview_now(world) - dt.timedelta(hours=2), zone="UTC")
    with pytest.raises(Refused, match="as of now"):
        world.perform("caseworker", give_back, person=person, reasons="x", happened=early)
    set_to(world, 8)  # a clock that was set back dates nothing back
    world.perform("caseworker", give_back, person=person, reasons="x")
    assert stands(world, person).why == "given-back"


def test_what_arrives_dated_back_is_refused_by_the_devices_clock(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", give_back, person=person, reasons="x")

    def judged(tx: Any) -> list[Any]:
        (place,) = Compartment.objects.filter(kind="desk", about=person).values_list("pk", flat=True)
        grounds = Grounds(tx)
        last = max(grounds.entries(f"care.Desk:{place}"), key=lambda entry: entry.clock)
        claim = claim_of(last, grounds)
        back = claim._replace(at=last.at - dt.timedelta(hours=3))
        other = claim._replace(authority=world.authorities["police"])
        return [judge_about(one, grounds) for one in (claim, back, other)]

    right, back, other = node().writer.submit(judged)
    assert right is None
    assert back == ("about", BACKDATED)
    assert other is not None and "owner" in other[1]


def test_a_desk_has_one_reader_and_nobody_is_let_in(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", open_care, person=person)
    world.perform("caseworker", take_person, person=person)
    (place,) = Compartment.objects.filter(kind="desk", about=person)
    assert list(Reader.objects.filter(compartment=place.pk).values_list("authority", flat=True)) == [
        world.authorities["care"]
    ]
    assert set(node().rings.open) > {world.authorities["care"]}
    for name in set(node().rings.open) - {world.authorities["care"]}:
        assert not node().rings.epochs(name, bytes.fromhex(place.pk)), name

    def widened(act: Any) -> None:
        act.widen(place.pk, [world.authorities["deciding"]], "They ask for it")

    def forged(act: Any) -> None:
        act.open("desk", new_id(), [world.authorities["police"]])

    for act in (widened, forged):
        with pytest.raises(Forbidden):
            world.perform("caseworker", act)
    with pytest.raises(Forbidden):
        world.perform("officer", lambda act: act.open("desk", person, []))
    with pytest.raises(Forbidden):
        world.perform("officer", lambda act: act.say(place.pk, DeskTake(), subject=person))


@pytest.mark.parametrize("opened", [False, True])
def test_a_desk_is_erased_with_the_person(world: World, opened: bool) -> None:
    person, other = meet(world), meet(world)
    for key in (person, other):
        world.perform("caseworker", take_person, person=key)
    if opened:
        world.perform("caseworker", open_care, person=person)
    (place,) = Compartment.objects.filter(kind="desk", about=person).values_list("pk", flat=True)
    world.perform("caseworker", erase_person, person=person, reason="The person asks for it.")
    assert not node().rings.epochs(world.authorities["care"], bytes.fromhex(place))
    assert not Desk.objects.filter(person=person).exists() and Desk.objects.filter(person=other).exists()
    assert overview.place(world.actor("caseworker"), person) is None
    with pytest.raises(Refused, match="no such file"):
        world.perform("caseworker", give_back, person=person, reasons="x")


def test_police_who_erase_a_person_take_the_desk_along_only_where_nothing_is_left(world: World) -> None:
    left, kept = meet(world), meet(world)
    for key in (left, kept):
        world.perform("caseworker", take_person, person=key)
    world.perform("caseworker", open_care, person=kept)
    for key in (left, kept):
        world.perform("national-lead", erase_person, person=key, reason="Over its day.")
    assert list(Desk.objects.values_list("person", flat=True)) == [kept]


def test_of_two_records_of_one_person_the_one_that_is_taken_leads(world: World) -> None:
    first, second = meet(world), meet(world)
    world.perform("caseworker", take_person, person=second)
    world.perform("national-lead", link_same, person=first, other=second, reasons="Same phone.")
    assert stands(world, first).queue == "linked" and stands(world, first).record == second
    assert stands(world, second).queue == "assigned"
    world.perform("second-caseworker", take_person, person=first)
    assert {stands(world, key).queue for key in (first, second)} == {"assigned"}, "both stay until they agree"


def test_the_next_step_puts_a_person_into_follow_up_until_its_date(world: World) -> None:
    person, values = meet(world), {"kind": "accompany", "until": "2018-04-20", "note": "To the consulate."}
    with pytest.raises(Refused, match="take the person first"):
        world.perform("caseworker", name_step, person=person, **values)
    world.perform("caseworker", take_person, person=person)
    with pytest.raises(Refused, match="no step was named"):
        world.perform("caseworker", name_step, person=person, last="done", **values)
    with pytest.raises(Refused, match="gone by"):
        world.perform("caseworker", name_step, person=person, **values | {"until": "2018-04-01"})
    world.perform("caseworker", name_step, person=person, **values)
    place = stands(world, person)
    assert (place.queue, place.why, place.step, f"{place.due:%m-%d}") == (
        "follow-up",
        "next",
        "accompany",
        "04-21",
    )
    with pytest.raises(Refused, match="was done"):
        world.perform("caseworker", name_step, person=person, **values)
    sooner = values | {"kind": "talk", "until": "2018-04-11T10:00:00-04:00", "last": "not-done"}
    world.perform("caseworker", name_step, person=person, **sooner)
    assert stands(world, person).due == dt.datetime(2018, 4, 11, 14, tzinfo=dt.UTC)
    shown = text(world.client("caseworker").get(f"/care/{person}/task/"))
    assert "Next step: Talk with the person" in shown and "Before: Not done." in shown
    offer = world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    world.perform("second-caseworker", accept_person, person=person, offer=offer)
    assert stands(world, person).step == "talk", "the step goes on with the person"
    answer = world.client("second-caseworker").post(
        f"/care/{person}/task/next/",
        {"last": "done", "kind": "document", "until_day": "25", "until_month": "4", "until_year": "2018"},
        follow=True,
    )
    assert "The next step is recorded" in text(answer) and stands(world, person).step == "document"


def test_who_is_missing_stands_first_until_somebody_says_that_the_person_is_back(world: World) -> None:
    person, other = meet(world, name="Ana"), meet(world, name="Bea")
    with pytest.raises(Refused, match="nobody has said"):
        world.perform("caseworker", say_found, person=person, words="x")
    with pytest.raises(Refused, match="who was told"):
        world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words=" ")
    client, values = world.client("second-caseworker"), {"seen": "2018-04-08", "words": "Police, at noon."}
    world.perform("caseworker", say_missing, person=person, **values)
    place = stands(world, person)
    assert (place.queue, place.why, place.danger) == ("missing", "missing", True)
    assert dt.timedelta(hours=23) < place.due - overview_now(world) <= dt.timedelta(hours=25)
    placed, _total = overview.everybody(world.actor("caseworker"), queue.QUEUES, 0, 9)
    assert [key for key, _place in placed] == [person, other]
    today = text(client.get("/"))
    assert today.index("Missing") < today.index("Say what was done")
    world.perform("second-caseworker", take_person, person=person)
    assert (stands(world, person).queue, stands(world, person).officer) == (
        "missing",
        officer(world, "second-caseworker"),
    )
    world.perform("national-lead", link_same, person=person, other=other, reasons="Same phone.")
    assert stands(world, person).queue == "missing", "whatever record of the person leads"
    shown = text(client.get(f"/care/{person}/task/"))
    assert "The person is back" in shown and "Police, at noon." in shown
    answer = client.post(f"/care/{person}/task/back/", {"words": "Slept at her aunt's."}, follow=True)
    assert "the person is back" in text(answer) and stands(world, person).queue == "assigned"
    assert "Missing" not in text(client.get("/"))
    answer = client.post(f"/care/{person}/task/back/", {"words": "Again."})
    assert "nobody has said that the person is missing" in text(answer)


def test_who_is_missing_and_in_danger_is_missing_since_it_was_said(world: World) -> None:
    """Danger shortens by when somebody acts, and moves nobody's hour of going missing."""
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    world.perform("caseworker", say_missing, person=person, seen="2018-04-08", words="Police, at noon.")
    said_at = stands(world, person).missing_at
    world.perform("caseworker", record_wish, person=person, wish="stay", words="Here.")
    world.perform("caseworker", say_care_danger, person=person, words="He waits at the gate.")
    place = stands(world, person)
    assert place.due - overview_now(world) < dt.timedelta(hours=1) and place.missing_at == said_at
    (item,) = waiting_everybody.missing(world.actor("caseworker"))
    assert item.since == said_at
