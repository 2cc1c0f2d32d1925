"""Parcels of an answer on their way into the journal, and what they came to."""

from __future__ import annotations

import time
from concurrent.futures import Executor, Future
from dataclasses import dataclass, field

from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.messages import Parcel
from libertad.exchange.receiving import receiver
from libertad.exchange.receiving.receiver import Ready, Taken
from libertad.exchange.receiving.verification_pool import APART
from libertad.journal.node import Node

TOGETHER = 16  # parcels that are committed together when they have arrived already
HELD = 4_000_000  # bytes of entries and proofs in memory before they are committed
AT_ONCE = 0.5  # seconds: on a slow line, what has arrived is committed while the rest is on its way


@dataclass
class Pulled:
    """What one pull did."""

    taken: Taken = field(default_factory=Taken)
    asked: int = 0  # bytes
    answered: int = 0
    parcels: int = 0
    behind: bool = False
    lag: int = 0  # entries that the peer still has for somebody after our cursor
    differing: list[bytes] | None = None  # hashes of the ranges that differ (repair)
    pieces: int = 0  # chunks of attachments

    def join(self, pulled: Pulled) -> None:
        """And what the pull of another tree of the same peer did."""
        cursor = self.taken.cursor
        self.add(pulled.taken)
        self.taken.cursor = cursor
        for name in ("asked", "answered", "parcels", "pieces"):  # not how far it is: that is of its own side
            setattr(self, name, getattr(self, name) + getattr(pulled, name))
        self.behind = self.behind or pulled.behind

    def add(self, outcome: Taken) -> None:
        total = self.taken
        total.stored += outcome.stored
        total.known += outcome.known
        total.held += outcome.held
        total.released += outcome.released
        total.rows += outcome.rows
        total.gaps |= outcome.gaps
        total.forks += outcome.forks
        total.cursor = outcome.cursor


class ReceivePipeline:
    """Parcels of an answer: some are stored, the next are checked, others come.

    With a process beside this one, enough of them are checked there as soon as it has nothing to do.
    """

    def __init__(self, node: Node, pool: Executor | None, peer: Peer, done: Pulled) -> None:
        self.node, self.pool, self.peer, self.done = node, pool, peer, done
        self.waiting: list[Parcel] = []
        self.held = self.entries = 0
        self.pushed = time.monotonic()
        self.checking: Ready | None = None
        self.storing: Future[Taken] | None = None

    def add(self, parcel: Parcel) -> None:
        self.waiting.append(parcel)
        self.held += weight(parcel)
        self.entries += len(parcel.entries)
        free = self.storing is None or self.storing.done()
        if free and self.checking is not None and self.checking.checking.done():
            self.checked()
        slow = time.monotonic() - self.pushed >= AT_ONCE
        idle = self.checking is None and self.pool is not None and self.entries >= APART
        if idle or slow or len(self.waiting) >= TOGETHER or self.held >= HELD:
            self.push()

    def push(self) -> None:
        """Begin to check what waits, and hand what was checked to the writer."""
        batch, self.waiting, self.held, self.entries = self.waiting, [], 0, 0
        self.pushed = time.monotonic()
        ready = receiver.ready(self.node, self.peer, batch, self.pool)
        self.checked()
        self.checking, self.peer = ready, ready.after
        if ready.checking.done():
            self.checked()

    def waits(self) -> None:
        """Store what waits, without waiting for it."""
        if self.waiting:
            self.push()
        self.checked()

    def checked(self) -> None:
        """Wait for the checks, and hand on what they passed once the writer has stored what came before."""
        ready, self.checking = self.checking, None
        if ready is not None:
            ready.checking.wait()
            self.stored()
            self.storing = self.node.writer.send(ready.store)

    def stored(self) -> None:
        """Wait for what the writer has; raises what went wrong there."""
        storing, self.storing = self.storing, None
        if storing is not None:
            self.done.add(storing.result())

    def finish(self) -> None:
        """Everything that arrived is durable when this returns."""
        try:
            if self.waiting:
                self.push()
            self.checked()
        finally:
            self.stored()


def weight(parcel: Parcel) -> int:
    """Bytes that a parcel holds in memory, about."""
    entries = sum(len(entry.header) + len(entry.body or b"") + 200 for entry in parcel.entries)
    return entries + 72 * len(parcel.proof)
