"""The row of an alarm, whatever its kind: put once, and its proof where that grows."""

from __future__ import annotations

from libertad.exchange.peering import peers
from libertad.journal.transaction import Transaction

PUT = (
    "insert into exchange_alarm (id, kind, who, proof, at, settled, settled_by) "
    "values (?, ?, ?, ?, ?, null, '') on conflict (id) do nothing"
)
SET = "update exchange_alarm set proof = ? where id = ?"


def put_alarm(tx: Transaction, alarm: str, kind: str, accused: str, proof: str) -> int:
    """Put an alarm down as of now; one that is on file stays as it is. Returns how many are new: 1 or 0."""
    done = tx.sql.run(PUT, (alarm, kind, accused, proof, peers.now_ms()))
    return int(done.rowcount)


def set_proof(tx: Transaction, alarm: str, proof: str) -> None:
    tx.sql.run(SET, (proof, alarm))
