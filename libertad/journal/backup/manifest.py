"""What stands in a backup's folder: its head, and a list for each set. Hashes are SHA-256, hex.

libertad.json   the head: which ring copy and secrets count, which sets there are; written last, whole
ring-*.copy     the ring copy: one for all sets, so that an older set opens nothing that was erased since
secrets-*.sealed, sets/*.json, pool/, attachments/
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from libertad.journal.backup.pool import Stored, Wrong, write_whole
from libertad.journal.ringfile import sync_folder
from libertad.vocabulary.decoding import prepared

FORMAT = 1
HEAD = "libertad.json"


class Ring(msgspec.Struct, frozen=True):
    """A ring copy, the secrets sealed to it, and the marks of the parts that open it (authority -> hex)."""

    copy: str
    hash: str
    secrets: str
    secrets_hash: str
    marks: dict[str, str]


class Head(msgspec.Struct, frozen=True):
    """`waiting`: a ring copy whose parts were not saved yet; `sets`: name -> hash of its list."""

    format: int
    made: int  # ms
    ring: Ring
    sets: dict[str, str]
    waiting: Ring | None = None


class Set(msgspec.Struct, frozen=True):
    """One copy of the database, by its files, and the attachments that were there (names are hashes)."""

    format: int
    made: int  # ms
    entries: int
    database: str
    files: dict[str, Stored]
    attachments: tuple[str, ...]


def read_head(folder: Path) -> Head | None:
    """The head of a backup's folder; None where there is none."""
    try:
        head = msgspec.json.decode((folder / HEAD).read_bytes(), type=prepared(Head))
    except FileNotFoundError:
        return None
    except (msgspec.MsgspecError, OSError):
        raise Wrong(f"{folder / HEAD} cannot be read: take another copy of this folder") from None
    _check_format(head.format)
    return head


def read_set(folder: Path, head: Head, name: str) -> Set:
    """A set's list, compared with its hash in the head."""
    if name not in head.sets:
        raise Wrong(f"there is no set {name} in {folder}: there are {', '.join(sorted(head.sets))}")
    try:
        data = (folder / "sets" / f"{name}.json").read_bytes()
    except OSError:
        raise Wrong(
            f"the list of set {name} is missing in {folder}: take another copy, or an older set"
        ) from None
    if hashlib.sha256(data).hexdigest() != head.sets[name]:
        raise Wrong(f"the list of set {name} in {folder} was changed: take another copy, or an older set")
    listed = msgspec.json.decode(data, type=prepared(Set))
    _check_format(listed.format)
    return listed


def write(folder: Path, name: str, content: msgspec.Struct) -> str:
    """Write a head or list, durable on return; its hash."""
    data = msgspec.json.format(msgspec.json.encode(content))
    path = folder / name
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_whole(path, data)
    sync_folder(path.parent)
    return hashlib.sha256(data).hexdigest()


def read_hashed(folder: Path, name: str, expected: str) -> bytes:
    try:
        data = (folder / name).read_bytes()
    except OSError:
        raise Wrong(f"{name} is missing in {folder}: take another copy of this folder") from None
    if hashlib.sha256(data).hexdigest() != expected:
        raise Wrong(f"{name} in {folder} was changed: take another copy of this folder")
    return data


def _check_format(number: int) -> None:
    if number != FORMAT:
        raise Wrong(
            f"the backup is of format {number}: restore it with the version that made it, or a newer one"
        )
