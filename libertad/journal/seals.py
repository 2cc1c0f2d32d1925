"""Seals of rows that decide, kept in the node's home: what the database says alone is not believed.

`seals.db` holds a MAC of each guarded row (`guards.py`) under a key beside it, never in the database. So it
finds a row that was changed, added, taken away, exchanged with another, and one that was put back as it once
was: only the newest seal of a row is kept. A MAC inside the row would come back with an old row and go with
a deleted one, and tables of other packages have no column for it.

A change is noted before the database commits it (`prepare`) and taken over afterwards (`settle`): after a
crash in between, or a commit of which nobody knows whether it took place, both forms of the row are right
until it is written again.
"""

from __future__ import annotations

import os
import sqlite3
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from libertad.journal import guards
from libertad.journal.folding import batches
from libertad.journal.guards import GUARDS, Guard
from libertad.journal.row_changes import ADDED as ADDED
from libertad.journal.row_changes import CHANGED as CHANGED
from libertad.journal.row_changes import GONE, MOST_NOTICES
from libertad.journal.row_changes import REMOVED as REMOVED
from libertad.journal.row_changes import Change as Change
from libertad.journal.row_changes import Notice as Notice
from libertad.journal.row_changes import RowChanged as RowChanged
from libertad.journal.sql import Sql, columns_of, marks

SCHEMA = """
create table if not exists row (tbl text, name text, grp text, seal blob, pending blob,
  primary key (tbl, name)) without rowid;
create index if not exists row_group on row (tbl, grp) where grp <> '';
create table if not exists fact (name text primary key, value) without rowid;
create table if not exists version (account integer primary key, number integer);
create table if not exists notice (tbl text, name text, what text, at integer,
  primary key (tbl, name)) without rowid;
"""
LOOKS = 2  # at what seemed wrong, once more each
PUT = (
    "insert into row (tbl, name, grp, seal, pending) values (?, ?, ?, null, ?) "
    "on conflict (tbl, name) do update set grp = excluded.grp, pending = excluded.pending"
)


MOST_DIGESTS = 10_000


class Seals:
    """All seals of a node. Thread-safe; several processes of a node may use them."""

    def __init__(self, home: Path) -> None:
        self.path = home / "seals.db"
        self.lock = threading.RLock()
        self._secret_path = home / "keys" / "rows.key"
        self._db: sqlite3.Connection | None = None
        self._secret = b""
        self._adopted = False
        self._digests: dict[tuple[Any, ...], bytes] = {}

    @property
    def db(self) -> sqlite3.Connection:
        if self._db is not None:
            return self._db
        with self.lock:
            return self._open() if self._db is None else self._db

    def _open(self) -> sqlite3.Connection:
        fresh = not self.path.exists()
        db = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False, timeout=30)
        if fresh:
            self.path.chmod(0o600)
        db.execute("pragma journal_mode=wal")
        db.execute("pragma synchronous=full")
        db.executescript(SCHEMA)
        self._secret = _secret(self._secret_path)
        self._db = db
        return db

    def close(self) -> None:
        with self.lock:
            if self._db is not None:
                self._db.close()
                self._db = None

    # -- first use -------------------------------------------------------------------------

    def ready(self, sql: Sql) -> None:
        """Seal what is there, once in the life of a home: trust on first use. Nothing in the database can
        bring it about again. A new version that seals more seals the rows anew that were right before."""
        if self._adopted:
            return
        with self.lock:
            _ = self.db
            if self.db.execute("select 1 from fact where name = 'adopted'").fetchone() is None:
                self.adopt(sql)
            for table, guard in GUARDS.items():
                shape_row = self.db.execute(
                    "select value from fact where name = ?", (f"shape {table}",)
                ).fetchone()
                if shape_row is None or shape_row[0] != guard.shape:
                    self._reshape(sql, guard, shape_row[0] if shape_row else None)
            self._adopted = True

    def _reshape(self, sql: Sql, guard: Guard, shape_before: str | None) -> None:
        old = guard.shaped(shape_before) if shape_before is not None else guard
        wrong: set[str] = set()
        if not columns_of(sql, guard.table).issuperset(old.names):
            # A table made anew, whose rows a rebuild fills: nothing of before is in it to compare.
            with self._writing():
                self.db.execute("delete from row where tbl = ?", (guard.table,))
        elif shape_before is not None:
            wrong = {name for name, _ in self.compare(old, guards.rows(sql, old))}
        with self._writing():
            rows = [row for row in guards.rows(sql, guard) if guard.name(row) not in wrong]
            self._fill(self.db, guard, rows)
            self._keep_shape(guard)

    def _keep_shape(self, guard: Guard) -> None:
        self.db.execute("insert or replace into fact values (?, ?)", (f"shape {guard.table}", guard.shape))

    def adopt(self, sql: Sql) -> None:
        """Take every guarded row as it is now: at first use, and when a person accepts an older database."""
        with self.lock:
            db = self.db
            db.execute("begin immediate")
            try:
                db.execute("delete from row")
                db.execute("delete from notice")
                db.execute("update version set number = number + 1")
                for guard in GUARDS.values():
                    self._fill(db, guard, guards.rows(sql, guard))
                    self._keep_shape(guard)
                db.execute("insert or replace into fact values ('adopted', ?)", (_now(),))
                db.execute("commit")
            except BaseException:
                db.execute("rollback")
                raise

    def _fill(self, db: sqlite3.Connection, guard: Guard, rows: Iterable[Sequence[Any]]) -> None:
        db.executemany(
            "insert or replace into row values (?, ?, ?, ?, null)",
            ((guard.table, guard.name(row), guard.group_of(row), self._digest(guard, row)) for row in rows),
        )

    # -- changes ---------------------------------------------------------------------------

    def change(self, table: str, row: Sequence[Any]) -> Change:
        """The change that puts a row (key and columns of its guard, in order) in place."""
        guard = GUARDS[table]
        _ = self.db
        return Change(table, guard.name(row), guard.group_of(row), self._digest(guard, row))

    @staticmethod
    def removal(table: str, row: Sequence[Any]) -> Change:
        guard = GUARDS[table]
        return Change(table, guard.name(row), guard.group_of(row), None)

    def prepare(self, changes: Sequence[Change]) -> None:
        """Note changes durably, before the database commits them."""
        if not changes:
            return
        with self._writing():
            self.db.executemany(
                PUT, [(c.table, c.name, c.group, GONE if c.seal is None else c.seal) for c in changes]
            )

    def settle(self, changes: Sequence[Change]) -> None:
        """The database has committed them. Lost in a power cut, they stay prepared: no harm."""
        if not changes:
            return
        with self._writing(durable=False):
            for c in changes:
                if c.seal is None:
                    self.db.execute(
                        "delete from row where tbl = ? and name = ? and pending = ?", (c.table, c.name, GONE)
                    )
                else:  # what another thread has prepared since stays prepared
                    self.db.execute(
                        "update row set seal = ?, pending = nullif(pending, ?) where tbl = ? and name = ?",
                        (c.seal, c.seal, c.table, c.name),
                    )
                self.db.execute("delete from notice where tbl = ? and name = ?", (c.table, c.name))

    @contextmanager
    def _writing(self, durable: bool = True) -> Iterator[None]:
        with self.lock:
            db = self.db
            db.execute(f"pragma synchronous={'full' if durable else 'normal'}")
            db.execute("begin immediate")
            try:
                yield
                db.execute("commit")
            except BaseException:
                if db.in_transaction:
                    db.execute("rollback")
                raise

    # -- checks ----------------------------------------------------------------------------

    def _stored(self, table: str, name: str) -> tuple[bytes | None, bytes | None] | None:
        with self.lock:
            row: tuple[bytes | None, bytes | None] | None = self.db.execute(
                "select seal, pending from row where tbl = ? and name = ?", (table, name)
            ).fetchone()
            return row

    def holds(self, table: str, row: Sequence[Any], quiet: bool = False) -> bool:
        """Whether a row is as this node wrote it last; if not it is noticed (unless `quiet`), and nobody acts
        upon it."""
        guard = GUARDS[table]
        name = guard.name(row)
        stored = self._stored(table, name)
        if stored is not None and self._digest(guard, row) in stored:
            return True
        if not quiet:
            self.note(table, name, ADDED if stored is None or stored[0] is None else CHANGED)
        return False

    def absent(self, table: str, name: str) -> bool:
        """Whether it is right that there is no such row; if not it is noticed."""
        stored = self._stored(table, name)
        if stored is None or stored[0] is None or stored[1] == GONE:
            return True
        self.note(table, name, REMOVED)
        return False

    def complete(self, table: str, group: str, rows: Iterable[Sequence[Any]]) -> bool:
        """Whether these are the rows of a group, all of them and no other."""
        right = True
        names = set()
        for row in rows:
            names.add(GUARDS[table].name(row))
            right = self.holds(table, row) and right
        for name in self.members(table, group) - names:
            self.note(table, name, REMOVED)
            right = False
        return right

    def members(self, table: str, group: str) -> set[str]:
        """Names of the rows of a group, as they were sealed."""
        with self.lock:
            # Untold, SQLite reads all rows of the table: each write cost more with each row on file.
            rows = self.db.execute(
                "select name, seal, pending from row indexed by row_group "
                "where tbl = ? and grp = ? and grp <> ''",
                (table, group),
            )
            return {name for name, seal, pending in rows if seal is not None and pending != GONE}

    def kept_groups(self, table: str, groups: Sequence[str]) -> set[str]:
        """Those of the groups of which a row was sealed, or is prepared."""
        with self.lock:
            rows = self.db.execute(
                "select distinct grp from row indexed by row_group "
                f"where tbl = ? and grp in ({marks(groups)}) and grp <> ''",
                (table, *groups),
            )
            return {row[0] for row in rows}

    def possible(self, table: str, group: str) -> set[str]:
        """Names of the rows that a group may have: also those prepared, of which no commit is known."""
        with self.lock:
            rows = self.db.execute(
                "select name from row where tbl = ? and grp = ? and grp <> ''", (table, group)
            )
            return {row[0] for row in rows}

    def table(self, table: str) -> dict[str, tuple[bytes | None, bytes | None]]:
        """Seals of a whole table by the rows' names."""
        with self.lock:
            return {
                name: (seal, pending)
                for name, seal, pending in self.db.execute(
                    "select name, seal, pending from row where tbl = ?", (table,)
                )
            }

    def _digest(self, guard: Guard, row: Sequence[Any]) -> bytes:
        """The seal that belongs to a row; it follows from the row alone."""
        if not guard.members:
            return guard.digest(self._secret, row)
        key = (guard.table, guard.key, guard.columns, *row, *map(type, row))
        seal = self._digests.get(key)
        if seal is None:
            if len(self._digests) >= MOST_DIGESTS:
                self._digests.clear()
            seal = self._digests[key] = guard.digest(self._secret, row)
        return seal

    def compare(self, guard: Guard, rows: Iterable[Sequence[Any]]) -> Iterator[tuple[str, str]]:
        """(name, what) of all rows of a table that are not as this node wrote them."""
        stored = self.table(guard.table)
        for row in rows:
            name = guard.name(row)
            seals = stored.pop(name, None)
            if seals is None or self._digest(guard, row) not in seals:
                yield name, ADDED if seals is None or seals[0] is None else CHANGED
        for name, (seal, pending) in stored.items():
            if seal is not None and pending != GONE:
                yield name, REMOVED

    def wrong(self, table: str, rows: Iterable[Sequence[Any]]) -> set[str]:
        """Names of the rows of a table that are not right, given all of them; each is noticed."""
        differences = list(self.compare(GUARDS[table], rows))
        for name, kind in differences:
            self.note(table, name, kind)
        return {name for name, _ in differences}

    def sealed_names(self, table: str, names: Iterable[str]) -> set[str]:
        """Those of these names under which this node keeps a row; the others are noticed as added."""
        requested, known_names = list(dict.fromkeys(names)), set[str]()
        with self.lock:
            for batch in batches(requested):
                marks = ", ".join("?" * len(batch))
                known_names.update(
                    row[0]
                    for row in self.db.execute(
                        f"select name from row where tbl = ? and name in ({marks})",
                        (table, *batch),
                    )
                )
        for name in requested:
            if name not in known_names:
                self.note(table, name, ADDED)
        return known_names

    def findings(self, sql: Sql) -> list[Notice]:
        """Every guarded row compared; what is found is noticed, and what was mended is forgotten.

        Not within one snapshot of the database: what the node writes meanwhile is right when it is looked at
        again.
        """
        self.ready(sql)
        now = _now()
        notices = [
            Notice(table, name, kind, now) for table in GUARDS for name, kind in self._wrong(sql, table)
        ]
        for _ in range(LOOKS):
            tables = {notice.table for notice in notices}
            again = {(table, *place) for table in tables for place in self._wrong(sql, table)}
            notices = [notice for notice in notices if (notice.table, notice.name, notice.what) in again]
        notices += [Notice(table, name, "trigger", now) for table, name in guards.triggers(sql)]
        with self._writing(durable=False):
            self.db.execute("delete from notice")
            self.db.executemany("insert or ignore into notice values (?, ?, ?, ?)", notices[:MOST_NOTICES])
        return notices

    def take(self, sql: Sql, notices: Sequence[Notice]) -> None:
        """Take these rows as they stand in the database: a person looked at them."""
        for table in sorted({notice.table for notice in notices} & GUARDS.keys()):
            guard = GUARDS[table]
            rows_by_name = {guard.name(row): row for row in guards.rows(sql, guard)}
            changes = [
                self.change(table, rows_by_name[name])
                if name in rows_by_name
                else Change(table, name, "", None)
                for name in (notice.name for notice in notices if notice.table == table)
            ]
            self.prepare(changes)
            self.settle(changes)

    def groups(self, table: str, name: str) -> set[int]:
        """The group that a row belonged to as it was sealed, as a number; empty where none was."""
        with self.lock:
            rows = self.db.execute("select grp from row where tbl = ? and name = ?", (table, name))
            return {int(row[0]) for row in rows if row[0]}

    def _wrong(self, sql: Sql, table: str) -> list[tuple[str, str]]:
        return list(self.compare(GUARDS[table], guards.rows(sql, GUARDS[table])))

    # -- notices ---------------------------------------------------------------------------

    def note(self, table: str, name: str, kind: str) -> None:
        """Remember that a row is not as this node wrote it: administrators see it until it is mended."""
        with self.lock:
            known = self.db.execute(
                "select what from notice where tbl = ? and name = ?", (table, name)
            ).fetchone()
            if known is not None and known[0] == kind:
                return
            count = self.db.execute("select count(*) from notice").fetchone()[0]
            if count < MOST_NOTICES and not self.db.in_transaction:
                self.db.execute(
                    "insert or replace into notice values (?, ?, ?, ?)", (table, name, kind, _now())
                )

    def notices(self) -> list[Notice]:
        with self.lock:
            rows = self.db.execute("select tbl, name, what, at from notice order by at, tbl, name")
            return [Notice(*row) for row in rows]

    # -- credential versions -----------------------------------------------------------------

    def version(self, account: int) -> int:
        """The version of an account's credentials: sessions of an older one have ended."""
        with self.lock:
            row = self.db.execute("select number from version where account = ?", (account,)).fetchone()
            return int(row[0]) if row else 0

    def renew(self, account: int) -> None:
        """Password, factors or flags of an account change: durable on return, before the change itself."""
        with self._writing():
            self.db.execute(
                "insert into version values (?, 1) on conflict (account) do update set number = number + 1",
                (account,),
            )


def _now() -> int:
    return time.time_ns() // 1_000_000


def _secret(path: Path) -> bytes:
    """32 bytes, made when they are not there, readable by this user alone."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return path.read_bytes()
    with os.fdopen(fd, "wb") as out:
        secret = os.urandom(32)
        out.write(secret)
        out.flush()
        os.fsync(out.fileno())
    return secret
