"""Documents of a person: corrected by a new word, read by care alone, due on Today of whose task it is."""

from __future__ import annotations

from html import unescape
from typing import Any

import pytest
from django.urls import reverse

from libertad.access.acting import Forbidden
from libertad.access.actions.erase_person import erase_person
from libertad.access.models import Opening
from libertad.access.submissions import new_submission
from libertad.care.actions.open_care import open_care
from libertad.care.actions.record_document import record_document
from libertad.care.actions.take_person import take_person
from libertad.care.document_models import DueDocument, PersonDocument
from libertad.care.queries_documents import documents
from libertad.vocabulary.values import Refused
from libertad.web.waiting import waiting
from tests.care.people import meet
from tests.care.test_copied_database import copied
from tests.care.test_screens import post, text
from tests.care.test_wall import another_care
from tests.support.closing import close_by_two
from tests.support.sealed_rows import opened
from tests.support.shuffling import assert_order_free
from tests.support.world import World

pytestmark = pytest.mark.usefixtures("ninth_of_april")
LOST: dict[str, Any] = {"kind": "passport", "state": "lost", "country": "VE", "number": "Q7310044"}
ASK = {"due": "2018-04-11", "note": "Ask the consul at Larkspurford for a new one"}


def take(world: World) -> str:
    person = meet(world)
    world.perform("caseworker", take_person, person=person)
    return person


def write(world: World, person: str, by: str = "caseworker", **values: Any) -> str:
    new_submission()
    entry: str = world.perform(by, record_document, person=person, **(LOST | values))
    return entry


def due(world: World, role: str) -> list[str]:
    return [item.why for item in waiting(world.actor(role)) if "document is due" in item.title]


def test_it_is_due_on_today_of_whose_task_the_person_is_until_something_came_of_it(world: World) -> None:
    person = take(world)
    first = write(world, person, **ASK)
    assert due(world, "caseworker") == [ASK["note"]]
    assert not due(world, "second-caseworker") and not due(world, "supervisor")
    later = write(
        world, person, corrects=first, version=first, state="applied-for", due="2018-05-20", note="Fetch"
    )
    assert not due(world, "caseworker"), "its day is far ahead"
    assert DueDocument.objects.count() == 1
    write(world, person, corrects=first, version=later, state="has-it")
    assert not DueDocument.objects.exists() and PersonDocument.objects.count() == 1
    (desk,) = opened(PersonDocument)
    (seen,) = documents(world.actor("caseworker"), person, desk.compartment)
    assert seen.now.state == "has-it" and [word.state for word in seen.before] == ["applied-for", "lost"]
    assert_order_free(world)


def test_a_word_about_what_was_changed_meanwhile_or_of_another_person_is_refused(world: World) -> None:
    person, other_person = take(world), take(world)
    first = write(world, person)
    write(world, person, corrects=first, version=first, state="has-it")
    with pytest.raises(Refused, match="changed since you read it"):
        write(world, person, corrects=first, version=first, state="taken")
    with pytest.raises(Refused, match="no such document"):
        write(world, other_person, corrects=first, version=first)
    for values, field in (
        ({"due": "2018-04-01", "note": "x"}, "due"),
        ({"due": "2018-05-01"}, "note"),
        ({"due": "2018-05", "note": "x"}, "due"),
        ({"until": "soon"}, "until"),
        ({"number": "9" * 41}, "number"),
        ({"state": ""}, "state"),
    ):
        with pytest.raises(Refused) as why:
            write(world, person, **values)
        assert why.value.field == field
    assert PersonDocument.objects.count() == 1


def test_nobody_but_the_persons_care_reads_it_and_its_opening_is_recorded(world: World) -> None:
    person = take(world)
    world.perform("caseworker", open_care, person=person)
    key = write(world, person, **ASK)
    address = reverse("care-documents", args=[person])
    page = text(world.client("caseworker").get(address))
    assert "Passport" in page and LOST["number"] in page and "11 April 2018" in page
    assert [row.page for row in opened(Opening) if row.page == "documents"] == ["documents"]
    assert LOST["number"] not in text(world.client("second-caseworker").get(address))
    for role in ("officer", "national-lead", "prosecutor", "deciding-authority", "coordinator"):
        for where in (address, reverse("care-documents-change", args=[person, key])):
            assert world.client(role).get(where).status_code == 404
        assert world.client(role).get(f"/entries/{key}/").status_code == 404
        with pytest.raises(Forbidden):
            write(world, person, role)
    stranger = another_care(world)
    assert not documents(stranger, person, opened(PersonDocument)[0].compartment)


def test_a_copied_database_tells_nothing_of_it_and_it_goes_with_the_person(world: World) -> None:
    person = take(world)
    write(world, person, **ASK)
    for model in (PersonDocument, DueDocument):
        (row,) = copied(model)
        assert set(row) == {"id", "compartment", "operation", "provenance", "person", "sealed"}
    new_submission()
    world.perform("caseworker", erase_person, person=person, reason="asked for", source="decision")
    assert not PersonDocument.objects.exists() and not DueDocument.objects.exists()


def test_the_page_writes_changes_and_says_when_the_file_is_closed(world: World) -> None:
    person = take(world)
    world.perform("caseworker", open_care, person=person)
    fields = {"kind": "visa", "state": "needed", "country": "", "number": "", "note": ""}
    page = text(post(world, "caseworker", "care-documents-new", person, **fields))
    assert "The document is saved." in page and "The person needs one" in page
    (row,) = opened(PersonDocument)
    client = world.client("caseworker")
    form = unescape(client.get(reverse("care-documents-change", args=[person, row.pk])).content.decode())
    assert row.last in form
    close_by_two(world, person, reason="wish", afterwards="The duty line", despite="x")
    with pytest.raises(Refused, match="closed"):
        write(world, person)
    assert "Add a document" not in text(client.get(reverse("care-documents", args=[person])))
