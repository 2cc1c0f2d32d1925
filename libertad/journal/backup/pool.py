"""Files kept in pieces that are named by their hash: what did not change since the last set is there already.

FOLDER/pool/ab/ab12...   pieces of at most 256 KiB
"""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from libertad.journal.ringfile import sync_folder

PIECE = 256 * 1024


class Wrong(Exception):
    """A backup that cannot be made or restored; the message says what is missing and what to do."""


class Stored(NamedTuple):
    """A file in the pool: its length and its pieces in order."""

    size: int
    pieces: tuple[str, ...]


def put_file(pool: Path, source: Path) -> Stored:
    """Keep a file's bytes; durable on return."""
    size, names, folders = 0, [], set()
    with source.open("rb") as file:
        while data := file.read(PIECE):
            name = hashlib.sha256(data).hexdigest()
            size += len(data)
            names.append(name)
            if store(pool, name, data):
                folders.add((pool / name).parent)
    for folder in folders:
        sync_folder(folder)
    return Stored(size, tuple(names))


def path_of(pool: Path, name: str) -> Path:
    return pool / name[:2] / name


def store(pool: Path, name: str, data: bytes) -> bool:
    """Write a piece under a passing name, sync, rename; False where it was there already."""
    path = path_of(pool, name)
    if path.exists() and path.stat().st_size == len(data):
        return False
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    write_whole(path, data)
    return True


def write_whole(path: Path, data: bytes) -> None:
    """A file is there whole or not at all; the folder is for the caller to sync."""
    passing = path.with_name(f".{path.name}.passing")
    with os.fdopen(os.open(passing, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb") as out:
        out.write(data)
        out.flush()
        os.fsync(out.fileno())
    os.replace(passing, path)


def read(pool: Path, name: str) -> bytes:
    """A piece, compared with its name."""
    try:
        data = path_of(pool, name).read_bytes()
    except FileNotFoundError:
        raise Wrong(
            f"piece {name} of the set is missing in {pool}: take another copy of this folder"
        ) from None
    if hashlib.sha256(data).hexdigest() != name:
        raise Wrong(f"piece {name} in {pool} was changed: take another copy of this folder")
    return data


def take_file(pool: Path, stored: Stored, target: Path) -> None:
    """Write a file as it was, of mode 600; Wrong where a piece is missing or was changed."""
    target.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    with os.fdopen(os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as out:
        for name in stored.pieces:
            out.write(read(pool, name))
        out.flush()
        os.fsync(out.fileno())
    if target.stat().st_size != stored.size:
        raise Wrong(f"{target.name} has another length than the set says: take another copy of this folder")


def forget(pool: Path, retained: Iterable[str]) -> int:
    """Delete the pieces that no set names any more; returns how many."""
    names, count = set(retained), 0
    for path in sorted(pool.glob("??/*")):
        if path.name not in names:
            path.unlink()
            count += 1
    return count
