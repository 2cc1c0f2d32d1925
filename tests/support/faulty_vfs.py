"""A disk that fails, under SQLite: a VFS of apsw's that inherits the machine's own and models a disk.

The model is a disk with a volatile cache behind a file system's page cache. What was written and not yet
synced may, at a power cut, have arrived or not, each sector of 512 bytes for itself and in any of the states
that it went through: lost, torn and reordered writes. The file's size is one of those that it had; room that
was made and never written holds zeros, or what lay there before. What a sync acknowledged stays. Beside that:
read errors, a full disk, short writes, syncs that fail, and syncs that fail and forget (Linux marks such
pages clean, so that the next sync succeeds without them).

A sector is written whole or not at all, and no byte outside the written range changes (SQLite takes both for
granted as well: 'powersafe overwrite'). Locks and shared memory are the machine's own.
"""

from __future__ import annotations

import itertools
import random
import sqlite3
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from unittest import mock

import apsw

SECTOR = 512
_names = itertools.count()


@dataclass
class Faults:
    """How probable each fault is, per operation of its kind."""

    read: float = 0.0
    full: float = 0.0
    short: float = 0.0
    sync: float = 0.0
    forget: float = 0.0


@dataclass
class Contents:
    """One file: as programs see it (`now`), as the platter has it, and every state between them."""

    now: bytearray = field(default_factory=bytearray)
    platter: bytearray = field(default_factory=bytearray)
    states: dict[int, list[bytes]] = field(default_factory=dict)
    sizes: list[int] = field(default_factory=list)

    def write(self, data: bytes, offset: int) -> None:
        end = offset + len(data)
        if end > len(self.now):
            self.now.extend(bytes(end - len(self.now)))
            self.sizes.append(end)
        self.now[offset:end] = data
        self._remember(offset, end)

    def truncate(self, size: int) -> None:
        was = len(self.now)
        if size < was:
            del self.now[size:]
        else:
            self.now.extend(bytes(size - was))
        self.sizes.append(size)
        self._remember(min(size, was), max(size, was))

    def _remember(self, start: int, end: int) -> None:
        for sector in range(start // SECTOR, -(-end // SECTOR)):
            self.states.setdefault(sector, []).append(self._sector(self.now, sector))

    @staticmethod
    def _sector(content: bytearray, sector: int) -> bytes:
        return bytes(content[sector * SECTOR : (sector + 1) * SECTOR]).ljust(SECTOR, b"\0")

    def sync(self) -> None:
        """Everything written since the last sync is on the platter."""
        size = len(self.now)
        self._resize(self.platter, size)
        for sector in self.states:
            at = sector * SECTOR
            if at < size:
                self.platter[at : at + SECTOR] = self.now[at : at + SECTOR]
        self.forget()

    def forget(self) -> None:
        """Nothing is dirty any more, whether or not it arrived."""
        self.states.clear()
        self.sizes.clear()

    def cut(self, rng: random.Random, retained: float) -> bytes:
        """What is there after the power came back; each dirty sector arrived with probability `retained`."""
        content = bytearray(self.platter)
        size = rng.choice([len(self.platter), *self.sizes])
        if retained == 1.0:
            size = len(self.now)
        if size > len(content) and rng.random() < 0.3:
            content.extend(rng.randbytes(size - len(content)))  # room that held another file before
        self._resize(content, size)
        for sector, states in self.states.items():
            at = sector * SECTOR
            if at < size and rng.random() < retained:
                state = states[-1] if retained == 1.0 else rng.choice(states)
                content[at : at + SECTOR] = state[: size - at]
        return bytes(content)

    @staticmethod
    def _resize(content: bytearray, size: int) -> None:
        del content[size:]
        content.extend(bytes(size - len(content)))


class Disk:
    """A folder whose files lie on a failing disk. `operations` counts writes, syncs and truncations."""

    def __init__(
        self, folder: Path, image: dict[str, bytes], seed: int, faults: Faults | None = None
    ) -> None:
        folder.mkdir(parents=True)
        self.folder, self.rng, self.faults = folder, random.Random(seed), faults or Faults()
        self.files: dict[str, Contents] = {}
        for name, data in image.items():
            (folder / name).write_bytes(data)
            self.files[str(folder / name)] = Contents(bytearray(data), bytearray(data))
        self.lock = threading.RLock()
        self.operations = 0
        self.cut_at: int | None = None
        self.off = False
        self.told: dict[str, int] = {}  # faults that happened, by kind
        self.vfs = _Vfs(self, f"faulty-{next(_names)}")

    def step(self) -> None:
        """Count an operation; the one at `cut_at` is the last that the disk was asked for."""
        self.operations += 1
        if self.operations == self.cut_at:
            self.off = True

    def check(self) -> None:
        if self.off:
            raise apsw.IOError("the power is off")

    def happens(self, kind: str) -> bool:
        chance: float = getattr(self.faults, kind)
        if chance and self.rng.random() < chance:
            self.told[kind] = self.told.get(kind, 0) + 1
            return True
        return False

    def cut(self) -> dict[str, bytes]:
        """Cut the power, if it is still on; what the files hold when it is back."""
        with self.lock:
            self.off = True
            retained = self.rng.choice((0.0, 0.1, 0.5, 0.9, 1.0))
            return {
                Path(path).name: contents.cut(self.rng, retained) for path, contents in self.files.items()
            }

    @contextmanager
    def mounted(self, name: str, pragmas: str) -> Iterator[Connections]:
        """All of the journal's connections (`Sql`, and those that the writer lends) go to this disk."""
        here = Connections(self, name, pragmas)
        with (
            mock.patch("libertad.journal.sql.connections", here),
            mock.patch("libertad.journal.writer.connections", here),
            quiet(),
        ):
            try:
                yield here
            finally:
                here.close()


@contextmanager
def quiet() -> Iterator[None]:
    """A fault that nobody waits for any more, such as one while a cursor is let go of, is not told twice."""
    real = sys.unraisablehook

    def hook(unraisable: Any) -> None:
        if not issubclass(unraisable.exc_type, apsw.Error):
            real(unraisable)

    with mock.patch("sys.unraisablehook", hook):
        yield


class _Vfs(apsw.VFS):
    def __init__(self, disk: Disk, name: str) -> None:
        super().__init__(name, "")
        self.disk, self.name = disk, name

    def excepthook(self, *_: Any) -> bool:
        """What SQLite did not take is a consequence of a fault that was."""
        return True

    def xOpen(self, name: Any, flags: list[int]) -> apsw.VFSFile:
        self.disk.check()
        return _File(self.disk, name, flags)

    def xDelete(self, filename: str, syncdir: bool) -> None:
        with self.disk.lock:
            self.disk.check()
            super().xDelete(filename, syncdir)
            self.disk.files.pop(filename, None)


class _File(apsw.VFSFile):
    def __init__(self, disk: Disk, name: Any, flags: list[int]) -> None:
        super().__init__("", name, flags)
        self.disk = disk
        path = name.filename() if isinstance(name, apsw.URIFilename) else name
        self.contents = disk.files.setdefault(path, Contents()) if path else Contents()

    def excepthook(self, *_: Any) -> bool:
        return True

    def xRead(self, amount: int, offset: int) -> bytes:
        with self.disk.lock:
            self.disk.check()
            if self.disk.happens("read"):
                raise apsw.IOError("a sector cannot be read")
            return super().xRead(amount, offset)

    def xWrite(self, data: Any, offset: int) -> None:
        data = bytes(data)
        with self.disk.lock:
            self.disk.check()
            if self.disk.happens("full"):
                raise apsw.FullError("no space left on device")
            if short := self.disk.happens("short"):
                data = data[: self.disk.rng.randrange(len(data))]
            self.disk.step()
            self.contents.write(data, offset)
            self.disk.check()
            super().xWrite(data, offset)
            if short:
                raise apsw.FullError("a short write: no space left on device")

    def xTruncate(self, size: int) -> None:
        with self.disk.lock:
            self.disk.check()
            self.disk.step()
            self.contents.truncate(size)
            self.disk.check()
            super().xTruncate(size)

    def xSync(self, flags: int) -> None:
        with self.disk.lock:
            self.disk.check()
            self.disk.step()
            self.disk.check()
            if self.disk.happens("sync"):
                raise apsw.IOError("fsync failed")
            if self.disk.happens("forget"):
                self.contents.forget()
                raise apsw.IOError("fsync failed, and what it was to write is taken for written")
            self.contents.sync()


class Connections:
    """Stands for `django.db.connections` in the journal: a connection a thread, through apsw."""

    def __init__(self, disk: Disk, name: str, pragmas: str) -> None:
        self.disk, self.name, self.pragmas = disk, name, pragmas
        self.local = threading.local()
        self.all: list[Wrapped] = []

    def __getitem__(self, alias: str) -> Wrapped:
        wrapped: Wrapped | None = getattr(self.local, "found", None)
        if wrapped is None:
            wrapped = self.local.found = Wrapped(self)
            self.all.append(wrapped)
        return wrapped

    def __setitem__(self, alias: str, wrapped: Wrapped) -> None:
        self.local.found = wrapped

    def close(self) -> None:
        for wrapped in self.all:
            wrapped.close()


class Wrapped:
    """As much of Django's connection as `Sql` and the writer use."""

    vendor = "sqlite"

    def __init__(self, owner: Connections) -> None:
        self.owner = owner
        self.connection: Raw | None = None

    def ensure_connection(self) -> None:
        if self.connection is None:
            disk = self.owner.disk
            self.connection = Raw(str(disk.folder / self.owner.name), disk.vfs.name, self.owner.pragmas)

    def inc_thread_sharing(self) -> None:
        """apsw's connections go from thread to thread as they are."""

    def close(self) -> None:
        connection, self.connection = self.connection, None
        if connection is not None:
            connection.close()


@contextmanager
def as_sqlite3() -> Iterator[None]:
    """apsw's errors by the class that the product knows; the words are SQLite's own."""
    try:
        yield
    except apsw.Error as why:
        raise sqlite3.OperationalError(str(why)) from why


class Raw:
    """An apsw connection with the few methods of sqlite3's that `Sql` calls."""

    def __init__(self, path: str, vfs: str, pragmas: str) -> None:
        with as_sqlite3():
            self.db = apsw.Connection(path, vfs=vfs)
            self.db.set_busy_timeout(20_000)
            self.db.execute(pragmas).fetchall()  # apsw goes to the next statement as rows are taken

    def execute(self, text: str, params: Any = ()) -> Rows:
        with as_sqlite3():
            return Rows(self.db.execute(text, tuple(params)))

    def executemany(self, text: str, rows: Any) -> None:
        with as_sqlite3():
            self.db.executemany(text, rows)

    @property
    def in_transaction(self) -> bool:
        return self.db.in_transaction

    def close(self) -> None:
        with suppress(apsw.Error):  # SQLite's own checkpoint at closing may meet a fault
            self.db.close()


class Rows:
    def __init__(self, cursor: Any) -> None:
        self.cursor = cursor

    def fetchall(self) -> list[tuple[Any, ...]]:
        with as_sqlite3():
            return list(self.cursor.fetchall())

    def fetchone(self) -> tuple[Any, ...] | None:
        with as_sqlite3():
            row: tuple[Any, ...] | None = self.cursor.fetchone()
            return row
