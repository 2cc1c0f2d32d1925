"""Repair: two nodes compare what both should hold, without trusting what either remembers of the other.

First all that is new is pulled, since places are proven against the cursor. What is missing below it is
fetched by name; what builds on entries that came before is asked for whole, as any gap is.
"""

from __future__ import annotations

from dataclasses import dataclass

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import BadMessage
from libertad.exchange.receiving.receive_pipeline import Pulled
from libertad.exchange.sending import range_fingerprints as ranges
from libertad.exchange.sync.endpoint import Exchange, PeerRolledBack, Trip
from libertad.journal.sides import OPEN
from libertad.journal.transaction import Transaction

MOST_ROUNDS = 10_000


@dataclass
class Repaired:
    """What a repair did: entries compared, missing, stored, in quarantine, and `left`: not come."""

    compared: int = 0
    missing: int = 0
    stored: int = 0
    held: int = 0
    left: int = 0
    bytes: int = 0

    def add(self, done: Pulled) -> None:
        self.stored += done.taken.stored
        self.held += done.taken.held
        self.bytes += done.asked + done.answered


def repair(exchange: Exchange, origin: str, trip: Trip) -> Repaired:
    """Fill in what is missing of a peer; Behind where its journal is shorter than it has shown.

    Ends when nothing is missing, or when a round brought nothing: then `left` says how much.
    """
    repaired = Repaired()
    repair_into(exchange, origin, trip, repaired)
    return repaired


def repair_into(exchange: Exchange, origin: str, trip: Trip, repaired: Repaired) -> None:
    """As `repair`, told as it goes: what came before a cut is in `repaired`."""
    pull_all(exchange, origin, trip, repaired)
    before = -1
    while (lost := missing(exchange, origin, trip, repaired)) and len(lost) != before:
        before = len(lost)
        repaired.missing = max(repaired.missing, before)
        for start in range(0, before, ranges.NAMED):
            for tree in (OPEN, *exchange.further(origin)):
                repaired.add(
                    exchange.query_peer(origin, trip, tree, named=lost[start : start + ranges.NAMED])
                )
        exchange.node.writer.submit(lambda tx: _at_once(tx, origin))
        pull_all(exchange, origin, trip, repaired)
    repaired.left = len(lost)


def pull_all(exchange: Exchange, origin: str, trip: Trip, repaired: Repaired) -> None:
    """Pull until nothing comes."""
    for _round in range(MOST_ROUNDS):
        done = exchange.pull(origin, trip)
        if done.behind:
            raise PeerRolledBack(
                "its journal is shorter than what it has shown: it has to accept its restore first"
            )
        repaired.add(done)
        if not done.parcels:
            return


def _at_once(tx: Transaction, origin: str) -> None:
    """What is wanted of a peer is asked for with the next pull."""
    for log in peers.logs(tx.sql, origin):
        tx.sql.run("update exchange_want set again = 0 where origin = ?", (log,))


def missing(exchange: Exchange, origin: str, trip: Trip, repaired: Repaired) -> list[bytes]:
    """Hashes of what the peer has for us, below the cursors, and we do not hold."""
    lost: set[bytes] = set()
    repaired.compared = 0
    further = exchange.further(origin)
    for tree in (OPEN, *further):
        held = ranges.received_hashes(exchange.node.sql(), origin, tree if further else "")
        done = exchange.query_peer(origin, trip, tree, fingerprints=ranges.fingerprints(held))
        if done.differing is None:
            raise BadMessage("the peer did not compare fingerprints")
        repaired.compared += len(held)
        repaired.bytes += done.asked + done.answered
        lost |= set(done.differing) - set(held)
    return sorted(lost)
