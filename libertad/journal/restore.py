"""Going on after a restore: the database is older than what this node had committed, and none is newer."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

from libertad.journal import erase, succession
from libertad.journal.header import device_id
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.writer import Transaction

# What is done once an older database is accepted, in the same transaction.
ACCEPTED: list[Callable[[Transaction], object]] = []


@dataclass(frozen=True)
class Accepted:
    """What accepting did: new device keys, and bodies let go because their file had been erased since."""

    size: int
    lost: int
    devices: int
    erased: int


def accept(node: Node) -> Accepted:
    """Make new device keys, so that no log forks, a new node key and mark; replay erasures made since."""
    closed = [name for name in node.rings.authorities() if name not in node.rings.open]
    if closed:
        raise Locked("accepting a restore needs every ring unlocked; locked: " + ", ".join(closed))
    try:
        before = node.mark()
    except Exception:  # an unreadable mark is one of the reasons to be here
        before = None
    node.drop_mark()
    old = {authority: node.rings.device(authority) for authority in node.rings.authorities()}
    was = node.key
    fresh = {authority: node.rings.renew_device(authority) for authority in old}
    node.renew_key()
    at = int(time.time() * 1000)
    slips = [
        (
            device_id(public), authority, node.key.origin, was.origin,
            succession.make(authority, old[authority], node.rings.device(authority), was, node.key, at), at,
        )
        for authority, public in fresh.items()
    ]  # fmt: skip

    earlier = succession.kept(node.home)
    succession.keep(node.home, slips)

    def job(tx: Transaction) -> tuple[int, int]:
        for authority, public in fresh.items():
            tx.sql.run(
                "insert into journal_device (id, public, authority) values (?, ?, ?) "
                "on conflict (id) do nothing",
                (device_id(public), public, authority),
            )
        tx.sql.many(succession.PUT, earlier + slips)
        tx.sql.run("delete from journal_signed")  # by the key of the other history
        erased = erase.replay(tx)
        for then in ACCEPTED:
            then(tx)
        tx.sign()
        node.write_mark(tx.frontier)
        return tx.frontier.size, erased

    size, erased = node.writer.submit(job)
    return Accepted(size, max(0, (before[0] if before else size) - size), len(fresh), erased)
