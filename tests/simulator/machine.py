"""A simulated machine: a real Node on a database in memory and a home folder, that can die at any write.

Every SQL statement, commit and file write of the node is a step. When the fuse is at its end the step raises
`Crash`, and so does everything after it: the process is dead. What was committed stays, what was not is gone;
the mark, which is never synced, may be there, be the one before, or be torn.
"""

from __future__ import annotations

import os
import random
import shutil
import sqlite3
from collections.abc import Callable
from concurrent.futures import Future
from contextlib import suppress
from pathlib import Path
from typing import Any, TypeVar

from libertad.exchange.sync.endpoint import Exchange
from libertad.journal import node as node_module
from libertad.journal.node import BehindMark, Node
from libertad.journal.rings import Rings
from libertad.journal.sql import Params, Sql
from libertad.journal.transaction import Transaction
from libertad.journal.tree import Frontier
from libertad.journal.writer import Writer

T = TypeVar("T")


class Crash(BaseException):
    """The process died here."""


class Fuse:
    """Counts a node's steps; `left` steps until it dies, None: it lives."""

    def __init__(self) -> None:
        self.left: int | None = None
        self.dead = False
        self.steps = 0

    def step(self) -> None:
        self.steps += 1
        if self.dead:
            raise Crash
        if self.left is not None:
            self.left -= 1
            if self.left < 0:
                self.left, self.dead = None, True
                raise Crash


class MachineSql(Sql):
    """The one connection of a machine's process, each statement a step."""

    def __init__(self, disk: sqlite3.Connection, fuse: Fuse) -> None:
        self.raw = disk
        self.alias = ""
        self.postgres = False
        self.fuse = fuse

    def run(self, text: str, params: Params = ()) -> Any:
        if self.watch is not None:
            self.watch(text)
        self.fuse.step()
        return self.raw.execute(text, params)

    def run_many(self, text: str, rows: Any) -> None:
        if self.watch is not None:
            self.watch(text)
        self.fuse.step()
        self.raw.executemany(text, rows)

    def begin(self) -> None:
        self.fuse.step()
        self.raw.execute("BEGIN IMMEDIATE")

    def commit(self) -> None:
        self.fuse.step()
        self.raw.execute("COMMIT")

    def rollback(self) -> None:
        self.fuse.step()
        if self.raw.in_transaction:
            self.raw.execute("ROLLBACK")

    def close(self) -> None:
        self.fuse.step()


class _Steps:
    """The rings' own connection, each statement a step."""

    def __init__(self, db: sqlite3.Connection, fuse: Fuse) -> None:
        self._db, self._fuse = db, fuse

    def __getattr__(self, name: str) -> Any:
        return getattr(self._db, name)

    def execute(self, *arguments: Any) -> Any:
        self._fuse.step()
        return self._db.execute(*arguments)


class MachineNode(Node):
    """A node whose database is the machine's."""

    def __init__(self, home: Path, disk: sqlite3.Connection, fuse: Fuse) -> None:
        self.fuse = fuse
        self.connection = MachineSql(disk, fuse)

        class Counted(Rings):
            def _connect(self) -> None:
                super()._connect()
                self.db = _Steps(self.db, fuse)  # type: ignore[assignment]

            @classmethod
            def recover(cls, where: Path) -> None:
                fuse.step()  # the dead finish nothing
                super().recover(where)

        original, node_module.Rings = node_module.Rings, Counted  # type: ignore[misc]
        try:
            super().__init__(home)
        finally:
            node_module.Rings = original  # type: ignore[misc]

    def sql(self) -> Sql:
        return self.connection

    def write_mark(self, frontier: Frontier) -> None:
        self.fuse.step()
        super().write_mark(frontier)

    def drop_mark(self) -> None:
        self.fuse.step()
        super().drop_mark()

    def renew_key(self, *arguments: Any) -> None:
        self.fuse.step()
        super().renew_key(*arguments)


class SyncWriter(Writer):
    """The writer without its thread: a job runs where it is submitted, in the same code."""

    def __init__(self, node: Node) -> None:
        from libertad.journal.caches import Caches

        self.node = node
        self.caches = Caches()
        self.alone = True
        self.opened: Sql | None = None

    def submit(self, job: Callable[[Transaction], T]) -> T:
        return self.send(job).result()

    def send(self, job: Callable[[Transaction], T]) -> Future[T]:
        if self.opened is None:
            self.opened = self._open()
        done: Future[T] = Future()
        group: list[Any] = [(job, done)]
        if not self.alone:  # as if others had submitted at the same moment
            group = [(_nothing, Future()), (job, done), (_nothing, Future())]
        self.alone = not self.alone
        self._run(self.opened, group)
        return done

    def close(self) -> None:
        if self.opened is not None:
            self._sign_last(self.opened)


def _nothing(tx: Transaction) -> None:
    return None


def _memory() -> sqlite3.Connection:
    return sqlite3.connect(":memory:", isolation_level=None, check_same_thread=False, cached_statements=1000)


class Machine:
    """One node's hardware: it outlives the process that runs on it."""

    def __init__(self, name: str, home: Path, image: bytes | None = None) -> None:
        self.name = name
        self.home = home
        self.disk = _memory()
        if image is not None:
            self.disk.deserialize(image)
        self.fuse = Fuse()
        self.skew = 0.0
        self.mark = b""  # as it is on the disk for certain
        self.node: MachineNode | None = None
        self.exchange: Exchange | None = None

    def start(self) -> None:
        """Start the process. Whether its writer opens is for who writes first."""
        self.fuse.dead, self.fuse.left = False, None
        if self.disk.in_transaction:
            self.disk.rollback()
        self.mark = self._read_mark()
        self.node = MachineNode(self.home, self.disk, self.fuse)
        self.exchange = Exchange(self.node)

    def _read_mark(self) -> bytes:
        path = self.home / "mark"
        return path.read_bytes() if path.exists() else b""

    def synced(self) -> None:
        """The system wrote its buffers to the disk."""
        self.mark = self._read_mark()

    def stop(self) -> None:
        """The process ends in order."""
        if self.node is not None:
            self.node.close()
        self.node = self.exchange = None

    def crash(self, rng: random.Random) -> str:
        """The process is gone, and the power too: what was not synced is there, or not, or half."""
        self.fuse.dead = True
        if self.disk.in_transaction:
            self.disk.rollback()
        node, self.node, self.exchange = self.node, None, None
        if node is not None:
            raw = node.rings.db._db  # type: ignore[attr-defined]
            if raw.in_transaction:
                raw.rollback()
            raw.close()
            node.presence.close()
            if node._mark is not None:
                os.close(node._mark)
        now, path = self._read_mark(), self.home / "mark"
        if now == self.mark or not path.exists():
            return "mark synced"
        kind = rng.choice(["mark kept", "mark kept", "mark lost", "mark torn"])
        if kind == "mark lost":
            path.write_bytes(self.mark) if self.mark else path.unlink()
        elif kind == "mark torn":
            at = rng.randrange(1, len(now))
            path.write_bytes(now[:at] + self.mark[at:])
        return kind

    def image(self) -> bytes:
        return self.disk.serialize()

    def restore(self, image: bytes) -> None:
        """An older database is put in place; rings, keys and mark are today's."""
        self.disk.close()
        self.disk = _memory()
        self.disk.deserialize(image)

    def away(self) -> None:
        with suppress(Exception):
            if self.node is not None:
                self.crash(random.Random(0))
        self.disk.close()
        shutil.rmtree(self.home, ignore_errors=True)

    def behind(self) -> bool:
        """Whether the node refuses to write because its database is not the one of its mark."""
        if self.node is None:
            return False
        try:
            _ = self.node.writer
        except BehindMark:
            return True
        return False
