"""Nobody makes a complaint unreadable: neither whom it is about nor a receiver who takes their side."""

from __future__ import annotations

import pytest

from libertad.access.acting import Act, perform
from libertad.access.actions import answer_complaint as answering
from libertad.access.actions._complaint import find_complaint, say_in
from libertad.access.actions.appoint_officer import appoint_by_one
from libertad.access.actions.record_complaint import add_to_complaint
from libertad.access.actor import Actor
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.complaints import ComplaintAdd
from libertad.web.waiting import waiting
from tests.access.test_appointments import administrator
from tests.access.test_complaints import act, add, appoint, reads, record
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
UNREAD = "Something for you is read by nobody"


def titles(actor: Actor) -> list[str]:
    return [item.title for item in waiting(actor)]


def appoint_anew(by: Actor, *officers: Actor) -> None:
    """As *New code* does it for an officer who has no second factor."""
    for actor in officers:
        name = f"Name {actor.role}"
        perform(by, appoint_by_one, officer=actor.officer, name=name, service_number=name, role=actor.role)


def test_a_receiver_does_not_turn_it_against_who_recorded_it(world: World) -> None:
    friend, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by, world.actor("second-caseworker"), safe="not-safe")
    act(friend, answering.take_complaint, key)
    with pytest.raises(Refused, match="nobody whom it is about"):
        act(friend, add_to_complaint, key, officers=[by.officer], words="She as well")
    add(friend, key, administrator(world))
    assert reads(by, key), "the second reader of the closing is left"


def test_a_changed_program_does_not_turn_it_against_who_recorded_it_either(world: World) -> None:
    friend, by = world.actor("supervisor"), world.actor("caseworker")
    key = record(world, by, world.actor("second-caseworker"))

    def forge(act: Act) -> None:
        place = find_complaint(act, key).place
        say_in(act, place, ComplaintAdd(officer=(by.officer,), words="She as well"), key)

    perform(friend, forge)
    assert reads(by, key)


def test_whom_it_is_about_appoints_its_readers_anew_and_they_are_told_that_something_is_unread(
    world: World,
) -> None:
    accused, by, receiver = administrator(world), world.actor("caseworker"), world.actor("supervisor")
    other = appoint(world, "supervisor", "Second supervisor")
    key = record(world, by, accused, safe="not-safe")
    assert UNREAD not in titles(by) + titles(receiver)
    appoint_anew(accused, by, receiver)
    assert reads(other, key), "somebody is left"
    assert UNREAD not in titles(by) + titles(receiver)
    appoint_anew(accused, other)
    assert not any(reads(actor, key) for actor in (accused, by, receiver, other))
    assert UNREAD in titles(by) and UNREAD in titles(receiver) and UNREAD not in titles(accused)
    stranger = world.actor("second-caseworker")
    appoint_anew(accused, stranger)
    assert UNREAD not in titles(stranger), "it was nothing for that officer"
