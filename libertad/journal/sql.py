"""Raw SQL on Django's own connection, for the one writer: SQLite and PostgreSQL alike."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from functools import cache
from typing import Any, Protocol

from django.db import connections

Params = Sequence[Any]


class Believing(Protocol):
    """`seals.Seals`, and `sealing_rows.Sealing` within a transaction of the writer."""

    def holds(self, table: str, row: Params) -> bool: ...

    def wrong(self, table: str, rows: Iterable[Params]) -> set[str]: ...


@cache
def dollars(text: str) -> str:
    """SQL written with '?' in psycopg's form."""
    return text.replace("%", "%%").replace("?", "%s")


def marks(values: Sequence[object]) -> str:
    """Placeholders for `in (...)`, one for each value; 'null', which nothing equals, for none."""
    return ", ".join("?" * len(values)) or "null"


class Sql:
    """A thread's connection. Statements use '?'; blobs come back as bytes on both databases."""

    alias = ""  # Django's name of the connection; empty for one that is not Django's
    # Told each statement of the writer before it runs: it seals what the statement changes (`seals.py`).
    watch: Callable[[str], None] | None = None
    # Of a node's own database: what compares rows that decide with their seals.
    sealed: Believing | None = None

    def believes(self, table: str, row: Params) -> bool:
        """Whether a row of a guarded table (key and columns of its guard) is as this node wrote it last."""
        return self.sealed is None or self.sealed.holds(table, row)

    def wrong(self, table: str, rows: Iterable[Params]) -> set[str]:
        """Names of the rows that are not so, given all rows of the table; also of such as are missing."""
        return set() if self.sealed is None else self.sealed.wrong(table, rows)

    def __init__(self, alias: str = "default") -> None:
        self.alias = alias
        self.django = connections[alias]
        self.postgres = self.django.vendor == "postgresql"
        if self.postgres and self.django.connection is not None and self.django.connection.closed:
            self.django.close()  # the server ended it: Django notices between requests, and a thread has none
        self.django.ensure_connection()
        self.raw: Any = self.django.connection

    def run(self, text: str, params: Params = ()) -> Any:
        if self.watch is not None:
            self.watch(text)
        if self.postgres:
            return self.raw.execute(dollars(text), params)
        return self.raw.execute(text, params)

    def run_many(self, text: str, rows: Iterable[Params]) -> None:
        rows = list(rows)
        if not rows:
            return
        if self.watch is not None:
            self.watch(text)
        if self.postgres:
            with self.raw.cursor() as cursor:
                cursor.executemany(dollars(text), rows)
        else:
            self.raw.executemany(text, rows)

    def all(self, text: str, params: Params = ()) -> list[tuple[Any, ...]]:
        rows: list[tuple[Any, ...]] = self.run(text, params).fetchall()
        return rows

    def first(self, text: str, params: Params = ()) -> tuple[Any, ...] | None:
        row: tuple[Any, ...] | None = self.run(text, params).fetchone()
        return row

    def begin(self) -> None:
        """Begin writing: one writer at a time over all processes of the node."""
        if self.postgres:
            self.raw.execute("BEGIN")
            self.raw.execute("SELECT pg_advisory_xact_lock(7215)")
        else:
            self.raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        if self.postgres:
            self.raw.execute("ROLLBACK")
        elif self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def close(self) -> None:
        self.django.close()


# A table that stands in a database as long as a move into it is not finished: whose node it is.
MOVING = "journal_move"
CUT_OFF = (
    "a move into this database was cut off: go back to the one it came from, and run "
    "libertad journal move with --again there"
)


def unfinished(sql: Sql) -> str | None:
    """The origin of the node whose store was being moved into this database; None where none was."""
    if not exists(sql, MOVING):
        return None
    row = sql.first(f"select origin from {MOVING}")
    return str(row[0]) if row else ""


def columns_of(sql: Sql, table: str) -> set[str]:
    """The names of a table's columns as the database has them."""
    known = (
        "select column_name from information_schema.columns "
        "where table_schema = current_schema() and table_name = ?"
        if sql.postgres
        else "select name from pragma_table_info(?)"
    )
    return {str(name) for (name,) in sql.all(known, (table,))}


def exists(sql: Sql, table: str) -> bool:
    """Whether the database has a table of this name."""
    known = "to_regclass(?) is not null" if sql.postgres else "? in (select name from sqlite_master)"
    return sql.first(f"select 1 where {known}", (table,)) is not None
