"""An authority that was removed from the operation reads on Today and in doctor by whom, when and why."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import OperationFile, Removed
from libertad.commands import doctor
from libertad.exchange import queries, wording
from libertad.exchange.queries_removed import removed
from libertad.journal.node import node
from libertad.journal.rebuild import rebuild
from tests.operations.test_changes import text
from tests.people.making import meet
from tests.support.sealed import believe
from tests.support.world import World

pytestmark = [pytest.mark.django_db]
WHY = "Its ministry ended the agreement"


def out(world: World) -> str:
    """Guyana's police are removed; returns a person whom they had met."""
    person = meet(world)
    place = OperationFile.objects.get(pk=world.operation).compartment
    police = world.authorities["police"]
    world.perform("coordinator", remove_reader, compartment=place, readers=[police], reason=WHY)
    return str(person)


def test_every_officer_of_it_reads_by_whom_when_and_why(world: World) -> None:
    person = out(world)
    for role in ("officer", "national-lead", "exhibits-officer"):
        page = text(world.client(role), "/")
        assert "Your authority was removed from Operation Test" in page, role
        assert "By Coordination centre, Barbados" in page and "Telephone them" in page, role
    for role in ("caseworker", "coordinator"):
        assert "Your authority was removed" not in text(world.client(role), "/"), role
    own = world.client("officer")
    assert "Open what you have" in text(own, "/") and own.get(reverse("people")).status_code == 200
    assert [one.reason for one in removed([world.authorities["police"]])] == [WHY]
    assert own.get(reverse("person", args=[person])).status_code == 200, "what is its own stays readable"
    (problem,) = doctor.removed()
    assert "Guyana police was removed from Operation Test by Coordination centre" in problem.what
    assert rebuild(node()).changed == 0


def test_a_row_that_somebody_wrote_tells_nobody_so(world: World) -> None:
    """Attack: officers are to believe that they were removed, and stop."""
    place, police = OperationFile.objects.get(pk=world.operation).compartment, world.authorities["police"]
    row = Removed(
        id=f"{place}:{police}",
        compartment=place,
        operation=world.operation,
        authority=police,
        by=world.authorities["centre"],
        officer="",
        at=datetime(2026, 1, 1, tzinfo=UTC),
    )
    Removed.objects.bulk_create([row])
    assert removed([police]) == [] and list(doctor.removed()) == []
    out_of = "delete from access_reader where compartment = %s and authority = %s"
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(out_of, [place, police])
    assert removed([police]) == [] and "Your authority was removed" not in text(world.client("officer"), "/")


def test_a_peer_that_is_asked_no_more_is_shown_so_and_fails_nothing(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    from libertad.exchange.models import Peer

    row = Peer(origin="libertad/00000000000000aa", public=b"p" * 32, address="", state="active", error="cut")
    row.peaks = b""
    row.save()
    believe(row)
    (one,) = queries.peers()
    assert one.condition == "failing"
    monkeypatch.setattr(queries, "departed_peers", lambda: {row.origin})
    (one,) = queries.peers()
    assert (one.condition, wording.condition(one)) == ("left", "Not asked")
    assert "removed from each operation" in wording.what_to_do(one)
