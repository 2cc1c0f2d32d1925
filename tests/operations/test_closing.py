"""An operation closes: nothing new begins in it, what is open goes on, all stays readable."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.db import connection
from django.test import Client

from libertad.access import changes, closed
from libertad.access.acting import Forbidden
from libertad.access.models import Closing, OperationChange
from libertad.evidence.actions.seize import seize
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.journal.seals import RowChanged
from libertad.operations.actions.assign_team import assign_team
from libertad.operations.actions.check_in import check_in
from libertad.operations.actions.close_operation import close_operation, reopen_operation
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.register_site import register_site
from libertad.operations.actions.set_window import set_window
from libertad.people.actions.meet_person import meet_person
from libertad.people.actions.state_person import state_person
from libertad.people.models import Person
from libertad.vocabulary.values import Refused
from tests.operations.making import a_site, a_team, at, site_values, team_values
from tests.operations.test_changes import begun, text
from tests.operations.test_screens import clock_at
from tests.people.making import meet
from tests.support.sealed import believe
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
WHY = "The last action day is over"


def closed_on(world: World, day: int = 10) -> World:
    """Closed before it began, by who coordinates alone, on that day at noon by its clock."""
    clock_at(world, day, 12)
    world.perform("coordinator", close_operation, reasons=WHY)
    return world


def new(world: World, site: str, team: str) -> dict[str, tuple[str, Any, dict[str, Any]]]:
    """What begins something, by what it is called."""
    window = {"name": "Second", "opens": at(11, 8), "closes": at(11, 12)}
    visit = {"site": site, "team": team, "outcome": "found-empty"}
    return {
        "site": ("officer", register_site, site_values(name="Another mine")),
        "team": ("national-lead", assign_team, team_values(site, reference="T-GY-09")),
        "window": ("coordinator", set_window, window),
        "visit": ("officer", record_visit, visit),
        "person": ("officer", meet_person, {"country": "GY"}),
    }


def test_after_the_close_nothing_new_begins_and_the_refusal_says_what_to_do(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)
    closed_on(world)
    for name, (role, action, values) in new(world, site, team).items():
        with pytest.raises(Refused, match="sk who coordinates to reopen it") as why:
            world.perform(role, action, **values)
        assert "10 April 2018" in str(why.value), name


@pytest.mark.parametrize("name", ["site", "visit", "person"])
def test_what_happened_before_the_close_is_recorded_after_it(world: World, name: str) -> None:
    site = a_site(world)
    team = a_team(world, site)
    closed_on(world)
    role, action, values = new(world, site, team)[name]
    assert world.perform(role, action, happened=world.at(9, 12), **values)


def test_what_concerns_people_property_and_evidence_goes_on(world: World) -> None:
    site = a_site(world)
    team = a_team(world, site)
    person = meet(world)
    closed_on(world)
    world.perform("officer", state_person, person=person, sex="female", source="said")
    world.perform("officer", check_in, team=team, state="returned")
    world.perform("officer", seize, country="GY", kind="document", description="Ledger")
    assert Person.objects.count() == 1
    world.perform("caseworker", meet_person, country="GY")  # who comes to care is taken up
    assert Person.objects.count() == 2


def test_somebody_in_danger_is_recorded_by_police_after_the_close(world: World) -> None:
    closed_on(world)
    world.perform("officer", meet_person, country="GY", danger="yes")
    assert Person.objects.count() == 1


def test_before_it_has_begun_the_page_says_that_one_signature_suffices(world: World) -> None:
    for address in ("/operation/close/", "/operation/change/"):
        assert "It holds at once, with your signature alone" in text(world.client("coordinator"), address)
    begun(world)
    for address in ("/operation/close/", "/operation/change/"):
        assert "It holds at once" not in text(world.client("coordinator"), address)


def test_a_closed_operation_offers_no_window_to_set(world: World) -> None:
    client = world.client("coordinator")
    assert "/operation/windows/set/" in client.get("/operation/").content.decode()
    closed_on(world)
    assert "/operation/windows/set/" not in client.get("/operation/").content.decode()


def test_it_is_reopened_and_both_words_stay(world: World) -> None:
    closed_on(world)
    with pytest.raises(Refused, match="closed already"):
        world.perform("coordinator", close_operation, reasons="Again")
    world.perform("coordinator", reopen_operation, reasons="A second site was found")
    a_site(world)
    assert not Closing.objects.get().closed
    with pytest.raises(Refused, match="not closed"):
        world.perform("coordinator", reopen_operation, reasons="Again")
    world.perform("coordinator", close_operation, reasons="Now it is over")
    assert Closing.objects.get().closed and rebuild(node()).changed == 0


@pytest.mark.parametrize("role", ["national-lead", "officer", "administrator", "press", "caseworker"])
def test_nobody_else_closes_or_reopens_it(world: World, role: str) -> None:
    for address in ("/operation/close/", "/operation/reopen/"):
        assert world.client(role).get(address).status_code == 404
        assert world.client(role).post(address, {"reason": WHY}).status_code == 404
    with pytest.raises(Forbidden):
        world.perform(role, close_operation, reasons=WHY)
    closed_on(world)
    with pytest.raises(Forbidden):
        world.perform(role, reopen_operation, reasons=WHY)


def signed(world: World, client: Client, key: str) -> None:
    entry = re.search(r'name="proposal" value="([0-9a-f]{64})"', text(client, f"/operation/changes/{key}/"))
    assert entry is not None
    client.post(f"/operation/changes/{key}/", {"proposal": entry[1]})
    assert OperationChange.objects.get(pk=key).signed_by


def test_a_begun_operation_closes_with_a_second_signature_after_its_notice_and_reopens_at_once(
    world: World,
) -> None:
    a_team(world, a_site(world))
    begun(world)
    own, lead = world.client("coordinator"), world.client("national-lead")
    page = text(own, "/operation/close/")
    assert "Teams that have not returned" in page and "Propose it" in page
    assert own.post("/operation/close/", {"reason": ""}).status_code == 422
    assert own.post("/operation/close/", {"reason": WHY}).status_code == 302
    assert not Closing.objects.exists(), "one authority alone closed it"
    (row,) = OperationChange.objects.all()
    page = text(lead, f"/operation/changes/{row.pk}/")
    assert "Close the operation" in page and WHY in page and "Exhibits not returned" in page
    signed(world, lead, row.pk)
    own.post(f"/operation/changes/{row.pk}/carry-out/")
    assert not Closing.objects.exists(), "its notice was not over"
    real = changes.now()
    with patch.object(changes, "now", lambda: real + timedelta(hours=25)):
        own.post(f"/operation/changes/{row.pk}/carry-out/")
    assert Closing.objects.get().closed
    assert own.get("/operation/close/").status_code == 302  # closed already: nothing to close
    own.post("/operation/reopen/", {"reason": "A second site was found"})
    assert Closing.objects.get().closed, "one authority alone reopened it"
    key = OperationChange.objects.get(change="reopen").pk
    signed(world, lead, key)
    assert "can be carried out" in text(own, "/")
    own.post(f"/operation/changes/{key}/carry-out/")
    assert not Closing.objects.get().closed and rebuild(node()).changed == 0


def test_every_page_and_today_and_the_board_say_so_and_stay_readable(world: World) -> None:
    site = a_site(world)
    a_team(world, site)
    person = meet(world)
    client, before = world.client("national-lead"), "Operation closed on"
    assert before not in text(client, "/")
    closed_on(world)
    for address in ("/", "/sites/", f"/sites/{site}/", f"/people/{person}/", "/figures/"):
        page = text(client, address)
        assert before in page and "10 April 2018" in page, address
    assert "The operation is closed. What is open here goes on" in text(client, "/")
    assert "closed" in text(client, "/board/")
    page = text(client, "/operation/")
    assert WHY in page and "Teams that have not returned" in page and "Alleyne" in page
    assert "First steps" not in text(world.client("coordinator"), "/")


def test_what_is_open_is_told_to_each_as_far_as_it_reads(world: World) -> None:
    a_team(world, a_site(world))
    meet(world)
    closed_on(world)

    def listed(role: str) -> dict[str, int]:
        from libertad.operations.still_open import still_open

        return {line.label: line.count for line in still_open(world.actor(role))}

    assert listed("national-lead")["Teams that have not returned"] == 1
    assert "People without a decision" not in listed("national-lead")  # what care does is care's
    assert listed("other-lead")["Teams that have not returned"] == 0
    assert "Exhibits not returned" not in listed("coordinator")
    assert set(listed("press")) == set()


def test_a_closing_planted_in_the_database_closes_nothing(world: World) -> None:
    closed_on(world)
    with connection.cursor() as cursor:
        cursor.execute("update access_closing set at = at - 1000000")
    assert closed.closed_at(world.operation) is None
    node().writer.caches.rights.clear()
    with pytest.raises(RowChanged):
        world.perform("officer", register_site, **site_values())
    believe(Closing.objects.get())
    assert closed.closed_at(world.operation) is not None


def test_without_the_check_work_would_go_on_after_the_close(world: World) -> None:
    """Planted: what each of the refusals above rests on."""
    site = a_site(world)
    team = a_team(world, site)
    closed_on(world)
    with patch.object(closed, "closed_since", lambda act: None):
        for role, action, values in new(world, site, team).values():
            assert world.perform(role, action, **values)
