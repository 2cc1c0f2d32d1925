"""A node whose place another took by its own keys (a standby, a restore): two writers of one identity."""

from __future__ import annotations

from contextlib import suppress
from pathlib import Path

import pytest

from libertad.exchange.control import key_succession
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import ASK, Channel, small
from libertad.exchange.sync.endpoint import Exchange, UnknownPeer
from libertad.journal import fence, restore, succession
from libertad.journal.checkpoint import Signer
from libertad.journal.fence import TakenOver
from libertad.journal.node import Node
from tests.exchange.conftest import Three
from tests.exchange.conftest import three as three
from tests.exchange.test_exchange import lead
from tests.support.nodes import Party, settle

pytestmark = [pytest.mark.django_db]


def taken_over(three: Three, home: Path) -> Party:
    """Guyana's node goes on elsewhere under new keys, and its peers know; returns the old machine."""
    party = three.guyana
    party.node.close()
    old, new = party.copy(home / "old"), party.copy(home / "new")
    party.__dict__.update(new.__dict__)
    restore.accept(party.node)
    party.exchange = Exchange(party.node)
    for peer in (three.centre, three.trinidad):
        show(party.node, peer)
    settle(list(three))
    return old


def show(node: Node, *parties: Party) -> None:
    """As `scheduler.introductions` does where a peer does not know this node yet."""
    slips = [bytes(row[0]) for row in node.sql().all("select slip from journal_succession")]
    for party in parties:
        party.node.writer.submit(lambda tx: key_succession.introduce(tx, slips))


def asks(old: Party, peer: Party) -> None:
    """The old machine asks a peer, as a node that serves does every few seconds."""
    with suppress(UnknownPeer, TakenOver):
        old.pull(peer)


def test_the_old_machine_hears_from_any_peer_that_its_place_is_taken_and_writes_no_more(
    three: Three, tmp_path: Path
) -> None:
    old = taken_over(three, tmp_path)
    lead(old)  # nobody has told it yet
    asks(old, three.centre)
    before = old.rows("journal_entry", "idx")
    with pytest.raises(TakenOver, match="takes its place"):
        lead(old)
    assert old.rows("journal_entry", "idx") == before
    # Not after another start either, and what is at its place goes on with everybody.
    old.node.close()
    again = old.copy(tmp_path / "again")
    with pytest.raises(TakenOver, match="takes its place"):
        lead(again)
    lead_id = lead(three.guyana)
    settle(list(three))
    assert (lead_id,) in three.centre.rows("operations_lead", "id")
    # Its people may go on under new keys, which nobody takes for theirs by themselves.
    restore.accept(again.node)
    lead(again)
    again.close()


def test_an_old_machine_on_the_database_of_the_new_one_writes_nothing(three: Three, tmp_path: Path) -> None:
    """A home that came back, led to the promoted database by its address."""
    old = taken_over(three, tmp_path)
    running = old.node.writer  # began before
    for table in ("journal_device", "journal_succession"):
        rows = three.guyana.node.sql().all(f"select * from {table}")
        marks = ", ".join("?" * len(rows[0]))
        old.node.sql().run_many(f"insert into {table} values ({marks}) on conflict do nothing", rows)
    old.node._writer = None
    with pytest.raises(TakenOver, match="takes its place"):
        old.node.check_mark()
    old.node._writer = running
    running.caches.frontier = None  # somebody else wrote: what is known in memory is read again
    with pytest.raises(TakenOver, match="takes its place"):
        lead(old)
    # Nor does it go on there under new keys: that would be two nodes of one database.
    before = old.node.key.origin
    with pytest.raises(TakenOver, match="takes its place"):
        restore.accept(old.node)
    assert old.node.key.origin == before
    old.close()


def test_only_a_slip_of_its_own_keys_ends_a_node(three: Three, tmp_path: Path) -> None:
    """A peer that lies, another's slip and an older one of its own do nothing."""
    old = taken_over(three, tmp_path)
    (slip,) = [bytes(row[0]) for row in three.guyana.node.sql().all("select slip from journal_succession")]
    for node, wrong in (
        (old.node, slip[:-1]),
        (old.node, bytes(192) + slip[192:]),
        (old.node, b""),
        (three.trinidad.node, slip),  # another node's
        (three.guyana.node, slip),  # its own, of before it
    ):
        assert not fence.hear(node, [wrong])
    for party in (old, three.trinidad, three.guyana):
        party.node.writer.submit(lambda tx: None)
    device = old.node.rings.device(old.authority)
    trinidad_device = three.trinidad.node.rings.device(three.trinidad.authority)
    # By somebody who has the node's key and none of its devices.
    half = succession.make(old.authority, trinidad_device, device, old.node.key, three.trinidad.node.key, 1)
    assert not fence.hear(old.node, [half])
    assert fence.hear(old.node, [slip])
    with pytest.raises(TakenOver):
        lead(old)
    old.close()


def test_a_stranger_is_told_nothing(three: Three, tmp_path: Path) -> None:
    old = taken_over(three, tmp_path)
    thief = Signer(b"t" * 32)
    name, centre_key = small(old.node.key.origin), three.centre.node.key
    sealed = Channel(thief.seed, centre_key.public).seal(ASK, pack(PullRequest(counter=1 << 50)))
    for message in (name + sealed, name, small(thief.origin) + sealed):
        with pytest.raises(UnknownPeer):
            list(three.centre.exchange.answer(message))
    old.close()
