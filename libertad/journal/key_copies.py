"""A copy of each new key in the node's database, written in the transaction of the act that made the key.

`rings.backup` is written when a ring is made, re-rooted or gets another passphrase or device, and from time
to time by a node that serves. A key that is younger stands in the table `journal_key_copy`, sealed under the
root of its ring, which opens by the ring's part and passphrase alone: a database and any ring copy of the
same roots open together all that was acknowledged. Re-rooting makes the copies worthless, and the rings' own
copy new.
"""

from __future__ import annotations

from cryptography.exceptions import InvalidTag

from libertad.journal.ringfile import RingFile, seal, unseal
from libertad.journal.sql import Sql

CONTEXT = b"libertad key copy v1\x00"
PUT = (
    "insert into journal_key_copy (authority, key_id, generation, sealed) values (?, ?, ?, ?) "
    "on conflict (authority, key_id) do update set generation = excluded.generation, sealed = excluded.sealed"
)


def copy_added(sql: Sql, rings: RingFile) -> int:
    """Copy the keys that were added and are in no copy yet; returns how many.

    Within the writer's transaction. After its commit `forget` as many.
    """
    rows = []
    for authority, kid, compartment, number, key in rings.added:
        ring = rings.open.get(authority)
        if ring is not None:
            plain = compartment + number.to_bytes(8, "big") + key
            sealed = seal(ring.root, plain, _bound(authority, kid))
            rows.append((authority, kid, rings.generation(authority), sealed))
    sql.run_many(PUT, rows)
    return len(rings.added)


def forget(rings: RingFile, count: int) -> None:
    """These are durable in the database now."""
    del rings.added[:count]


def take_up(sql: Sql, rings: RingFile) -> int:
    """Put into the open rings what the database holds and they lack: they come from an older copy.

    What was erased stays so. Copies under roots that are gone are deleted. Returns how many keys came back.
    """
    with rings.lock:
        rings.refresh()
        lacking = _lacking(sql, rings)
        waiting, count = len(rings.added), 0
        if lacking:
            rings.begin()
            try:
                count = sum(_take(sql, rings, *row) for row in lacking)
            finally:
                rings.commit()
        del rings.added[waiting:]  # they came from where they would be copied to
        drop(sql, rings)
    return count


def _lacking(sql: Sql, rings: RingFile) -> list[tuple[str, bytes]]:
    """(authority, key id) of the copies for open rings that have no such key and did not erase it."""
    known = set(rings.rows("select authority, key_id from epoch"))
    erased = rings.erased()
    copies = sql.all("select authority, key_id from journal_key_copy")
    rows = [(str(authority), bytes(kid)) for authority, kid in copies if authority in rings.open]
    return [row for row in rows if row not in known and row[1] not in erased]


def _take(sql: Sql, rings: RingFile, authority: str, kid: bytes) -> int:
    row = sql.first(
        "select sealed from journal_key_copy where authority = ? and key_id = ?", (authority, kid)
    )
    try:
        root = rings.ring(authority).root
        plain = unseal(root, bytes(row[0]), _bound(authority, kid)) if row else b""
    except InvalidTag:  # of a root that is gone, or changed by somebody
        return 0
    compartment, number, key = plain[:16], int.from_bytes(plain[16:24], "big"), plain[24:]
    if len(plain) != 56 or compartment in rings.erased_places():
        return 0
    return int(rings.add([authority], compartment, key, number) == kid)


def drop(sql: Sql, rings: RingFile) -> None:
    """Delete the copies under roots of before; those under a later root wait for the ring of that root."""
    for authority in rings.authorities():
        older = "from journal_key_copy where authority = ? and generation < ?"
        known = (authority, rings.generation(authority))
        if sql.first(f"select 1 {older} limit 1", known) is not None:
            sql.run(f"delete {older}", known)


def _bound(authority: str, kid: bytes) -> bytes:
    return CONTEXT + authority.encode() + kid
