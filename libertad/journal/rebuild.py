"""Rebuilding read models from the journal while the node goes on serving and writing.

Rows are computed in memory and staged in tables beside the real ones; what was appended meanwhile is caught
up; then one transaction of the writer brings the real tables to what was staged. Readers see the rows of
before or those of after. Erasing during a rebuild starts it over, so that nothing erased comes back.
"""

from __future__ import annotations

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from libertad.journal import folding, guarded, guards, header, reading, trees
from libertad.journal.node import Node
from libertad.journal.rings import Locked
from libertad.journal.seals import RowChanged
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction
from libertad.journal.tree import leaf_hash
from libertad.journal.trees import Trees

Progress = Callable[[int, int], None]
CHUNK = 2000
NEARLY = 200  # entries that are left to the last transaction
TOUCH_TABLE = "journal_touch"
TOUCH_COLUMNS = ("key", "entry")


class StartOver(Exception):
    """Something was erased or quarantined while rows were computed: what was computed may hold it."""


@dataclass(frozen=True)
class Rebuilt:
    """What a rebuild did. `changed` counts rows that the tables held otherwise, or not, or too much."""

    entries: int
    rows: int
    changed: int
    seconds: float


@dataclass
class Staging:
    """Groups of opened entries, and which rows changed since they were last staged."""

    node: Node
    size: int = 0
    groups: dict[tuple[str, str], list[folding.Said]] = field(default_factory=lambda: defaultdict(list))
    dirty: dict[tuple[str, str], None] = field(default_factory=dict)
    touches: list[tuple[str, int]] = field(default_factory=list)
    held: frozenset[int] = frozenset()
    # Rows that decide, as they were computed: what the tables beside hold by then is not asked.
    guarded: dict[str, dict[str, tuple[Any, ...]]] = field(default_factory=lambda: defaultdict(dict))
    made_of: list[tuple[str, int]] = field(default_factory=list)
    trees: Trees = field(default_factory=Trees)
    emptied: list[int] = field(default_factory=list)  # entries without a body whose file nobody erased
    erased: frozenset[bytes] = frozenset()

    def take(self, entries: Iterable[reading.Stored]) -> None:
        groups, dirty = self.groups, self.dirty
        for entry in entries:
            self.size = entry.idx + 1
            self.trees.append(trees.tree_of_place(entry.place or 0), leaf_hash(entry.header))
            if entry.body is None and header.decode(entry.header).key_id not in self.erased:
                self.emptied.append(entry.idx)
            opened = self.node.understand(entry.header, entry.body)
            if opened is None or entry.idx in self.held:
                continue
            for projection, key in folding.touched(opened):
                place = projection.label, key
                groups[place].append(opened)
                dirty[place] = None
                if key != opened.id:
                    self.touches.append((projection.touch(key), entry.idx))
                    if projection.label in guards.MODELS:
                        self.made_of.append((projection.touch(key), entry.idx))

    def stage(self, sql: Sql) -> int:
        """Write changed rows and new touches into the tables beside, in short transactions."""
        known = folding.by_label()
        rows: dict[str, list[tuple[Any, ...]]] = defaultdict(list)
        find = self.node.rings.sealing_key
        for label, key in self.dirty:
            values = folding.compute(
                known[label], key, self.groups[label, key], find, self.node.rings.authorities, self.node.owner
            )
            if values is None:
                rows[label].append((key,))
            else:
                rows[label].append(values)
            if label in guards.MODELS:
                if values is None:
                    self.guarded[label].pop(key, None)
                else:
                    self.guarded[label][key] = values
        count = 0
        for label, records in rows.items():
            projection = known[label]
            table = staging_table(projection.model._meta.db_table)
            upsert = insert(table, projection.columns) + folding.on_conflict(projection.columns)
            whole = [row for row in records if len(row) > 1 or len(projection.columns) == 1]
            removed = [row for row in records if len(row) == 1 and len(projection.columns) > 1]
            _write(sql, upsert, whole)
            _write(sql, f"delete from {table} where id = ?", removed)
            count += len(records)
        _write(sql, insert(staging_table(TOUCH_TABLE), TOUCH_COLUMNS), self.touches)
        self.dirty.clear()
        self.touches.clear()
        return count


def rebuild(node: Node, progress: Progress = lambda done, of: None) -> Rebuilt:
    """Rebuild all read models. Locked when a ring is: its rows could not be computed."""
    need_all_rings(node)
    while True:
        try:
            with reading.calm():
                return _rebuild(node, progress)
        except StartOver:
            continue


def _rebuild(node: Node, progress: Progress) -> Rebuilt:
    began = time.monotonic()
    sql = node.sql()
    node.rings.refresh()
    erased = node.rings.erased()
    staging = Staging(node, held=reading.held_indices(sql), erased=frozenset(erased))
    _make(sql)
    try:
        size = trees.size(sql)
        rows = 0
        while size - staging.size > NEARLY or not staging.size:
            for start in range(staging.size, size, CHUNK):
                staging.take(reading.stored(sql, start, min(start + CHUNK, size)))
                progress(min(start + CHUNK, size), size)
            rows += staging.stage(sql)
            size = trees.size(sql)
            if not size:
                break
        changed = node.writer.submit(lambda tx: _swap(tx, staging, erased))
        return Rebuilt(size, sum(_count(sql).values()), changed, time.monotonic() - began)
    finally:
        _drop(sql)


def _swap(tx: Transaction, staging: Staging, erased: set[bytes]) -> int:
    """In the writer: take over what was staged, then fold what came after it."""
    size, held = staging.size, staging.held
    tx.node.rings.refresh()
    holding = reading.held_indices(tx.sql)
    if tx.node.rings.erased() != erased or {idx for idx in holding if idx < size} != held:
        raise StartOver
    _check_entries(tx, staging)
    changed = 0
    for table, columns, keys in _tables():
        names, match = folding.quoted(columns), " and ".join(f's."{k}" = t."{k}"' for k in keys)
        removed = tx.sql.run(
            f"delete from {table} as t where not exists "
            f"(select 1 from {staging_table(table)} as s where {match})"
        )
        new = tx.sql.run(
            f"insert into {table} ({names}) select {names} from "
            f"(select {names} from {staging_table(table)} except select {names} from {table}) as s "
            "where 1 = 1" + folding.on_conflict(columns, keys)
        )
        if table != TOUCH_TABLE:
            changed += removed.rowcount + new.rowcount
    tx.sealing.rebuilt(staging.guarded, staging.made_of)
    tx.caches.rights.clear()
    tx.caches.touches.clear()
    for entry in list(reading.stored(tx.sql, size)):
        opened = tx.node.understand(entry.header, entry.body)
        if opened is not None and entry.idx not in holding:
            tx.fold(entry.idx, opened)
    return changed


def _check_entries(tx: Transaction, staging: Staging) -> None:
    """RowChanged unless the entries are those that this node committed, and what is held back is held back:
    rows made of others would be believed afterwards."""
    here = staging.trees.copy()
    for entry in reading.stored(tx.sql, staging.size):
        here.append(trees.tree_of_place(entry.place or 0), leaf_hash(entry.header))
    if any(here.tree(name).root() != tx.frontier.tree(name).root() for name in trees.TREES):
        raise RowChanged("journal_entry", "tree")
    if staging.emptied:
        raise RowChanged("journal_entry", str(staging.emptied[0]))
    rows = guards.rows(tx.sql, guards.GUARDS[guarded.HELD])
    wrong = sorted(tx.sealing.wrong(guarded.HELD, rows))
    if wrong:
        raise RowChanged(guarded.HELD, wrong[0])


def staging_table(table: str) -> str:
    return f"beside_{table}"


def insert(table: str, columns: Sequence[str]) -> str:
    return f"insert into {table} ({folding.quoted(columns)}) values ({', '.join('?' * len(columns))})"


def _tables() -> list[tuple[str, tuple[str, ...], tuple[str, ...]]]:
    """(table, columns, key columns) of all that a rebuild writes."""
    tables = [(p.model._meta.db_table, p.columns, ("id",)) for p in folding.PROJECTIONS]
    return [*tables, (TOUCH_TABLE, TOUCH_COLUMNS, TOUCH_COLUMNS)]


def _make(sql: Sql) -> None:
    _drop(sql)
    for table, columns, keys in _tables():
        if sql.postgres:
            sql.run(f"create unlogged table {staging_table(table)} (like {table})")
            sql.run(f"alter table {staging_table(table)} add primary key ({folding.quoted(keys)})")
            continue
        # The real table's declared types, so that values compare as they do there.
        types = {row[1]: row[2] for row in sql.all(f"pragma table_info({table})")}
        declared = ", ".join(f'"{name}" {types[name]}' for name in columns)
        key = folding.quoted(keys)
        sql.run(f"create table {staging_table(table)} ({declared}, primary key ({key})) without rowid")


def _drop(sql: Sql) -> None:
    for table, _, _ in _tables():
        sql.run(f"drop table if exists {staging_table(table)}")


def _write(sql: Sql, statement: str, rows: list[tuple[Any, ...]]) -> None:
    for chunk in folding.batches(rows, CHUNK):
        sql.run("BEGIN")
        try:
            sql.run_many(statement, chunk)
            sql.commit()
        except BaseException:
            sql.rollback()
            raise


def _count(sql: Sql) -> dict[str, int]:
    counts = {}
    for projection in folding.PROJECTIONS:
        row = sql.first(f"select count(*) from {projection.model._meta.db_table}")
        counts[projection.label] = row[0] if row else 0
    return counts


def need_all_rings(node: Node) -> None:
    """Refuse (Locked) while a ring of this node is locked: rows of its files would go missing."""
    locked = [name for name in node.rings.authorities() if name not in node.rings.open]
    if locked:
        raise Locked(
            "rebuilding needs every ring of this node unlocked, or rows would go missing; locked: "
            + ", ".join(locked)
            + ". Run libertad doctor to see why"
        )
