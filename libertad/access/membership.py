"""Whether an authority is in an operation, in plain SQL: for screens, background work and other nodes'
questions."""

from __future__ import annotations

from libertad.access.operation_files import pinned_file
from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql


def believed(sql: Sql, table: str, key: str) -> dict[str, object]:
    """A row that decides, as this node wrote it; empty for any other."""
    guard = GUARDS[table]
    row = sql.first(f'{guard.select} and "{guard.key[0]}" = ?', (key,)) if key else None
    return dict(zip(guard.names, row, strict=True)) if row and sql.believes(table, row) else {}


def is_in(sql: Sql, operation: str, authority: str) -> bool:
    """Whether an operation's own file invited an authority, and the authority reads it still."""
    place = pinned_file(sql, operation) or ""
    member = believed(sql, "access_member", f"{operation}:{authority}")
    reads = believed(sql, "access_reader", f"{place}:{authority}")
    return bool(reads) and member.get("compartment") == place
