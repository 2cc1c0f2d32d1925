"""Folds are functions of the set of entries: any order in which they may arrive gives the same rows."""

from __future__ import annotations

import contextlib
import random
from typing import Any

from libertad.journal import folding, guards, reading
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction


class _Undo(Exception):
    """Takes the replay back: the tables stay as the test left them."""


def assert_order_free(world: Any = None, *, orders: int = 5, replays: int = 2, seed: int = 1) -> None:
    """Replay all entries of the node in random causally valid orders; compare rows with the tables.

    `orders` times the rows are computed in memory, `replays` times entry by entry as the writer folds them
    (and taken back afterwards). `world` is not needed: it says that the test has one.
    """
    here, rng = node(), random.Random(seed)
    sql = Sql()
    before = reading.tables(sql)
    entries = list(reading.stored(sql))
    assert entries, "the journal is empty: say something first"
    held = reading.held_indices(sql)  # quarantined: in no row, whatever the order
    for _ in range(orders):
        shuffled = reading.causal_order(entries, rng)
        order = [entry for idx, entry in reading.open_entries(here, shuffled) if idx not in held]
        _same(reading.computed(here, order), before, "computed in another order")
    for _ in range(replays):
        _same(before, _replay(reading.causal_order(entries, rng)), "replayed in another order of arrival")
    _same(before, reading.tables(Sql()), "after the replay was taken back")


def _replay(order: list[reading.Stored]) -> dict[str, reading.Rows]:
    here, held = node(), reading.held_indices(Sql())
    replayed: dict[str, reading.Rows] = {}

    def job(tx: Transaction) -> None:
        for projection in folding.PROJECTIONS:
            tx.sql.run(f"delete from {projection.model._meta.db_table}")
        tx.sql.run("delete from journal_touch")
        for table in (guards.TOUCH, *(guard.table for guard, _ in guards.MODELS.values())):
            tx.sealing.emptied(table)
        tx.caches.touches.clear()
        for entry in order:
            decoded = here.understand(entry.header, entry.body)
            if decoded is not None and entry.idx not in held:
                tx.fold(entry.idx, decoded)
        replayed.update(reading.tables(tx.sql))
        raise _Undo

    with contextlib.suppress(_Undo):
        here.writer.submit(job)
    return replayed


def _same(expected: dict[str, reading.Rows], actual: dict[str, reading.Rows], case: str) -> None:
    differences = reading.differences(expected, actual)
    assert not differences, f"{case}, these rows differ:\n" + "\n".join(differences[:20])
