"""What a lead says besides its words: when it was heard, whom and what it names, what is attached to it."""

from __future__ import annotations

from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from libertad.access.models import Attachment
from libertad.hits import index
from libertad.operations import queries
from libertad.operations.actions.correct_lead import correct_lead
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.state_person import state_person
from libertad.vocabulary.values import Refused
from tests.hits.making import PHONE, scored, the_hit
from tests.operations.test_leads import LEAD
from tests.people.making import meet
from tests.support.pictures import jpeg
from tests.support.shuffling import assert_order_free
from tests.support.world import World

FACTS: dict[str, Any] = {
    "heard": "2018-04-02",
    "name": ("Ramón Güiñez Peña", "Minera Río Claro"),
    "phone": (PHONE, "+592 611 4410"),
    "vehicle": ("PXX 4417",),
    "vessel": ("Estrella del Norte",),
    "address": ("12 Sheriff Street, Georgetown",),
    "place": ("Pellworth Landing",),
}
POSTED = {
    "heard_day": "2",
    "heard_month": "4",
    "heard_year": "2018",
    "name": "Ramón Güiñez Peña\r\n\r\n  Minera Río Claro \r\nMinera Río Claro",
    "phone": f"{PHONE}\r\n+592 611 4410",
    "vehicle": "PXX 4417",
    "vessel": "Estrella del Norte",
    "address": "12 Sheriff Street, Georgetown",
    "place": "Pellworth Landing",
}


def text_of(world: World, role: str, address: str, status: int = 200) -> str:
    answer = world.client(role).get(address)
    assert answer.status_code == status
    return " ".join(answer.content.decode().split())


def test_the_form_asks_behind_one_line_and_the_page_shows_what_was_filled_in(world: World) -> None:
    form = text_of(world, "officer", "/leads/report/")
    assert '<details class="fold"><summary><b>Date, names, numbers and places</b>' in form
    shown = form.split("<details")[1].split("</details>")[0]
    assert all(f'name="{name}"' in shown for name in ("heard_day", *FACTS) if name != "heard")
    assert 'name="summary"' not in shown
    answer = world.client("officer").post("/leads/report/", {**LEAD, "origin": "hotline", **POSTED})
    assert answer.status_code == 302
    lead = answer["Location"].split("/")[2]
    seen = queries.lead(world.actor("officer"), lead)
    assert seen is not None
    assert {name: getattr(seen, name) for name in FACTS} == {
        name: list(value) if isinstance(value, tuple) else value for name, value in FACTS.items()
    }
    page = text_of(world, "coordinator", f"/leads/{lead}/")
    for words in ("2 April 2018", "Ramón Güiñez Peña; Minera Río Claro", "PXX 4417", "Pellworth Landing"):
        assert words in page
    for role in ("other-lead", "caseworker", "prosecutor"):
        text_of(world, role, f"/leads/{lead}/", 404)
    found = world.client("officer").post("/find/", {"find": "guinez"}).content.decode()
    assert f"/leads/{lead}/" in found, "it is found by a name that it gives"


def test_what_is_wrong_opens_the_line_and_says_which_field_it_is(world: World) -> None:
    for wrong in ({"phone": "ask at the bar"}, {"heard_year": "2031"}, {"place": "x\n" * 30 + "y" * 201}):
        answer = world.client("officer").post(
            "/leads/report/", {**LEAD, "origin": "hotline", **POSTED, **wrong}
        )
        assert answer.status_code == 200 and '<details class="fold" open>' in answer.content.decode()
        assert {next(iter(wrong)).partition("_")[0]} == set(answer.context["form"].errors)
    with pytest.raises(Refused):
        world.perform("officer", report_lead, **LEAD, place=("y" * 201,))
    assert queries.leads(world.actor("officer")) == []


def test_each_is_corrected_with_its_reason(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD, **FACTS)
    form = world.client("officer").get(f"/leads/{lead}/correct/")
    assert '<details class="fold" open>' in form.content.decode()
    bound = form.context["form"]
    data = {name: bound[name].value() for name in bound.fields if name in FACTS and name != "heard"}
    assert data["phone"] == "\n".join(FACTS["phone"])
    boxes = {name: POSTED[name] for name in ("heard_day", "heard_month", "heard_year")}
    data |= boxes | {"shown": bound["shown"].value(), "summary": LEAD["summary"], "workplace": "gold-mine"}
    changed = {**data, "phone": "+592 611 4410", "heard_day": "3", "reasons": "Heard again."}
    assert world.client("officer").post(f"/leads/{lead}/correct/", changed).status_code == 302
    seen = queries.lead(world.actor("officer"), lead)
    assert seen is not None
    assert (seen.phone, seen.heard, seen.name) == (["+592 611 4410"], "2018-04-03", list(FACTS["name"]))
    page = text_of(world, "officer", f"/leads/{lead}/")
    assert "Phone numbers" in page and f"<del>{PHONE}, +592 611 4410</del>" in page
    with pytest.raises(Refused):
        world.perform("officer", correct_lead, lead=lead, reasons="No.", phone=("none",))
    assert_order_free(world)


@pytest.mark.parametrize("fact", ["phone", "vehicle", "vessel", "address", "place", "name"])
def test_each_goes_to_hits(world: World, fact: str) -> None:
    person = meet(world, "officer", name=FACTS["name"][0] if fact == "name" else "Yulimar")
    if fact != "name":
        world.perform("officer", state_person, person=person, source="said", **{fact: FACTS[fact][:1]})
    lead = world.perform("officer", report_lead, **LEAD, **{fact: FACTS[fact]})
    record = index.up_to_date(world.authorities["police"]).subjects[f"lead:{lead}"].record
    known = [name.text for name in record.names] if fact == "name" else record.all(fact)  # type: ignore[arg-type]
    assert known == list(FACTS[fact])
    if fact in ("phone", "vehicle", "vessel"):
        assert scored(world)
        the_hit(world, f"lead:{lead}", f"person:{person}")


def test_a_picture_is_attached_to_a_lead_and_read_by_who_reads_the_lead(world: World) -> None:
    lead = world.perform("officer", report_lead, **LEAD)
    assert f"/attach/lead/{lead}/" in text_of(world, "officer", f"/leads/{lead}/")
    data = {"file": SimpleUploadedFile("IMG 1 Marisol.jpg", jpeg(b"the advert")), "name": "The advertisement"}
    answer = world.client("officer").post(f"/attach/lead/{lead}/", data)
    assert answer.status_code == 302 and answer["Location"] == f"/leads/{lead}/"
    attached = Attachment.objects.get()
    for role in ("officer", "national-lead", "coordinator"):
        assert "The advertisement" in text_of(world, role, f"/leads/{lead}/"), role
        assert world.client(role).get(f"/attachments/{attached.pk}/").status_code == 200
    assert "The advertisement" not in text_of(world, "analyst", f"/leads/{lead}/")
    for role in ("other-lead", "caseworker", "prosecutor"):
        assert world.client(role).get(f"/attachments/{attached.pk}/").status_code == 404
        assert world.client(role).get(f"/attach/lead/{lead}/").status_code in (403, 404)
