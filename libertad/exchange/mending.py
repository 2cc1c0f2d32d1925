"""Repair: two nodes compare what both should hold, without trusting what either remembers of the other.

First all that is new is pulled, since places are proven against the cursor. What is missing below it is
fetched by name; what builds on entries that came before is asked for whole, as any gap is.
"""

from __future__ import annotations

from dataclasses import dataclass

from libertad.exchange import repair as ranges
from libertad.exchange.intake import Pulled
from libertad.exchange.session import Behind, Exchange, Trip
from libertad.exchange.wire import BadMessage

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
    found = Repaired()
    repair_into(exchange, origin, trip, found)
    return found


def repair_into(exchange: Exchange, origin: str, trip: Trip, found: Repaired) -> None:
    """As `repair`, told as it goes: what came before a cut is in `found`."""
    pull_all(exchange, origin, trip, found)
    before = -1
    while (lost := missing(exchange, origin, trip, found)) and len(lost) != before:
        before = len(lost)
        found.missing = max(found.missing, before)
        for start in range(0, before, ranges.NAMED):
            found.add(exchange.said(origin, trip, named=lost[start : start + ranges.NAMED]))
        exchange.node.writer.submit(
            lambda tx: tx.sql.run("update exchange_want set again = 0 where origin = ?", (origin,))
        )
        pull_all(exchange, origin, trip, found)
    found.left = len(lost)


def pull_all(exchange: Exchange, origin: str, trip: Trip, found: Repaired) -> None:
    """Pull until nothing comes."""
    for _round in range(MOST_ROUNDS):
        done = exchange.pull(origin, trip)
        if done.behind:
            raise Behind("its journal is shorter than what it has shown: it has to accept its restore first")
        found.add(done)
        if not done.parcels:
            return


def missing(exchange: Exchange, origin: str, trip: Trip, found: Repaired) -> list[bytes]:
    """Hashes of what the peer has for us, below the cursor, and we do not hold."""
    held = ranges.ours(exchange.node.sql(), origin)
    done = exchange.said(origin, trip, fingerprints=ranges.fingerprints(held))
    if done.differing is None:
        raise BadMessage("the peer did not compare fingerprints")
    found.compared = len(held)
    found.bytes += done.asked + done.answered
    return sorted(set(done.differing) - set(held))
