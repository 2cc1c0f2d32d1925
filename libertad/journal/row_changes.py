"""A change of a sealed row that this node makes, and the notice of one that it did not make."""

from __future__ import annotations

from typing import NamedTuple

from libertad.journal.guards import GUARDS

GONE = b""  # a pending deletion
MOST_NOTICES = 1000
ADDED, CHANGED, REMOVED = "added", "changed", "removed"


class Change(NamedTuple):
    """What becomes of a row: its new seal, None when it goes."""

    table: str
    name: str
    group: str
    seal: bytes | None


class Notice(NamedTuple):
    """A row that is not as this node wrote it: `what` is added, changed or removed; `at` in ms."""

    table: str
    name: str
    what: str
    at: int

    @property
    def mend(self) -> str:
        guard = GUARDS.get(self.table)
        return guard.mend if guard is not None else "ask whoever administers the database"


class RowChanged(Exception):
    """A row that decides was changed outside this node; it is not acted upon."""

    def __init__(self, table: str, name: str) -> None:
        super().__init__(
            f"row {name} of {table} was changed outside this node and is not believed: run libertad doctor"
        )
        self.table, self.name = table, name
