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
FIRST = datetime(2018, 4, 3, 8, tzinfo=UTC)
SPARE = 1.15, 10  # of the steps before, and more: what a deeper index costs
# These tell how many there are: counted in an index, at some twenty steps of the database a row.
COUNTING = (
    "home", "leads", "exhibits", "figures", "board", "board-table", "board-feed",
    "person-new",  # of an authority that confirmed no care, whom its files are open to
)  # fmt: skip
A_ROW = 0.4
ROLES = ("national-lead", "exhibits-officer", "caseworker", "coordinator")
# Without a key, and by what their key is of. Left out is what shows all of a site, by its nature.
PAGES = (
    "home", "people", "person-new", "exhibits", "exhibit-new", "exhibits-new", "leads", "lead-new", "sites",
    "site-new", "board", "board-table", "board-feed", "operation", "conflicts", "exchange", "checks", "hits",
    "detentions", "detention-new", "store", "figures", "find",
)  # fmt: skip
KEYED = {
    "person": "person", "person-property": "person", "property-new": "person", "person-access": "person",
    "person-state": "person", "person-link": "person", "exhibit": "exhibit", "exhibit-correct": "exhibit",
    "site-correct": "site", "lead": "lead", "lead-grade": "lead", "care-open": "person",
}  # fmt: skip


@dataclass
class Cost:
    """Sealed rows that were opened, and the database's steps, by the hundred."""

    opened: int = 0
    steps: int = 0


@contextmanager
def counted(monkeypatch: pytest.MonkeyPatch) -> Iterator[Cost]:
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


def fill(world: World, many: int, site: str) -> dict[str, str]:
    """People, each with something taken, an exhibit and a lead; ids of the last of each."""
    ids: dict[str, str] = {"site": site}

    def job(tx: Any) -> None:
        for number in range(many):
            happened = Happened(at=FIRST + timedelta(minutes=number), zone="America/Guyana")
            act = Act(tx, world.actors["officer"], happened=happened)
            person = meet_person(
                act, country="GY", site=site, name=(PersonName(text=f"Yesenia {number}"),), danger="no",
                birth=Birth(date="1990"), sex="female", seen_as="potential-victim",
            )  # fmt: skip
            state_person(act, person=person, phone=(f"+592 600 {number:04d}",))
            take_property(
                act, person=person, kind="passport", description="Passport", taken_by="employer",
                state="not-found",
            )  # fmt: skip
            exhibit = seize(act, country="GY", kind="mobile-phone", description="Telephone", site=site)
            lead = report_lead(
                act, country="GY", summary="Told of a mine.", source_grade="2", information_grade="B",
                handling="P", workplace="gold-mine", site=site,
            )  # fmt: skip
            ids.update(person=person, exhibit=exhibit, lead=lead)

    node().writer.submit(job)
    return ids


def costs(
    clients: dict[str, Client], ids: dict[str, str], patch: pytest.MonkeyPatch
) -> dict[tuple[str, str], Cost]:
    """By role and page: the second time that it is asked for, after what is kept in memory is there."""
    found = {}
    addresses = {page: reverse(page) for page in PAGES}
    addresses |= {page: reverse(page, args=[ids[key]]) for page, key in KEYED.items()}
    for role, client in clients.items():
        for page, address in addresses.items():
            if client.get(address).status_code != 200:
                continue
            with counted(patch) as cost:
                assert client.get(address).status_code == 200
            found[role, page] = cost
    return found


def test_no_page_costs_by_how_many_there_are(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    site = world.perform(
        "national-lead", register_site, name="Workplace", country="GY", zone="America/Guyana",
        workplace="gold-mine", place=Place(lat=5.0, lon=-59.0, within_m=100),
    )  # fmt: skip
    clients = {role: world.client(role) for role in ROLES}
    before = costs(clients, fill(world, FEW, site), monkeypatch)
    after = costs(clients, fill(world, MORE, site), monkeypatch)
    assert before.keys() == after.keys() and len(before) > 90, "the pages of four roles"
    for role in ROLES:
        assert (role, "home") in before
    grown = {
        f"{role} {page}": (cost, after[role, page])
        for (role, page), cost in before.items()
        if after[role, page].opened > cost.opened or after[role, page].steps > allowed(page, cost)
    }
    assert grown == {}


def allowed(page: str, cost: Cost) -> float:
    return SPARE[0] * cost.steps + SPARE[1] + (A_ROW * MORE if page in COUNTING else 0)
