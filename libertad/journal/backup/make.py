"""Backing up a node while it serves: the copy to one medium, the ring parts to another.

The database first, then attachments, then the rings: whatever key the database's copy needs is in the ring
copy, which is younger. The ring copy is one for all sets in the folder and takes the older one's place, so
after an erasure no set there opens what was erased.
"""

from __future__ import annotations

import fcntl
import hashlib
import shutil
import sqlite3
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, NamedTuple

from libertad.journal import chunks, safe, trees
from libertad.journal.backup import database, manifest, parts, pool, secrets
from libertad.journal.backup.manifest import Head, Ring, Set
from libertad.journal.backup.pool import Stored, Wrong
from libertad.journal.node import Node
from libertad.journal.ringfile import overwrite, sync_folder

KEEP = 14


class Made(NamedTuple):
    """A set and what it holds; `fresh`: pieces and attachments that were not there yet. `waiting`: the parts
    were renewed by an erasure and not saved, so the ring copy that is needed opens nothing yet."""

    set: str
    entries: int
    attachments: int
    fresh: int
    waiting: bool
    notes: tuple[str, ...]


def make(
    node: Node,
    config: Mapping[str, Any],
    to: Path,
    parts_to: Path | None,
    *,
    keep: int = KEEP,
    one_disk: bool = False,
) -> Made:
    """Make a set in `to` and save the parts in `parts_to`; needs no ring open. Wrong with the reason.

    `parts_to` may be left out once the parts that count lie there. At most `keep` sets stay.
    """
    for folder in (to, parts_to):
        if folder is not None:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    notes = parts.check_disks(node.home, to, parts_to, one_disk)
    head = _head(node, to)
    if head is None and parts_to is None:
        raise Wrong(
            "the ring parts lie nowhere yet, and without them this copy opens nothing: give --parts-to"
        )
    with _alone(to):
        before = _count(to)
        entries = trees.size(node.sql())  # at least: the node goes on
        files = _database(config, to)
        attachments = _attachments(node.home, to)
        ring, bare = _rings(node, to, head)
        fits = head is not None and head.ring.marks == ring.marks
        if parts_to is not None:
            parts.lay(parts_to, bare)
        made_at = time.time_ns() // 1_000_000
        name = datetime.now(UTC).strftime("%Y%m%dT%H%M%S.%fZ")
        listed = Set(manifest.FORMAT, made_at, entries, database.kind(config), files, attachments)
        sets = dict(head.sets if head else {}) | {name: manifest.write(to, f"sets/{name}.json", listed)}
        sets = dict(sorted(sets.items())[-keep:])
        if parts_to is None and not fits and head is not None:
            head = Head(manifest.FORMAT, made_at, head.ring, sets, ring)
        else:
            head = Head(manifest.FORMAT, made_at, ring, sets)
        manifest.write(to, manifest.HEAD, head)
        if parts_to is not None:
            parts.settle(parts_to, bare)
            node.rings.saved_parts(
                {authority: bytes.fromhex(m) for authority, m in ring.marks.items()}, str(parts_to)
            )
        _clear(to, head)
        return Made(
            name, entries, len(attachments), _count(to) - before, head.waiting is not None, tuple(notes)
        )


def _head(node: Node, to: Path) -> Head | None:
    """The folder's head; refused where it is another node's, or a folder of something else."""
    head = manifest.read_head(to)
    if head is None:
        strange = [path.name for path in to.iterdir() if path.name not in (*OURS, "lost+found")]
        if strange:
            raise Wrong(f"{to} holds {sorted(strange)[0]} and no backup: give an empty folder")
    elif not set(head.ring.marks) & set(node.rings.authorities()):
        raise Wrong(f"{to} holds the backup of another node: give each node a folder of its own")
    return head


OURS = ("lock", "sets", "pool", chunks.FOLDER, ".passing")


@contextmanager
def _alone(to: Path) -> Iterator[None]:
    with (to / "lock").open("a") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            raise Wrong(f"another backup into {to} is running: wait for it") from None
        yield


def _count(to: Path) -> int:
    return sum(1 for folder in ("pool", chunks.FOLDER) for _ in (to / folder).glob("??/*"))


def _database(config: Mapping[str, Any], to: Path) -> dict[str, Stored]:
    """The database's files in the pool."""
    passing = to / ".passing"
    shutil.rmtree(passing, ignore_errors=True)
    passing.mkdir(mode=0o700)
    try:
        copied = database.copy(config, passing)
        return {str(path.relative_to(passing)): pool.put_file(to / "pool", path) for path in copied}
    finally:
        shutil.rmtree(passing, ignore_errors=True)


def _attachments(home: Path, to: Path) -> tuple[str, ...]:
    """Copy the sealed chunks that the folder lacks; returns the names of all that are here."""
    names, folders = [], set()
    for path in sorted((home / chunks.FOLDER).glob("??/*")):
        if path.name.startswith("."):
            continue  # on its way in
        try:
            if not pool.path_of(to / chunks.FOLDER, path.name).exists():
                pool.store(to / chunks.FOLDER, path.name, chunks.read(home, path.name))
                folders.add(pool.path_of(to / chunks.FOLDER, path.name).parent)
        except (chunks.Missing, chunks.Damaged):
            continue  # erased meanwhile; a damaged one is fetched from other readers
        names.append(path.name)
    for folder in folders:
        sync_folder(folder)
    return tuple(names)


def _rings(node: Node, to: Path, head: Head | None) -> tuple[Ring, dict[str, bytes]]:
    """A ring copy and the parts that open it, of one moment: no erasure makes new ones meanwhile."""
    with node.rings.roots_locked(alone=True):
        node.rings.refresh()
        if damaged := node.rings.damaged_parts():
            raise Wrong("; ".join(f"{damage}: {damage.mend}" for damage in damaged))
        data = node.rings.backup().read_bytes()
        bare = {name: node.rings.part_path(name).read_bytes() for name in node.rings.authorities()}
        marks = {name: safe.mark(part) for name, part in bare.items()}
        sealers = node.rings.sealers()
    for old in (head.ring, head.waiting) if head is not None else ():
        if old is not None:
            _refuse_less(manifest.read_hashed(to, old.copy, old.hash), data)
    hidden = secrets.sealed(node.home, sealers)
    ring = Ring(
        *_store_hashed(to, "ring-%s.copy", data),
        *_store_hashed(to, "secrets-%s.sealed", hidden),
        {authority: part_mark.hex() for authority, part_mark in marks.items()},
    )
    sync_folder(to)
    return ring, bare


def _store_hashed(to: Path, pattern: str, data: bytes) -> tuple[str, str]:
    digest = hashlib.sha256(data).hexdigest()
    pool.write_whole(to / (pattern % digest[:16]), data)
    return pattern % digest[:16], digest


def _refuse_less(old: bytes, new: bytes) -> None:
    """A ring that lost keys (an older one was put back) does not take the place of a whole copy."""
    had, _gone, _kids = _keys(old)
    has, erased_places, kids = _keys(new)
    lost = {row for row in had - has if row[2] not in erased_places and row[1] not in kids}
    if lost:
        raise Wrong(
            f"the rings here lack {len(lost)} keys that the last backup holds, and nobody erased them: an "
            "older ring was put back. Restore this backup first, or keep this folder and give another one"
        )


def _keys(data: bytes) -> tuple[set[tuple[Any, ...]], set[bytes], set[bytes]]:
    """((authority, key id, compartment) held, compartments erased, key ids erased) of a ring copy."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "ring"
        path.write_bytes(data)
        db = sqlite3.connect(path)
        try:
            held = set(db.execute("select authority, key_id, compartment from epoch"))
            erased_places = {row[0] for row in db.execute("select compartment from gone")}
            return held, erased_places, {row[0] for row in db.execute("select key_id from erased")}
        finally:
            db.close()


def _clear(to: Path, head: Head) -> None:
    """Delete what no set names; older ring copies are overwritten first."""
    named = {head.ring.copy, head.ring.secrets}
    if head.waiting is not None:
        named |= {head.waiting.copy, head.waiting.secrets}
    for path in [*to.glob("ring-*.copy"), *to.glob("secrets-*.sealed")]:
        if path.name not in named:
            overwrite(path)
            path.unlink()
    for path in (to / "sets").glob("*.json"):
        if path.stem not in head.sets:
            path.unlink()
    sets = [manifest.read_set(to, head, name) for name in head.sets]
    pool.forget(to / "pool", (piece for s in sets for file in s.files.values() for piece in file.pieces))
    pool.forget(to / chunks.FOLDER, (attachment for s in sets for attachment in s.attachments))
    sync_folder(to)
