"""A succession is taken on either database: the peer's new node in place of its old one."""

from __future__ import annotations

import os

from libertad.access.acting import new_id
from libertad.exchange.control import key_succession
from libertad.exchange.peering import peers
from libertad.journal import header, ingest, succession
from libertad.journal.checkpoint import Signer
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from tests.support.world import World


def test_a_restored_peer_takes_its_own_place(world: World) -> None:
    here, authority = node(), new_id()
    before, after = Signer(os.urandom(32)), Signer(os.urandom(32))
    old, new = header.keypair(os.urandom(32)), header.keypair(os.urandom(32))

    def enrol_peer(tx: Transaction) -> None:
        peers.save_peer(tx.sql, before.origin, before.public, "https://localhost:1", (authority,))
        ingest.enrol(tx, old[0], authority)
        tx.sql.run(
            "insert into exchange_want (origin, compartment, since, again) values (?, ?, 0, 0)",
            (before.origin, new_id()),
        )

    here.writer.submit(enrol_peer)
    slip = succession.make(authority, old, new, before, after, 1)
    assert here.writer.submit(lambda tx: key_succession.introduce(tx, [slip])) == 1
    assert peers.authorities(here.sql(), after.origin) == [authority]
    was, now = peers.get(here.sql(), before.origin), peers.get(here.sql(), after.origin)
    assert was is not None and was.state == peers.ENDED and now is not None and now.state == peers.ACTIVE
    assert now.address == "https://localhost:1"
