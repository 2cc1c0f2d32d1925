"""Rows of codes, phones and what waits that somebody changed in the database are not believed."""

from __future__ import annotations

import os

from libertad.field.models import Code, Waiting
from libertad.field.models import Phone as PhoneRow
from libertad.journal.node import node
from tests.field.making import code_for, ended_phone, phone_of
from tests.support.phone import Phone, use_code
from tests.support.world import World


def test_a_code_that_was_turned_to_another_officer_enrols_nobody(world: World) -> None:
    code = code_for(world)
    Code.objects.update(officer=world.actor("national-lead").officer)
    answer = use_code(code, Phone(os.urandom(32), node().key.public))
    assert (answer.status, answer.content["code"]) == (404, "unknown-code")


def test_a_used_code_that_was_put_back_enrols_no_second_phone(world: World) -> None:
    code = code_for(world)
    assert use_code(code, Phone(os.urandom(32), node().key.public)).status == 200
    Code.objects.update(device="")
    assert use_code(code, Phone(os.urandom(32), node().key.public)).status == 404


def test_a_phone_that_was_told_of_a_further_reader_by_the_database_is_none(world: World) -> None:
    phone = phone_of(world)
    _person, entries = phone.meet()
    PhoneRow.objects.update(readers=f"{phone.authority} {world.authorities['other-police']}")
    assert phone.hand_over(entries).content["code"] == "unknown-phone"


def test_what_waits_is_not_released_as_somebody_changed_it(world: World) -> None:
    administrator, officer = world.actor("administrator"), world.actor("officer").officer
    phone, _person, _entries = ended_phone(administrator, officer)
    first, second = Waiting.objects.order_by("place")
    Waiting.objects.filter(pk=first.pk).update(sealed=bytes(second.sealed))
    page = world.client("national-lead").get(f"/phones/{phone.device}/waiting/")
    assert page.status_code == 200 and "A file for a person is opened" not in page.content.decode()
