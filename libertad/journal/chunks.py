"""Attached files: sealed in chunks of at most 64 KiB, each a file named by its hash. docs/exchange-format.md.

AES-256-GCM under a random key for each file, the nonce being the chunk's place; the last chunk is padded. The
list of the chunks' hashes is a file too, named by its own hash: the digest that the entry states. Without
the entry's key none of it tells anything but its length.

Files first, then the row that says they are here: what a crash leaves over is a file that nothing names.
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.journal.ringfile import sync_folder
from libertad.journal.sql import Sql

FOLDER = "attachments"
CHUNK = 64 * 1024
PLAIN = CHUNK - 16
STEP = 4096
LIST = -1  # place of the list of hashes
MOST_CHUNKS = CHUNK // 32
CONTEXT = b"libertad attachment v1\x00"
PUT = (
    "insert into journal_chunk (digest, place, hash, compartment, priority, since, here) "
    "values (?, ?, ?, ?, ?, ?, ?) on conflict (digest, place) do nothing"
)


class Missing(Exception):
    """A chunk is not here (yet)."""


class Damaged(Exception):
    """A chunk's bytes are not those that its name says, or do not open with the file's key."""

    def __init__(self, name: str) -> None:
        super().__init__(f"chunk {name[:16]} was changed on the disk, or has another key")
        self.name = name


class Sealed(NamedTuple):
    """A file whose chunks are on the disk: its key, its digest, their hashes in order."""

    key: bytes
    digest: str
    hashes: tuple[str, ...]
    size: int


def seal(home: Path, content: bytes) -> Sealed:
    """Seal a file into chunks; all are durable when this returns. OSError leaves none of them."""
    key = os.urandom(32)
    cipher, count = AESGCM(key), -(-len(content) // PLAIN)
    names: list[str] = []
    try:
        for place in range(count):
            piece = padded(content[place * PLAIN : (place + 1) * PLAIN])
            names.append(_write(home, cipher.encrypt(_nonce(place), piece, _bound(place, count))))
        digest = _write(home, b"".join(bytes.fromhex(name) for name in names))
        names.append(digest)
        for folder in {_path(home, name).parent for name in names}:
            sync_folder(folder)
    except OSError:
        remove(home, names)
        raise
    return Sealed(key, digest, tuple(names[:-1]), len(content))


def padded(piece: bytes) -> bytes:
    """With zeros up to the next step: a short text and a longer one look alike."""
    return piece + bytes(min(PLAIN, -(-len(piece) // STEP) * STEP) - len(piece))


def open_content(home: Path, digest: str, key: bytes, size: int) -> bytes:
    """The file's content; Missing or Damaged when it cannot be had."""
    names = listed(read(home, digest))
    cipher = AESGCM(key)
    content = bytearray()
    for place, name in enumerate(names):
        try:
            content += cipher.decrypt(_nonce(place), read(home, name), _bound(place, len(names)))
        except InvalidTag:
            raise Damaged(name) from None
    if len(content) < size or len(names) != -(-size // PLAIN):
        raise Damaged(digest)
    del content[size:]
    return bytes(content)


def listed(data: bytes) -> list[str]:
    """The hashes in a list; ValueError for what is none."""
    if not data or len(data) % 32 or len(data) > CHUNK:
        raise ValueError("not a list of hashes")
    return [data[at : at + 32].hex() for at in range(0, len(data), 32)]


def _nonce(place: int) -> bytes:
    return place.to_bytes(12, "big")


def _bound(place: int, count: int) -> bytes:
    return CONTEXT + place.to_bytes(4, "big") + count.to_bytes(4, "big")


# -- files ---------------------------------------------------------------------------------


def _path(home: Path, name: str) -> Path:
    return home / FOLDER / name[:2] / name


def read(home: Path, name: str) -> bytes:
    """A chunk by its hash; checked, because disks err."""
    try:
        data = _path(home, name).read_bytes()
    except FileNotFoundError:
        raise Missing(name) from None
    if hashlib.sha256(data).hexdigest() != name:
        raise Damaged(name)
    return data


def present(home: Path, name: str) -> bool:
    return _path(home, name).exists()


def store(home: Path, data: bytes) -> str:
    """Keep a chunk that came; durable when this returns. Its hash."""
    name = _write(home, data)
    sync_folder(_path(home, name).parent)
    return name


def _write(home: Path, data: bytes) -> str:
    """Write under a passing name, sync, rename: a chunk is there whole or not at all."""
    name = hashlib.sha256(data).hexdigest()
    path = _path(home, name)
    for folder in (path.parent.parent, path.parent):
        if not folder.exists():
            folder.mkdir(mode=0o700, exist_ok=True)
            sync_folder(folder.parent)
    passing = path.with_name(f".{os.urandom(8).hex()}.part")
    try:
        fd = os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(fd, "wb") as out:
            out.write(data)
            out.flush()
            os.fsync(out.fileno())
        os.replace(passing, path)
    except OSError:
        passing.unlink(missing_ok=True)
        raise
    return name


def remove(home: Path, names: Iterable[str]) -> None:
    for name in names:
        _path(home, name).unlink(missing_ok=True)


# -- rows ----------------------------------------------------------------------------------


def rows(
    digest: str, names: Sequence[str], compartment: str, priority: int, since: int, here: bool
) -> list[tuple[object, ...]]:
    """Rows of a file's chunks, for PUT."""
    return [(digest, n, name, compartment, priority, since, here) for n, name in enumerate(names)]


def drop(home: Path, sql: Sql, compartments: Iterable[str]) -> None:
    """Delete the chunks of erased compartments, but those that another one holds too."""
    for compartment in sorted(compartments):
        rows = sql.all(
            "select distinct hash from journal_chunk where compartment = ? and hash not in "
            "(select hash from journal_chunk where compartment <> ?)",
            (compartment, compartment),
        )
        remove(home, (row[0] for row in rows))
        sql.run("delete from journal_chunk where compartment = ?", (compartment,))
