"""Two histories of one log, and their proof: an alarm, which travels and is never deleted."""

from __future__ import annotations

import json

from libertad.exchange.authorization import reauthorization
from libertad.exchange.authorization.alarm_rows import put_alarm
from libertad.journal import checkpoint, header
from libertad.journal.checking import Checked
from libertad.journal.header import Malformed
from libertad.journal.transaction import Transaction


def record_fork(tx: Transaction, checked: Checked) -> None:
    """A device signed two entries with the same number of one log, or two that follow different ones."""
    compartment = checked.head.compartment.hex()
    row = tx.sql.first(
        "select header, signature from journal_entry where device = ? and compartment = ? and seq = ?",
        (checked.head.device, compartment, checked.head.seq),
    )
    if row is None:  # it follows another history of what is here: the number before it is the proof's place
        row = tx.sql.first(
            "select header, signature from journal_entry where device = ? and compartment = ? and seq = ?",
            (checked.head.device, compartment, checked.head.seq - 1),
        )
    if row is None:
        return
    put_fork(tx, [bytes(row[0]), bytes(row[1]), checked.entry.header, checked.entry.signature])


def put_fork(tx: Transaction, proof: list[bytes]) -> bool:
    """Record a checked proof (two headers, each with its signature); hold what it bears on."""
    heads = [header.decode(proof[0]), header.decode(proof[2])]
    device, compartment = heads[0].device, heads[0].compartment.hex()
    name = f"{device.hex()}:{compartment}"
    if tx.sql.first("select 1 from exchange_alarm where id = ?", (name,)):
        return False
    first = min(head.seq for head in heads)
    text = f"{first} " + json.dumps([part.hex() for part in proof])
    put_alarm(tx, name, "device", device.hex(), text)
    reauthorization.settle(tx, [], [device])
    return True


def check_fork(proof: list[bytes], publics: dict[bytes, bytes]) -> bool:
    """Whether these two signed headers cannot both be of one log."""
    try:
        first, second = header.decode(proof[0]), header.decode(proof[2])
    except (Malformed, IndexError):
        return False
    public = publics.get(first.device)
    if public is None or len(proof) != 4 or proof[0] == proof[2]:
        return False
    same = (first.device, first.compartment) == (second.device, second.compartment)
    follows = first.seq == second.seq or (
        first.seq + 1 == second.seq and second.previous != header.entry_hash(proof[0])
    )
    return (
        same
        and follows
        and header.verify(proof[0], proof[1], public)
        and header.verify(proof[2], proof[3], public)
    )


def two_histories(tx: Transaction, origin: str, first_note: str, second_note: str, why: str) -> bool:
    """A node signed two checkpoints that cannot be of one tree; False when the alarm stands already."""
    size = checkpoint.parse(first_note).checkpoint.size
    name = f"{origin.partition('/')[2]}:{size}"
    if tx.sql.first("select 1 from exchange_alarm where id = ?", (name,)):
        return False
    proof = json.dumps({"why": why, "notes": [first_note, second_note]})
    put_alarm(tx, name, "node", origin, proof)
    return True


def forks(tx_sql: object) -> list[list[bytes]]:
    """All proofs of forked logs that are here, to be passed on."""
    rows = tx_sql.all("select proof from exchange_alarm where kind = 'device'")  # type: ignore[attr-defined]
    return [[bytes.fromhex(part) for part in json.loads(row[0].partition(" ")[2])] for row in rows]
