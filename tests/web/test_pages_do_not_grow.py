"""A page costs by what it shows: four times as many people, exhibits and leads on file open no sealed row
more and cost the database no more steps, on the pages of who leads, keeps exhibits, cares and coordinates."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from django.db import connection
from django.test import Client
from django.urls import reverse

from libertad.access.acting import Act
from libertad.care import screens_list
from libertad.care.actions.close_care import close_care
from libertad.care.actions.close_danger import close_care_danger, say_care_danger
from libertad.care.actions.identify import identify
from libertad.care.actions.open_care import open_care
from libertad.care.actions.read_closing import read_care_closing
from libertad.care.actions.read_identification import read_identification
from libertad.care.actions.record_consent import record_consent
from libertad.care.actions.refer import refer
from libertad.evidence.actions.seize import seize
from libertad.journal import sealing
from libertad.journal.node import node
from libertad.operations.actions.register_site import register_site
from libertad.operations.actions.report_lead import report_lead
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.people.actions.take_property import take_property
from libertad.vocabulary.values import Birth, Happened, PersonName, Place
from tests.support.world import World

pytestmark = pytest.mark.django_db(transaction=True)
FEW, MORE = 60, 180
CARE_FEW, CARE_MORE = 50, 150  # a page of five of each kind is full before
FIRST = datetime(2018, 4, 3, 8, tzinfo=UTC)
SPARE = 1.15, 10  # of the steps before, and more: what a deeper index costs
# These tell how many there are: counted in an index, at some twenty steps of the database a row.
COUNTING = (
    "home",
    "leads",
    "exhibits",
    "owed",
    "figures",
    "board",
    "board-table",
    "board-feed",
    "person-new",  # of an authority that confirmed no care, whom its files are open to
)
A_ROW = 0.4
ROLES = ("national-lead", "exhibits-officer", "caseworker", "coordinator")
# Without a key, and by what their key is of. Left out is what shows all of a site, by its nature.
PAGES = (
    "home",
    "people",
    "owed",
    "person-new",
    "exhibits",
    "exhibit-new",
    "exhibits-new",
    "leads",
    "lead-new",
    "sites",
    "site-new",
    "board",
    "board-table",
    "board-feed",
    "operation",
    "conflicts",
    "exchange",
    "checks",
    "hits",
    "detentions",
    "detention-new",
    "store",
    "figures",
    "find",
)
ASKED = ("yesenia", "telephone", "mine", "nobody", "GY-005")  # looked for: what all are called, nobody, one
KEYED = {
    "person": "person",
    "person-property": "person",
    "property-new": "person",
    "person-access": "person",
    "person-state": "person",
    "person-link": "person",
    "exhibit": "exhibit",
    "exhibit-correct": "exhibit",
    "site-correct": "site",
    "lead": "lead",
    "lead-grade": "lead",
    "care-open": "person",
}


@dataclass
class Cost:
    """Sealed rows that were opened, and the database's steps, by the hundred."""

    opened: int = 0
    steps: int = 0


@contextmanager
def count_queries(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cost]:
    cost, real = Cost(), sealing.open_columns

    def opens(*args: Any) -> bytes:
        cost.opened += 1
        return real(*args)

    def steps() -> int:
        cost.steps += 1
        return 0

    with monkeypatch.context() as patch:
        patch.setattr(sealing, "open_columns", opens)
        if connection.vendor == "sqlite":
            connection.ensure_connection()
            connection.connection.set_progress_handler(steps, 100)
        try:
            yield cost
        finally:
            if connection.vendor == "sqlite":
                connection.connection.set_progress_handler(None, 0)


def fill(world: World, count: int, site: str) -> dict[str, str]:
    """People, each with something taken, an exhibit and a lead; ids of the last of each."""
    ids: dict[str, str] = {"site": site}

    def job(tx: Any) -> None:
        for number in range(count):
            happened = Happened(at=FIRST + timedelta(minutes=number), zone="America/Guyana")
            act = Act(tx, world.actors["officer"], happened=happened)
            person = meet_person(
                act,
                country="GY",
                site=site,
                name=(PersonName(text=f"Yesenia {number}"),),
                danger="no",
                birth=Birth(date="1990"),
                sex="female",
                seen_as="potential-victim",
            )
            state_person(act, person=person, phone=(f"+592 600 {number:04d}",))
            take_property(
                act,
                person=person,
                kind="passport",
                description="Passport",
                taken_by="employer",
                state="not-found",
            )
            exhibit = seize(act, country="GY", kind="mobile-phone", description="Telephone", site=site)
            lead = report_lead(
                act,
                country="GY",
                summary="Told of a mine.",
                source_grade="2",
                information_grade="B",
                handling="P",
                workplace="gold-mine",
                site=site,
            )
            ids.update(person=person, exhibit=exhibit, lead=lead)

    node().writer.submit(job)
    return ids


def addresses_of(ids: dict[str, str]) -> dict[str, str]:
    addresses = {page: reverse(page) for page in PAGES}
    return addresses | {page: reverse(page, args=[ids[key]]) for page, key in KEYED.items()}


def costs(
    clients: dict[str, Client], addresses: dict[str, str], patch: pytest.MonkeyPatch
) -> dict[tuple[str, str], Cost]:
    """By role and page: the second time that it is asked for, after what is kept in memory is there."""
    costs_by_page = {}
    for role, client in clients.items():
        for page, address in addresses.items():
            if client.get(address).status_code != 200:
                continue
            with count_queries(patch) as cost:
                assert client.get(address).status_code == 200
            costs_by_page[role, page] = cost
        for query in ASKED:
            client.post(reverse("find"), {"find": query})
            with count_queries(patch) as cost:
                page = client.post(reverse("find"), {"find": query}).content.decode()
            assert "found." in page
            costs_by_page[role, f"find {query}"] = cost
    return costs_by_page


def test_no_page_costs_by_how_many_there_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.perform(
        "national-lead",
        register_site,
        name="Workplace",
        country="GY",
        zone="America/Guyana",
        workplace="gold-mine",
        place=Place(lat=5.0, lon=-59.0, within_m=100),
    )
    clients = {role: world.client(role) for role in ROLES}
    before = costs(clients, addresses_of(fill(world, FEW, site)), monkeypatch)
    after = costs(clients, addresses_of(fill(world, MORE, site)), monkeypatch)
    assert before.keys() == after.keys() and len(before) > 90, "the pages of four roles"
    for role in ROLES:
        assert (role, "home") in before
    assert grown(before, after) == {}


def grown(
    before: dict[tuple[str, str], Cost], after: dict[tuple[str, str], Cost]
) -> dict[str, tuple[Cost, Cost]]:
    return {
        f"{role} {page}": (cost, after[role, page])
        for (role, page), cost in before.items()
        if after[role, page].opened > cost.opened or after[role, page].steps > allowed(page, cost)
    }


def allowed(page: str, cost: Cost) -> float:
    return SPARE[0] * cost.steps + SPARE[1] + (A_ROW * MORE if page in COUNTING else 0)


CARE_ROLES = ("caseworker", "second-caseworker", "deciding-authority")
STATUSES = ("", "unopened", "none", "presumed", "closed")


def fill_care(world: World, count: int) -> str:
    """People, a fifth each: without a file, undecided, waiting for a reader, late for review with a referral
    that nobody answered, and closed. Of each file but those late for review a danger was said and answered.
    Id of the last.
    """
    last = ""

    def job(tx: Any) -> None:
        nonlocal last
        for number in range(count):
            happened = Happened(at=FIRST + timedelta(minutes=number), zone="America/Guyana")
            officer, worker, reader = (
                Act(tx, world.actors[role], happened=happened)
                for role in ("officer", "caseworker", "second-caseworker")
            )
            last = person = meet_person(
                officer,
                country="GY",
                name=(PersonName(text=f"Yesenia {number}"),),
                danger="no",
                birth=Birth(date="1990"),
                sex="female",
                seen_as="potential-victim",
            )
            if (kind := number % 5) == 0:
                continue
            open_care(worker, person=person)
            if kind != 3:  # else that nobody answered is a danger, and dangers stand on Today whole
                say_care_danger(worker, person=person, words="A man asks for her.")
                close_care_danger(worker, person=person, done="Brought to the shelter.")
            decision = {
                "person": person,
                "status": "presumed",
                "reasons": "Told so.",
                "review_on": "2018-05-01",
            }
            if kind == 2:
                identify(worker, **decision)
            if kind == 3:
                identification = identify(worker, **decision)
                read_identification(reader, identification=identification, agrees="yes")
                agreed = record_consent(
                    worker, person=person, purpose="doctor", recipient="Clinic", agreed="yes"
                )
                refer(
                    worker,
                    person=person,
                    service="medical",
                    to="Clinic",
                    consent=agreed,
                    needed_by="2018-04-20",
                )
            if kind == 4:
                closing = close_care(
                    worker,
                    person=person,
                    reason="wish",
                    afterwards="The duty line.",
                    despite="Left.",
                    contact_on="2018-05-01",
                )
                second = Act(tx, world.actors["second-caseworker"], happened=happened)
                read_care_closing(second, person=person, closing=closing, agrees="yes")

    node().writer.submit(job)
    return last


def care_addresses(person: str) -> dict[str, str]:
    """Pages of care by name."""
    listed = {f"care {status}": reverse("care") + f"?status={status}" for status in STATUSES}
    keyed = {page: reverse(page, args=[person]) for page in ("care-file", "care-screening", "person")}
    return {"home": reverse("home"), "care-page": reverse("care") + "?page=1", **listed, **keyed}


def test_no_page_of_care_costs_by_how_many_protection_files_there_are(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screens_list, "SIZE", 5)
    danger = fill_care(world, 5)  # in danger before and after: named on Today each time
    world.perform("caseworker", say_care_danger, person=danger, words="He has found her.")
    clients = {role: world.client(role) for role in CARE_ROLES}
    before = costs(clients, care_addresses(fill_care(world, CARE_FEW)), monkeypatch)
    after = costs(clients, care_addresses(fill_care(world, CARE_MORE)), monkeypatch)
    assert before.keys() == after.keys() and len(before) > 20, "the pages of three roles"
    assert grown(before, after) == {}
