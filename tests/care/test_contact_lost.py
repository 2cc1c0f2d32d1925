"""A child with whom contact is lost: first on care's Today until it is closed in words, never police's."""

from __future__ import annotations

import re
from typing import Any

import pytest

from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import Compartment, Reader
from libertad.access.queries import clock_now, read_entries
from libertad.care import queries
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.reopen_care import reopen_care
from libertad.journal.models import Entry
from libertad.people.queries import dangers_counted, person
from libertad.vocabulary.values import Birth
from libertad.vocabulary.verbs.danger import CareDanger
from tests.care.people import ADULT, CHILD, meet
from tests.support.closing import close_by_two
from tests.support.shown_dangers import close_shown
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")

FINDS_US = "She has the number of the house, +592 600 0000."
POLICE = ("officer", "national-lead", "exhibits-officer", "coordinator", "analyst", "prosecutor")


def lost(world: World, birth: Birth | None = CHILD, **changed: Any) -> str:
    """A protection file that is closed because contact is lost."""
    person_id = meet(world, birth)
    world.perform("caseworker", open_care, person=person_id)
    close(world, person_id, **changed)
    return person_id


def close(world: World, person_id: str, **changed: Any) -> None:
    closing = {
        "reason": "contact-lost",
        "afterwards": FINDS_US,
        "despite": "Nobody knows where she is.",
        **changed,
    }
    close_by_two(world, person=person_id, **closing)


def today(world: World, role: str) -> str:
    return " ".join(world.client(role).get("/?part=danger").content.decode().split())


@pytest.mark.parametrize("birth", [CHILD, None])
def test_it_stands_first_on_care_s_today_and_leads_to_care_s_own_file(
    world: World, birth: Birth | None
) -> None:
    person_id = lost(world, birth)  # an age that nobody knows: the rules for a child apply
    title = "A child in danger" if birth else "A person in danger, perhaps a child"
    for role in ("caseworker", "second-caseworker"):
        page = today(world, role)
        assert title in page and "Contact is lost" in page and FINDS_US in page, role
        # The identity file's openings are on a list that police read.
        assert f"/care/{person_id}/" in page and f"/people/{person_id}/" not in page
    for role in (*POLICE, "other-officer", "deciding-authority"):
        assert "in danger" not in today(world, role) and "Contact is lost" not in today(world, role), role


def test_closing_it_in_words_ends_it_and_nothing_else_does(world: World) -> None:
    person_id = lost(world)
    world.perform("caseworker", reopen_care, person=person_id, reasons="She has telephoned.")
    world.perform("caseworker", record_wish, person=person_id, wish="stay", words="Here.")
    assert FINDS_US in today(world, "caseworker")
    page = world.client("caseworker").get(f"/care/{person_id}/").content.decode()
    assert FINDS_US in page and f"/care/{person_id}/danger/" in page
    world.perform(
        "second-caseworker", close_care_danger, person=person_id, done="She sleeps at the house again."
    )
    assert "in danger" not in today(world, "caseworker")
    assert_order_free(world)


def test_nothing_of_it_is_in_a_file_that_police_read_or_in_a_number(world: World) -> None:
    person_id = meet(world, CHILD)
    world.perform("caseworker", open_care, person=person_id)
    size = Entry.objects.count()
    close(world, person_id)
    new_entries = list(Entry.objects.order_by("idx")[size:])
    readers = {
        reader
        for entry in new_entries
        for reader in Reader.objects.filter(compartment=entry.compartment).values_list("authority", flat=True)
    }
    assert new_entries and readers == {world.authorities["care"]}
    assert [
        danger.words for danger in queries.open_dangers(world.actor("caseworker"))[person_id].open_now
    ] != []
    assert dangers_counted(world.actor("coordinator")) == 0
    identity = person(world.actor("officer"), person_id)
    assert identity is not None and not identity.dangers and not identity.open_dangers


@pytest.mark.parametrize(
    ("birth", "reason"), [(ADULT, "contact-lost"), (CHILD, "returned"), (CHILD, "on-own-feet")]
)
def test_an_adult_s_and_every_other_reason_raise_nothing(world: World, birth: Birth, reason: str) -> None:
    lost(world, birth, reason=reason)
    assert "in danger" not in today(world, "caseworker")


def test_said_again_of_a_closed_file_it_is_raised_once_and_anew_only_when_contact_is_lost_again(
    world: World,
) -> None:
    person_id = lost(world)
    close(world, person_id)  # 'Record the contact', with the reason as it stood
    page = today(world, "caseworker")
    assert len(re.findall(re.escape(FINDS_US), page)) == 1
    world.perform("caseworker", close_care_danger, person=person_id, done="Her aunt has seen her.")
    close(world, person_id)
    assert "in danger" not in today(world, "caseworker")
    close(world, person_id, reason="on-own-feet")
    close(world, person_id, afterwards="The aunt's number, +592 600 0001.")
    assert "+592 600 0001" in today(world, "caseworker")


def test_it_stands_beside_a_danger_that_is_open_already(world: World) -> None:
    person_id = meet(world, CHILD)
    world.client("caseworker").post(
        f"/care/{person_id}/danger/say/", {"words": "A man waits before the shelter"}
    )
    close(world, person_id)
    page = today(world, "caseworker")
    assert "A man waits" in page and FINDS_US in page
    dangers = queries.open_dangers(world.actor("caseworker"))[person_id]
    assert len(dangers.open_now) == 2
    world.perform("caseworker", close_care_danger, person=person_id, done="She is at the house.")
    assert "in danger" not in today(world, "caseworker")


def test_it_is_closed_too_where_the_identity_file_is_no_longer_care_s_to_read(world: World) -> None:
    person_id = lost(world)
    place = Compartment.objects.get(kind="person", about=person_id).pk
    world.perform(
        "officer", remove_reader, compartment=place, readers=[world.authorities["care"]], reason="Moved."
    )
    assert person(world.actor("caseworker"), person_id) is None
    assert f"/care/{person_id}/" in today(world, "caseworker")
    assert (
        f"/care/{person_id}/danger/" in world.client("caseworker").get(f"/care/{person_id}/").content.decode()
    )
    client, done = world.client("caseworker"), "She sleeps at the house again."
    assert close_shown(client, f"/care/{person_id}/danger/", done).status_code == 302
    assert "in danger" not in today(world, "caseworker")


def test_words_that_are_longer_than_a_danger_s_do_not_refuse_the_closing(world: World) -> None:
    lost(world, afterwards="The house by the river. " * 80)
    assert "The house by the river." in today(world, "caseworker")


LANGUAGE = {"Contact is lost": "Se perdió el contacto"}


@pytest.fixture
def in_spanish(monkeypatch: pytest.MonkeyPatch) -> None:
    """The label of the reason is shown in another language."""
    from django.utils import translation

    real = translation.gettext
    monkeypatch.setattr("libertad.look.words._", lambda text: LANGUAGE.get(text, real(text)))


def stored(world: World, person_id: str) -> list[Any]:
    """What the journal has of dangers in a protection file."""
    place = Compartment.objects.get(kind="care", about=person_id).pk
    entries = read_entries(world.actor("caseworker"), place)
    return [entry.content for entry in entries if isinstance(entry.content, CareDanger)]


def test_the_journal_has_the_officer_s_words_and_the_code_and_pages_tell_the_reason_in_their_language(
    world: World, in_spanish: None
) -> None:
    person_id = lost(world)
    assert [(danger.because, danger.words) for danger in stored(world, person_id)] == [
        ("contact-lost", FINDS_US)
    ]
    for page in (
        today(world, "caseworker"),
        world.client("caseworker").get(f"/care/{person_id}/").content.decode(),
    ):
        assert f"Se perdió el contacto. {FINDS_US}" in " ".join(page.split())


def test_a_danger_that_was_stored_with_the_english_label_is_told_in_the_reader_s_language(
    world: World, in_spanish: None
) -> None:
    """As 0.1 and 0.2 until November 2026 wrote it."""
    person_id = meet(world, CHILD)
    world.perform("caseworker", open_care, person=person_id)
    world.perform("caseworker", say_care_danger, person=person_id, words=f"Contact is lost. {FINDS_US}")
    assert f"Se perdió el contacto. {FINDS_US}" in today(world, "caseworker")
    world.perform("caseworker", close_care_danger, person=person_id, done="Her aunt has seen her.")
    world.perform("caseworker", say_care_danger, person=person_id, words="Contact is lost, he says.")
    assert "Contact is lost, he says." in today(world, "caseworker")


def test_the_form_says_so_before_it_is_saved(world: World) -> None:
    pages = {}
    for name, birth in (("child", CHILD), ("adult", ADULT)):
        person_id = meet(world, birth)
        world.perform("caseworker", open_care, person=person_id)
        pages[name] = " ".join(
            world.client("caseworker").get(f"/care/{person_id}/close/").content.decode().split()
        )
    assert "stands first on the Today of your caseworkers" in pages["child"]
    assert "stands first on the Today" not in pages["adult"]


@pytest.mark.parametrize("named", ["", "2018-06-01"])
def test_with_a_child_somebody_asks_again_within_a_day_and_each_day_until_the_child_is_found(
    world: World, named: str
) -> None:
    person_id = lost(world, contact_on=named)
    world.perform("caseworker", close_care_danger, person=person_id, done="Her aunt was telephoned.")
    assert hours_to_contact(world, person_id) <= 24
    close(world, person_id, contact_on=named)  # 'Record the contact': she was not found
    assert 23 < hours_to_contact(world, person_id) <= 24
    close(world, person_id, reason="on-own-feet", contact_on="2018-06-01")
    assert hours_to_contact(world, person_id) > 24 * 30


def test_of_an_adult_the_day_that_was_named_counts(world: World) -> None:
    assert hours_to_contact(world, lost(world, ADULT, contact_on="2018-06-01")) > 24 * 30


def hours_to_contact(world: World, person_id: str) -> float:
    """Until the person's hour on 'Everybody', by the operation's clock."""
    actor = world.actor("caseworker")
    place = queries.places(actor, [person_id])[person_id]
    return (place.due - clock_now(actor.operation)).total_seconds() / 3600
