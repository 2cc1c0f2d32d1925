"""Released is only what the ended phone could have said: a lead's role says more, and keys are stolen."""

from __future__ import annotations

import os

import pytest

from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.access.models import Compartment, Officer, Reader
from libertad.field import waiting
from libertad.field.models import Waiting
from libertad.journal.node import node
from libertad.people.models import DangerTally, Person
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.access import CompartmentReaders, OfficerWithdraw
from libertad.vocabulary.verbs.danger import PersonDanger, PersonDangerClose
from libertad.vocabulary.verbs.people import PersonMeet, PersonState
from tests.field.making import ended_phone, phone_of
from tests.field.test_waiting import REASON, answered
from tests.support.phone import Phone, Written
from tests.support.world import World


def released(world: World, phone: Phone, *entries: Written) -> tuple[int, dict[str, str]]:
    lead, chosen = world.actor("national-lead"), {entry.name for entry in entries}
    return node().writer.submit(lambda tx: waiting.release(tx, lead, phone.device, REASON, chosen))


def withdrawn_s(world: World) -> tuple[Phone, str, list[Written]]:
    """A phone whose officer has no access any more, so that what is released is said by the lead."""
    phone = phone_of(world)
    person, entries = phone.meet()
    assert len(phone.hand_over(entries).content["stored"]) == 2
    officer = world.actor("officer").officer
    world.perform("administrator", withdraw_officer, officer=officer, reason="left")
    return phone, person, entries


def test_no_words_of_a_lead_are_released_out_of_a_phone(world: World) -> None:
    phone, _person, _entries = withdrawn_s(world)
    (file,) = phone.keys
    reading = CompartmentReaders(reader=(world.authorities["other-police"],), reason="Support of the visit")
    widened = phone.write(file, "person", phone.keys[file], phone.body(reading, file))
    place, key = str(Compartment.objects.get(kind="authority", about=phone.authority).pk), os.urandom(32)
    phone.wraps[place] = [phone.wrap(place, key, 0, phone.authority)]
    target = world.actor("exhibits-officer").officer
    fired = phone.write(place, "authority", key, phone.body(OfficerWithdraw(reason="x"), target))
    assert len(phone.hand_over([widened, fired]).content["waits"]) == 2
    page = world.client("national-lead").get(f"/phones/{phone.device}/waiting/").content.decode()
    assert "phones do not write to (authority)" in page
    reason = "no phone says this"
    assert released(world, phone, widened, fired) == (0, {widened.name: reason, fired.name: reason})
    assert not Officer.objects.get(pk=target).withdrawn
    assert not Reader.objects.filter(compartment=file, authority=world.authorities["other-police"]).exists()
    assert set(Waiting.objects.values_list("state", flat=True)) == {"waits"}


def test_of_a_withdrawn_officer_s_phone_a_report_is_released_into_its_own_file(world: World) -> None:
    phone, person, _entries = withdrawn_s(world)
    (file,) = phone.keys
    later = phone.write(file, "person", phone.keys[file], phone.body(PersonDanger(words="Tonight"), person))
    phone.hand_over([later])
    page = world.client("national-lead").get(f"/phones/{phone.device}/waiting/").content.decode()
    reference = Person.objects.get(pk=person).reference
    assert f"About {reference}." in page and "In a person&#x27;s file." in page and "In the name of" in page
    assert released(world, phone, later) == (1, {})
    assert DangerTally.objects.filter(open=True).count() == 1


@pytest.mark.parametrize("changed", ["officer", "operation", "authority"])
def test_nothing_is_released_in_another_s_name(world: World, changed: str) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    (file,) = phone.keys
    other = {
        "officer": world.actor("exhibits-officer").officer,
        "operation": "ab" * 16,
        "authority": world.authorities["other-police"],
    }[changed]
    body = phone.body(PersonState(note="Not hers"), person, **{changed: other})
    said = phone.write(file, "person", phone.keys[file], body)
    phone.hand_over([said])
    assert released(world, phone, *entries, said) == (2, {said.name: "no phone says this"})


def test_nothing_is_released_into_the_file_of_somebody_else_s_person(world: World) -> None:
    colleague_s = phone_of(world, "national-lead")
    victim, theirs = colleague_s.meet()
    colleague_s.hand_over(theirs)
    (place,) = colleague_s.keys
    phone, _person, _entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    key = os.urandom(32)
    phone.wraps[place] = [phone.wrap(place, key, 0, phone.authority)]
    said = phone.write(place, "person", key, phone.body(PersonState(note="False"), victim))
    phone.hand_over([said])
    assert released(world, phone, said) == (0, {said.name: "no phone says this"})


def poison(phone: Phone, person: str) -> list[tuple[Verb, str]]:
    met = PersonMeet(reference="P-GY-K1-77", counting="zz", country="GY", danger="yes", site="zz")
    return [
        (PersonDanger(words="x"), "zz"),
        (PersonDanger(words="x"), ""),
        (PersonDangerClose(done="x", answers=("zz",)), person),
        (PersonDangerClose(done="x", answers=("ab" * 32,)), person),
        (met, "qq"),
        (met, person),
    ]


def test_one_entry_that_nobody_can_say_again_holds_up_no_other(world: World) -> None:
    phone, person, entries = ended_phone(world.actor("administrator"), world.actor("officer").officer)
    (file,) = phone.keys
    bad = [
        phone.write(file, "person", phone.keys[file], phone.body(content, subject))
        for content, subject in poison(phone, person)
    ]
    assert len(phone.hand_over(bad).content["waits"]) == len(bad)
    lead, address = world.client("national-lead"), f"/phones/{phone.device}/waiting/"
    assert lead.get(address).status_code == 200
    assert lead.post(address, answered("release", [*entries, *bad])).status_code == 302
    assert Person.objects.filter(pk=person).exists()
    assert lead.get(address).status_code == 200 and lead.get("/").status_code == 200
