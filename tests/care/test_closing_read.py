"""A closing counts once another officer of the authority has read it and agreed, and never by itself."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden, perform
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.withdraw_officer import withdraw_officer
from libertad.care import queries, queue
from libertad.care.actions.close_care import close_care
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.actions.hand_over import offer_person
from libertad.care.actions.keep_longer import keep_longer
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.record_wish import record_wish
from libertad.care.actions.refer import refer
from libertad.care.actions.reopen_care import reopen_care
from libertad.care.actions.request_erasure import request_erasure
from libertad.care.actions.take_person import take_person
from libertad.care.models import CareFile, Closing, ProposedClosing
from libertad.care.queries import care_todos
from libertad.care.queue_limits import limits
from libertad.journal import upgrade
from libertad.journal.node import node
from libertad.journal.seals import RowChanged
from libertad.journal.sql import Sql
from libertad.vocabulary import formats
from libertad.vocabulary.values import Refused
from tests.access.test_appointments import acting, administrator
from tests.care.people import CLINIC
from tests.care.test_closing import END, close, settled_person
from tests.care.test_hand_over import officer, stands
from tests.care.test_screens import post, text
from tests.support.care_rows import care_row
from tests.support.closing import closed_before, read_as
from tests.support.sealed_rows import opened
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
PERSON = "p" * 32


def propose(world: World, person: str, role: str = "caseworker", **changed: Any) -> str:
    entry: str = world.perform(role, close_care, person=person, **{**END, **changed})
    return entry


# -- by two -----------------------------------------------------------------------------------


def test_until_another_officer_agrees_the_file_is_open_worked_in_and_says_that_a_closing_waits(
    world: World,
) -> None:
    person = settled_person(world)
    world.perform("caseworker", take_person, person=person)
    propose(world, person, contact_on="2018-05-07", keep_until="2028-04-09")
    row = care_row(CareFile)
    assert (row.closed_at, row.closed_for, row.keep_until) == (None, "", "")
    place = stands(world, person)
    assert (place.queue, place.why) == (queue.WAITING, "closing-reading") and place.assigned
    assert place.due == row.closing_at + limits().closing
    world.perform("caseworker", record_wish, person=person, wish="return", words="Soon.")
    for refused, fields in (
        (keep_longer, {"keep_until": "2030-01-01", "reasons": "x"}),
        (request_erasure, {"reasons": "x"}),
    ):
        with pytest.raises(Refused, match="is open"):
            world.perform("caseworker", refused, person=person, **fields)
    read_as(world, "supervisor", person)
    row = care_row(CareFile)
    assert row.closed_at is not None and row.closed_for == "returned"
    assert (row.keep_until, row.closing) == ("2028-04-09", "") and not ProposedClosing.objects.exists()
    assert stands(world, person).queue == queue.ENDED
    assert_order_free(world)


def test_who_proposed_it_reads_nothing_of_it_whatever_account_or_node_says_so(world: World) -> None:
    person = settled_person(world)
    entry = propose(world, person)
    with pytest.raises(Forbidden):
        world.perform("caseworker", read_care_closing, person=person, closing=entry, agrees="yes")
    # a second account with the same name
    again = perform(
        administrator(world, "care"),
        appoint_officer,
        name="Name  CASEWORKER",
        service_number="X-9",
        role="supervisor",
    )
    with pytest.raises(Forbidden, match="name or number"):
        perform(
            acting(world, again, "supervisor"), read_care_closing, person=person, closing=entry, agrees="yes"
        )
    assert care_row(CareFile).closed_at is None


def test_not_agreeing_leaves_it_open_with_the_reasons_and_it_can_be_proposed_again(world: World) -> None:
    person = settled_person(world)
    propose(world, person)
    with pytest.raises(Refused) as why:
        read_as(world, "second-caseworker", person, "no")
    assert why.value.field == "reasons"
    read_as(world, "second-caseworker", person, "no", "Her lawyer waits for a paper.")
    assert care_row(CareFile).closed_at is None and not ProposedClosing.objects.exists()
    page = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "The last closing was not agreed to" in page and "Her lawyer waits for a paper." in page
    propose(world, person)
    read_as(world, "supervisor", person)
    assert care_row(CareFile).closed_at is not None
    page = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "The last closing was not agreed to" not in page and "not agreed, the file stays open" in page


def test_one_waits_at_a_time_and_is_taken_back_by_one(world: World) -> None:
    person = settled_person(world)
    entry = propose(world, person)
    with pytest.raises(Refused, match="waits for its second reader already"):
        propose(world, person)
    world.perform("second-caseworker", reopen_care, person=person, reasons="She called.")
    assert not ProposedClosing.objects.exists()
    with pytest.raises(Refused, match="it was read, or taken back"):
        world.perform("supervisor", read_care_closing, person=person, closing=entry, agrees="yes")
    with pytest.raises(Refused, match="not closed"):
        world.perform("caseworker", reopen_care, person=person, reasons="Again.")
    propose(world, person)
    read_as(world, "supervisor", person)
    with pytest.raises(Refused, match="it was read, or taken back"):  # sent twice
        world.perform("supervisor", read_care_closing, person=person, closing=entry, agrees="yes")
    world.perform("caseworker", reopen_care, person=person, reasons="She came back.")
    assert care_row(CareFile).closed_at is None


def test_what_is_said_in_the_file_meanwhile_is_shown_and_a_reading_is_of_what_was_shown(world: World) -> None:
    person = settled_person(world)
    entry = propose(world, person, despite="x")
    address = reverse("care-close-read", args=[person])
    page = text(world.client("supervisor").get(address))
    assert "Said in the file since Nothing" in page
    agreed = world.perform(
        "caseworker", record_consent, person=person, purpose="doctor", recipient=CLINIC, agreed="yes"
    )
    world.perform("caseworker", refer, person=person, service="medical", to=CLINIC, consent=agreed)
    # one that is dated before the proposal is new as well
    world.perform(
        "caseworker", record_wish, person=person, wish="stay", words="An hour ago.", happened=world.at(9, 11)
    )
    world.perform("caseworker", say_care_danger, person=person, words="He waits at the gate.")
    with pytest.raises(Refused, match="read it anew"):
        world.perform("supervisor", read_care_closing, person=person, closing=entry, agrees="yes")
    page = text(world.client("supervisor").get(address))
    for words in ("not answered yet", "An hour ago.", "He waits at the gate.", "In danger now"):
        assert words in page, words
    world.perform("caseworker", close_care_danger, person=person, done="He was sent away")
    page = text(post(world, "supervisor", "care-close-read", person, closing=entry, shown="0", agrees="yes"))
    assert "load the page again and read it anew" in page and care_row(CareFile).closed_at is None
    read_as(world, "supervisor", person)
    assert care_row(CareFile).closed_at is not None


def test_nobody_agrees_while_the_person_is_offered_to_a_colleague(world: World) -> None:
    person = settled_person(world)
    world.perform("caseworker", take_person, person=person)
    propose(world, person)
    world.perform("caseworker", offer_person, person=person, to=officer(world, "second-caseworker"))
    with pytest.raises(Refused, match="take the offer back first"):
        read_as(world, "supervisor", person)
    assert stands(world, person).queue == queue.HANDING
    read_as(world, "supervisor", person, "no", "It is handed over first.")


def test_contact_after_closing_needs_no_reader_and_closes_no_file_that_is_open(world: World) -> None:
    person = settled_person(world)
    close(world, person)
    propose(world, person, contact_on="2018-08-07")
    assert care_row(CareFile).contact_on == "2018-08-07" and not ProposedClosing.objects.exists()


# -- who learns of it -------------------------------------------------------------------------


def test_it_stands_on_today_of_colleague_and_supervisor_and_not_of_who_proposed_it(world: World) -> None:
    person = settled_person(world)
    world.perform("caseworker", take_person, person=person)
    propose(world, person)
    for role in ("second-caseworker", "supervisor"):
        (todo,) = [t for t in care_todos(world.actor(role)) if t.kind == "closing-reading"]
        assert todo.due is not None and todo.route == "care-close-read"
        client = world.client(role)
        assert reverse("care-close-read", args=[person]) in client.get("/").content.decode()
        assert "Do you agree that the file is closed?" in text(client.get(todo.href))
    for role in ("caseworker", "deciding-authority"):
        assert not [t for t in care_todos(world.actor(role)) if t.kind == "closing-reading"]
    page = text(world.client("caseworker").get(reverse("care-close", args=[person]), follow=True))
    assert "You proposed it: another officer" in page and "Do you agree that" not in page
    page = text(world.client("deciding-authority").get(reverse("care-file", args=[person])))
    assert "Until then the file is open" in page
    answer = world.client("deciding-authority").get(reverse("care-close-read", args=[person]))
    assert answer.status_code == 404


def test_where_nobody_second_has_access_it_is_said_and_it_waits(world: World) -> None:
    person = settled_person(world)
    for name in ("supervisor", "second-caseworker"):
        perform(
            administrator(world, "care"), withdraw_officer, officer=world.actor(name).officer, reason="Left"
        )
    page = text(world.client("caseworker").get(reverse("care-close", args=[person])))
    assert "Nobody else of it has access now" in page
    propose(world, person)
    page = text(world.client("caseworker").get(reverse("care-close-read", args=[person])))
    assert "It is never closed by itself" in page and care_row(CareFile).closed_at is None


def test_police_and_others_get_what_a_file_that_never_was_would_answer(world: World) -> None:
    person = settled_person(world)
    entry = propose(world, person)
    for role in ("officer", "prosecutor", "coordinator", "deciding-authority"):
        for key in (person, "ab" * 16):
            with pytest.raises(Forbidden, match="your role may not say"):
                world.perform(role, read_care_closing, person=key, closing=entry, agrees="yes")


def test_a_changed_row_lets_nobody_read_second(world: World) -> None:
    person = settled_person(world)
    entry = propose(world, person)
    row = ProposedClosing.objects.get()
    before = bytes(row.sealed or b"")
    read_as(world, "supervisor", person, "no", "Not yet.")
    ProposedClosing.objects.create(id=row.pk, compartment=row.compartment, person=person, sealed=before)
    with pytest.raises(RowChanged):
        world.perform("supervisor", read_care_closing, person=person, closing=entry, agrees="yes")


def test_the_page_reads_and_closes(world: World) -> None:
    person = settled_person(world)
    propose(world, person)
    page = text(world.client("supervisor").get(reverse("care-close-read", args=[person])))
    assert END["afterwards"] in unescape(page)
    entry = opened(ProposedClosing)[0].entry
    page = text(post(world, "supervisor", "care-close-read", person, closing=entry, agrees="yes"))
    assert "The person has returned" in page and "Open this protection file again" in page
    assert care_row(CareFile).closed_at is not None
    assert queries.file(world.actor("caseworker"), person).closed is not None  # type: ignore[union-attr]


# -- of before, and of other nodes ------------------------------------------------------------


def test_what_was_closed_before_the_second_reading_stays_closed_also_where_it_arrives_later(
    world: World,
) -> None:
    person = settled_person(world)
    closed_before(world.actor("caseworker"), person, **END)
    at = care_row(CareFile).closed_at
    assert at is not None
    Sql().run("update journal_rules set number = ?", (formats.RULES - 1,))
    assert upgrade.bring_up(node())
    assert care_row(CareFile).closed_at == at and care_row(CareFile).closed_for == "returned"
    assert Closing.objects.count() == 1
    page = text(world.client("caseworker").get(reverse("care-file", args=[person])))
    assert "File closed: The person has returned" in page
