"""What the parts of the rings share: the open file with its transactions, and how bytes are sealed and go."""

from __future__ import annotations

import os
import sqlite3
import threading
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

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

    def put(self, kid: bytes, compartment: bytes, number: int, raw: bytes) -> None:
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

    if TYPE_CHECKING:  # what `Rings` does for the parts of it that stand in files of their own

        def _connect(self) -> None: ...
        def _reload(self) -> None: ...
        def _key_of(self, authority: str, part: bytes, salt: bytes, passphrase: str | None) -> bytes: ...
        def _part(self, authority: str) -> bytes: ...
        def _stamp(self) -> tuple[int, int]: ...
        def _remember_passphrase(self, authority: str, passphrase: str) -> None: ...
        def refresh(self) -> None: ...
        def unlock(self, authority: str, passphrase: str | None = None) -> None: ...

    def authorities(self) -> list[str]:
        return [row[0] for row in self.db.execute("select authority from ring order by authority")]

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
        if not self.db.in_transaction:
            self.db.execute("begin immediate")

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
