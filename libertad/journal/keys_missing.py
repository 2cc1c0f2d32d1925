"""Entries that this node ought to open and whose key no ring of it holds: an older ring copy was put back.

Ought to: what a device of a ring here signed was sealed with a key of that ring, and a file that an authority
here reads has a key in its ring. What was erased is no loss.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable

from libertad.journal import header, succession
from libertad.journal.node import Node
from libertad.journal.sql import Sql

# (database) -> (compartment, authority that reads it) of all files; the room `access` registers its own.
READERS: list[Callable[[Sql], Iterable[tuple[str, str]]]] = []
MEND = (
    "put a newer copy of the rings back (libertad restore; docs/backup.md). If there is none, "
    "run libertad doctor --accept-restore: other readers give these keys back at the next exchange"
)


def own_devices(node: Node, sql: Sql) -> set[bytes]:
    """Ids of the devices that signed at this node: of its rings, and before each restore."""
    publics = [node.rings.device_public(authority) for authority in node.rings.authorities()]
    devices = {header.device_id(public) for public in publics if public is not None}
    slips = [bytes(row[0]) for row in sql.all("select slip from journal_succession")]
    for slip in [*slips, *(bytes(row[4]) for row in succession.read_slips(node.home))]:
        try:
            devices.add(succession.device_before(succession.read(slip)))
        except succession.BadSuccession:
            continue
    return devices


def held_keys(node: Node) -> set[bytes]:
    """Ids of all keys that a ring here holds, locked or not, and of those that were destroyed."""
    held = {bytes(row[0]) for row in node.rings.rows("select distinct key_id from epoch")}
    return held | node.rings.erased()


def files(node: Node, sql: Sql) -> list[str]:
    """Compartments whose keys are missing, from the first and last entry of each log of this node's own.

    Quick, and needs no ring unlocked; `verify` looks at every entry.
    """
    held, erased_places = held_keys(node), {place.hex() for place in node.rings.erased_places()}
    unread_places: set[str] = set()
    for device in own_devices(node, sql):
        rows = sql.all(
            "select e.compartment, e.header from journal_entry e join (select compartment, "
            "min(seq) as a, max(seq) as b from journal_entry where device = ? group by compartment) l "
            "on e.compartment = l.compartment and (e.seq = l.a or e.seq = l.b) "
            "where e.device = ? and e.body is not null",
            (device, device),
        )
        unread_places.update(place for place, exact in rows if header.decode(bytes(exact)).key_id not in held)
    return sorted((unread_places | unread(node, sql)) - erased_places)


def unread(node: Node, sql: Sql) -> set[str]:
    """Files that an authority here reads, and for which no ring here has any key."""
    own = set(node.rings.authorities())
    known = {bytes(row[0]).hex() for row in node.rings.rows("select distinct compartment from epoch")}
    read = {place for readers in READERS for place, authority in readers(sql) if authority in own}
    return {
        place
        for place in read - known
        if sql.first(
            "select 1 from journal_entry where compartment = ? and body is not null limit 1", (place,)
        )
    }
