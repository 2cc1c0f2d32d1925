"""Each protection of this room's pages: a test fails when the protection is taken away."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libertad.access.models import Opening
from libertad.access.sealed import open_sealed
from libertad.care.actions.identify import identify
from libertad.care.actions.plan_safety import plan_safety
from libertad.care.actions.read_identification import read_identification
from libertad.journal.folding import understand
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.writer import NotStored
from libertad.people import head, names, queries
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.values import Birth, PersonName
from libertad.vocabulary.verbs.access import SearchMade
from tests.people.making import NAME, counting, meet, row
from tests.support.sealed_rows import opened
from tests.support.world import World

REASONS = "wages kept by Brundlewick"
REACH = "ring the bell at Ottersgate"


def page(world: World, role: str, address: str) -> str:
    answer = world.client(role).get(address)
    assert answer.status_code == 200, (role, address, answer.status_code)
    return str(answer.content.decode())


def protected(world: World) -> str:
    """A person met by police, whom care identified and whose safety is planned."""
    person = meet(world)
    done = world.perform("caseworker", identify, person=person, status="presumed", reasons=REASONS)
    world.perform("deciding-authority", read_identification, identification=done, agrees="yes")
    world.perform("caseworker", plan_safety, person=person, reach=REACH)
    return person


def test_police_see_nothing_of_care_and_not_that_it_exists(world: World) -> None:
    plain, person = meet(world), protected(world)
    for part in ("", "readers/", "property/"):
        before, with_care = (page(world, "officer", f"/people/{key}/{part}") for key in (plain, person))
        for word in (REASONS, REACH, "Presumed", "Protection file", "/care/", "Reaching"):
            assert word not in with_care
        counted = (
            r"\d+ openings? so far",
            r"P-GY-\d+",
            r"[0-9a-f]{32,64}",
            r'value="(?:[^"]{40,}|[^"]{22})"',
            "<time.*?</time>",
        )
        shapes = [re.sub("|".join(counted), "", text) for text in (before, with_care)]
        if part == "":
            assert shapes[0] == shapes[1]
    for role in ("officer", "national-lead", "exhibits-officer"):
        assert queries.said_about(world.actor(role), queries.person(world.actor(role), person), True) == [
            statement
            for statement in queries.said_about(
                world.actor("caseworker"), queries.person(world.actor("caseworker"), person), True
            )
            if statement.compartment == row(world.actor(role), person).compartment
        ]


def test_care_sees_its_decisions_on_the_person_page_and_both_files_are_opened(world: World) -> None:
    person = protected(world)
    text = page(world, "caseworker", f"/people/{person}/")
    for word in (REASONS, REACH, "Presumed victim", "The second reader agrees", "/care/"):
        assert word in text
    assert sorted(row.page for row in opened(Opening)) == ["care", "person"]


@pytest.mark.parametrize("part", ["", "readers/", "property/"])
def test_an_opening_is_in_the_journal_before_the_page_or_there_is_no_page(
    world: World, part: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    person = meet(world)
    assert NAME in page(world, "officer", f"/people/{person}/{part}")
    (opening,) = opened(Opening)
    assert (opening.subject, opening.officer, opening.page) == (
        person,
        world.actor("officer").officer,
        "person",
    )

    def full(*_args: Any, **_more: Any) -> None:
        raise NotStored("store: the disk is full")

    monkeypatch.setattr(head, "perform", full)
    answer = world.client("officer").get(f"/people/{person}/{part}")
    assert answer.status_code == 503 and NAME not in answer.content.decode()


def test_a_detentions_opening_is_in_the_journal_or_there_is_no_page(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = world.perform(
        "officer", set_detention, state="detained", country="GY", name=(PersonName(text="Otho Marbleton"),)
    )
    assert "Otho" in page(world, "prosecutor", f"/detentions/{held}/")
    assert [row.page for row in opened(Opening)] == ["case"]

    def full(*_args: Any, **_more: Any) -> None:
        raise NotStored("store: the disk is full")

    monkeypatch.setattr(head, "perform", full)
    assert world.client("prosecutor").get(f"/detentions/{held}/").status_code == 503


ROUTES = ("", "state/", "view/", "same/", "share/", "readers/", "property/", "property/taken/", "settle/")


@pytest.mark.parametrize("part", ROUTES)
def test_what_may_not_be_known_answers_as_what_is_not_there(world: World, part: str) -> None:
    person = meet(world, "other-officer")
    for role in ("officer", "national-lead", "caseworker", "coordinator", "prosecutor", "press"):
        hidden, missing = (world.client(role).get(f"/people/{key}/{part}") for key in (person, "f" * 32))
        assert hidden.status_code == missing.status_code
        assert hidden.status_code in (403, 404)
        moving = r'value="(?:[^"]{40,}|[^"]{22})"|<time.*?</time>'
        unlike = [re.sub(moving, "", a.content.decode()) for a in (hidden, missing)]
        assert unlike[0] == unlike[1]
    assert not Opening.objects.exists()


def test_no_name_is_in_an_address_or_a_title(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", state_person, person=person, birth=Birth(date="2001"))
    client = world.client("caseworker")
    for part in ROUTES:
        answer = client.get(f"/people/{person}/{part}", follow=True)
        text = answer.content.decode()
        assert not set(names.words_of(NAME)) & set(names.words_of(re.search("<title>(.*?)</title>", text)[1]))  # type: ignore[index]
        for address in re.findall(r'(?:href|action)="([^"]*)"', text):
            assert not set(names.words_of(NAME)) & set(names.words_of(address)), address
    assert counting(world, person) not in client.get(f"/people/{person}/").content.decode()


def test_a_search_is_a_post_and_recorded_sealed_before_its_answer(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    meet(world)
    client = world.client("officer")
    assert "Find" in client.get("/people/?find=nguyen").content.decode()
    assert not searches(world, "officer")
    assert NAME in client.post("/people/", {"find": "nguyen lan"}).content.decode()
    assert [(search.words, search.found) for search in searches(world, "officer")] == [("nguyen lan", 1)]
    assert searches(world, "caseworker") == []

    def full(*_args: Any, **_more: Any) -> None:
        raise NotStored("store: the disk is full")

    from libertad.people import screens

    monkeypatch.setattr(screens, "perform", full)
    answer = client.post("/people/", {"find": "nguyen"})
    assert answer.status_code == 503 and NAME not in answer.content.decode()


def searches(world: World, role: str) -> list[SearchMade]:
    from libertad.journal import header, sealing

    contents = []
    for entry in Entry.objects.order_by("idx"):
        head_ = header.decode(bytes(entry.header))
        key = node().rings.key(world.actor(role).authority, head_.key_id)
        if key is not None and head_.type_class == "authority":
            opened_entry = understand(sealing.open_known(bytes(entry.body), key, head_), "", "", head_.key_id)
            if isinstance(opened_entry.content, SearchMade):
                contents.append(opened_entry.content)
    return contents


def test_a_search_finds_nothing_of_files_of_others(world: World) -> None:
    meet(world, "other-officer")
    for role in ("officer", "caseworker"):
        for words in ("nguyen", "P-VC-001"):
            text = world.client(role).post("/people/", {"find": words}).content.decode()
            assert "Nobody found" in text and NAME not in text and "P-VC-001</a>" not in text
    for role in ("coordinator", "analyst", "prosecutor"):
        assert world.client(role).post("/people/", {"find": "nguyen"}).status_code in (403, 404)


def test_a_stale_form_settles_nothing(world: World) -> None:
    person = meet(world)
    world.perform("caseworker", state_person, person=person, birth=Birth(date="2001"))
    shown_person = queries.person(world.actor("caseworker"), person)
    assert shown_person is not None
    entries_shown = [entry for _birth, entry in shown_person.births]
    world.perform("officer", state_person, person=person, birth=Birth(date="2003"))
    answer = world.client("caseworker").post(
        f"/people/{person}/settle/", {"keep": entries_shown[0], "shown": entries_shown, "reasons": "Passport"}
    )
    assert "changed since this page was shown" in answer.content.decode()
    after = queries.person(world.actor("caseworker"), person)
    assert after is not None and len(after.births) == 3


def test_the_form_supersedes_only_what_was_ticked(world: World) -> None:
    person = meet(world)
    officer = world.actor("officer")
    shown_person = queries.person(officer, person)
    assert shown_person is not None
    client = world.client("officer")
    values = {"source": "document", "name": "Lan", "name_kind": "document", "phone": "+592 77"}
    address = f"/people/{person}/state/"
    assert client.post(address, values).status_code == 302
    ticked = [f"name:{shown_person.names[0][1]}"]
    refused = client.post(address, {**values, "name": "Thu", "replaces": ticked}).content.decode()
    assert "Say why the value on file is replaced" in refused
    assert (
        client.post(address, {**values, "name": "Thu", "replaces": ticked, "reasons": "Misheard"}).status_code
        == 302
    )
    after = queries.person(officer, person)
    assert after is not None and sorted(n.text for n, _ in after.names) == ["Lan", "Thu"]
    again = client.post(address, {**values, "name": "Hoa", "replaces": ticked, "reasons": "Misheard"})
    assert "has changed since" in again.content.decode()


def test_property_of_others_is_not_changed_or_shown(world: World) -> None:
    person = meet(world, "other-officer")
    property_id = world.perform(
        "other-officer", take_property, person=person, kind="passport", taken_by="employer", state="held"
    )
    for role in ("officer", "caseworker"):
        assert world.client(role).get(f"/property/{property_id}/").status_code == 404


def test_the_sealed_columns_open_with_no_other_ring(world: World) -> None:
    person = meet(world)
    sealed = row(world.actor("officer"), person).sealed
    for key, authority in world.authorities.items():
        words = open_sealed(node(), authority, "people.Person", person, sealed)
        assert bool(words) == (key in ("police", "care")), key
