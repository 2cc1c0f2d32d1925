"""Repair by range fingerprints: what two nodes should both hold, compared without trusting any cursor.

Entries that the peer may hold fall into 256 ranges by the first byte of their hash. A fingerprint is the
XOR of the hashes of a range, cut to 16 bytes; where two differ, the hashes of that range are listed and
what is missing is fetched by name, each entry with its proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from libertad.exchange import peers
from libertad.exchange.wire import Parcel

if TYPE_CHECKING:
    from libertad.exchange.offering import Outgoing
    from libertad.journal.sql import Sql

RANGES = 256
SIZE = 16
NAMED = 1000  # entries that are asked for by name at once
MOST_HASHES = 30_000  # of one answer: more would not fit a message


def fingerprints(hashes: list[bytes]) -> list[bytes]:
    """One fingerprint a range."""
    found = [0] * RANGES
    for one in hashes:
        found[one[0]] ^= int.from_bytes(one[:SIZE], "big")
    return [value.to_bytes(SIZE, "big") for value in found]


def ours(sql: Sql, origin: str) -> list[bytes]:
    """Hashes of what this node holds of the authorities that live at a peer."""
    rows = sql.all(
        "select e.hash from journal_entry e join journal_device d on d.id = e.device "
        "join exchange_peer_authority p on p.authority = d.authority where p.origin = ?",
        (origin,),
    )
    return [bytes(row[0]) for row in rows]


def theirs(outgoing: Outgoing, cursor: int) -> list[bytes]:
    """Hashes of this node's own entries that the asking peer may hold, below its cursor."""
    places, values = outgoing.visible()
    marks = ", ".join("?" * len(outgoing.own)) or "null"
    rows = outgoing.sql.all(
        f"select hash from journal_entry where idx < ? and device in "
        f"(select id from journal_device where authority in ({marks})) and compartment in {places}",
        (cursor, *outgoing.own, *values),
    )
    return [bytes(row[0]) for row in rows]


def differing(outgoing: Outgoing, asked: list[bytes], cursor: int) -> Parcel:
    """The hashes of every range whose fingerprint is not the asker's."""
    if len(asked) != RANGES or any(len(one) != SIZE for one in asked):
        return Parcel(head=outgoing.size, differing=[])
    hashes = theirs(outgoing, min(cursor, outgoing.size))
    right = fingerprints(hashes)
    found = [one for one in hashes if right[one[0]] != asked[one[0]]]
    return Parcel(head=outgoing.size, differing=found[:MOST_HASHES])


def reset(sql: Sql, origin: str) -> None:
    """Start the cursor over: the peer's tree is another one (it was restored, or we were)."""
    peers.change(sql, origin, taken=0, peaks=b"", note="", size=0)
    sql.run("delete from exchange_want where origin = ?", (origin,))
    sql.run("delete from exchange_heard where origin = ?", (origin,))
