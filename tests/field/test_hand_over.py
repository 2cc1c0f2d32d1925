"""What a phone hands over is stored once, folded, counted, and answered entry by entry."""

from __future__ import annotations

import os

import pytest

from libertad.access import epochs
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit, ExhibitCount
from libertad.journal import header
from libertad.journal.node import node
from libertad.people import queries as people
from libertad.people.models import DangerTally, Person, Tally
from libertad.vocabulary.verbs.danger import PersonDanger
from libertad.vocabulary.verbs.evidence import ExhibitSeize
from tests.field.making import phone_of
from tests.support.phone import Phone, Written, post
from tests.support.world import World


def names(answer_list: object) -> list[str]:
    return [each["entry"] if isinstance(each, dict) else each for each in answer_list]  # type: ignore[attr-defined]


def exhibit(phone: Phone, kind: str = "mobile-phone") -> tuple[str, Written]:
    """Something seized, under a capture key of the case file."""
    file, file_kind, key = phone.capture_key("case")
    subject, nonce = phone.subject(file)
    counting, _nonce = phone.subject()
    content = ExhibitSeize(
        reference=f"GY-{phone.grant['device']['code']}-0001",
        counting=counting,
        country="GY",
        kind=kind,
        description="Telephone, black",
        by="Sgt. Name officer",
    )
    return file, phone.write(file, file_kind, key, phone.body(content, subject, nonce))


def test_a_person_met_on_a_phone_is_on_file_and_counted_once(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet(danger="yes")
    answer = phone.hand_over(entries)
    assert answer.status == 200
    assert answer.content["stored"] == [entry.name for entry in entries], answer.content
    assert Person.objects.filter(pk=person).count() == 1
    assert (Tally.objects.count(), DangerTally.objects.filter(open=True).count()) == (1, 1)
    again = phone.hand_over(entries)
    assert again.content["known"] == [entry.name for entry in entries]
    assert (Tally.objects.count(), DangerTally.objects.count()) == (1, 1)
    officer = world.actor("national-lead")
    assert [each.id for each in people.people(officer)] == [person]
    assert people.people(world.actor("caseworker"))


def test_a_danger_said_later_on_a_phone_is_counted_as_one_said_at_the_node(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    file = next(iter(phone.keys))
    later = phone.write(
        file, "person", phone.keys[file], phone.body(PersonDanger(words="She says that they come"), person)
    )
    answer = phone.hand_over([*entries, later])
    assert len(answer.content["stored"]) == 3, answer.content
    assert DangerTally.objects.filter(open=True).count() == 1
    todo = world.client("national-lead").get("/").content.decode()
    assert f"/people/{person}/" in todo


def test_an_exhibit_is_seized_under_a_key_that_never_seals_what_comes_after(world: World) -> None:
    phone = phone_of(world)
    file, entry = exhibit(phone)
    before = epochs.epochs(node().rings, phone.authority, file)
    answer = phone.hand_over([entry])
    assert answer.content["stored"] == [entry.name], answer.content
    after = epochs.epochs(node().rings, phone.authority, file)
    assert [number for number, _key in after] == [0, 0, 1]
    kid, _key = node().rings.current(phone.authority, bytes.fromhex(file))
    assert kid != header.decode(entry.header).key_id
    assert len(before) == 1
    made = world.perform("officer", seize, country="GY", kind="mobile-phone", description="Another")
    assert Exhibit.objects.filter(pk=made).exists() and ExhibitCount.objects.count() == 2


def test_a_key_with_a_greater_number_is_refused_with_what_it_seals(world: World) -> None:
    phone = phone_of(world)
    file, kind, key = phone.capture_key("case", number=7)
    subject, nonce = phone.subject(file)
    counting, _nonce = phone.subject()
    content = ExhibitSeize(
        reference="GY-K1-0001",
        counting=counting,
        country="GY",
        kind="mobile-phone",
        description="Telephone",
        by="x",
    )
    entry = phone.write(file, kind, key, phone.body(content, subject, nonce))
    before = node().rings.current(phone.authority, bytes.fromhex(file))
    answer = phone.hand_over([entry])
    assert names(answer.content["refused"]) == [entry.name]
    assert node().rings.current(phone.authority, bytes.fromhex(file)) == before


def test_a_parcel_of_strangers_alone_is_refused_whole(world: World) -> None:
    phone = phone_of(world)
    stranger = Phone(os.urandom(32), phone.node, phone.grant)
    _person, entries = stranger.meet()
    answer = stranger.hand_over(entries)
    assert (answer.status, answer.content["code"]) == (403, "unknown-phone")
    mine = phone.meet()[1]
    mixed = phone.hand_over([*entries, *mine])
    assert names(mixed.content["refused"]) == [entry.name for entry in entries]
    assert mixed.content["stored"] == [entry.name for entry in mine]


def test_what_comes_before_its_turn_is_asked_for_and_taken_then(world: World) -> None:
    phone = phone_of(world)
    person, (opening, met) = phone.meet()
    late = phone.hand_over([met])
    file = next(iter(phone.keys))
    assert (late.content["stored"], late.content["gaps"], late.content["refused"]) == ([], [file], [])
    assert late.content["logs"] == [{"device": phone.device, "compartment": file, "next": 0}]
    assert phone.hand_over([opening, met]).content["stored"] == [opening.name, met.name]
    assert Person.objects.filter(pk=person).exists()


def test_nobody_lets_a_further_authority_read_by_a_phone(world: World) -> None:
    phone = phone_of(world)
    _person, _nonce, _file, opening = phone.open_person(readers=[world.authorities["other-police"]])
    answer = phone.hand_over([opening])
    assert names(answer.content["refused"]) == [opening.name]


@pytest.mark.parametrize("kind", [b"\x02", b"\x07"])
def test_what_is_no_message_is_told_so(world: World, kind: bytes) -> None:
    answer = post(kind + os.urandom(200), "hand-over")
    assert (answer.status, answer.content["code"]) == (400, "bad-message")
    assert post(b"\x01" + os.urandom(70_000), "hand-over").status == 413
