"""Parcels of a letter, taken in their order as far as they follow what is here."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.exchange.peering.peers import Peer
from libertad.exchange.protocol.messages import Parcel
from libertad.exchange.receiving.receive_pipeline import Pulled, ReceivePipeline
from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import header
from libertad.journal.transaction import Transaction


@dataclass
class Read:
    """What reading a letter did; `missing`: something does not follow what is here; it is sent again."""

    pulled: Pulled
    missing: bool = False
    early: bool = False  # it follows another letter that has not come yet
    known: int = 0


class Reading:
    """The parcels of one tree in a letter, taken as far as they follow what is here."""

    def __init__(self, exchange: Exchange, peer: Peer, done: Read) -> None:
        self.peer, self.done = peer, done
        self.intake = ReceivePipeline(exchange.node, exchange.pool, peer, done.pulled)
        self.cursor, self.head = peer.taken, 0
        self.passed: list[bytes] = []  # headers of entries below the cursor
        self.brought = False  # whether there was an entry that follows what is here
        self.again = False  # whether there was one that is here: its sender has no receipt

    def take(self, parcel: Parcel) -> None:
        done, cursor = self.done, self.cursor
        self.head = max(self.head, parcel.head)
        if parcel.word is not None:
            return
        if parcel.fill:
            if parcel.size == cursor:
                self.intake.add(parcel)
                self.brought = True
            else:
                done.missing = True
                done.early = done.early or parcel.size > cursor
        elif parcel.end <= cursor:
            done.known += 1
            self.again = self.again or bool(parcel.entries)
            self.passed += [entry.header for entry in parcel.entries]
        elif parcel.start == cursor:
            self.intake.add(parcel)
            self.cursor = parcel.end
            self.brought = self.brought or bool(parcel.entries)
            done.pulled.parcels += 1
        else:
            done.missing = done.early = True


def missed(tx: Transaction, headers: list[bytes]) -> set[str]:
    """Files of entries that lie below our cursor and are not here: we were let in after they were said."""
    compartments: set[str] = set()
    for exact in headers:
        name = header.entry_hash(exact)
        if tx.sql.first("select 1 from journal_entry where hash = ?", (name,)) is None:
            compartments.add(header.decode(exact).compartment.hex())
    return compartments
