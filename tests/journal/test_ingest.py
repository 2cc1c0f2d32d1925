"""Entries from elsewhere: stored whole, or refused with a reason and nothing half written."""

from __future__ import annotations

import hashlib
import os
import pickle

import msgspec
import pytest

from libertad.journal import header, ingest, sealing
from libertad.journal.checking import BadEntry, Foreign, check, check_and_pack, unpack
from libertad.journal.clock import now
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.verify import verify
from libertad.operations.models import Lead
from libertad.vocabulary.body import Body, statements
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.operations import LeadReport
from tests.support.shuffling import assert_order_free


class Device:
    """A second device of the Guyana police, somewhere else."""

    def __init__(self, world):
        self.world, self.officer = world, world.actors["officer"]
        self.public, self.secret = header.keypair(os.urandom(32))
        node().writer.submit(lambda tx: ingest.enrol(tx, self.public, self.officer.authority))
        self.compartment = world.perform("officer", lambda act: _police(act))
        self.key = node().rings.current(self.officer.authority, bytes.fromhex(self.compartment))
        self.seq, self.previous = 0, header.NO_PREVIOUS

    def lead(self, subject=None, authority=None, depends=()):
        content = LeadReport(
            reference="L-GY-900",
            country="GY",
            summary="from elsewhere",
            source_grade="1",
            information_grade="B",
            handling="P",
        )
        body = Body(
            verb="lead.report",
            subject=subject or os.urandom(16).hex(),
            operation=self.world.operation,
            authority=authority or self.officer.authority,
            officer=self.officer.officer,
            happened=Happened(at=now(), zone="America/Guyana"),
            clock=now(),
            statements=statements(content),
        )
        plain = msgspec.json.encode(body)
        head = header.Header(
            1,
            header.device_id(self.public),
            bytes.fromhex(self.compartment),
            self.seq,
            self.previous,
            tuple(sorted(depends)),
            "police",
            self.key[0],
            bytes(32),
            sealing.sealed_length(len(plain)),
        )
        sealed = sealing.seal_body(plain, self.key[1], header.bound(head))
        exact = head._replace(body_hash=hashlib.sha256(sealed).digest()).encode()
        self.seq, self.previous = self.seq + 1, header.entry_hash(exact)
        return Foreign(exact, header.sign(exact, self.secret), sealed)


def _police(act):
    from libertad.operations.actions._places import police_file

    return police_file(act, "GY")


def take(entries):
    def job(tx):
        return ingest.ingest(tx, check(entries, ingest.publics(tx)))

    return node().writer.submit(job)


@pytest.fixture
def device(world):
    return Device(world)


def test_a_batch_is_stored_folded_and_may_come_twice(device):
    entries = [device.lead() for _ in range(5)]
    done = take(entries)
    assert (done.stored, done.known) == (5, 0) and Lead.objects.count() == 5
    assert (take(entries).stored, take(entries).known) == (0, 5)
    assert verify(node()).findings == []
    assert_order_free()


def test_what_others_said_may_bear_on_rights_and_clocks(device):
    """What is kept of rights between jobs is asked for again after a batch."""
    device.world.perform("officer", _police)
    assert node().writer.caches.rights
    take([device.lead()])
    assert not node().writer.caches.rights


def flipped(data, at=-1):
    return data[:at] + bytes([data[at] ^ 1]) + (data[at + 1 :] if at != -1 else b"")


def _refusals(device):
    first = device.lead()
    second = device.lead()
    head = header.decode(first.header)
    clumsy = b"\x98\x0a" + first.header[1:]
    stranger = Device(device.world)
    stranger.public, stranger.secret = header.keypair(os.urandom(32))
    stranger.seq, stranger.previous = 0, header.NO_PREVIOUS
    yield "cut off", first._replace(body=first.body[:-1])
    yield "not CBOR", first._replace(header=first.header[:-4])
    yield "forged", first._replace(signature=flipped(first.signature))
    yield "forged", first._replace(header=head._replace(key_id=bytes(32)).encode())
    yield "deterministic", first._replace(header=clumsy)
    yield "changed on the way", first._replace(body=flipped(first.body))
    yield "not enrolled", stranger.lead()
    yield "ask for what is missing", second
    yield "ask for what is missing", Device(device.world).lead(depends=(bytes(32),))
    yield "whose device", Device(device.world).lead(authority=device.world.authorities["care"])


def test_each_wrong_entry_is_refused_with_its_reason_and_nothing_stored(device):
    size = node().writer.submit(lambda tx: tx.frontier.size)
    refused = []
    for words, entry in _refusals(device):
        valid = Device(device.world).lead()
        with pytest.raises(BadEntry, match=words) as why:
            take([valid, entry])
        assert why.value.place == 1
        refused.append(words)
    assert len(refused) == 10
    assert Sql().first("select count(*) from journal_entry") == (size,)
    assert Lead.objects.count() == 0
    assert verify(node()).findings == []


def test_a_fork_is_refused_and_the_log_stays_as_it_was(device):
    first = device.lead()
    take([first])
    device.seq, device.previous = 0, header.NO_PREVIOUS
    with pytest.raises(BadEntry, match="fork"):
        take([device.lead()])
    device.previous = bytes(32)
    with pytest.raises(BadEntry, match="fork"):
        take([device.lead()])
    assert Lead.objects.count() == 1


def test_a_key_of_small_order_is_not_enrolled(world):
    with pytest.raises(ValueError, match="small order"):
        node().writer.submit(lambda tx: ingest.enrol(tx, bytes(32), world.authorities["police"]))


def test_entries_checked_beside_the_node_are_folded_as_its_own(device):
    entries = [device.lead() for _ in range(3)]
    known = node().writer.submit(ingest.publics)
    checked = unpack(entries, check_and_pack(entries, known))
    assert node().writer.submit(lambda tx: ingest.ingest(tx, checked)).stored == 3
    with pytest.raises(BadEntry, match="forged or changed") as why:
        check_and_pack([device.lead()._replace(signature=bytes(64))], known)
    again = pickle.loads(pickle.dumps(why.value))
    assert (again.place, again.rule) == (0, why.value.rule)
    assert Lead.objects.count() == 3
    assert verify(node()).findings == []
    assert_order_free()
