"""What the parts of the rings share: the open file with its transactions, and how bytes are sealed and go."""

from __future__ import annotations

import contextlib
import fcntl
import os
import sqlite3
import threading
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.journal.guard import RingError


class Locked(RingError):
    """The authority's ring is not unlocked on this node."""


@dataclass
class Unlocked:
    """One authority's raw keys in memory. `current` is compartment -> (number, key id)."""

    root: bytes
    keys: dict[bytes, bytes] = field(default_factory=dict)
    prefixes: dict[bytes, bytes] = field(default_factory=dict)
    current: dict[bytes, tuple[int, bytes]] = field(default_factory=dict)
    device: tuple[bytes, bytes] | None = None

    def add_key(self, kid: bytes, compartment: bytes, number: int, raw: bytes) -> None:
        """Of two keys with one number the greater id is current, so that all readers seal with the same."""
        self.keys[kid] = raw
        self.prefixes[kid[:16]] = raw
        self.current[compartment] = max((number, kid), self.current.get(compartment, (-1, b"")))


class RingFile:
    """State of `Rings`, and the transactions of its file. Made by `Rings` only."""

    home: Path
    parts: Path
    path: Path
    lock: threading.RLock
    db: sqlite3.Connection
    open: dict[str, Unlocked]
    seen: tuple[int, int]
    held: bool
    # Keys that the database holds no copy of yet (`key_copies.py`): authority, id, compartment, number, key.
    added: list[tuple[str, bytes, bytes, int, bytes]]

    if TYPE_CHECKING:  # what `Rings` does for the parts of it that stand in files of their own

        def _connect(self) -> None: ...
        def _reload(self) -> None: ...
        def _key_of(self, authority: str, part: bytes, salt: bytes, passphrase: str | None) -> bytes: ...
        def _part(self, authority: str) -> bytes: ...
        def part_path(self, authority: str) -> Path: ...
        def add(
            self, authorities: Iterable[str], compartment: bytes, key: bytes, number: int = 0
        ) -> bytes: ...
        def erased(self) -> set[bytes]: ...
        def erased_places(self) -> set[bytes]: ...
        def _stamp(self) -> tuple[int, int]: ...
        def _remember_passphrase(self, authority: str, passphrase: str) -> None: ...
        def refresh(self) -> None: ...
        def unlock(self, authority: str, passphrase: str | None = None) -> None: ...

    @contextlib.contextmanager
    def roots_locked(self, alone: bool = False) -> Iterator[None]:
        """While roots, parts and file are of one another, in all processes. May be nested within `alone`."""
        with self.lock:
            if self.held:
                yield
                return
            with locked_roots(self.home, alone):
                self.held = True
                try:
                    yield
                finally:
                    self.held = False

    def rows(self, question: str, parameters: Sequence[Any] = ()) -> list[Any]:
        """All rows that answer a question, of the file that stands.

        Under the lock: an erasure writes a new file and closes the connection to the old one, which ends the
        process where another thread is reading by it.
        """
        with self.lock:
            return self.db.execute(question, parameters).fetchall()

    def authorities(self) -> list[str]:
        with self.lock:
            if self._replaced():
                self.refresh()
            return [row[0] for row in self.rows("select authority from ring order by authority")]

    def generation(self, authority: str) -> int:
        """How many roots a ring has had: a copy sealed under another one does not open."""
        rows = self.rows("select generation from ring where authority = ?", (authority,))
        return int(rows[0][0]) if rows else 0

    def ring(self, authority: str) -> Unlocked:
        try:
            return self.open[authority]
        except KeyError:
            raise Locked(f"the ring of {authority} is locked on this node") from None

    def begin(self) -> None:
        """Take up what other processes changed; none changes anything until `commit`."""
        with self.lock:
            if not self.db.in_transaction:
                self.refresh()
            self._begin()

    def _begin(self) -> None:
        """Never in a file that another process has replaced meanwhile: what is written there is lost."""
        while not self.db.in_transaction:
            try:
                self.db.execute("begin immediate")
            except sqlite3.DatabaseError:  # it may be overwritten already
                if not self._replaced():
                    raise
            if self._replaced():
                if self.db.in_transaction:
                    self.db.execute("rollback")
                self.refresh()

    def _replaced(self) -> bool:
        """Whether another process has put another ring file in place of the one that is open here."""
        return self.path.stat().st_ino != self.seen[0]

    def read_again(self) -> None:
        """After a write that failed: memory holds what the file holds, and no key that no disk has."""
        with self.lock:
            self._reload()

    def commit(self) -> None:
        with self.lock:
            if self.db.in_transaction:
                self.db.execute("commit")


def seal(key: bytes, plain: bytes, bound: bytes) -> bytes:
    """nonce (12) || AES-256-GCM."""
    nonce = os.urandom(12)
    return nonce + AESGCM(key).encrypt(nonce, plain, bound)


def unseal(key: bytes, sealed: bytes, bound: bytes) -> bytes:
    """Undo `seal`; InvalidTag for another key, other bytes or another binding."""
    return AESGCM(key).decrypt(sealed[:12], sealed[12:], bound)


@contextlib.contextmanager
def locked_roots(home: Path, alone: bool) -> Iterator[None]:
    """Of all processes of a node one makes new roots (`alone`); nobody opens rings meanwhile."""
    folder = os.open(home / "keys", os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX if alone else fcntl.LOCK_SH)
        yield
    finally:
        os.close(folder)


def overwrite(path: Path) -> None:
    """Overwrite a file's bytes in place before it goes, as far as the file system allows."""
    size = path.stat().st_size
    with path.open("r+b", buffering=0) as out:
        out.write(bytes(size))
        os.fsync(out.fileno())


def sync_folder(path: Path) -> None:
    fd = os.open(path, os.O_RDONLY)
    try:
        os.fsync(fd)
    finally:
        os.close(fd)
