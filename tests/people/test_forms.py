"""Forms of this room through the browser-like client: what is saved, and what an error says."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.access.acting import perform
from libertad.people import queries
from libertad.people.actions.answer_link import confirm_link
from libertad.people.actions.set_detention import set_detention
from libertad.people.actions.state_person import state_person
from libertad.people.models import Detention, LinkProposal, Person
from libertad.vocabulary.values import PersonName, Refused
from tests.people.making import NAME, meet, row, tally
from tests.people.test_sharing import appointed
from tests.support.sharing import approve_waiting
from tests.support.shuffling import assert_order_free
from tests.support.world import World

TEN_YEARS_AGO = str(dt.datetime.now(dt.UTC).year - 10)
MEET = {
    "danger": "no",
    "travel_document": "not-asked",
    "sex": "female",
    "seen_as": "potential-victim",
    "age_source": "said",
    "country": "GY",
}


@pytest.mark.parametrize(
    ("age", "child", "group"),
    [
        ("child", True, "child-age-not-known"),
        ("adult", False, "adult-age-not-known"),
        ("unsure", True, "not-settled"),
        ("", True, "not-settled"),
    ],
)
def test_age_as_said_is_no_more_than_was_said(world: World, age: str, child: bool, group: str) -> None:
    answer = world.client("officer").post("/people/meet/", {**MEET, "age": age})
    assert answer.status_code == 302
    person = Person.objects.get()
    assert person.child is child and tally(world, person.pk).age_group == group


@pytest.mark.parametrize(
    ("field", "value", "said"),
    [
        ("birth_date_year", "1850", "1900"),
        ("age_from", "19", "give both ages"),
        ("happened_day", "99", "Give day, month and year"),
    ],
)
def test_a_wrong_meeting_names_the_field_and_saves_nothing(
    world: World, field: str, value: str, said: str
) -> None:
    text = world.client("officer").post("/people/meet/", {**MEET, field: value}).content.decode()
    assert "Error:" in text and said in text
    assert not Person.objects.exists()


@pytest.mark.parametrize(
    ("age", "given", "refusal"),
    [
        ("adult", {"age_from": "14", "age_to": "16"}, "the age given (14 to 16) is a child&#x27;s"),
        ("adult", {"birth_date_year": TEN_YEARS_AGO}, "is a child&#x27;s"),
        ("child", {"age_from": "18", "age_to": "20"}, "the age given (18 to 20) is an adult&#x27;s"),
        ("child", {"birth_date_line": "about 1990"}, "is an adult&#x27;s"),
        ("adult", {"age_from": "16", "age_to": "19"}, ""),
        ("child", {"age_from": "16", "age_to": "19"}, ""),
        ("child", {"age_from": "17", "age_to": "17"}, ""),
        ("adult", {"age_from": "18", "age_to": "18"}, ""),
        ("unsure", {"age_from": "14", "age_to": "16"}, ""),
    ],
)
def test_adult_with_a_childs_age_is_refused_at_the_field(
    world: World, age: str, given: dict[str, str], refusal: str
) -> None:
    answer = world.client("officer").post("/people/meet/", {**MEET, "age": age, **given})
    if refusal:
        assert refusal in answer.content.decode() and [*answer.context["form"].errors] == ["age"]
    assert (answer.status_code == 302) == (not refusal) == Person.objects.exists()


def test_danger_says_that_nobody_was_called(world: World) -> None:
    answer = world.client("officer").post("/people/meet/", {**MEET, "danger": "yes"}, follow=True)
    assert "call for help now" in answer.content.decode()


def test_links_are_made_from_candidates_or_by_reference(world: World) -> None:
    first, second, third = meet(world), meet(world, name="Lan Nguyen"), meet(world, name="Rosa M.")
    lead = world.client("national-lead")
    text = lead.get(f"/people/{first}/same/").content.decode()
    assert second in text and third not in text
    address = f"/people/{first}/same/"
    assert (
        "There is no such file"
        in lead.post(address, {"reference": "P-GY-999", "same": "yes", "reasons": "x"}).content.decode()
    )
    assert lead.post(address, {"other": second, "same": "yes", "reasons": "Same phone"}).status_code == 302
    assert (
        lead.post(address, {"reference": "p-gy-003", "same": "yes", "reasons": "Same phone"}).status_code
        == 302
    )
    assert row(world.actor("officer"), first).links == [], "nobody second has confirmed it"
    second_lead = appointed(world, "second-lead", "national-lead", "Another Lead")
    for proposal in LinkProposal.objects.filter(first=""):
        perform(second_lead, confirm_link, entry=proposal.entry, words="Compared")
    assert row(world.actor("officer"), first).links == sorted([second, third])
    officer = world.client("officer").get(address).content.decode()
    assert 'value="yes"' in officer and 'value="no"' not in officer, "an officer proposes, and ends nothing"
    assert world.client("exhibits-officer").get(address).status_code in (403, 404)


def test_share_property_and_view_by_form(world: World) -> None:
    person = meet(world)
    officer = world.client("officer")
    assert (
        officer.post(
            f"/people/{person}/view/", {"seen_as": "not-a-victim", "reasons": "Owns the shop"}
        ).status_code
        == 302
    )
    assert (
        officer.post(
            f"/people/{person}/share/",
            {"authority": world.authorities["other-police"], "reason": "Met there too"},
        ).status_code
        == 302
    )
    approve_waiting(world)
    assert queries.person(world.actor("other-officer"), person) is not None
    address = f"/people/{person}/property/taken/"
    assert (
        officer.post(
            address, {"source": "said", "kind": "passport", "taken_by": "employer", "state": "missing"}
        ).status_code
        == 302
    )
    property_row = queries.properties(world.actor("officer"), person)[0]
    answer = officer.post(f"/property/{property_row.id}/", {"state": "returned"}).content.decode()
    assert "say whether the person signed" in answer
    assert (
        officer.post(f"/property/{property_row.id}/", {"state": "returned", "signed": "yes"}).status_code
        == 302
    )
    text = officer.get(f"/people/{person}/property/").content.decode()
    assert "Returned" in text and "Signed for." in text


def test_detention_is_linked_to_a_person_met_and_held_by_the_prosecutor(world: World) -> None:
    meet(world)
    officer = world.client("officer")
    values = {"state": "detained", "name": "Otho Marbleton", "grounds": "Held the keys"}
    assert (
        "There is no such file"
        in officer.post("/detentions/new/", {**values, "person": "P-GY-900"}).content.decode()
    )
    assert officer.post("/detentions/new/", values).status_code == 302
    held = Detention.objects.get().pk
    lead = world.client("national-lead")
    assert "This is somebody who was met" in lead.get(f"/detentions/{held}/").content.decode()
    assert (
        lead.post(
            f"/detentions/{held}/person/",
            {"person": "P-GY-001", "shown": "P-GY-001", "same": "on", "reasons": "Same fingerprints"},
        ).status_code
        == 302
    )
    prosecutor = world.client("prosecutor")
    text = prosecutor.get(f"/detentions/{held}/").content.decode()
    assert "Also met as a potential victim" in text and "/people/" not in text and "P-GY-001" not in text
    assert (
        prosecutor.post(f"/detentions/{held}/hold/", {"reason": "Trial", "order": "18-044"}).status_code
        == 302
    )
    person = Person.objects.get().pk
    assert queries.on_hold(world.actor("officer"), person)
    assert "nothing may be erased" in officer.get(f"/people/{person}/").content.decode()


def test_filters_pages_and_sources_are_in_the_address(world: World) -> None:
    person = meet(world)
    meet(world, name="Rosa", seen_as="not-assessed")
    world.perform(
        "officer", state_person, person=person, topic="pay", words="No pay for 5 months", source="said"
    )
    world.perform("officer", state_person, person=person, phone=("+592",), source="document")
    client = world.client("officer")
    text = client.get("/people/?seen_as=not-assessed").content.decode()
    assert "Rosa" in text and NAME not in text
    assert "No file like that" in client.get("/people/?needs=conflict").content.decode()
    assert client.get("/people/?page=9&seen_as=zzz").status_code == 200
    page = client.get(f"/people/{person}/?source=said").content.decode()
    assert "No pay for 5 months" in page and "She said" in page and "Phone number +592" not in page
    assert "Phone number +592" in client.get(f"/people/{person}/?source=document").content.decode()


def test_every_page_has_the_exit_and_says_who_can_see(world: World) -> None:
    person = meet(world)
    held = world.perform(
        "officer", set_detention, state="detained", country="GY", name=(PersonName(text="Otho"),)
    )
    client = world.client("national-lead")
    pages = [
        "/people/",
        "/people/meet/",
        f"/people/{person}/",
        "/detentions/",
        "/detentions/new/",
        f"/detentions/{held}/",
    ]
    pages += [
        f"/people/{person}/{part}" for part in ("state/", "view/", "same/", "share/", "readers/", "property/")
    ]
    for address in pages:
        assert "Exit this page" in client.get(address).content.decode(), address
    assert "Who can see this" in client.get(f"/people/{person}/").content.decode()


def test_by_what_else_somebody_may_be_known_is_kept_told_and_superseded(world: World) -> None:
    person = meet(world)
    client = world.client("officer")
    moment = {"happened_day": "5", "happened_month": "4", "happened_year": "2018", "happened_time": "10:00"}
    values = {**moment, "source": "said", "known_by": "handle", "known": " @lan.99 "}
    assert client.post(f"/people/{person}/state/", values).status_code == 302
    shown_person = queries.person(world.actor("officer"), person)
    assert shown_person is not None
    ((kind, value, entry),) = shown_person.known_by
    assert (kind, value) == ("handle", "@lan.99")
    assert "Account or e-mail: @lan.99" in client.get(f"/people/{person}/").content.decode()
    refusal = client.post(f"/people/{person}/state/", {**values, "known_by": ""}).content.decode()
    assert "Say what it is" in refusal
    world.perform(
        "officer",
        state_person,
        person=person,
        handle=("@lan.1999",),
        supersedes={"handle": (entry,)},
        source="said",
    )
    shown_person = queries.person(world.actor("officer"), person)
    assert shown_person is not None and [value for _kind, value, _entry in shown_person.known_by] == [
        "@lan.1999"
    ]
    with pytest.raises(Refused, match="handle"):
        world.perform("officer", state_person, person=person, handle=("x" * 201,))
    assert_order_free(world)
