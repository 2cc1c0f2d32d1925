"""The courier's two ends within a node: what an authority elsewhere reads, and taking it in."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.access.operation_files import pin_file
from libertad.journal.checking import BadEntry, Foreign, check
from libertad.journal.ingest import enrol, ingest, publics
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction


@dataclass(frozen=True)
class Parcel:
    """`readers`: (compartment, authority). `keys`: (authority, compartment, number, raw). `size`: how far the
    journal was looked through."""

    size: int
    readers: tuple[tuple[str, str], ...]
    devices: tuple[tuple[bytes, str], ...]
    keys: tuple[tuple[str, bytes, int, bytes], ...]
    entries: tuple[Foreign, ...]


def give(authorities: list[str], after: int, known: set[tuple[str, str]], everything: bool) -> Parcel:
    """What these authorities read of what was written here: after a place, and all that is new to a reader.

    `known`: (compartment, authority) of earlier parcels. One compartment may come to be read by a second
    authority of the same node, whose key then has to follow though no entry does.
    `everything`: also what others wrote, for a node that has lost it.
    """
    here, sql = node(), Sql()
    ((size,),) = sql.all("select coalesce(sum(size), 0) from journal_head")  # of the trees of all sides
    marks = ", ".join("?" * len(authorities))
    readers = sql.all(
        f"select compartment, authority from access_reader where authority in ({marks})",  # noqa: S608
        authorities,
    )
    compartments = {compartment for compartment, _ in readers}
    fresh = {compartment for compartment, authority in readers if (compartment, authority) not in known}
    own = set(here.rings.open)
    devices = tuple((bytes(p), a) for p, a in sql.all("select public, authority from journal_device"))
    if not everything:
        devices = tuple(device for device in devices if device[1] in own)
    own_devices = {
        bytes(d) for d, a in sql.all("select id, authority from journal_device") if everything or a in own
    }
    keys = []
    with here.rings.lock:
        for compartment, authority in readers:
            newest = here.rings.newest.get(bytes.fromhex(compartment))
            if newest is not None:
                keys.append((authority, bytes.fromhex(compartment), newest[0], newest[2]))
    rows = {}
    columns = "select idx, device, compartment, header, signature, body from journal_entry "
    for row in sql.all(columns + "where idx >= ? and idx < ?", (after, size)):
        rows[row[0]] = row
    for compartment in fresh:
        for row in sql.all(columns + "where compartment = ? and idx < ?", (compartment, size)):
            rows[row[0]] = row
    entries = [
        Foreign(bytes(exact), bytes(signature), None if body is None else bytes(body))
        for _, (_, device, compartment, exact, signature, body) in sorted(rows.items())
        if compartment in compartments and bytes(device) in own_devices
    ]
    if not entries and not fresh:
        keys = []
    return Parcel(size, tuple(map(tuple, readers)), devices, tuple(keys), tuple(entries))


def take(parcel: Parcel) -> bool:
    """Take in what can be; False when what it builds on has not come yet: it is to come again."""
    here = node()

    def job(tx: Transaction) -> bool:
        for public, authority in parcel.devices:
            enrol(tx, public, authority)
        for authority, compartment, number, raw in parcel.keys:
            ring = here.rings.open.get(authority)
            if ring is not None and compartment not in ring.current:
                here.rings.add([authority], compartment, raw, number)
        batch, start, whole = check(parcel.entries, publics(tx)), 0, True
        try:
            ingest(tx, batch)
        except BadEntry as why:
            whole, start = False, why.place
        if not whole:
            raise _Part(start)
        # A real exchange pins what the inviter named it a reader of; nobody who lies is carried here.
        for place, operation, owner in tx.sql.all(
            "select id, about, owner from access_compartment where kind = 'operation'"
        ):
            pin_file(tx.sql, operation, owner, place)
        return True

    try:
        return here.writer.submit(job)
    except _Part as part:
        if part.start:
            return take_first(parcel, part.start)
        return False


class _Part(Exception):
    def __init__(self, start: int) -> None:
        super().__init__(start)
        self.start = start


def take_first(parcel: Parcel, count: int) -> bool:
    take(Parcel(parcel.size, parcel.readers, parcel.devices, parcel.keys, parcel.entries[:count]))
    return False
