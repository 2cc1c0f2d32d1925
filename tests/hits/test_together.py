"""The room on the kernel itself: who is met twice and spelt otherwise, a known phone, two strangers."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from libertad.hits import engine, index, queries
from libertad.hits.explanation import sentence
from libertad.hits.matching import Matcher, Record
from libertad.hits.models import Hit
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import Birth
from tests.hits.making import person, phone_exhibit, phone_lead, scored, the_hit
from tests.people.making import meet
from tests.support.world import World


@pytest.fixture(autouse=True)
def exact(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """In place of the tiny matcher of this folder's other tests."""
    monkeypatch.setattr(engine, "matcher", Matcher)
    index.forget()
    yield
    index.forget()


def police(world: World) -> set[tuple[str, str]]:
    return set(Hit.objects.filter(authority=world.authorities["police"]).values_list("left", "right"))


def test_somebody_met_twice_and_spelt_otherwise_is_found_and_explained(world: World) -> None:
    first = meet(world, name="Yulimar Peña Díaz", birth=Birth(date="1999-04-23"))
    second = meet(world, name="Yulimar Pena", birth=Birth(age_from=18, age_to=20, on="2018-04-05"))
    meet(world, name="Thu Nguyễn", birth=Birth(date="1994"), sex="male")
    scored(world)
    hit = the_hit(world, f"person:{first}", f"person:{second}")
    assert police(world) == {(hit.left, hit.right)}
    hit_seen = queries.hit(world.actor("officer"), hit.pk)
    assert hit_seen is not None and hit_seen.bits >= engine.LEAST
    assert "Both are called Yulimar" in " ".join(sentence(weight) for weight in hit_seen.weights)
    assert scored(world) == 0


def test_a_phone_leads_from_a_person_to_a_lead_and_to_a_seized_phone(world: World) -> None:
    person_id = person(world, "Yulimar Peña", phone="592 611-4409")
    lead, exhibit = phone_lead(world), phone_exhibit(world)
    phone_exhibit(world, phone="+592 699 0001")
    scored(world)
    assert police(world) == {
        (f"lead:{lead}", f"person:{person_id}"),
        (f"exhibit:{exhibit}", f"person:{person_id}"),
        (f"exhibit:{exhibit}", f"lead:{lead}"),
    }


def test_two_documents_of_one_number_meet_and_two_strangers_do_not(world: World) -> None:
    first = meet(world, name="Ana Gómez", birth=Birth(date="1997"))
    second = meet(world, name="A. Gomes", birth=Birth(date="1997-08-01"))
    meet(world, name="Beatriz Souza", birth=Birth(date="1988"))
    for key, number in ((first, "V-12345678"), (second, "V12345678")):
        world.perform(
            "officer",
            state_person,
            person=key,
            document_kind="identity-card",
            document_number=number,
            document_country="VE",
            source="document",
        )
    scored(world)
    hit = the_hit(world, f"person:{first}", f"person:{second}")
    assert police(world) == {(hit.left, hit.right)}


def test_one_number_is_not_lost_among_many_that_are_nearly_the_same(world: World) -> None:
    """A farm's telephones have numbers one after the other."""
    for n in range(30):
        phone_exhibit(world, phone=f"+592 611 44{n:02d}")
    lead = phone_lead(world, phone="592-611 4429")
    scored(world)
    of_lead = [pair for pair in police(world) if f"lead:{lead}" in pair]
    assert len(of_lead) == 1
    hits = index.ask(
        world.authorities["police"], Record(id="q", facts=(("phone", "+5926114429"),)), limit=5, least=99.0
    )
    assert {subject.kind for subject, _hit in hits} == {"lead", "exhibit"}
