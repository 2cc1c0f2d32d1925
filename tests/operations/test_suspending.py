"""Who is suspended stands first: by whom, why, until when. Another authority confirms it, two lift it."""

from __future__ import annotations

from datetime import timedelta

import pytest

from libertad.access import changes
from libertad.access.models import OperationChange, Suspension
from libertad.commands import doctor
from libertad.exchange.authorization import suspension
from libertad.exchange.queries_suspended import suspensions
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from tests.operations.test_changes import text
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
WHY = "Its node was robbed tonight"


def suspended(world: World) -> str:
    """The national lead of Guyana suspends care, at night and alone."""
    care, lead = world.authorities["care"], world.client("national-lead")
    address = f"/operation/members/{care}/suspend/"
    assert address in text(lead, "/operation/") and address not in text(
        world.client("officer"), "/operation/"
    )
    assert lead.post(address, {"reason": ""}).status_code == 422
    assert lead.post(address, {"reason": WHY}).status_code == 302
    return OperationChange.objects.get(change="suspend").pk


def state() -> str:
    return str(Suspension.objects.get().state)


def test_one_suspends_and_every_member_reads_who_by_whom_until_when_and_why(world: World) -> None:
    key = suspended(world)
    for role in ("coordinator", "officer", "national-lead"):
        page = text(world.client(role), "/operation/")
        assert "Suspended members" in page and WHY in page, role
        assert "Suspended by one authority until" in page and "Guyana" in page, role
    own, colleague = world.client("national-lead"), world.client("coordinator")
    assert "Confirm, or let it lapse" in text(colleague, "/")
    assert "Confirm, or let it lapse" not in text(own, "/") and "Suspend " in text(own, "/")
    page = text(colleague, f"/operation/changes/{key}/")
    assert "Confirm it" in page and "Take it back" not in page and "Propose to lift it" in page
    page = text(own, f"/operation/changes/{key}/")
    assert "Confirm it" not in page and "Take it back" in page
    (problem,) = doctor.suspended()
    assert "is suspended from the operation by" in problem.what and "unless another" in problem.what
    assert rebuild(node()).changed == 0


def test_another_authority_confirms_it_and_two_lift_it(world: World) -> None:
    key = suspended(world)
    own, colleague = world.client("national-lead"), world.client("coordinator")
    entry = OperationChange.objects.get().entry
    colleague.post(f"/operation/changes/{key}/", {"proposal": entry})
    assert state() == "confirmed" and "Suspended by two authorities" in text(own, "/operation/")
    assert "Take it back" not in text(own, f"/operation/changes/{key}/")
    (suspension,) = suspensions()
    assert suspension.counts and suspension.until is None and "until two lift it" in suspension.stands
    colleague.post(f"/operation/changes/{key}/lift/", {"reason": "New keys"})
    lifting = OperationChange.objects.get(change="lift")
    assert state() == "confirmed" and "waits for your signature" in text(own, "/")
    assert own.get(f"/operation/changes/{key}/lift/").status_code == 404
    own.post(f"/operation/changes/{lifting.pk}/", {"proposal": lifting.entry})
    assert state() == "lifted" and "Over: two authorities lifted it." in text(own, "/operation/")
    assert list(doctor.suspended()) == [] and "Confirm, or let" not in text(colleague, "/")


def test_it_lapses_and_who_suspended_takes_it_back(world: World, monkeypatch: pytest.MonkeyPatch) -> None:
    key = suspended(world)
    own = world.client("national-lead")
    own.post(f"/operation/changes/{key}/refuse/", {"reason": "It was a false alarm"})
    assert state() == "withdrawn"
    care = world.authorities["care"]
    own.post(f"/operation/members/{care}/suspend/", {"reason": WHY})
    second = OperationChange.objects.exclude(pk=key).get()
    assert Suspension.objects.get(change=second.pk).state == "waiting"
    assert "Not suspended yet" in text(own, f"/operation/changes/{second.pk}/")
    centre = world.client("coordinator")
    centre.post(f"/operation/changes/{second.pk}/refuse/", {"reason": "No"})
    assert Suspension.objects.get(change=second.pk).state == "waiting", "nobody else takes it back"
    own.post(f"/operation/changes/{second.pk}/refuse/", {"reason": "Again"})
    centre.post(f"/operation/members/{care}/suspend/", {"reason": WHY})
    third = OperationChange.objects.latest("at")
    assert Suspension.objects.get(change=third.pk).state == "alone"
    real = changes.now()
    monkeypatch.setattr(changes, "now", lambda: real + timedelta(hours=25))
    assert suspension.tend(node())
    assert Suspension.objects.get(change=third.pk).state == "lapsed"
    assert "no second authority confirmed it" in text(own, "/operation/")
    own.post(f"/operation/changes/{third.pk}/", {"proposal": third.entry})
    assert Suspension.objects.get(change=third.pk).state == "lapsed"


def test_nobody_suspends_the_own_authority(world: World) -> None:
    own = world.authorities["centre"]
    assert world.client("coordinator").get(f"/operation/members/{own}/suspend/").status_code == 404
