"""People's pages: met once, opened on record, conflicts settled, nothing in an address."""

from __future__ import annotations

import pytest

from libertad.access.models import Opening
from libertad.access.queries import readable
from libertad.people import names, queries
from libertad.people.actions.link_not_same import link_not_same
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.state_person import state_person
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Birth, PersonName, Refused
from tests.support.linking import link_same
from tests.support.shuffling import assert_order_free
from tests.support.world import World

ANA = {
    "country": "GY",
    "name": (PersonName(text="Ana Lucía Muñoz Peña"),),
    "birth": Birth(date="1999"),
    "sex": "female",
    "language": ("spa",),
    "seen_as": "potential-victim",
}
MEET = {
    "danger": "no",
    "name": "Ana Lucía",
    "age": "unsure",
    "language": "spa",
    "needs": ["doctor"],
    "travel_document": "was-taken",
    "sex": "female",
    "seen_as": "potential-victim",
    "country": "GY",
}


def meet(world: World, role: str = "officer", **changes: object) -> str:
    return str(
        world.perform(role, meet_person, source="said", happened=world.at(5, 13), **{**ANA, **changes})
    )


def test_the_form_meets_a_person_and_the_file_is_opened_on_record(world: World) -> None:
    client = world.client("officer")
    answer = client.post("/people/meet/", MEET, follow=True)
    assert answer.status_code == 200, answer.content
    page = answer.content.decode()
    assert "Ana Lucía" in page and "Rules for a child apply" in page
    assert "<title>Person file" in page
    assert Opening.objects.count() == 1
    assert "Ana" not in answer.request["PATH_INFO"]


def test_who_may_not_read_gets_the_answer_for_nobody(world: World) -> None:
    person = meet(world)
    for role in ("other-officer", "coordinator", "analyst", "press", "prosecutor", "administrator"):
        client = world.client(role)
        assert client.get(f"/people/{person}/").status_code == client.get("/people/none/").status_code == 404
        assert queries.person(world.actor(role), person) is None


def test_a_person_met_twice_is_counted_once_until_they_are_two_again(world: World) -> None:
    first, second = meet(world), meet(world)
    world.perform("national-lead", link_same, person=first, other=second, reasons="Same scarf, same phone")
    assert Tally.objects.filter(linked=True).count() == 2
    assert queries.person(world.actor("officer"), first).links == [second]
    world.perform("national-lead", link_not_same, person=second, other=first, reasons="They are sisters")
    assert queries.person(world.actor("officer"), first).links == []
    assert_order_free(world)


def test_two_birth_years_are_both_shown_and_a_person_settles_them(world: World) -> None:
    person = meet(world)
    world.perform(
        "caseworker",
        state_person,
        person=person,
        birth=Birth(date="2001"),
        source="document",
        happened=world.at(8, 19),
    )
    shown_person = queries.person(world.actor("caseworker"), person)
    assert list(shown_person.conflicts) == ["birth"] and shown_person.child
    client = world.client("caseworker")
    page = client.get(f"/people/{person}/").content.decode()
    assert "Two birth years are on file" in page and "16 or 17 years old when met: a child" in page
    entries_shown = [entry for _, entry in shown_person.births]
    keep = next(entry for birth, entry in shown_person.births if birth.date == "1999")
    answer = client.post(f"/people/{person}/settle/", {"keep": keep, "shown": entries_shown, "reasons": ""})
    assert "Say why" in answer.content.decode()
    client.post(
        f"/people/{person}/settle/", {"keep": keep, "shown": entries_shown, "reasons": "Birth certificate"}
    )
    after = queries.person(world.actor("caseworker"), person)
    assert [birth.date for birth, _ in after.births] == ["1999"] and not after.conflicts and not after.child
    assert_order_free(world)


def test_a_value_said_meanwhile_is_not_superseded(world: World) -> None:
    person = meet(world)
    entries_shown = tuple(entry for _, entry in queries.person(world.actor("officer"), person).births)
    world.perform("caseworker", state_person, person=person, birth=Birth(date="2002"))
    world.perform(
        "officer",
        state_person,
        person=person,
        birth=Birth(date="1998"),
        supersedes={"birth": entries_shown},
        reasons="x",
    )
    shown_person = queries.person(world.actor("officer"), person)
    assert sorted(birth.date for birth, _ in shown_person.births) == ["1998", "2002"]


def test_search_finds_without_accents_and_only_what_may_be_read(world: World) -> None:
    names.forget()
    person = meet(world)
    assert [key for key, _ in names.search(world.actor("officer"), "munoz ana")] == [person]
    assert [key for key, _ in names.search(world.actor("caseworker"), "Lucia Peñna")] == [person]
    assert names.search(world.actor("other-officer"), "munoz") == []
    assert names.search(world.actor("coordinator"), "munoz") == []
    answer = world.client("officer").post("/people/", {"find": "munoz"})
    assert "Ana Lucía Muñoz Peña" in answer.content.decode()


def test_statuses_of_detention_are_separate_and_dated(world: World) -> None:
    person = meet(world)
    held = world.perform(
        "officer",
        set_detention,
        state="detained",
        country="GY",
        person=person,
        name=ANA["name"],
        grounds="On suspicion",
    )
    with pytest.raises(Refused):
        world.perform("officer", set_detention, detention=held, state="charged", country="GY")
    world.perform("national-lead", set_detention, detention=held, state="arrested", country="GY")
    with pytest.raises(Refused):
        world.perform("national-lead", set_detention, detention=held, state="released", country="GY")
    tally = Tally.objects.get()
    assert (tally.protection, tally.custody, tally.met) == ("potential-victim", "arrested", True)
    page = world.client("prosecutor").get(f"/detentions/{held}/").content.decode()
    assert "Also met as a potential victim" in page
    assert world.client("caseworker").get(f"/detentions/{held}/").status_code == 404
    assert_order_free(world)


def test_names_are_sealed_in_the_table(world: World) -> None:
    person = meet(world)
    row = readable(world.actor("officer"), Person).get(pk=person)
    # By a whole word: two letters stand in a few hundred random bytes now and then.
    assert b"Luc\xc3\xada" not in bytes(row.sealed) and "Luc" not in repr(row.__dict__)
