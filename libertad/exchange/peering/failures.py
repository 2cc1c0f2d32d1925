"""What failed last with a peer, by each way, kept until something goes well by that way again.

Rule: a failure is a code of `protocol/failure_codes.py` and a moment, never a word that came from elsewhere:
what a peer, a broker or a proxy says of itself is not written down. Any process of the node may read it.
"""

from __future__ import annotations

from typing import NamedTuple

from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol.failure_codes import BY_MAIL, CODES, WAYS
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

EVERY = 20_000  # ms between two writes of the same failure
PUT = (
    "insert into exchange_failure (origin, way, code, since, at, times) values (?, ?, ?, ?, ?, 1) "
    "on conflict (origin, way) do update set code = excluded.code, at = excluded.at, "
    "since = case when exchange_failure.code = excluded.code then exchange_failure.since "
    "else excluded.since end, "
    "times = case when exchange_failure.code = excluded.code then exchange_failure.times + 1 else 1 end"
)


class Failure(NamedTuple):
    """`since` and `at`: its first and last moment in ms, UTC; `times`: how often it was written, at most
    every 20 seconds."""

    origin: str
    way: str
    code: str
    since: int
    at: int
    times: int


def failures(sql: Sql) -> list[Failure]:
    """What stands, by peer and way. A code that this version does not know is left out."""
    rows = sql.all("select origin, way, code, since, at, times from exchange_failure order by origin, way")
    failures = [Failure(*row) for row in rows]
    return [failure for failure in failures if failure.way in WAYS and failure.code in CODES]


def record_failure(node: Node, origin: str, way: str, code: str) -> None:
    """Write a failure down; durable on return. The same again within 20 s is passed over."""
    if way not in WAYS or code not in CODES:
        raise ValueError(f"{way}: {code}")
    now = now_ms()
    row = node.sql().first(
        "select code, at from exchange_failure where origin = ? and way = ?", (origin, way)
    )
    if row is not None and row[0] == code and 0 <= now - row[1] < EVERY:
        return
    node.writer.submit(lambda tx: tx.sql.run(PUT, (origin, way, code, now, now)) and None)


def record_success(node: Node, origin: str, way: str) -> None:
    """Something went well by this way: what failed before is no longer told."""
    known = "select 1 from exchange_failure where origin = ? and way = ?"
    if node.sql().first(known, (origin, way)) is not None:
        node.writer.submit(lambda tx: forget(tx, origin, way))


def forget(tx: Transaction, origin: str, way: str | None = None) -> None:
    """Tell no longer what failed with a peer by one way, or by all: it ended, was suspended or succeeded."""
    if way is None:
        tx.sql.run("delete from exchange_failure where origin = ?", (origin,))
    else:
        tx.sql.run("delete from exchange_failure where origin = ? and way = ?", (origin, way))


def no_letters(node: Node) -> None:
    """This node writes no letters any more: what failed with them is no longer told."""
    marks = ", ".join("?" * len(BY_MAIL))
    if node.sql().first(f"select 1 from exchange_failure where way in ({marks})", BY_MAIL):
        statement = f"delete from exchange_failure where way in ({marks})"
        node.writer.submit(lambda tx: tx.sql.run(statement, BY_MAIL) and None)
