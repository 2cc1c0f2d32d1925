"""A person in danger: who is told at once, who is told a number, who nothing; and each side's own closing."""

from __future__ import annotations

import re
import time
from typing import Any

import pytest

from libertad.access.acting import Forbidden
from libertad.access.models import Compartment, Reader
from libertad.care.actions.close_danger import close_care_danger as care_closes
from libertad.exchange.models import Peer, PeerAuthority, Released
from libertad.journal import sealing
from libertad.journal.header import decode
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.people.actions.close_danger import close_person_danger as close_danger
from libertad.people.models import DangerTally, Person
from libertad.vocabulary.values import Refused
from tests.people.making import person_row
from tests.support.sharing import share_person
from tests.support.shown_dangers import close_shown
from tests.support.shuffling import assert_order_free
from tests.support.world import World

MEET = {
    "name": "Linh",
    "age": "child",
    "age_source": "said",
    "travel_document": "not-asked",
    "sex": "female",
    "needs": ["doctor"],
    "seen_as": "potential-victim",
    "country": "GY",
}
CLOSED = "Taken to the hospital by the second car"


def met(world: World, role: str = "officer", **overrides: Any) -> str:
    """Records a child in danger by the form; returns the person's id."""
    before = set(Person.objects.values_list("pk", flat=True))
    answer = world.client(role).post("/people/meet/", {**MEET, "danger": "yes", **overrides})
    assert answer.status_code == 302, answer.content.decode()
    (person,) = set(Person.objects.values_list("pk", flat=True)) - before
    return str(person)


def page(world: World, role: str, address: str = "/") -> str:
    answer = world.client(role).get(address)
    assert answer.status_code == 200, (role, address, answer.status_code)
    return " ".join(answer.content.decode().split())


def first_group(text: str) -> str:
    """The first group of Today."""
    match = re.search(r'<section class="todo-group.*?</section>', text)
    return match.group(0) if match else ""


def test_a_child_in_danger_is_first_on_the_leads_and_the_care_authoritys_today(world: World) -> None:
    person = met(world)
    for role in ("national-lead", "caseworker", "second-caseworker"):
        top = first_group(page(world, role))
        assert "todo-group--danger" in top and "In danger now" in top, role
        assert "A child in danger" in top and "P-GY-001" in top and f"/people/{person}/" in top
        assert "doctor" in top and "shape--red" in top
    assert person in first_group(page(world, "officer"))  # who recorded it
    assert "todo-group--danger" not in page(world, "exhibits-officer")


def test_danger_does_not_wait_for_whose_word_the_age_is(world: World) -> None:
    """Nobody else is named for it: it is the estimate of the officer who writes it, and the form says so."""
    person = met(world, age_source="")
    row = Person.objects.get(pk=person)
    assert "A child in danger" in first_group(page(world, "national-lead"))
    text = page(world, "officer", f"/people/{row.pk}/")
    assert "A child, as estimated" in text and "A child, as said" not in text
    assert "counts as your own estimate" in page(world, "officer", "/people/meet/")


def test_the_coordinator_gets_a_number_and_nothing_else(world: World) -> None:
    person = met(world)
    text = page(world, "coordinator")
    assert "1 person in danger" in first_group(text)
    board = page(world, "coordinator", "/board/")
    assert "1 person in danger" in board
    for html in (text, board, page(world, "coordinator", "/board/table/")):
        for secret in ("P-GY-001", "Linh", person, "doctor"):
            assert secret not in html
    met(world)
    assert "2 people in danger" in first_group(page(world, "coordinator"))


def test_another_countrys_lead_sees_nothing(world: World) -> None:
    met(world, danger="no")
    before = {address: page(world, "other-lead", address) for address in ("/", "/people/", "/figures/")}
    person = met(world)
    for address, text in before.items():
        after = page(world, "other-lead", address)
        assert "todo-group--danger" not in after and person not in after and "P-GY" not in after
        assert address == "/figures/" or stable_text(after) == stable_text(text), address
    assert "person in danger" not in page(world, "other-lead", "/board/")
    for address in (f"/people/{person}/", f"/people/{person}/danger/"):
        assert world.client("other-lead").get(address).status_code == 404


def stable_text(text: str) -> str:
    """A page without what changes by itself: form token, nonce, the clock."""
    text = re.sub(
        r'((?:csrfmiddlewaretoken|submission)" value=|nonce=|data-cursor=|datetime=)"[^"]*"', r"\1", text
    )
    return re.sub(r"\d\d:\d\d(:\d\d)?", "00:00", text)


def test_the_file_shows_it_to_the_officer(world: World) -> None:
    person = met(world)
    text = page(world, "officer", f"/people/{person}/")
    assert "In danger now" in text and "shape--red" in text and "strip__cell--danger" in text


@pytest.mark.parametrize("role", ["officer", "caseworker"])
def test_nothing_is_preselected_and_the_answer_is_chosen(world: World, role: str) -> None:
    text = page(world, role, "/people/meet/")
    danger = re.findall(r"<input[^>]*name=\"danger\"[^>]*>", text)
    assert len(danger) == 3 and not any("checked" in tag for tag in danger)
    answer = world.client(role).post("/people/meet/", MEET)
    assert "yes, no or not asked" in answer.content.decode() and not Person.objects.exists()
    assert world.client(role).post("/people/meet/", {**MEET, "danger": "not-asked"}).status_code == 302


def closing(world: World, role: str, person: str, done: str = CLOSED) -> Any:
    address = f"/care/{person}/danger/" if "caseworker" in role else f"/people/{person}/danger/"
    return close_shown(world.client(role), address, done)


POLICES = {
    "national-lead": ("/", "/people/", "/people/{}/", "/people/{}/readers/", "/board/table/", "/figures/"),
    "officer": ("/", "/people/", "/people/{}/", "/people/{}/readers/"),
    "coordinator": ("/", "/board/table/", "/figures/"),
    "analyst": ("/", "/board/table/", "/hits/"),
}


def polices_pages(world: World, person: str) -> dict[tuple[str, str], str]:
    return {
        (role, address): stable_text(page(world, role, address.format(person)))
        for role, addresses in POLICES.items()
        for address in addresses
    }


def test_police_close_theirs_and_cares_stays(world: World) -> None:
    person = met(world)
    assert closing(world, "officer", person).status_code == 302
    assert "todo-group--danger" not in page(world, "national-lead")
    assert "person in danger" not in page(world, "coordinator")
    assert "person in danger" not in page(world, "coordinator", "/board/table/")
    assert CLOSED in page(world, "officer", f"/people/{person}/")
    top = first_group(page(world, "caseworker"))
    assert "todo-group--danger" in top and CLOSED in top  # care reads the file that police wrote into


def test_care_closes_its_own_and_nothing_of_police_changes_by_it(world: World) -> None:
    person = met(world)
    polices_pages(world, person)  # the openings that reading itself leaves
    before = polices_pages(world, person)
    words, size = "A worker is with her at the clinic", Entry.objects.count()
    assert closing(world, "caseworker", person, words).status_code == 302
    new_entries = list(Entry.objects.order_by("idx")[size:])
    assert new_entries and not set(police_authorities(world)) & {
        reader
        for entry in new_entries
        for reader in Reader.objects.filter(compartment=entry.compartment).values_list("authority", flat=True)
    }
    after = polices_pages(world, person)
    for key, text in before.items():
        assert opened_once_more(after[key]) == opened_once_more(text), key
        assert words not in after[key]
    assert "todo-group--danger" not in page(world, "caseworker")
    assert "todo-group--danger" not in page(world, "second-caseworker")
    assert "todo-group--danger" in page(world, "national-lead")
    assert "1 person in danger" in page(world, "coordinator")
    assert words in page(world, "caseworker", f"/people/{person}/")
    entry = next(
        e for e in Entry.objects.order_by("-idx") if "care.danger_close" in told_to(world, "caseworker", e)
    )
    assert told_to(world, "officer", entry) == told_to(world, "national-lead", entry) == ""
    assert world.client("officer").get(f"/entries/{bytes(entry.hash).hex()}/").status_code == 404


def police_authorities(world: World) -> list[str]:
    return [world.authorities[key] for key in ("centre", "police", "other-police", "prosecution")]


def told_to(world: World, role: str, entry: Entry) -> str:
    """The verb of an entry as an officer's authority opens it with its own ring; '' for what it cannot."""
    exact = bytes(entry.header)
    key = node().rings.key(world.actor(role).authority, decode(exact).key_id)
    return "" if key is None else str(sealing.open_known(bytes(entry.body or b""), key, decode(exact)))


def opened_once_more(text: str) -> str:
    """Without the list of openings, which looking at the page lengthens; care's would be in `new_entries`."""
    text = re.sub(r"\d+ openings?", "openings", text)
    return re.sub(r"<tbody>.*?</tbody>", "", text) if "openings" in text else text


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("exhibits-officer", 403),
        ("other-officer", 404),
        ("other-lead", 404),
        ("analyst", 404),
        ("coordinator", 404),
        ("caseworker", 403),
        ("prosecutor", 404),
    ],
)
def test_who_may_not_close_for_police(world: World, role: str, status: int) -> None:
    person = met(world)
    answer = world.client(role).post(f"/people/{person}/danger/", {"done": CLOSED})
    assert answer.status_code in (status, 403, 404)
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, close_danger, person=person, done=CLOSED)
    assert "todo-group--danger" in page(world, "national-lead")


def test_police_to_whom_the_file_was_shared_close_nothing(world: World) -> None:
    person = met(world)
    world.perform(
        "officer",
        share_person,
        person=person,
        authority=world.authorities["other-police"],
        reason="Her sister",
    )
    assert world.client("other-lead").get(f"/people/{person}/danger/").status_code == 404
    with pytest.raises(Forbidden, match="met the person"):
        world.perform("other-lead", close_danger, person=person, done=CLOSED)
    assert "todo-group--danger" not in page(world, "other-lead")
    assert "todo-group--danger" in page(world, "national-lead")


@pytest.mark.parametrize("role", ["officer", "national-lead", "other-lead", "prosecutor", "coordinator"])
def test_nobody_of_police_closes_for_care(world: World, role: str) -> None:
    person = met(world)
    assert world.client(role).post(f"/care/{person}/danger/", {"done": CLOSED}).status_code == 404
    with pytest.raises((Forbidden, Refused)):
        world.perform(role, care_closes, person=person, done=CLOSED)
    assert "todo-group--danger" in page(world, "caseworker")


@pytest.mark.parametrize(("role", "verb"), [("officer", "person"), ("caseworker", "care")])
def test_a_closing_says_what_was_done_and_sent_twice_stands_once(world: World, role: str, verb: str) -> None:
    person = met(world)
    for empty in ("", "   "):
        assert closing(world, role, person, empty).status_code == 200
    assert closing(world, role, person).status_code == 302
    size = Entry.objects.count()
    assert closing(world, role, person).status_code == 302
    assert Entry.objects.count() == size
    again = closing(world, role, person, "Something else")
    assert again.status_code == 200 and "closed meanwhile" in again.content.decode()
    assert_order_free(world)


def test_a_danger_that_nobody_said_is_not_closed(world: World) -> None:
    person = met(world, danger="no")
    for role in ("officer", "caseworker"):
        assert closing(world, role, person).status_code == 404
    with pytest.raises(Refused, match="nobody said"):
        world.perform("officer", close_danger, person=person, done=CLOSED)
    with pytest.raises(Refused, match="nobody said"):
        world.perform("caseworker", care_closes, person=person, done=CLOSED)


def test_whom_care_meets_in_danger_is_cares_alone(world: World) -> None:
    met(world, "caseworker")
    assert "todo-group--danger" in page(world, "second-caseworker")
    for role in ("national-lead", "officer", "coordinator"):
        text = page(world, role)
        assert "todo-group--danger" not in text and "person in danger" not in text
    assert DangerTally.objects.count() == 0


def test_not_asked_is_not_no(world: World) -> None:
    person = met(world, danger="not-asked")
    assert person_row(world.actor("officer"), person)["danger"] == ""
    assert person_row(world.actor("officer"), met(world, danger="no"))["danger"] == "no"
    assert "todo-group--danger" not in page(world, "national-lead")


def test_police_see_when_the_care_node_last_fetched_and_nothing_more(world: World) -> None:
    person = met(world)
    place = Compartment.objects.get(kind="person", about=person).pk
    care, at = world.authorities["care"], Entry.objects.filter(compartment=place).order_by("-idx")[0].idx
    peer = Peer.objects.create(origin="libertad/" + "a" * 16, public=bytes(32), address="", peaks=b"")
    PeerAuthority.objects.create(authority=care, origin=peer.origin)
    address = f"/people/{person}/"
    assert "has not fetched this file yet: telephone" in page(world, "officer", address)
    assert "has never fetched" in page(world, "officer", address)
    Peer.objects.update(heard=int((time.time() - 240) * 1000), given=at + 50)
    assert "has not fetched this file yet" in page(world, "officer", address)  # its keys are not taken
    Released.objects.create(authority=care, kid=b"k" * 32, compartment=place, given=1, taken=2)
    text = page(world, "officer", address)
    assert "has this file" in text and "last fetched from here 4 min ago" in text
    assert "fetched" not in page(world, "caseworker", address)
