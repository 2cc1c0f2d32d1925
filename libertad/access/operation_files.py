"""The one file of each operation that this node joined: pinned at joining, changed by nothing that arrives.

A second file 'of the operation' makes nobody a coordinator: what stands in it is held. A node that opens an
operation pins its file itself; one that joins pins the file in which its inviter named it as a reader.
"""

from __future__ import annotations

from libertad.journal.sql import Sql

PUT = "insert into access_operation_file (operation, inviter, compartment) values (?, ?, ?) "


def pinned_file(sql: Sql, operation: str) -> str | None:
    """The file's id; '' until it has arrived, None for an operation that this node has not joined."""
    row = sql.one("select compartment from access_operation_file where operation = ?", (operation,))
    return None if row is None else str(row[0])


def expect_file(sql: Sql, operation: str, inviter: str) -> None:
    """The node joins: it believes the file in which this authority names it."""
    sql.run(PUT + "on conflict (operation) do nothing", (operation, inviter, ""))


def inviter_of(sql: Sql, operation: str) -> str:
    """By whose invitation the node joins and waits for the operation's file; '' where it does not wait."""
    row = sql.one(
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
