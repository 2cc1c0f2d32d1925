"""Search by name: without accents, nearly, by number; only what may be read; kept up to date; recorded."""

from __future__ import annotations

import pytest

from libertad.hits.matching.text import normalise_text
from libertad.journal import reading
from libertad.journal.folding import Said
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people import names
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import PersonName
from tests.people.making import meet
from tests.support.sharing import share_person
from tests.support.world import World

LATIN = [
    "María José Ibáñez O'Neill",
    "Peña-Díaz, Yulimar",
    "Łukasz Żółć",
    "Đorđe Šešelj",
    "Ægir Sørensen",
    "Þórunn Guðmundsdóttir",
    "İbrahim Işık",
    "Thu Nguyễn Thị Đặng",
    "Weiß",
    "João  da\tConceição",
    "D’Angelo",
    "Œuvre",
    "ÅNGSTRÖM",
    "Ni\u0301 Bhriain",
    "C-1234567",
    "+592 77-0182",
    "ﬁn",
    "",
]
FULL = "María José Ñáñez de la Cruz O'Neill Đặng"


def search_names(world: World, role: str, question: str) -> list[str]:
    return [key for key, _score in names.search(world.actor(role), question)]


@pytest.mark.parametrize(
    "question",
    [
        "maria",
        "JOSE nañez",
        "cruz mar",
        "oneill",
        "Dang",
        "marria josse",
        "nanes",
        "P-GY-001",
        "pgy001",
        "592 77-0182",
        "0182",
        "C1234567",
    ],
)
def test_found_without_accents_nearly_by_beginning_and_by_number(world: World, question: str) -> None:
    person = meet(world, name=FULL)
    meet(world, name="Thu P.")
    world.perform(
        "officer",
        state_person,
        person=person,
        phone=("+592 77 0182",),
        document_kind="passport",
        document_number="C-1234567",
        source="document",
    )
    assert search_names(world, "officer", question) == [person]
    for role in (
        "other-officer",
        "coordinator",
        "prosecutor",
        "deciding-authority",
        "press",
        "administrator",
    ):
        assert search_names(world, role, question) == []


@pytest.mark.parametrize("text", LATIN)
def test_latin_words_are_those_that_the_matcher_compares(text: str) -> None:
    assert names.words_of(text) == normalise_text(text).split()


def test_words_of_another_script_stay_as_they_are_written() -> None:
    assert names.words_of("Мария  محمد") == ["мария", "محمد"]


@pytest.mark.parametrize("question", ["", "  ", "-", "xyzzy", "maria xyzzy", "9999"])
def test_nothing_like_it_finds_nobody(world: World, question: str) -> None:
    meet(world, name=FULL)
    assert search_names(world, "officer", question) == []


def test_the_index_takes_up_what_was_said_and_shared_since(world: World) -> None:
    person = meet(world, "other-officer", name="Hoa Vu")
    assert search_names(world, "officer", "Hoa") == []
    assert search_names(world, "other-officer", "Hoa") == [person]
    world.perform(
        "other-officer", state_person, person=person, name=(PersonName(text="Rosa", kind="also-called"),)
    )
    assert search_names(world, "other-officer", "rosa") == [person]
    world.perform(
        "other-lead",
        share_person,
        person=person,
        authority=world.authorities["police"],
        reason="Met in both countries",
    )
    assert search_names(world, "officer", "rosa") == [person]


def test_the_index_takes_up_what_is_folded_late(world: World) -> None:
    """The key of a file came after its entries: nothing was appended, and listeners are told."""
    person = meet(world, name="Hoa Vu")
    assert search_names(world, "officer", "hoa") == [person]
    names._indexes[world.actor("officer").authority, world.operation].drop(person)
    assert search_names(world, "officer", "hoa") == []
    entries = [
        s for _idx, s in reading.open_entries(node(), reading.stored(node().sql())) if s.subject == person
    ]
    node().writer.submit(lambda tx: tx.appended.extend(entries))
    assert entries and search_names(world, "officer", "hoa") == [person]


def test_whom_care_met_is_not_found_by_police(world: World) -> None:
    person = meet(world, "caseworker", name="Zephyrine Underlock")
    assert search_names(world, "caseworker", "zephyrine") == [person]
    assert search_names(world, "officer", "zephyrine") == []


def test_destroyed_keys_leave_no_name_in_memory(world: World) -> None:
    person, other_person = meet(world, name="Hoa Vu"), meet(world, name="Minh")
    assert search_names(world, "officer", "hoa") == [person]
    place = Entry.objects.filter(compartment__in=_places(person)).values_list("compartment", flat=True)[0]
    node().rings.destroy([bytes.fromhex(place)])
    assert search_names(world, "officer", "hoa") == []
    index = names._indexes[world.actor("officer").authority, world.operation]
    assert "hoa" not in str(index) and person not in str(index) and other_person in str(index)


def _places(person: str) -> list[str]:
    from libertad.people.queries import compartments_of

    return compartments_of(person)


def test_an_erasure_empties_the_index_at_once(world: World) -> None:
    meet(world, name="Hoa Vu")
    assert search_names(world, "officer", "hoa")

    class Erased:
        verb = "person.erase"

    entries: list[Said] = [Erased()]  # type: ignore[list-item]
    for listener in node().listeners:
        listener(entries)
    assert not names._indexes
