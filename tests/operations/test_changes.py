"""Whoever is asked to countersign sees what changes, from what to what, by whom and why, and can refuse."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any
from unittest.mock import patch

import pytest
from django.test import Client

from libertad.access import changes
from libertad.access.models import Authority, Begun, OperationChange
from libertad.access.submissions import new_submission
from libertad.figures.daily import begin_due
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from libertad.operations.models import Operation
from tests.operations.test_changing import form
from tests.operations.test_screens import moment
from tests.support.forms import database
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
WHY = "It was entered wrongly"


def begun(world: World) -> World:
    assert begin_due(node()) == 0  # it was opened just now, later than its first action day
    real = changes.now()
    with patch.object(changes, "now", lambda: real + timedelta(hours=25)):
        assert begin_due(node()) == 1
    return world


def text(client: Client, address: str) -> str:
    return client.get(address, follow=True).content.decode()


def proposed(world: World, **overrides: str) -> str:
    """The coordinator changes the country of care; returns the change."""
    care = world.authorities["care"]
    values = {"name": Authority.objects.get(pk=care).name, "country": "TT", "part": "member", "reason": WHY}
    answer = world.client("coordinator").post(f"/operation/members/{care}/", values | overrides)
    assert answer.status_code == 302, answer.content.decode()
    return OperationChange.objects.latest("at").pk if OperationChange.objects.exists() else ""


def country(world: World) -> str:
    return str(Authority.objects.get(pk=world.authorities["care"]).country)


def test_the_node_says_once_that_the_operation_has_begun(world: World) -> None:
    begun(world)
    assert begin_due(node()) == 0 and Begun.objects.count() == 1


def test_before_that_a_member_is_changed_at_once(world: World) -> None:
    assert proposed(world, reason="") == "" and country(world) == "TT"
    assert "two authorities sign" not in text(world.client("coordinator"), "/operation/")


def test_who_is_asked_to_sign_sees_it_on_today_and_reads_what_changes(world: World) -> None:
    begun(world)
    assert "need two signatures" in text(world.client("officer"), "/operation/")  # the empty state
    key = proposed(world)
    assert country(world) == "GY"
    lead = world.client("national-lead")
    assert "waits for your signature" in text(lead, "/")
    page = text(lead, f"/operation/changes/{key}/")
    assert "from Guyana to Trinidad and Tobago" in page and WHY in page and "Alleyne" in page
    assert "Countersign it" in page and "Refuse it" in page
    assert "from Guyana to Trinidad and Tobago" in text(world.client("officer"), "/operation/")
    own = world.client("coordinator")
    assert "Countersign it" not in text(own, f"/operation/changes/{key}/")
    assert "waits for your signature" not in text(own, "/") and "A change is proposed" in text(own, "/")


def test_signed_by_two_it_is_shown_for_a_day_and_carried_out_then(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(world)
    key = proposed(world)
    entry = OperationChange.objects.get().entry
    lead, own = world.client("national-lead"), world.client("coordinator")
    lead.post(f"/operation/changes/{key}/", {"proposal": "0" * 64})
    assert OperationChange.objects.get().signed_by == ""  # something else than what was read
    lead.post(f"/operation/changes/{key}/", {"proposal": entry})
    assert OperationChange.objects.get().signed_by and country(world) == "GY"
    assert "Every member can refuse it until" in text(own, f"/operation/changes/{key}/")
    own.post(f"/operation/changes/{key}/carry-out/")
    assert country(world) == "GY"
    real = changes.now()
    monkeypatch.setattr(changes, "now", lambda: real + timedelta(hours=25))
    assert "A change can be carried out" in text(own, "/")
    sent = {"submission": new_submission()}
    first = own.post(f"/operation/changes/{key}/carry-out/", sent)
    before = database()
    again = own.post(f"/operation/changes/{key}/carry-out/", sent)
    assert again.url == first.url and database() == before  # posted twice
    assert country(world) == "TT" and "Carried out" in text(own, f"/operation/changes/{key}/")
    assert "Carried out" in text(lead, "/operation/")


def test_a_refusal_with_its_reason_ends_it(world: World) -> None:
    begun(world)
    key = proposed(world)
    members = text(world.client("coordinator"), "/operation/")
    assert "no reader of the operation" not in members
    assert len(re.findall(r"/operation/members/\w+/\"", members)) == 6
    lead = world.client("national-lead")
    assert lead.post(f"/operation/changes/{key}/refuse/", {"reason": ""}).status_code == 422
    lead.post(f"/operation/changes/{key}/refuse/", {"reason": "Telephone us first"})
    page = text(world.client("coordinator"), f"/operation/changes/{key}/")
    assert "Refused. Nothing has changed." in page and "Telephone us first" in page
    assert "waits for your signature" not in text(lead, "/")


@pytest.mark.parametrize("kind", ["clock", "invite", "remove"])
def test_clock_and_membership_are_proposed_as_well(world: World, kind: str) -> None:
    begun(world)
    care, own = world.authorities["care"], world.client("coordinator")
    requests: dict[str, tuple[str, dict[str, Any]]] = {
        "clock": ("/operation/clock/", {**moment("reads", 6, "08:00"), "rate": "1"}),
        "invite": ("/operation/invite/", {"name": "Y", "kind": "police", "country": "TT", "lives": "here"}),
        "remove": (f"/operation/members/{care}/remove/", {}),
    }
    address, fields = requests[kind]
    before = Authority.objects.count()
    answer = own.post(address, fields | {"reason": WHY})
    assert answer.status_code == 302, answer.content.decode()
    (row,) = OperationChange.objects.all()
    kinds = {"clock": "clock", "invite": "member", "remove": "removal"}
    assert row.change == kinds[kind] and Authority.objects.count() == before
    assert WHY in text(own, f"/operation/changes/{row.pk}/")


def test_days_and_countries_of_a_begun_operation_are_proposed_and_countersigned(
    world: World,
) -> None:
    before = Operation.objects.get()
    client = begun(world).client("coordinator")
    assert "Propose it" in text(client, "/operation/change/")
    values = {**form(world, last_day_day="30", last_day_month="4"), "reason": WHY}
    assert client.post("/operation/change/", values).status_code == 302
    assert Operation.objects.get().last_day == before.last_day, "one authority alone changed it"
    row = OperationChange.objects.get()
    lead = world.client("national-lead")
    entry = re.search(r'name="proposal" value="([0-9a-f]{64})"', text(lead, f"/operation/changes/{row.pk}/"))
    assert entry is not None
    lead.post(f"/operation/changes/{row.pk}/", {"proposal": entry[1]})
    real = changes.now()
    with patch.object(changes, "now", lambda: real + timedelta(hours=25)):
        client.post(f"/operation/changes/{row.pk}/carry-out/")
    assert Operation.objects.get().last_day == "2018-04-30"
    assert rebuild(node()).changed == 0
