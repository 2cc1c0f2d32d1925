"""A charge or a release that nobody has read second is told as one state, and who records it is said."""

from __future__ import annotations

import re

import pytest

from libertad.evidence.actions.seize import seize
from libertad.operations.models import Site
from libertad.people.actions.link_suspect import link_suspect
from libertad.people.actions.set_detention import set_detention
from libertad.vocabulary.values import PersonName
from tests.operations.making import a_site
from tests.support.custody import read_all, record, release
from tests.support.world import World

SUSPECT = {"country": "GY", "name": (PersonName(text="Otho Marbleton"),), "grounds": "Held the keys"}
WAITS = "Charged, waits for a second reading"


@pytest.fixture
def arrested(world: World) -> str:
    return str(world.perform("officer", set_detention, state="arrested", happened=world.at(5, 10), **SUSPECT))


def page(world: World, address: str, role: str = "prosecutor") -> str:
    return " ".join(world.client(role).get(address).content.decode().split())


def test_a_charge_is_one_state_until_it_is_read_and_the_clock_runs(world: World, arrested: str) -> None:
    record(world, arrested, "charged", happened=world.at(5, 12))
    for address in (f"/detentions/{arrested}/", "/?all=1"):
        shown = page(world, address)
        assert WAITS in shown and not re.search("Held for [^<]* without a charge", shown)
        assert re.search(rf"Held for [^.<]+\. {WAITS}", shown)
    assert WAITS in page(world, "/detentions/")
    read_all(world, arrested)
    shown = page(world, f"/detentions/{arrested}/")
    assert WAITS not in shown and "since the charge, before a court" in shown


def test_so_is_a_release(world: World, arrested: str) -> None:
    release(world, arrested, happened=world.at(5, 12))
    assert "Released, waits for a second reading" in page(world, f"/detentions/{arrested}/")


def test_recording_promises_no_end_of_the_hours_before_the_second_reading(
    world: World, arrested: str
) -> None:
    for address in ("stage", "next"):
        shown = page(world, f"/detentions/{arrested}/{address}/")
        assert "The hours of holding go on until another officer has read it against the paper." in shown


@pytest.mark.parametrize("role", ["officer", "exhibits-officer"])
def test_who_records_no_charge_has_no_button_and_reads_who_does(
    world: World, arrested: str, role: str
) -> None:
    shown = page(world, f"/detentions/{arrested}/", role)
    assert "Record charge or court decision" not in shown
    assert "A national lead or a prosecutor records a charge and what a court decides." in shown
    assert world.client(role).get(f"/detentions/{arrested}/stage/").status_code == 404
    assert "A national lead or a prosecutor records" not in page(world, f"/detentions/{arrested}/")


def test_of_sites_nothing_is_said_to_who_reads_none(world: World, arrested: str) -> None:
    everybody = "No exhibit and no site is linked to this suspect."
    assert everybody in page(world, f"/detentions/{arrested}/", "officer")
    site = a_site(world)
    link = {"detention": arrested, "kind": "site", "other": site, "linked": True, "reasons": "Held there"}
    before = page(world, f"/detentions/{arrested}/")
    world.perform("officer", link_suspect, source="decision", **link)
    shown = page(world, f"/detentions/{arrested}/")
    for text in (before, shown):
        assert "no site" not in text and "No exhibit is linked to this suspect." in text
        assert "Link an exhibit or a site" not in text and ">Link an exhibit<" in text
    assert Site.objects.get(pk=site).reference not in shown
    assert Site.objects.get(pk=site).reference in page(world, f"/detentions/{arrested}/", "officer")
    exhibit = world.perform("officer", seize, country="GY", kind="document", description="Ledger")
    world.perform("officer", link_suspect, source="decision", **{**link, "kind": "exhibit", "other": exhibit})
    assert "No exhibit is linked" not in page(world, f"/detentions/{arrested}/")
