"""A stolen phone lets nobody read a file that is there: it opens files of people alone, its own ones once."""

from __future__ import annotations

import os

import pytest

from libertad.access.models import Compartment, Reader
from libertad.vocabulary.verbs.access import CompartmentOpen
from tests.field.making import phone_of
from tests.support.phone import Phone
from tests.support.world import World


def readers_of(file: str) -> list[str]:
    return sorted(Reader.objects.filter(compartment=file).values_list("authority", flat=True))


def widening(world: World, phone: Phone, about: str, kind: str = "person") -> CompartmentOpen:
    names = sorted({phone.authority, world.authorities["other-police"], world.authorities["centre"]})
    return CompartmentOpen(kind=kind, owner=phone.authority, about=about, reader=tuple(names))


@pytest.mark.parametrize("which", ["case", "site"])
@pytest.mark.parametrize("header_kind", ["person", "own"])
def test_a_file_of_the_authority_is_not_opened_again(world: World, which: str, header_kind: str) -> None:
    phone = phone_of(world)
    file, kind, key = phone.capture_key(which)
    before = Compartment.objects.get(pk=file).kind, readers_of(file)
    opening = widening(world, phone, os.urandom(16).hex(), "person" if header_kind == "person" else kind)
    said = phone.write(file, "person" if header_kind == "person" else kind, key, phone.body(opening, file))
    answer = phone.hand_over([said])
    assert not answer.content["stored"]
    assert (Compartment.objects.get(pk=file).kind, readers_of(file)) == before


def test_the_phone_s_own_file_of_a_person_is_not_opened_again(world: World) -> None:
    phone = phone_of(world)
    person, entries = phone.meet()
    (file,) = phone.keys
    assert len(phone.hand_over(entries).content["stored"]) == 2
    before = readers_of(file)
    again = phone.write(file, "person", phone.keys[file], phone.body(widening(world, phone, person), file))
    assert not phone.hand_over([again]).content["stored"]
    assert readers_of(file) == before


def test_an_opening_names_no_other_file(world: World) -> None:
    phone, colleague_s = phone_of(world), phone_of(world, "national-lead")
    person, entries = colleague_s.meet()
    colleague_s.hand_over(entries)
    (victim,) = colleague_s.keys
    before = readers_of(victim)
    _own, own_entries = phone.meet()
    (file,) = phone.keys
    opening = phone.body(widening(world, phone, person), victim)
    phone.hand_over([*own_entries, phone.write(file, "person", phone.keys[file], opening)])
    assert readers_of(victim) == before
