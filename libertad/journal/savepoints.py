"""Part of a job that is taken back alone where it fails: what the job said before and says after stands."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

from libertad.journal.transaction import Transaction
from libertad.journal.trees import Trees


class Mark(NamedTuple):
    """How far a transaction was."""

    frontier: Trees
    tiles: int
    appended: int
    after: int
    sealed: int


def mark(tx: Transaction) -> Mark:
    return Mark(tx.frontier.copy(), len(tx.tiles), len(tx.appended), len(tx.after), tx.sealing.mark())


def back(tx: Transaction, start: Mark) -> None:
    """Forget what was said since, once the database has."""
    tx.caches.undo(start.frontier.size, tx.frontier.size)
    tx.frontier = start.frontier
    tx.sealing.back(start.sealed)
    del tx.tiles[start.tiles :], tx.appended[start.appended :], tx.after[start.after :]
    tx.memo.clear()
    tx.fresh.clear()
    tx.nonces.clear()


@contextmanager
def part(tx: Transaction) -> Iterator[None]:
    """Take back what is said within where it raises; whoever began the job decides what comes of that."""
    start, closing = mark(tx), len(tx.closing)
    memo, fresh, nonces = dict(tx.memo), set(tx.fresh), dict(tx.nonces)
    tx.sql.run("savepoint part")
    try:
        yield
    except Exception as why:
        if not tx.node.is_storage(why):  # else the writer takes back the whole group
            tx.sql.run("rollback to savepoint part")
            tx.sql.run("release savepoint part")
            back(tx, start)
            del tx.closing[closing:]
            # What the job had drawn before stands: its numbers are written when it is through.
            tx.memo.update(memo)
            tx.fresh.update(fresh)
            tx.nonces.update(nonces)
        raise
    tx.sql.run("release savepoint part")
