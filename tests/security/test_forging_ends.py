"""What ends something ends nothing that was validly said before, whatever clock it claims."""

from __future__ import annotations

from datetime import UTC, datetime
from unittest.mock import patch

import pytest

from libertad.access.acting import Act
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.revoke_device import revoke_device
from libertad.exchange.authorization import reauthorization
from libertad.journal.caches import Caches
from libertad.journal.header import device_id
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import DeviceRevoke, NodeAnnounce, OfficerWithdraw
from tests.exchange.authorization.test_entry_authorization import stolen
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries, lead
from tests.security.test_forging_access import alarmed, forge, operation_file
from tests.support.lawless import lawless
from tests.support.nodes import settle

pytestmark = [pytest.mark.django_db]
LONG_AGO = datetime(2001, 1, 1, tzinfo=UTC)


def test_a_withdrawal_with_a_clock_of_2001_voids_nothing_that_its_officer_had_said(three: Three) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    happened = Happened(at=LONG_AGO, zone="UTC")
    with lawless(), patch.object(Caches, "tick", lambda *_: LONG_AGO):
        three.guyana.do(
            "national-lead",
            lambda act: act.say(
                operation_file(three.guyana),
                OfficerWithdraw(reason="forged"),
                subject=three.guyana.officers["officer"],
                happened=happened,
            ),
        )
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    assert held_entries(three.centre) == []
    with lawless():
        lead(three.guyana, summary="After its access had ended")
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["withdrawn"]


def test_a_robbed_device_that_revokes_itself_does_not_void_its_authoritys_past(three: Three) -> None:
    lead_id = lead(three.guyana)
    settle(list(three))
    officers = three.centre.rows("access_officer", "id, authority, role, withdrawn")
    device = device_id(three.guyana.node.rings.device(three.guyana.authority)[0]).hex()
    content = DeviceRevoke(device=device, reason="forged", last=-1)
    ((police,),) = set(three.guyana.rows("operations_lead", "compartment"))
    with lawless():
        for place in (operation_file(three.guyana), police):
            three.guyana.do(
                "national-lead",
                lambda act, place: act.say(place, content, subject=act.actor.authority),
                place=place,
            )
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    assert three.centre.rows("access_officer", "id, authority, role, withdrawn") == officers


def test_a_thief_shelters_nothing_by_a_device_that_it_enrols_itself(three: Three) -> None:
    """What the robbed device enrolled revoked it first: the true revocation reached no further than that."""
    lead_id = lead(three.guyana)
    settle(list(three))
    node, own = three.guyana.node, three.guyana.authority
    robbed = device_id(node.rings.device(own)[0])
    ((place,),) = set(three.guyana.rows("operations_lead", "compartment"))
    ((last,),) = node.sql().all(
        "select max(seq) from journal_entry where device = ? and compartment = ?", (robbed, place)
    )
    lead(three.guyana, summary="By the thief")
    stolen(three)  # the robbed device enrols another, which revokes it
    three.guyana.do("national-lead", revoke_device, device=robbed.hex(), reason="forged")
    settle(list(three))
    assert len(three.centre.rows("operations_lead", "id")) == 2
    fresh = node.rings.renew_device(own)
    three.centre.do("coordinator", enrol_device, public=fresh.hex(), authority=own)
    settle(list(three))
    content = DeviceRevoke(device=robbed.hex(), reason="stolen", last=int(last))
    three.guyana.do("national-lead", lambda act: act.say(place, content, subject=own))
    settle(list(three))
    assert three.centre.rows("operations_lead", "id") == [(lead_id,)]
    assert [reason for reason, _ in held_entries(three.centre)] == ["revoked"]


def test_a_revoked_device_revokes_no_other(three: Three) -> None:
    thief = stolen(three)
    ring = three.guyana.node.rings.ring(three.guyana.authority)
    own = ring.device
    assert own is not None
    fresh, old = device_id(own[0]).hex(), device_id(thief[0]).hex()
    place = operation_file(three.guyana)

    def revoke(device: str, by: tuple[bytes, bytes]) -> None:
        ring.device = by
        try:
            with lawless():
                content = DeviceRevoke(device=device, reason="stolen", last=0 if device == old else -1)
                three.guyana.do(
                    "national-lead", lambda act: act.say(place, content, subject=act.actor.authority)
                )
        finally:
            ring.device = own

    revoke(old, own)
    settle(list(three))
    revoke(fresh, thief)
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["revoked"]
    assert (fresh, 0) in [(row[0], int(row[1])) for row in three.centre.rows("access_device", "id, revoked")]


def test_what_happened_in_the_far_future_waits(three: Three) -> None:
    before = lead(three.guyana)
    lead(three.guyana, happened=Happened(at=datetime(2199, 1, 1, tzinfo=UTC), zone="UTC"))
    settle(list(three))
    assert [reason for reason, _ in held_entries(three.centre)] == ["future"]
    assert three.centre.rows("operations_lead", "id") == [(before,)]


def test_the_forgers_own_administrators_are_told(three: Three) -> None:
    key = three.guyana.node.key
    forge(three.guyana, NodeAnnounce(public=key.public.hex(), origin=key.origin), three.trinidad.authority)
    settle(list(three))
    for memory in three.centre.exchange.memories.values():
        memory.forget()
    settle(list(three))
    assert alarmed(three.guyana) == [("about", three.guyana.authority)]
    forged = [[b"\x00", bytes(64)], [b""], []]
    from libertad.exchange.authorization import forgeries

    for part in forged:
        assert not three.guyana.node.writer.submit(lambda tx, part=part: forgeries.hear(tx, part))


def test_verdicts_that_do_not_come_to_rest_are_an_alarm(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    lead(three.guyana)
    settle(list(three))
    before = three.centre.rows("operations_lead", "id")
    monkeypatch.setattr(reauthorization, "ROUNDS", 0)
    three.centre.node.writer.submit(lambda tx: reauthorization.settle(tx, []))
    assert [kind for kind, _ in alarmed(three.centre)] == ["rounds"]
    assert three.centre.rows("operations_lead", "id") == before


def test_a_forged_appointment_that_arrives_first_gives_way_to_the_true_one(three: Three) -> None:
    """The officer's id is made from its authority's: whoever is faster does not take it."""
    officer = three.trinidad.appoint("press")
    three.guyana.pull(three.trinidad)
    with lawless(), patch.object(Act, "get", lambda *_: None):
        three.guyana.do(
            "administrator", appoint_officer, name="X", service_number="X-1", role="press", officer=officer
        )
    three.centre.pull(three.guyana)
    assert (officer, three.guyana.authority) in three.centre.rows("access_officer", "id, authority")
    three.centre.pull(three.trinidad)
    assert (officer, three.trinidad.authority) in three.centre.rows("access_officer", "id, authority")
    assert alarmed(three.centre) == [("about", three.guyana.authority)]


def test_one_officer_is_appointed_by_one_authority(three: Three) -> None:
    """Whoever arrives later with the same id is held, and the officer goes on."""
    officer = three.trinidad.officers["national-lead"]

    def take_over(act: Act) -> str:
        return appoint_officer(act, name="X", service_number="X-1", role="press", officer=officer)

    with lawless(), patch.object(Act, "get", lambda *_: None):
        three.guyana.do("administrator", take_over)
    settle(list(three))
    rows = {row[0]: row[1:] for row in three.centre.rows("access_officer", "id, authority, role")}
    assert rows[officer] == (three.trinidad.authority, "national-lead")
    assert alarmed(three.centre) == [("about", three.guyana.authority)]
