"""What a transaction of the writer changes of rows that decide: gathered while it runs, sealed at commit.

Rows of read models are sealed as they were computed. Of small tables the whole is compared when the first
statement that may change it is about to run, and again at the end: what differs then, this transaction wrote.
A row that was not right before is not made right by that: it stays noticed until a person mends it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from libertad.journal import guards
from libertad.journal.guards import MODELS, TOUCH, Guard, Values
from libertad.journal.seals import Change, Seals
from libertad.journal.sql import Sql

# In `Node.changes`, beside names of tables: entries of its own, and what another process wrote.
SAID, ELSEWHERE = "said here", "elsewhere"


class Sealing:
    """The sealing of one transaction."""

    def __init__(self, seals: Seals, sql: Sql) -> None:
        self.seals, self.sql = seals, sql
        self.made: list[Change] = []
        self.latest: dict[tuple[str, str], Change] = {}
        # By row: entries that began (True) or ceased to be part of it in this transaction.
        self.touches: dict[str, dict[str, bool]] = {}
        # By table: its rows before, by name, and the names of those that were not right.
        self.before: dict[str, tuple[dict[str, Values], set[str]]] = {}
        self.written: set[str] = set()  # tables that statements of this transaction may have changed

    def folded(self, label: str, key: str, values: tuple[Any, ...] | None) -> None:
        """A read model's row was computed; most models decide nothing."""
        guarded = MODELS.get(label)
        if guarded is None:
            return
        guard, places = guarded
        if values is None:
            self._make(Change(guard.table, key, "", None))
        else:
            self._make(self.seals.change(guard.table, [values[n] for n in places]))

    def wrote(self, table: str, row: Sequence[Any]) -> None:
        """A row of a table that is not small was put in place."""
        self._make(self.seals.change(table, row))

    def touched(self, touch: str, idx: int, present: bool = True) -> None:
        """An entry begins, or ceases, to be one of those that a row is made of."""
        if touch.partition(":")[0] not in MODELS:
            return
        row = (touch, idx)
        self._make(self.seals.change(TOUCH, row) if present else self.seals.removal(TOUCH, row))

    def is_complete(self, touch: str, entries: Iterable[int]) -> bool:
        """Whether these are all entries that a row is made of; of rows that decide nothing none is asked."""
        if touch.partition(":")[0] not in MODELS:
            return True
        minimum, maximum = self.seals.members(TOUCH, touch), self.seals.possible(TOUCH, touch)
        for name, present in self.touches.get(touch, {}).items():
            for names in (minimum, maximum):
                (names.add if present else names.discard)(name)
        # After a kill between the commit and its settling both forms are right.
        return minimum <= {f"{touch}:{idx}" for idx in entries} <= maximum

    def kept(self, touches: Iterable[str]) -> set[str]:
        """Those of the rows of which entries were sealed, here or in this transaction."""
        asked = [touch for touch in touches if touch.partition(":")[0] in MODELS]
        return self.seals.kept_groups(TOUCH, asked) | (self.touches.keys() & set(asked))

    def emptied(self, table: str) -> None:
        """All rows of such a table were taken away."""
        for name in self.seals.table(table):
            self._make(Change(table, name, name.rpartition(":")[0] if table == TOUCH else "", None))

    def rebuilt(
        self, rows: Mapping[str, Mapping[str, tuple[Any, ...]]], touches: Iterable[tuple[str, int]]
    ) -> None:
        """All rows of read models, by label and key, and of what they are made, as a rebuild made them."""
        touch_rows = set(touches)
        for touch, idx in touch_rows:
            self.touched(touch, idx)
        for name in self.seals.table(TOUCH).keys() - {f"{touch}:{idx}" for touch, idx in touch_rows}:
            self._make(Change(TOUCH, name, name.rpartition(":")[0], None))
        for label, (guard, _) in MODELS.items():
            kept_rows = rows.get(label, {})
            for key, values in kept_rows.items():
                self.folded(label, key, values)
            for name in self.seals.table(guard.table).keys() - kept_rows.keys():
                self._make(Change(guard.table, name, "", None))

    def watch(self, text: str) -> None:
        """A statement is about to run."""
        if table := guards.written_table(text):
            self.written.add(table)
        guard = guards.guard_of_statement(text)
        if guard is not None and guard.table not in self.before:
            if self.sql.postgres:  # SQLite has one writer; here nobody else writes until the commit
                self.sql.raw.execute(f"lock table {guard.table} in share row exclusive mode")
            before = self._read(guard)
            wrong = {name for name, _ in self.seals.compare(guard, before.values())}
            self.before[guard.table] = before, wrong

    def _read(self, guard: Guard) -> dict[str, Values]:
        watch, self.sql.watch = self.sql.watch, None
        try:
            return {guard.name(row): row for row in guards.rows(self.sql, guard)}
        finally:
            self.sql.watch = watch

    def holds(self, table: str, row: Sequence[Any]) -> bool:
        """Whether a row is as this node wrote it last, in this transaction or before."""
        guard = guards.GUARDS[table]
        if table in self.before:
            return guard.name(row) not in self.before[table][1]
        change = self.latest.get((table, guard.name(row)))
        if change is not None:
            return change.seal == self.seals.change(table, row).seal
        return self.seals.holds(table, row)

    def wrong(self, table: str, rows: Iterable[Sequence[Any]]) -> set[str]:
        """Names of the rows of a table that are not right, given all of them."""
        if table in self.before:
            return self.before[table][1]
        names = {name for name, _ in self.seals.compare(guards.GUARDS[table], rows)}
        return names - {name for place, name in self.latest if place == table}

    def mark(self) -> int:
        return len(self.made)

    def back(self, mark: int) -> None:
        """A job of the group was taken back."""
        del self.made[mark:]
        self.latest.clear()
        self.touches.clear()
        for change in self.made:
            self._note(change)

    def _make(self, change: Change) -> None:
        self.made.append(change)
        self._note(change)

    def _note(self, change: Change) -> None:
        self.latest[change.table, change.name] = change
        if change.table == TOUCH:
            self.touches.setdefault(change.group, {})[change.name] = change.seal is not None

    def changes(self) -> list[Change]:
        """All changes, the last of each row; called once at the end."""
        final_changes = dict(self.latest)
        for table, (before, wrong) in self.before.items():
            guard = guards.GUARDS[table]
            now = self._read(guard)
            for name, row in now.items():
                fresh = name not in before
                if (fresh or before[name] != row) and (fresh or name not in wrong):
                    final_changes[table, name] = self.seals.change(table, row)
            for name in before.keys() - now.keys():
                final_changes[table, name] = Change(table, name, "", None)
        return list(final_changes.values())
