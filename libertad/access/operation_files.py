"""The one file of each operation that this node joined: pinned at joining, changed by nothing that arrives.

A second file 'of the operation' makes nobody a coordinator: what stands in it is held. A node that opens an
operation pins its file itself; one that joins pins the file in which its inviter named it as a reader.
"""

from __future__ import annotations

from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql

PUT = "insert into access_operation_file (operation, inviter, compartment) values (?, ?, ?) "


def pinned_file(sql: Sql, operation: str) -> str | None:
    """The file's id; '' until it has arrived, None for an operation that this node has not joined.

    A row that was changed in the database names no file: what depends on it waits until it is mended.
    """
    guard = GUARDS["access_operation_file"]
    row = sql.first(f"{guard.select} and operation = ?", (operation,))
    if row is None:
        return None
    return str(row[guard.names.index("compartment")]) if sql.believes(guard.table, row) else ""


def expect_file(sql: Sql, operation: str, inviter: str) -> None:
    """The node joins: it believes the file in which this authority names it."""
    sql.run(PUT + "on conflict (operation) do nothing", (operation, inviter, ""))


def inviter_of(sql: Sql, operation: str) -> str:
    """By whose invitation the node joins and waits for the operation's file; '' where it does not wait."""
    row = sql.first(
        "select inviter from access_operation_file where operation = ? and compartment = ''", (operation,)
    )
    return str(row[0]) if row is not None else ""


def pin_file(sql: Sql, operation: str, inviter: str, compartment: str) -> None:
    """Pin the file; one that is pinned stays."""
    sql.run(
        PUT + "on conflict (operation) do update set compartment = excluded.compartment "
        "where access_operation_file.compartment = ''",
        (operation, inviter, compartment),
    )
