"""A key is taken after a restore on the word of signed entries alone, and of no row that somebody wrote."""

from __future__ import annotations

import hashlib
import os
from datetime import UTC, datetime

import msgspec
import pytest

from libertad.exchange.control import returned_keys
from libertad.journal import header, sealing
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.access import CompartmentReaders
from tests.exchange.conftest import Three
from tests.exchange.giving_back import bring, file_of
from tests.exchange.test_recorded_again import met
from tests.support.nodes import Party

ENTRY = (
    "insert into journal_entry (idx, hash, device, compartment, seq, header, signature, body) "
    "values (?, ?, ?, ?, ?, ?, ?, ?)"
)
SUCCESSION = (
    "insert into journal_succession (device, authority, origin, before, slip, at) values (?, ?, ?, ?, ?, ?)"
)
JUNK = (bytes(16), "00" * 16, "junk", "junk", b"junk", 0)


def plant(
    party: Party, place: str, reader: str, key: bytes, device: tuple[bytes, bytes], by: str, spoil: str = ""
) -> None:
    """An entry in the database that names a reader, sealed under `key`; `spoil`: what of it is wrong."""
    now = datetime.now(UTC)
    body = Body(
        verb="compartment.readers",
        subject=place,
        operation=party.operation,
        authority=by,
        officer="",
        happened=Happened(at=now, zone="UTC"),
        clock=now,
        statements=statements(CompartmentReaders(reader=(reader,), reason="planted")),
    )
    plain = msgspec.json.encode(body)
    head = header.Header(
        1,
        header.device_id(device[0]),
        bytes.fromhex(place),
        500,
        os.urandom(32),
        (),
        "person",
        sealing.key_id(key),
        bytes(32),
        sealing.sealed_length(len(plain)),
    )
    sealed = sealing.seal_body(plain, key, header.bound(head))
    name = sealed if spoil != "body" else b"another"
    exact = head._replace(body_hash=hashlib.sha256(name).digest()).encode()
    signature = header.sign(exact, device[1]) if spoil != "signature" else bytes(64)
    named = header.entry_hash(exact) if spoil != "hash" else os.urandom(32)
    party.node.sql().run(ENTRY, (9000, named, head.device, place, 500, exact, signature, sealed))


def own_file(party: Party) -> tuple[Party, str]:
    """A file that this party alone reads, at its node as its own sessions have the database."""
    place = file_of(party, met(party))
    party.node.sql().sealed = party.node.seals
    return party, place


def is_key_taken(party: Party, giver: Party, place: str, key: bytes) -> bool:
    bring(party, giver, place, key, number=9)
    newest = party.node.rings.newest[bytes.fromhex(place)][2]
    return key in party.node.rings.known.values() or newest == key


@pytest.mark.parametrize("spoil", ("", "signature", "hash", "body"))
def test_only_what_was_signed_brings_a_key(three: Three, spoil: str) -> None:
    """As after a restore: an entry counts with its own device's signature, its name and its body."""
    party, place = own_file(three.guyana)
    party.node.writer.submit(lambda tx: tx.sql.run(SUCCESSION, JUNK))  # this node's own word, so sealed
    key, device = os.urandom(32), party.node.rings.device(party.authority)
    plant(party, place, three.trinidad.authority, key, device, party.authority, spoil)
    assert is_key_taken(party, three.trinidad, place, key) is (spoil == "")


def test_a_succession_that_was_written_into_the_database_restored_nothing(three: Three) -> None:
    party, place = own_file(three.guyana)
    party.node.sql().run(SUCCESSION, JUNK)
    key, device = os.urandom(32), party.node.rings.device(party.authority)
    plant(party, place, three.trinidad.authority, key, device, party.authority)
    assert not is_key_taken(party, three.trinidad, place, key)


def test_a_succession_that_was_taken_out_of_the_database_still_asks_for_keys(three: Three) -> None:
    party, place = own_file(three.guyana)
    party.node.writer.submit(lambda tx: tx.sql.run(SUCCESSION, JUNK))
    device = party.node.rings.device(party.authority)
    plant(party, place, three.trinidad.authority, os.urandom(32), device, party.authority)
    party.node.sql().run("delete from journal_succession")
    assert returned_keys.missing(party.node, party.node.sql()) == {bytes.fromhex(place)}


@pytest.mark.parametrize("written", ("device", "owner"))
def test_a_device_or_an_owner_that_was_written_into_the_database_brings_no_key(
    three: Three, written: str
) -> None:
    party, place = own_file(three.guyana)
    party.node.writer.submit(lambda tx: tx.sql.run(SUCCESSION, JUNK))
    key, giver = os.urandom(32), three.trinidad
    sql = party.node.sql()
    if written == "owner":
        device, by = giver.node.rings.device(giver.authority), giver.authority
        sql.run("update access_compartment set owner = ? where id = ?", (by, place))
    else:
        device, by = header.keypair(os.urandom(32)), party.authority
        sql.run(
            "insert into journal_device (id, public, authority) values (?, ?, ?)",
            (header.device_id(device[0]), device[0], by),
        )
    plant(party, place, giver.authority, key, device, by)
    assert not is_key_taken(party, giver, place, key)


def test_a_held_entry_whose_row_was_taken_away_brings_no_key(three: Three) -> None:
    party, place = own_file(three.guyana)
    party.node.writer.submit(lambda tx: tx.sql.run(SUCCESSION, JUNK))
    key, device = os.urandom(32), party.node.rings.device(party.authority)
    plant(party, place, three.trinidad.authority, key, device, party.authority)
    held = "insert into journal_held (idx, reason, detail, since) values (9000, 'officer', '', 0)"
    party.node.writer.submit(lambda tx: tx.sql.run(held))
    party.node.sql().run("delete from journal_held")
    assert not is_key_taken(party, three.trinidad, place, key)
