"""After a restore: keys newer than the database, which may not know whom they were made against.

A reader's removal and the new epoch's key are made together, but an older database has lost the entry and
the ring has kept the key. Until a peer brings the entry back, the removed authority stands in the list of
readers, and would be given the key that was to keep it out.
"""

from __future__ import annotations

from collections.abc import Iterable

from libertad.exchange.peering import guarded
from libertad.journal import guards
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.vocabulary.body import Verb
from libertad.vocabulary.verbs.access import CompartmentRemove
from libertad.vocabulary.verbs.changes import ChangeCut

PUT = (
    "insert into exchange_withheld (compartment, number) values (?, ?) "
    "on conflict (compartment) do update set number = excluded.number"
)


def restored(tx: Transaction) -> None:
    """Note the files whose ring is ahead of this database."""
    for ring in tx.node.rings.open.values():
        for place, (number, _) in sorted(ring.current.items()):
            if number > removals(tx.node, tx.sql, place.hex()):
                tx.sql.run(PUT, (place.hex(), number))


def withheld(node: Node, sql: Sql, compartments: Iterable[str]) -> set[str]:
    """Those of these files whose keys are not to be given now."""
    rows = guards.rows(sql, guards.GUARDS[guarded.WITHHELD])
    noted: dict[str, int] = dict(rows)
    wrong, requested = sql.wrong(guarded.WITHHELD, rows), set(compartments)
    waiting = {
        compartment
        for compartment in requested & set(noted)
        if removals(node, sql, compartment) < noted[compartment]
    }
    return waiting | (requested & wrong)  # a row that was changed or taken away withholds as well


def removals(node: Node, sql: Sql, compartment: str) -> int:
    """How many accepted entries remove or suspend readers of a file: each came with a new key."""
    rows = [
        row
        for label in ("access.Reader", "access.Suspended")
        for row in sql.all(
            "select distinct e.idx, e.header, e.body from journal_touch t "
            "join journal_entry e on e.idx = t.entry where t.key >= ? and t.key < ?",
            (f"{label}:{compartment}:", f"{label}:{compartment};"),
        )
    ]
    entries = (node.understand(bytes(exact), body) for _, exact, body in rows)
    return sum(
        1
        for entry in entries
        if entry is not None and entry.compartment == compartment and _renews(entry.content)
    )


def _renews(content: Verb) -> bool:
    return isinstance(content, CompartmentRemove) or (isinstance(content, ChangeCut) and content.renewed)
