"""A stolen coordinator's key vouches for a device: once that is taken back, all that it had said is held."""

from __future__ import annotations

import pytest
from nacl.bindings import crypto_sign_keypair

from libertad.access.about_members import prove_enrolment
from libertad.access.actions.appoint_officer import appoint_officer
from libertad.access.actions.enrol_device import enrol_device
from libertad.access.actions.propose_change import propose_change
from libertad.access.actions.sign_change import sign_change
from libertad.exchange.authorization import full_reauthorization
from libertad.journal.header import device_id
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import held_entries
from tests.security.test_thiefs_succession import another
from tests.security.test_two_authorities import assert_judged_alike, begun, speaks
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]


def appoint(party: Party, number: str) -> str:
    return party.do("administrator", appoint_officer, name="X", service_number=number, role="press")


def officers(party: Party) -> set[str]:
    return {str(row[0]) for row in party.rows("access_officer", "id")}


def test_what_a_vouched_device_had_said_is_held_everywhere_once_two_authorities_take_it_back(
    three: Three,
) -> None:
    begun(three)
    true = appoint(three.trinidad, "T-0")
    settle(list(three))
    public, secret = crypto_sign_keypair()
    proof = prove_enrolment(secret, three.trinidad.authority, three.centre.operation)
    three.centre.do(
        "coordinator", enrol_device, public=public.hex(), authority=three.trinidad.authority, proof=proof
    )
    settle(list(three))
    name = device_id(public).hex()
    (enrolment,) = three.centre.node.writer.submit(lambda tx: tx.entries_touching(f"access.Device:{name}"))
    ring = three.trinidad.node.rings.ring(three.trinidad.authority)
    own, ring.device = ring.device, (public, secret)
    forged = {appoint(three.trinidad, "T-1")}
    another(three.trinidad)  # and it enrols a further one
    further = ring.device
    forged.add(appoint(three.trinidad, "T-2"))
    ring.device = own
    for _ in range(2):
        settle(list(three))
    assert further is not None and forged <= officers(three.centre) and forged <= officers(three.guyana)
    change = three.guyana.do(
        "national-lead", propose_change, about=enrolment.id, reason="Trinidad lost nothing"
    )
    settle(list(three))
    three.centre.do("coordinator", sign_change, change=change)
    settle(list(three))
    for party in three:
        assert not speaks(party, device_id(public).hex()), party.name
        if party is not three.trinidad:  # where the thief wrote, its node has to be made anew
            assert not forged & officers(party), party.name
            assert not speaks(party, device_id(further[0]).hex()), party.name
            assert "undone" in {reason for reason, _ in held_entries(party)}
    after = appoint(three.trinidad, "T-3")
    settle(list(three))
    for party in (three.centre, three.guyana):
        assert {true, after} <= officers(party), party.name
    for party in (three.centre, three.guyana):
        before = officers(party), party.rows("journal_held", "idx")
        assert party.node.writer.submit(full_reauthorization.judge_anew).settled
        assert (officers(party), party.rows("journal_held", "idx")) == before
    assert_judged_alike(Three(three.centre, three.guyana, three.guyana))
