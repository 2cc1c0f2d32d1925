"""Peers that lie, disks that are full, keys that are locked: nothing is lost, nothing is believed."""

from __future__ import annotations

import errno
import os
from typing import Any

import pytest

from libertad.exchange.models import Alarm
from libertad.field import endpoints, taking
from libertad.journal import header
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.models import Person, Tally
from libertad.vocabulary.verbs.people import PersonState
from tests.field.making import phone_of
from tests.support.phone import Written, post
from tests.support.world import World


def refused(answer: Any) -> list[str]:
    return [each["entry"] for each in answer.content["refused"]]


def test_a_full_disk_takes_nothing_and_the_next_try_all_of_it(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The keys are in the rings by then, as after a kill between the two."""
    phone = phone_of(world)
    person, entries = phone.meet()
    with monkeypatch.context() as full:

        def fail(*_arguments: object) -> None:
            raise OSError(errno.ENOSPC, "No space left on device")

        full.setattr(taking.ingest, "ingest", fail)
        answer = phone.hand_over(entries)
    assert (answer.status, answer.content["code"]) == (503, "not-stored")
    assert not Person.objects.filter(pk=person).exists()
    assert phone.hand_over(entries).content["stored"] == [entry.name for entry in entries]
    assert Tally.objects.count() == 1


def test_while_keys_are_locked_nothing_is_taken_or_lost(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    phone = phone_of(world)
    _person, entries = phone.meet()
    with monkeypatch.context() as locked:
        locked.delitem(node().rings.open, phone.authority)
        assert phone.hand_over(entries).content["code"] == "locked"
        assert phone.lease().content["code"] == "locked"
    assert len(phone.hand_over(entries).content["stored"]) == 2


def test_one_entry_that_is_forged_refuses_no_other(world: World) -> None:
    phone = phone_of(world)
    (_first, one), (_second, two) = phone.meet(), phone.meet()
    forged = Written(two[1].header, os.urandom(64), two[1].body)
    unsigned = Written(one[1].header, b"", one[1].body)
    answer = phone.hand_over([one[0], unsigned, two[0], forged])
    assert answer.content["stored"] == [one[0].name, two[0].name]
    assert refused(answer) == [unsigned.name, forged.name]
    assert len(phone.hand_over([one[1], two[1]]).content["stored"]) == 2


def test_an_entry_that_comes_twice_in_one_parcel_is_one(world: World) -> None:
    phone = phone_of(world)
    _person, entries = phone.meet()
    assert len(phone.hand_over([*entries, *entries]).content["stored"]) == 2
    assert Tally.objects.count() == 1


def test_a_copied_phone_is_told_and_an_alarm_raised(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = next(iter(phone.keys))
    phone.hand_over(entries)
    said = [PersonState(note="one"), PersonState(note="other")]
    before = dict(phone.logs)
    first = phone.write(file, "person", phone.keys[file], phone.body(said[0], person))
    phone.logs = before
    second = phone.write(file, "person", phone.keys[file], phone.body(said[1], person))
    assert phone.hand_over([first]).content["stored"] == [first.name]
    assert refused(phone.hand_over([second])) == [second.name]
    assert Alarm.objects.filter(kind="device").count() == 1


def test_what_builds_on_an_entry_that_is_not_here_is_named_and_left(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = next(iter(phone.keys))
    unseen = os.urandom(32)
    body = phone.body(PersonState(note="Later"), person)
    later = phone.write(file, "person", phone.keys[file], body, depends=[unseen])
    answer = phone.hand_over([*entries, later])
    assert answer.content["stored"] == [entry.name for entry in entries]
    assert (answer.content["gaps"], answer.content["missing"]) == ([file], [unseen.hex()])


def test_a_phone_that_speaks_as_somebody_else_is_folded_nowhere(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = next(iter(phone.keys))
    body = phone.body(PersonState(note="Not hers"), person, officer=world.actor("national-lead").officer)
    answer = phone.hand_over([*entries, phone.write(file, "person", phone.keys[file], body)])
    assert len(answer.content["held"]) == 1
    assert Entry.objects.filter(compartment=file).count() == 3


def test_a_clock_that_was_set_back_hands_over_all_the_same(world: World) -> None:
    import datetime as dt

    phone = phone_of(world)
    phone.shift = dt.timedelta(days=-1)
    _person, entries = phone.meet()
    assert len(phone.hand_over(entries).content["stored"]) == 2
    assert header.decode(entries[0].header).seq == 0


def test_a_flood_of_strangers_holds_up_no_phone_of_the_same_network(world: World) -> None:
    phone = phone_of(world)
    answers = {
        post(os.urandom(90), "hand-over").status for _ in range(endpoints.limits().strangers_at_once + 5)
    }
    assert answers == {400, 429}
    _person, entries = phone.meet()
    assert len(phone.hand_over(entries).content["stored"]) == 2
    assert phone.lease().status == 200
