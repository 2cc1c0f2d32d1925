"""The epochs of a compartment: under which keys it was ever sealed, and a new one for those who stay."""

from __future__ import annotations

import os

from libertad.journal import folding
from libertad.journal.rings import Rings
from libertad.journal.transaction import Transaction


def epochs(rings: Rings, authority: str, compartment: str) -> list[tuple[int, bytes]]:
    """(number, key) of all epochs of a compartment that an authority's open ring holds, oldest first."""
    ring = rings.ring(authority)
    rows = rings.epochs(authority, bytes.fromhex(compartment))
    newest = ring.current.get(bytes.fromhex(compartment), (-1, b""))[1]
    # Of two with one number the one that the ring seals with stays the newest for whoever gets them too.
    ordered = sorted(rows, key=lambda row: (row[0], row[1] == newest))
    return [(number, ring.keys[kid]) for number, kid in ordered if kid in ring.keys]


def renew(tx: Transaction, authorities: list[str], compartment: str) -> bytes:
    """Begin a new epoch of a compartment for these authorities, whose rings are open here; its key's id.

    Rows that hold sealed columns are computed anew, so that they too are sealed under the new key.
    """
    place, rings = bytes.fromhex(compartment), tx.node.rings
    number = (
        max((rings.ring(authority).current.get(place, (-1, b""))[0] for authority in authorities), default=-1)
        + 1
    )
    kid = rings.add(authorities, place, os.urandom(32), number)
    reseal(tx, compartment)
    return kid


def reseal(tx: Transaction, compartment: str) -> None:
    """Compute a file's rows with sealed columns anew: under its newest key, as all new ones are."""
    for projection in folding.PROJECTIONS:
        table = projection.model._meta.db_table
        rows = tx.sql.all(
            f"select id from {table} where compartment = ? and sealed is not null order by id",  # noqa: S608
            (compartment,),
        )
        for (key,) in rows:
            tx.refold(projection, key)
