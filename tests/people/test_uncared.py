"""Whom care has not received stays the task of the police that met the person."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment, Reader
from libertad.exchange.models import Peer, PeerAuthority, Released
from libertad.journal.models import Entry
from libertad.people import uncared as waiting
from libertad.people.actions.meet_person import meet_person
from libertad.people.models import Person
from libertad.people.uncared import uncared
from libertad.vocabulary.values import PersonName
from tests.operations.test_screens import text
from tests.support.sharing import share_person
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
TITLE = "Care has not received this person"


def met(world: World, name: str = "Ana") -> str:
    person: str = world.perform("officer", meet_person, country="GY", name=(PersonName(text=name),))
    return person


def file_of(person: str) -> str:
    return Compartment.objects.get(kind="person", about=person).pk


def taken_from_care(world: World, person: str) -> None:
    removal: dict[str, Any] = {
        "compartment": file_of(person),
        "readers": [world.authorities["care"]],
        "reason": "Wrong office.",
    }
    world.perform("national-lead", remove_reader, **removal)


def listed(world: World, limit: int = 8) -> tuple[list[str], int]:
    return uncared(world.actor("national-lead"), limit)


def test_whom_no_care_authority_reads_stands_on_the_leads_today(world: World) -> None:
    ana, bea = met(world), met(world, "Bea")
    for person in (ana, bea):
        if not Reader.objects.filter(
            compartment=file_of(person), authority=world.authorities["care"]
        ).exists():
            world.perform(
                "officer", share_person, person=person, authority=world.authorities["care"], reason="Care."
            )
    assert listed(world) == ([], 0) and TITLE not in text(world.client("national-lead"), "/")
    taken_from_care(world, ana)
    assert listed(world) == ([ana], 1)
    assert TITLE in text(world.client("national-lead"), "/")
    for role in ("officer", "caseworker", "coordinator"):
        assert TITLE not in text(world.client(role), "/")
    world.perform("officer", share_person, person=ana, authority=world.authorities["care"], reason="Care.")
    assert listed(world) == ([], 0), "at once"


def test_keys_that_were_not_taken_are_not_received(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(waiting, "AGAIN", 0.0)
    monkeypatch.setattr(waiting, "SELDOM", 0)
    care, ana = world.authorities["care"], met(world)
    world.perform("officer", share_person, person=ana, authority=care, reason="Care.")
    assert listed(world) == ([], 0)
    PeerAuthority.objects.create(authority=care, origin="0" * 32)
    Peer.objects.create(origin="0" * 32, public=b"0" * 32)
    waiting.forget()
    assert listed(world) == ([ana], 1), "care lives at another node, which has nothing yet"
    row = Released.objects.create(authority=care, kid=b"1" * 32, compartment=file_of(ana), given=1)
    assert listed(world) == ([ana], 1), "given is not taken"
    Released.objects.filter(pk=row.pk).update(taken=2)
    assert listed(world) == ([ana], 1), "it has the keys, and no word of the file yet"
    Peer.objects.update(given=Entry.objects.count() + 1)
    assert listed(world) == ([], 0)


def test_of_many_the_first_met_are_given_with_the_number(world: World) -> None:
    people = [met(world, name) for name in ("Ana", "Bea", "Cam")]
    for person in people:
        if Reader.objects.filter(compartment=file_of(person), authority=world.authorities["care"]).exists():
            taken_from_care(world, person)
    first = Person.objects.filter(pk__in=people).order_by("met_at", "pk").values_list("pk", flat=True)
    assert listed(world, 2) == (list(first[:2]), 3)
