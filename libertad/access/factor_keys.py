"""The key under which second factors are sealed: in each ring of the node, as the keys of files are.

So whoever copies disk and database has no factor without the passphrase, and all that befalls a ring's keys
befalls it too: another passphrase, new roots after an erasure, the ring's copies, a restore. Until 0.2 it lay
beside the database (`PLAIN`); `settle` brings it into every ring that is open, and the file goes once each
ring of the node has it on the disk and in its copy. One key does for all authorities of a node, so that any
open ring opens the factors; two stand there only where an older version made another since, and then both are
tried.
"""

from __future__ import annotations

import hashlib
import logging
import os
import re
import sqlite3
from contextlib import suppress
from pathlib import Path

from django.db import DatabaseError

from libertad.journal import key_copies, sealing
from libertad.journal.guard import RingError
from libertad.journal.node import Node
from libertad.journal.ringfile import Locked, overwrite, sync_folder
from libertad.journal.rings import Rings

LOG = logging.getLogger("libertad.access")
# No file has this id: ids of files are 16 random bytes.
PLACE = hashlib.sha256(b"libertad factors v1").digest()[:16]
PLAIN = Path("secrets", "factors")
HELD = "select authority, key_id from epoch where compartment = ?"


def newest(node: Node) -> bytes:
    """The key that seals now, on the disk before anything is sealed by it; made where there is none.

    Locked where it lies in rings that are not open; NotStored where the disk does not take it.
    """
    rings = node.rings
    try:
        with rings.lock:
            if PLACE not in rings.newest:
                _find(node)
            rings.commit()
            key = rings.newest.get(PLACE)
    except (OSError, sqlite3.Error, DatabaseError) as why:
        raise node.explain(why) from why
    if key is None:
        raise Locked("second factors open by the ring of another authority of this node, which is locked")
    return key[2]


def all_keys(node: Node) -> list[bytes]:
    """Every key under which a factor may be sealed, the one that seals now first. Errors as `newest`."""
    first = newest(node)
    further = {bytes(kid) for _, kid in node.rings.rows(HELD, (PLACE,))} - {sealing.key_id(first)}
    return [first, *(key for kid in sorted(further) if (key := node.rings.known.get(kid)) is not None)]


def at_start(node: Node) -> None:
    """`settle` as a server starts, once its rings are open; where it cannot be done now, the log says so."""
    try:
        _find(node)
    except (OSError, sqlite3.Error, DatabaseError, RingError) as why:
        LOG.warning("the key of second factors is not brought into the rings yet: %s", why)


def _find(node: Node) -> None:
    """`settle`; a ring that came from an older copy first takes from the database what it lacks."""
    if PLACE not in node.rings.newest and node.rings.open:
        key_copies.take_up(node.sql(), node.rings)
    settle(node.rings)


def settle(rings: Rings) -> None:
    """Put the key into each open ring that lacks it; durable on return. Then the plain file goes, if it can.

    RingError where that file is damaged and no ring has the key.
    """
    with rings.lock:
        if not rings.open:
            return
        plain = _plain_key(rings.home)
        rings.begin()
        try:
            fresh = _add_lacking(rings, plain)
            rings.commit()
        except BaseException:
            with suppress(OSError, sqlite3.Error):
                rings.commit()  # or the file stays locked for other processes
            rings.read_again()
            raise
        if fresh:
            rings.backup()
        if plain is not None:
            _remove(rings, plain)


def _add_lacking(rings: Rings, plain: bytes | None) -> bool:
    """Whether an open ring lacked a key and was given it."""
    held = {(authority, bytes(kid)) for authority, kid in rings.rows(HELD, (PLACE,))}
    keys = {kid: key for _, kid in held if (key := rings.known.get(kid)) is not None}
    if plain:
        keys[sealing.key_id(plain)] = plain
    elif not held and plain is not None:
        raise RingError(
            f"{rings.home / PLAIN} is damaged: put it back from a backup. Where there is none, delete it: "
            "everybody sets up second factors anew"
        )
    elif not held:
        key = os.urandom(32)
        keys[sealing.key_id(key)] = key
    fresh = False
    for kid, key in keys.items():
        lacking = [authority for authority in rings.open if (authority, kid) not in held]
        if lacking:
            rings.add(lacking, PLACE, key)
            fresh = True
    return fresh


def _remove(rings: Rings, plain: bytes) -> None:
    """Destroy the plain file once every ring of the node, open or not, has what it holds."""
    held = {(authority, bytes(kid)) for authority, kid in rings.rows(HELD, (PLACE,))}
    if plain:
        having = {authority for authority, kid in held if kid == sealing.key_id(plain)}
    else:  # half overwritten, when it was removed before
        having = {authority for authority, _ in held}
    if set(rings.authorities()) - having:
        return
    rings.backup()
    path = rings.home / PLAIN
    overwrite(path)
    path.unlink(missing_ok=True)
    sync_folder(path.parent)


def _plain_key(home: Path) -> bytes | None:
    """The key in the file of before; None where there is none, b"" where it is damaged."""
    try:
        text = (home / PLAIN).read_bytes()
    except FileNotFoundError:
        return None
    return bytes.fromhex(text.decode()) if re.fullmatch(rb"[0-9a-f]{64}", text) else b""
