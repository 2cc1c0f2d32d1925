"""Whether something that was recorded here in a file has not reached every node that reads it."""

from __future__ import annotations

from collections.abc import Collection

from libertad.exchange.peering.peers import ACTIVE
from libertad.journal.sql import marks
from libertad.journal.transaction import Transaction

CONFIRMED = (
    "select min(p.given) from exchange_peer p join exchange_peer_authority a on a.origin = p.origin "
    "join access_reader r on r.authority = a.authority where r.compartment = ? and p.state = ?"
)
LATER = (
    "select e.idx from journal_entry e join journal_device d on d.id = e.device "
    "where e.compartment = ? and e.place >= ? and d.authority in ({marks}) order by e.idx"
)


def is_unsent(tx: Transaction, compartment: str, passing: Collection[str]) -> bool:
    """By what each reader's node confirmed of the open tree; of a peer that was ended nobody waits. Entries
    of the `passing` verbs may be missing there."""
    row = tx.sql.first(CONFIRMED, (compartment, ACTIVE))
    if row is None or row[0] is None:
        return False
    own = sorted(tx.node.rings.authorities())
    rows = tx.sql.all(LATER.format(marks=marks(own)), (compartment, row[0], *own))
    entries = (tx.entry(idx) for (idx,) in rows)
    return any(entry is None or entry.verb not in passing for entry in entries)
