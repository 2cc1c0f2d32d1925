"""A travel document has number, issuing country, expiry and holder: seized, taken from a person, or read."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.evidence import queries
from libertad.evidence.actions.correct_exhibit import correct_exhibit
from libertad.evidence.actions.seize import seize
from libertad.hits import index
from libertad.hits.models import Hit
from libertad.people import queries as people
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.values import Refused
from tests.hits.making import scored, the_hit
from tests.people.making import meet
from tests.support.shuffling import assert_order_free
from tests.support.world import World

DOCUMENT = {
    "document_number": "R0123456",
    "document_country": "VE",
    "document_expires": "2021-05",
    "document_holder": "PEÑA DÍAZ YULIMAR",
}


def seized(world: World, **document: str) -> str:
    values: dict[str, Any] = {"country": "GY", "kind": "travel-document", "description": "Passport, dark red"}
    return str(world.perform("officer", seize, happened=world.at(5, 14, 5), **values, **document))


def text_of(world: World, role: str, address: str, status: int = 200) -> str:
    answer = world.client(role).get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_the_form_of_its_kind_asks_it_and_the_page_says_what_stands_in_it(world: World) -> None:
    form = text_of(world, "officer", "/exhibits/take/?kind=travel-document")
    assert 'name="document_number"' in form and 'name="document_expires_year"' in form
    posted = {
        **DOCUMENT,
        "kind": "travel-document",
        "description": "Passport, dark red",
        "owner_agreed": "yes",
    }
    del posted["document_expires"]
    posted |= {"document_expires_month": "5", "document_expires_year": "2021"}
    answer = world.client("officer").post("/exhibits/take/", posted)
    assert answer.status_code == 302
    exhibit = answer["Location"].split("/")[2]
    row = queries.exhibit(world.actor("officer"), exhibit)
    assert row is not None and {name: getattr(row, name) for name in DOCUMENT} == DOCUMENT
    assert row.person == "" and row.holder == world.actor("officer").officer
    for role in ("officer", "prosecutor"):
        page = text_of(world, role, f"/exhibits/{exhibit}/")
        for words in ("ends 3456", "Venezuela", "May 2021", "PEÑA DÍAZ YULIMAR"):
            assert words in page, role
        assert "R0123456" not in page and "R0123456" in text_of(
            world, role, f"/exhibits/{exhibit}/?numbers=whole"
        )
    for role in ("other-lead", "caseworker", "coordinator"):
        assert world.client(role).get(f"/exhibits/{exhibit}/").status_code in (403, 404)
    found = world.client("officer").post("/find/", {"find": "r0123456"}).content.decode()
    assert f"/exhibits/{exhibit}/" in found


def test_it_is_corrected_and_an_expiry_is_a_date(world: World) -> None:
    exhibit = seized(world, **DOCUMENT)
    world.perform(
        "national-lead", correct_exhibit, exhibit=exhibit, reasons="Read again.", document_number="R0123457"
    )
    row = queries.exhibit(world.actor("officer"), exhibit)
    assert row is not None and (row.document_number, row.document_country) == ("R0123457", "VE")
    assert "<del>R0123456</del>" in text_of(world, "officer", f"/exhibits/{exhibit}/")
    for wrong in ({"document_expires": "next year"}, {"document_number": "1" * 41}):
        with pytest.raises(Refused):
            seized(world, **wrong)
    assert_order_free(world)


def test_number_and_country_go_to_hits_and_the_holder_does_not(world: World) -> None:
    """Of one that was seized, and of one that was taken from a person: as of a document that was read."""
    exhibit, person = seized(world, **DOCUMENT), meet(world, "officer", name="Ana")
    police = world.authorities["police"]
    scored(world)
    assert not Hit.objects.exists(), "no name of hers is compared with what the document says"
    taken = {"kind": "passport", "taken_by": "employer", "state": "missing", **DOCUMENT}
    world.perform("officer", take_property, person=person, **taken)
    subjects = index.up_to_date(police).subjects
    for ref in (f"exhibit:{exhibit}", f"person:{person}"):
        record = subjects[ref].record
        assert record.all("document") == ["VE:R0123456"]
        assert "YULIMAR" not in str(record.names)
    scored(world)
    the_hit(world, f"exhibit:{exhibit}", f"person:{person}")
    page = text_of(world, "officer", f"/people/{person}/property/")
    assert "Document number R0123456, Venezuela, valid until May 2021, holder as it says: PEÑA" in page


def test_a_document_that_was_read_has_its_expiry_where_its_number_is_known(world: World) -> None:
    person = meet(world, "officer", name="Yulimar")
    read = {"document_kind": "passport", "document_country": "VE", "document_expires": "2021-05-03"}
    with pytest.raises(Refused) as why:
        world.perform("officer", state_person, person=person, source="document", **read)
    assert why.value.field == "document_number"
    data = {"source": "document", "document_kind": "passport", "document_number": "R0123456"}
    data |= {"document_country": "VE", "document_expires_day": "3", "document_expires_month": "5"}
    answer = world.client("officer").post(
        f"/people/{person}/state/", {**data, "document_expires_year": "2021"}
    )
    assert answer.status_code == 302
    row = people.person(world.actor("officer"), person)
    assert row is not None and list(row.documents) == [("passport", "R0123456", "VE", "2021-05-03")]
    assert "3 May 2021" in text_of(world, "officer", f"/people/{person}/property/")
    assert "number R0123456, valid until 3 May 2021" in text_of(world, "officer", f"/people/{person}/")
