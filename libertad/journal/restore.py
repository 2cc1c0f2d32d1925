"""Going on after a restore: the database is older than what this node had committed, and none is newer."""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.journal import erase, fence, guarded, succession
from libertad.journal.header import device_id
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.transaction import Transaction

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
    """Make new device keys, so that no log forks, a new node key and mark; replay erasures made since.

    TakenOver where the database says that another node took this one's place.
    """
    closed = [name for name in node.rings.authorities() if name not in node.rings.open]
    if closed:
        raise Locked("accepting a restore needs every ring unlocked; locked: " + ", ".join(closed))
    fence.check_database(node, node.sql())
    try:
        before = node.marks()
    except Exception:  # an unreadable mark is one of the reasons to be here
        before = None
    node.drop_mark()
    node.seals.adopt(node.sql())
    old = {authority: node.rings.device(authority) for authority in node.rings.authorities()}
    was = node.key
    fresh = {authority: node.rings.renew_device(authority) for authority in old}
    node.renew_key()
    at = int(time.time() * 1000)
    slips = [
        (
            device_id(public),
            authority,
            node.key.origin,
            was.origin,
            succession.make(authority, old[authority], node.rings.device(authority), was, node.key, at),
            at,
        )
        for authority, public in fresh.items()
    ]

    earlier = succession.read_slips(node.home)
    succession.keep(node.home, slips)

    def job(tx: Transaction) -> tuple[int, int]:
        erased = _follow(tx, earlier + slips)
        node.write_mark(tx.frontier)
        return tx.frontier.size, erased

    size, erased = node.writer.submit(job)
    was_there = sum(count for count, _ in before.values()) if before else size
    return Accepted(size, max(0, was_there - size), len(fresh), erased)


def recover(node: Node) -> bool:
    """At a node's start: put back what the database lacks of restores that were accepted before.

    Nothing may have been said since: then an older database is as long as the newest, and the mark does not
    tell them apart. Or the process ended between making the new keys and writing them down here.
    """
    slips = succession.read_slips(node.home)
    here = {bytes(row[0]) for row in node.sql().all("select device from journal_succession")}
    if all(row[0] in here for row in slips):
        return False
    node.writer.submit(lambda tx: _follow(tx, slips))
    return True


def _follow(tx: Transaction, slips: Sequence[tuple[Any, ...]]) -> int:
    """Go on under the keys of these slips; returns how many bodies were let go, erased meanwhile."""
    for device, authority, _, _, slip, _ in slips:
        tx.sql.run(
            "insert into journal_device (id, public, authority) values (?, ?, ?) on conflict (id) do nothing",
            (device, succession.read(slip).new_device, authority),
        )
    tx.sql.run_many(succession.PUT, slips)
    tx.sql.run("delete from journal_signed")  # by the key of the other history
    tx.sealing.emptied(guarded.NOTE)
    erased = erase.replay(tx)
    for then in ACCEPTED:
        then(tx)
    tx.sign()
    return erased
