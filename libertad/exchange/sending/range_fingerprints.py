"""Fingerprints of 256 ranges of entries, by which two nodes find what one of them lacks.

Entries that the peer may hold fall into 256 ranges by the first byte of their hash. A fingerprint is the
XOR of the hashes of a range, cut to 16 bytes; where two differ, the hashes of that range are listed and
what is missing is fetched by name, each entry with its proof.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import Parcel
from libertad.journal.sides import CARE, CARES, OPEN
from libertad.journal.trees import BASE

if TYPE_CHECKING:
    from libertad.exchange.sending.sender import Outgoing
    from libertad.journal.sql import Sql

RANGES = 256
SIZE = 16
NAMED = 1000  # entries that are asked for by name at once
MOST_HASHES = 30_000  # of one answer: more would not fit a message


def fingerprints(hashes: list[bytes]) -> list[bytes]:
    """One fingerprint a range."""
    sums = [0] * RANGES
    for entry_hash in hashes:
        sums[entry_hash[0]] ^= int.from_bytes(entry_hash[:SIZE], "big")
    return [value.to_bytes(SIZE, "big") for value in sums]


def received_hashes(sql: Sql, origin: str, tree: str = "") -> list[bytes]:
    """Hashes of what this node holds of the authorities that live at a peer, in files of a tree's side.

    Without a tree in all files: where one alone is shared with the peer.
    """
    rows = sql.all(
        "select e.hash from journal_entry e join journal_device d on d.id = e.device "
        "join exchange_peer_authority p on p.authority = d.authority where p.origin = ? "
        f"and {_of_side('e.compartment', tree)}",
        (origin,),
    )
    return [bytes(row[0]) for row in rows]


def _of_side(column: str, tree: str) -> str:
    """SQL: whether a file is of the side of this tree. Before its opening is here, it is of the open one."""
    if not tree:
        return "1 = 1"
    kinds = ", ".join(f"'{kind}'" for kind in sorted(CARES))
    opposite = "not " if tree == OPEN else ""
    return f"{column} {opposite}in (select id from access_compartment where kind in ({kinds}))"


def served_hashes(outgoing: Outgoing, cursor: int) -> list[bytes]:
    """Hashes of this node's own entries that the asking peer may hold, below its cursor."""
    places, values = outgoing.visible()
    marks = ", ".join("?" * len(outgoing.own)) or "null"
    # What care said before its tree began lies in the open one: it is compared with care's all the same.
    rows = outgoing.sql.all(
        f"select hash from journal_entry where (place < ? or place >= ? and place < ?) and device in "
        f"(select id from journal_device where authority in ({marks})) and compartment in {places} "
        f"and {_of_side('compartment', compared(outgoing))}",
        (*below(outgoing, cursor), *outgoing.own, *values),
    )
    return [bytes(row[0]) for row in rows]


def compared(outgoing: Outgoing) -> str:
    """Which side's files are compared with this peer in this tree: all, where it shares no other."""
    peer = peers.get(outgoing.sql, outgoing.origin)
    shared = () if peer is None else peers.trees_with(outgoing.node, outgoing.sql, peer)
    return outgoing.tree_name if len(shared) > 1 else ""


def below(outgoing: Outgoing, cursor: int) -> tuple[int, int, int]:
    """What the asker has examined: the end of the open tree's part, and both ends of care's."""
    peer = peers.get(outgoing.sql, outgoing.origin)
    if peer is None or outgoing.tree_name == OPEN:
        return cursor, BASE[CARE], BASE[CARE]
    return peer.given, BASE[CARE], BASE[CARE] + cursor


def differing(outgoing: Outgoing, remote: list[bytes], cursor: int) -> Parcel:
    """The hashes of every range whose fingerprint is not the asker's."""
    if len(remote) != RANGES or any(len(fingerprint) != SIZE for fingerprint in remote):
        return Parcel(head=outgoing.size, differing=[])
    hashes = served_hashes(outgoing, min(cursor, outgoing.size))
    right = fingerprints(hashes)
    differing = [entry_hash for entry_hash in hashes if right[entry_hash[0]] != remote[entry_hash[0]]]
    return Parcel(head=outgoing.size, differing=differing[:MOST_HASHES])


def reset(sql: Sql, origin: str) -> None:
    """Start the cursor over: the peer's tree is another one (it was restored, or we were)."""
    peers.change(sql, origin, taken=0, peaks=b"", note="", size=0)
    for log in peers.logs(sql, origin):
        sql.run("delete from exchange_want where origin = ?", (log,))
        sql.run("delete from exchange_heard where origin = ?", (log,))
    sql.run("delete from exchange_peer_tree where origin = ?", (origin,))
