"""The recipient key that a stolen device announced goes out with the device, and nothing is sealed to it."""

from __future__ import annotations

import os

import pytest

from libertad.access.actions.revoke_device import revoke_device
from libertad.exchange.authorization import full_reauthorization
from libertad.exchange.control import key_delivery, key_wrap
from libertad.exchange.control.key_wrap import Announced
from libertad.exchange.peering import peers
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import signed
from libertad.journal import ingest
from libertad.journal.header import device_id, keypair
from libertad.people.actions.meet_person import meet_person
from tests.exchange.conftest import Three
from tests.support.nodes import Party, settle
from tests.support.sharing import share_person

pytestmark = [pytest.mark.django_db]
DAY, YEAR = 24 * 3600 * 1000, 365 * 24 * 3600 * 1000
Device = tuple[bytes, bytes]


def second_device(three: Three) -> Device:
    """A second device of Guyana's, which is then stolen."""
    from libertad.access.actions.enrol_device import enrol_device

    thief = keypair(os.urandom(32))
    three.guyana.do("administrator", enrol_device, public=thief[0].hex(), note="tablet")
    settle(list(three))
    return thief


def announced(three: Three, device: Device, moment: int) -> tuple[Announced, bytes]:
    """A recipient key of a thief's own, signed by the stolen device, as made at that moment."""
    public = key_wrap._public_of(os.urandom(96))
    announcement = Announced(three.guyana.authority, key_wrap.recipient_id(public), public, moment)
    ring = three.guyana.node.rings.ring(three.guyana.authority)
    own, ring.device = ring.device, device
    try:
        message = key_wrap._Announcement(b"", announcement.authority, announcement.key_id, public, moment)
        return announcement, signed.write(three.guyana.node.rings, key_wrap.RECIPIENT, message)
    finally:
        ring.device = own


def hear(three: Three, at: Party, message: bytes) -> None:
    peer = peers.get(at.node.sql(), three.guyana.node.key.origin)
    assert peer is not None
    at.node.writer.submit(lambda tx: key_delivery.recipients(tx, peer, [message]))


def key_at(three: Three, at: Party) -> bytes | None:
    row = at.node.sql().first(
        "select key_id from exchange_recipient where authority = ?", (three.guyana.authority,)
    )
    return None if row is None else bytes(row[0])


def revoke(three: Three, device: Device) -> None:
    three.guyana.do(
        "national-lead", revoke_device, device=device_id(device[0]).hex(), reason="stolen from a car"
    )


def test_it_goes_out_at_once_and_the_true_one_takes_its_place_whatever_moment_it_claims(
    three: Three,
) -> None:
    thief = second_device(three)
    fake, message = announced(three, thief, now_ms() + 20 * DAY)
    hear(three, three.centre, message)
    assert key_at(three, three.centre) == fake.key_id
    revoke(three, thief)
    three.centre.pull(three.guyana)
    assert key_at(three, three.centre) != fake.key_id
    hear(three, three.centre, message)  # said once more
    assert key_at(three, three.centre) != fake.key_id
    settle(list(three))
    own = key_wrap.recipient_key(three.guyana.node.rings, three.guyana.authority).key_id
    assert key_at(three, three.centre) == own


def test_nobody_keeps_its_place_by_a_moment_in_the_far_future(three: Three) -> None:
    """Also not one that an older version took, and before anybody knows of the theft."""
    thief = second_device(three)
    _, message = announced(three, thief, now_ms() + 10 * YEAR)
    before = key_at(three, three.centre)
    hear(three, three.centre, message)
    assert key_at(three, three.centre) == before
    three.centre.node.writer.submit(
        lambda tx: tx.sql.run("update exchange_recipient set made = ?", (now_ms() + 10 * YEAR,))
    )
    true, message = announced(three, thief, now_ms())
    hear(three, three.centre, message)
    assert key_at(three, three.centre) == true.key_id


def test_a_revoked_device_that_no_entry_enrolled_announces_nothing(three: Three) -> None:
    """A device that took another's place after a restore is on file by its slip alone."""
    thief = keypair(os.urandom(32))
    for party in three:
        party.node.writer.submit(lambda tx: ingest.enrol(tx, thief[0], three.guyana.authority))
    fake, message = announced(three, thief, now_ms() + DAY)
    hear(three, three.centre, message)
    assert key_at(three, three.centre) == fake.key_id
    revoke(three, thief)  # a national lead enrols nothing
    three.centre.pull(three.guyana)
    hear(three, three.centre, message)
    assert key_at(three, three.centre) != fake.key_id


def test_it_goes_out_where_the_revocation_is_believed_at_an_update(three: Three) -> None:
    """0.1 left the row in place when the device was revoked."""
    thief = second_device(three)
    fake, _ = announced(three, thief, now_ms() + DAY)
    revoke(three, thief)
    settle(list(three))
    three.centre.node.writer.submit(lambda tx: key_delivery.put_recipient(tx, fake))
    assert key_at(three, three.centre) == fake.key_id
    three.centre.node.writer.submit(full_reauthorization.judge_anew)
    assert key_at(three, three.centre) is None


def test_keys_that_a_thief_took_go_to_the_true_key_as_well(three: Three) -> None:
    """A file that was shared between theft and revocation is not lost to its reader."""
    thief = second_device(three)
    fake, message = announced(three, thief, now_ms() + DAY)
    hear(three, three.trinidad, message)
    person = three.trinidad.do("officer", meet_person, country="TT")
    three.trinidad.do(
        "officer", share_person, person=person, authority=three.guyana.authority, reason="lives there"
    )
    sql = three.trinidad.node.sql()
    sealed = [
        key_wrap.unpacked(wrap)
        for wrap in key_delivery.wraps_for(three.trinidad.node, sql, [three.guyana.authority])
    ]
    assert fake.key_id in {wrap.recipient for wrap in sealed}
    three.trinidad.node.writer.submit(
        lambda tx: tx.sql.run(
            "update exchange_released set taken = ? where authority = ?", (now_ms(), three.guyana.authority)
        )
    )  # the thief confirmed them
    revoke(three, thief)
    settle(list(three))
    assert three.guyana.rows("people_person", "id") == [(person,)]
