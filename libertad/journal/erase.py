"""Erasing compartments: the keys are destroyed, the sealed bodies and what was made from them go.

Order, so that a crash leaves all or nothing: what is to be erased is noted in the rings, then the database
lets go of bodies and rows in the same transaction as the entry that records it, then the keys are destroyed
and the rings re-rooted. A node that finds a note at its start finishes it if the database had let go, and
drops it if not. Headers and proofs stay valid.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable

from libertad.journal import chunks, folding, key_copies
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

CHECKPOINT_TRIES = 50
# Asked which other files go with these: what a room keeps in files of its own about whom they are about.
WITH: list[Callable[[Transaction, frozenset[str]], Iterable[str]]] = []
# Told in the erasing transaction, while the rows of what is to go are still there.
ERASING: list[Callable[[Transaction, frozenset[str]], None]] = []


def erase(tx: Transaction, compartments: Iterable[str]) -> int:
    """Erase compartments within a job of the writer; returns how many entries lost their bodies.

    All rings of the node must be unlocked. The keys are gone when the job is acknowledged.
    """
    requested = frozenset(compartments)
    erased = requested.union(*(extend(tx, requested) for extend in WITH))
    closed = [name for name in tx.node.rings.authorities() if name not in tx.node.rings.open]
    if closed:
        raise Locked("erasing needs every ring of this node unlocked; locked: " + ", ".join(closed))
    for hook in ERASING:
        hook(tx, erased)
    tx.node.rings.intend(bytes.fromhex(compartment) for compartment in erased)
    count = purge(tx, erased)
    tx.after.append(lambda: finish(tx.node, tx.sql, erased))
    return count


def purge(tx: Transaction, erased: frozenset[str]) -> int:
    """Let go of bodies, of what they touched, and compute anew what remains of those rows."""
    touches: set[str] = set()
    count = 0
    for compartment in sorted(erased):
        rows = tx.sql.all("select idx, hash from journal_entry where compartment = ?", (compartment,))
        entries = [row[0] for row in rows]
        count += len(entries)
        held = "select idx from journal_entry where compartment = ?"
        touches |= tx.rows_of((idx, bytes(name)) for idx, name in rows)
        for touch, idx in tx.sql.all(
            f"select key, entry from journal_touch where entry in ({held})", (compartment,)
        ):
            tx.sealing.touched(touch, idx, present=False)
        tx.sql.run(f"delete from journal_touch where entry in ({held})", (compartment,))
        tx.sql.run("update journal_entry set body = null where compartment = ?", (compartment,))
        for idx in entries:
            tx.caches.entries.pop(idx, None)
    tx.caches.touches.clear()
    tx.caches.rights.clear()
    known = folding.by_label()

    def find(compartment: str) -> tuple[bytes, bytes] | None:
        return None if compartment in erased else tx.node.rings.sealing_key(compartment)

    for touch in sorted(touches):
        label, _, key = touch.partition(":")
        if label in known:
            tx.refold(known[label], key, find)
    return count


def finish(node: Node, sql: Sql, erased: frozenset[str]) -> None:
    """After the commit: destroy the keys, tell indexes, and empty the places where old bytes linger."""
    chunks.drop(node.home, sql, erased)
    node.rings.destroy(bytes.fromhex(compartment) for compartment in erased)
    key_copies.drop(sql, node.rings)
    for listener in node.erased:
        listener(erased)
    scrub(sql)


def scrub(sql: Sql) -> None:
    """SQLite: the WAL into the database (whose freed bytes secure_delete zeroes) and cut to nothing.

    PostgreSQL: dead rows are vacuumed. They held sealed bytes only, whose keys are gone.
    """
    if sql.postgres:
        for table in (
            "journal_entry",
            "journal_key_copy",
            *(p.model._meta.db_table for p in folding.PROJECTIONS),
        ):
            sql.run(f"vacuum {table}")
        return
    for _ in range(CHECKPOINT_TRIES):  # a reader in the middle of a query holds it up for a moment
        row = sql.first("pragma wal_checkpoint(truncate)")
        if row is None or row[0] == 0:
            return
        time.sleep(0.05)


def recover(node: Node) -> list[str]:
    """At a node's start: finish erasures that a crash cut off after the database let go; drop the others."""
    intended = node.rings.intended()
    if not intended:
        return []
    sql = node.sql()
    ready = [
        compartment
        for compartment in intended
        if sql.first(
            "select 1 from journal_entry where compartment = ? and body is not null limit 1",
            (compartment.hex(),),
        )
        is None
    ]
    if ready:
        try:
            finish(node, sql, frozenset(compartment.hex() for compartment in ready))
        except Locked:
            return [compartment.hex() for compartment in ready]  # finished once the rings are unlocked
    node.rings.forget_intended()
    return []


def replay(tx: Transaction) -> int:
    """After a database was restored that is older than an erasure: let go of what was erased since."""
    erased = tx.node.rings.erased()
    from libertad.journal.header import decode

    erased_places = {
        row[1]
        for row in tx.sql.all("select header, compartment from journal_entry where body is not null")
        if decode(bytes(row[0])).key_id in erased
    }
    count = purge(tx, frozenset(erased_places))
    if erased_places:
        tx.after.append(lambda: chunks.drop(tx.node.home, tx.sql, erased_places))
        tx.after.append(lambda: scrub(tx.sql))
    return count
