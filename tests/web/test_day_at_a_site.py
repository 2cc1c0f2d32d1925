"""A day at a site: what was chosen is not asked again, what is read is compared, what is measured is kept."""

from __future__ import annotations

import html
from typing import Any

import pytest
from django.test import Client

from libertad.evidence.actions.offer_custody import offer_custody
from libertad.evidence.actions.seal import seal
from libertad.evidence.actions.seize import seize
from libertad.evidence.models import Exhibit
from libertad.evidence.queries import exhibit as read_exhibit
from libertad.evidence.queries import exhibits
from libertad.look.amounts import amount_words, currencies, decimal_text
from libertad.operations.models import Site, Visit
from libertad.operations.queries import visits
from libertad.people.models import Person
from libertad.people.queries import properties
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team
from tests.people.making import meet
from tests.support.world import World


def moment(day: int, time: str) -> dict[str, str]:
    parts = zip(("day", "month", "year", "time"), (str(day), "4", "2018", time), strict=True)
    return {f"happened_{part}": text for part, text in parts}


def visited(world: World, client: Client, site: str, **fields: str) -> Visit:
    team = a_team(world, site)
    sent = {"team": team, "outcome": "people-found", "people": "2", **moment(5, "10:00"), **fields}
    answer = client.post(f"/sites/{site}/visit/", sent)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return Visit.objects.get(site=site)


def met(client: Client, site: str) -> Person:
    before = set(Person.objects.values_list("pk", flat=True))
    sent = {
        "danger": "no",
        "name": "Ana",
        "age": "adult",
        "travel_document": "has-it",
        "sex": "female",
        "seen_as": "potential-victim",
        "country": "GY",
        "site": site,
        "age_source": "said",
        **moment(5, "10:30"),
    }
    answer = client.post("/people/meet/", sent)
    assert answer.status_code == 302, answer.content.decode()[:4000]
    return Person.objects.exclude(pk__in=before).get()


def chosen(client: Client, path: str) -> str:
    return str(client.get(path).context["form"]["site"].value() or "")


def test_the_site_of_a_visit_is_offered_for_everybody_met_there(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    other_site = a_site(world, name="Another", reference="GY-77")
    assert chosen(client, "/people/meet/") == ""
    visit = visited(world, client, site)
    for _ in range(2):
        assert chosen(client, "/people/meet/") == chosen(client, "/exhibits/take/?kind=document") == site
        person = met(client, site)
        assert (person.site, person.visit) == (site, visit.pk)
    assert met(client, other_site).visit == ""
    assert chosen(client, "/people/meet/") == other_site
    met(client, "")
    assert chosen(client, "/people/meet/") == ""
    assert chosen(world.client("officer"), "/people/meet/") == ""  # of this sign-in alone


def test_a_visit_offers_the_teams_that_are_at_the_site(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    other_site = a_site(world, name="Another", reference="GY-77")
    elsewhere = a_team(world, other_site, reference="GY-9")

    def offered_teams() -> set[str]:
        form = client.get(f"/sites/{site}/visit/").context["form"]
        return {value for value, _label in form.fields["team"].choices} - {""}

    assert offered_teams() == {elsewhere}  # nobody is here, so whoever was near is offered
    here = a_team(world, site)
    assert offered_teams() == {here}


def test_a_visit_keeps_the_space_that_it_measured_and_an_officer_corrects_it(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    visit = visited(world, client, site, living_space_m2="12.5", living_space_people="8")
    page = client.get(f"/sites/{site}/").content.decode()
    assert "12.5 m² for 8 people, as measured" in page
    sent = {**client.get(f"/visits/{visit.pk}/correct/").context["form"].initial, "living_space_people": "9"}
    answer = client.post(f"/visits/{visit.pk}/correct/", {**sent, "reasons": "Counted again."})
    assert answer.status_code == 302, answer.content.decode()[:4000]
    (visited_again,) = visits(world.actor("officer"), site=site)
    assert (visited_again.living_space_m2, visited_again.living_space_people) == (12.5, 9)
    invalid = {
        "team": visited_again.team,
        "outcome": "people-found",
        "people": "1",
        "living_space_people": "8",
    }
    refused = client.post(f"/sites/{site}/visit/", {**invalid, **moment(5, "11:00")})
    assert refused.status_code == 200 and "living_space_m2" in refused.context["form"].errors


def test_an_officer_corrects_a_site(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    assert f"/sites/{site}/correct/" in client.get(f"/sites/{site}/").content.decode()
    form = client.get(f"/sites/{site}/correct/").context["form"]
    sent = {name: value for name, value in form.initial.items() if value is not None}
    answer = client.post(
        f"/sites/{site}/correct/", {**sent, "name": "Mine at the fall", "reasons": "Misheard."}
    )
    assert answer.status_code == 302, answer.content.decode()[:4000]
    assert "Mine at the fall" in client.get(f"/sites/{site}/").content.decode()
    assert Site.objects.get(pk=site).country == "GY"


THINGS = {
    "0": {
        "kind": "mobile-phone",
        "description": "Phone, grey",
        "seal": "GYP-201",
        "phone_number": "+592 600 1111",
    },
    "1": {"kind": "document", "description": "Ledger, red cover", "seal": "GYP-202", "where_found": "desk"},
    "2": {"kind": "computer", "description": "Laptop, silver"},
}


def several(rows_by_number: dict[str, dict[str, str]], site: str, **fields: str) -> dict[str, str]:
    rows = {f"thing-{n}-{name}": value for n, row in rows_by_number.items() for name, value in row.items()}
    count = {"thing-TOTAL_FORMS": "6", "thing-INITIAL_FORMS": "0"}
    return {**rows, **count, "site": site, "witness": "Const. L. Samuel", **moment(5, "11:00"), **fields}


def test_several_exhibits_are_taken_in_one_go(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    visited(world, client, site)
    assert chosen(client, "/exhibits/take/several/") == site
    assert f"/exhibits/take/several/?site={site}" in client.get(f"/sites/{site}/").content.decode()
    answer = client.post("/exhibits/take/several/", several(THINGS, site))
    assert answer.status_code == 302, answer.content.decode()[:4000]
    taken_exhibits = exhibits(world.actor("officer"))
    assert {(exhibit.kind, exhibit.seal) for exhibit in taken_exhibits} == {
        ("mobile-phone", "GYP-201"),
        ("document", "GYP-202"),
        ("computer", ""),
    }
    assert {(exhibit.site, exhibit.witness, exhibit.holder) for exhibit in taken_exhibits} == {
        (site, "Const. L. Samuel", world.actor("officer").officer)
    }
    assert len({exhibit.reference for exhibit in taken_exhibits}) == 3


def test_of_several_exhibits_all_are_taken_or_none(world: World) -> None:
    client, site = world.client("officer"), a_site(world)
    twice = THINGS | {"1": {**THINGS["1"], "description": ""}}
    answer = client.post("/exhibits/take/several/", several(twice, site))
    assert answer.status_code == 200 and "Thing 2" in answer.content.decode()
    cash = THINGS | {"1": {"kind": "cash", "description": "Notes"}}
    assert client.post("/exhibits/take/several/", several(cash, site)).status_code == 200
    assert client.post("/exhibits/take/several/", several({}, site)).status_code == 200
    assert not Exhibit.objects.exists()


@pytest.fixture
def offered_phone(world: World) -> str:
    """A sealed phone that is offered to the exhibits officer."""
    seizure: dict[str, Any] = {"country": "GY", "kind": "mobile-phone", "description": "Phone, grey"}
    exhibit = str(world.perform("officer", seize, happened=world.at(5, 10), **seizure))
    world.perform("officer", seal, exhibit=exhibit, number="GYP-100", happened=world.at(5, 11))
    to = world.actor("exhibits-officer")
    world.perform(
        "officer",
        offer_custody,
        exhibit=exhibit,
        to_officer=to.officer,
        to_authority=to.authority,
        happened=world.at(5, 12),
    )
    return exhibit


def test_who_accepts_reads_the_seal_and_is_not_told_it(world: World, offered_phone: str) -> None:
    client, path = world.client("exhibits-officer"), f"/exhibits/{offered_phone}/accept/"
    page = client.get(path)
    assert "GYP-100" not in page.content.decode()
    offer = page.context["form"].initial["offer"]
    took = {"offer": offer, "seal_state": "intact", "place": "Shelf 2", **moment(5, "13:00")}
    refused = client.post(path, took)
    assert refused.status_code == 200 and "seal_read" in refused.context["form"].errors
    assert client.post(path, {**took, "seal_read": "gyp-100 "}).status_code == 302
    exhibit = read_exhibit(world.actor("exhibits-officer"), offered_phone)
    assert exhibit is not None and exhibit.holder_place == "Shelf 2" and exhibit.conflicts == 0


def test_a_seal_that_reads_otherwise_is_shown_and_recorded(world: World, offered_phone: str) -> None:
    client, path = world.client("exhibits-officer"), f"/exhibits/{offered_phone}/accept/"
    offer = client.get(path).context["form"].initial["offer"]
    took = {"offer": offer, "seal_state": "intact", "seal_read": "GYP-108", **moment(5, "13:00")}
    first = client.post(path, took)
    page_text = first.content.decode()
    assert first.status_code == 200 and "You read GYP-108. That is not the number on file." in page_text
    assert "GYP-100" not in page_text, "the number is read from the seal, not agreed to"
    assert [*first.context["form"].errors] == ["seal_read"] and "Record the difference" in page_text
    assert Exhibit.objects.get(pk=offered_phone).state == "offered"
    assert client.post(path, {**took, "differs": "on"}).status_code == 302
    exhibit = read_exhibit(world.actor("exhibits-officer"), offered_phone)
    assert exhibit is not None and exhibit.state == "held" and exhibit.conflicts == 1
    assert [conflict.code for conflict in exhibit.chain.conflicts] == ["seal-differs"]
    chain = html.unescape(client.get(f"/exhibits/{offered_phone}/").content.decode())
    assert "GYP-100" in chain and "GYP-108" in chain, "both stay on file"


def test_a_seal_that_is_gone_is_said_to_be_missing(world: World, offered_phone: str) -> None:
    client, path = world.client("exhibits-officer"), f"/exhibits/{offered_phone}/accept/"
    offer = client.get(path).context["form"].initial["offer"]
    sent = {"offer": offer, "seal_state": "missing", **moment(5, "13:00")}
    assert client.post(path, sent).status_code == 302
    exhibit = read_exhibit(world.actor("exhibits-officer"), offered_phone)
    assert exhibit is not None and [conflict.code for conflict in exhibit.chain.conflicts] == [
        "seal-not-intact"
    ]


def test_wages_that_are_owed_have_an_amount_and_a_currency(world: World) -> None:
    person, client = meet(world), world.client("officer")
    path = f"/people/{person}/property/taken/"
    owed = {
        "kind": "wages",
        "description": "Four months",
        "taken_by": "employer",
        "state": "owed",
        "source": "said",
        **moment(5, "13:00"),
    }
    for wrong, field in (
        ({"amount": "about 50", "currency": "GYD"}, "amount"),
        ({"amount": "1.250,50"}, "currency"),
        ({"currency": "GYD"}, "amount"),
        ({"amount": "0", "currency": "GYD"}, "amount"),
    ):
        answer = client.post(path, {**owed, **wrong})
        assert answer.status_code == 200 and field in answer.context["form"].errors, wrong
    assert client.post(path, {**owed, "amount": "1.250,50", "currency": "GYD"}).status_code == 302
    (owed_wages,) = properties(world.actor("officer"), person)
    assert (owed_wages.amount, owed_wages.currency) == ("1250.50", "GYD")
    assert "1,250.50 GYD" in client.get(f"/people/{person}/property/").content.decode()
    assert "1,250.50 GYD" in client.get(f"/people/{person}/").content.decode()


@pytest.mark.parametrize(
    ("text", "amount"),
    [
        ("7,55", "7.55"),
        ("7.55", "7.55"),
        ("1.250,50", "1250.50"),
        ("1,250.50", "1250.50"),
        ("1 250,5", "1250.5"),
        ("1\u202f250", "1250"),
        ("12.500.000", "12500000"),
        ("1'250.00", "1250.00"),
        ("", ""),
    ],
)
def test_amounts_are_read_as_people_write_them(text: str, amount: str) -> None:
    assert decimal_text(text) == amount


@pytest.mark.parametrize(
    "text", ["7,555,1", "1.25,50", "abc", "-5", "1,2,3", "7,", "1.250.00", "12,5000", ",50", "1e3"]
)
def test_no_amount_is_guessed(text: str) -> None:
    with pytest.raises(Refused):
        decimal_text(text)


def test_amounts_are_told_with_their_currency() -> None:
    assert [amount_words(*amount) for amount in (("1250.5", "XCD"), ("900", "USD"), ("", ""))] == [
        "1,250.5 XCD",
        "900 USD",
        "",
    ]


def test_a_currency_is_found_by_the_code_that_is_shown(world: World) -> None:
    """The list was sorted by codes that it did not show: 'UAE Dirham, Afghani, Lek, Armenian Dram'."""
    assert [code for code, _words in currencies()][:3] == ["GYD", "USD", "EUR"]
    far = [code for code, _words in currencies()][20:]
    assert far == sorted(far) and all(words.startswith(code) for code, words in currencies())
    page = world.client("officer").get(f"/people/{meet(world)}/property/taken/").content.decode()
    assert "GYD Guyana Dollar" in page and page.index("GYD Guyana Dollar") < page.index("AED ")
