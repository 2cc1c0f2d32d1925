"""Succession: a restored node vouches, with its old keys, for the new ones before it destroys the old.

A device that was restored from a backup makes a new key, so that no log forks; the others know only the
old one. The slip is signed by the old device, the new device and the old node key: it says who takes
whose place. A device that its authority has revoked has no successor.
"""

from __future__ import annotations

import base64
import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import msgspec
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

from libertad.journal import header
from libertad.journal.checkpoint import Signer, origin_of, refuse_small_order
from libertad.vocabulary.decoding import prepared

CONTEXT = b"libertad succession v1\x00"
SIGNATURE = 64
PUT = (
    "insert into journal_succession (device, authority, origin, before, slip, at) values (?, ?, ?, ?, ?, ?) "
    "on conflict (device) do nothing"
)


FILE = "keys/successions"


def keep(home: Path, rows: Sequence[tuple[Any, ...]]) -> None:
    """Write slips (as rows for PUT) beside the keys as well: the next database may be one without them.

    They hold no secret. Without them who knows only the first of three keys would not know the third.
    """
    path = home / FILE
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600), "wb") as file:
        for row in rows:
            file.write(base64.b64encode(msgspec.msgpack.encode(row)) + b"\n")
        file.flush()
        os.fsync(file.fileno())


def read_slips(home: Path) -> list[tuple[Any, ...]]:
    """The slips of earlier restores. A line that a crash cut off is left out."""
    path = home / FILE
    slips = []
    for line in path.read_bytes().splitlines() if path.exists() else ():
        try:
            slips.append(tuple(msgspec.msgpack.decode(base64.b64decode(line, validate=True))))
        except (ValueError, msgspec.MsgspecError):
            continue
    return [row for row in slips if len(row) == 6]


class BadSuccession(ValueError):
    """Bytes that are no succession; the message says why."""


class Succession(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """Public keys, 32 bytes each: the authority's device and its node, before and after. `at` in ms."""

    authority: bytes
    old_device: bytes
    new_device: bytes
    old_node: bytes
    new_node: bytes
    at: int

    @property
    def before(self) -> str:
        """Origin of the node before."""
        return origin_of(self.old_node)

    @property
    def after(self) -> str:
        return origin_of(self.new_node)


def make(
    authority: str, old: tuple[bytes, bytes], new: tuple[bytes, bytes], before: Signer, after: Signer, at: int
) -> bytes:
    """The signed slip. `old` and `new`: the authority's device keys, (public, secret)."""
    succession = Succession(bytes.fromhex(authority), old[0], new[0], before.public, after.public, at)
    data = msgspec.msgpack.encode(succession)
    secrets = (old[1], new[1], crypto_sign_seed_keypair(before.seed)[1])
    return b"".join(crypto_sign(CONTEXT + data, secret)[:SIGNATURE] for secret in secrets) + data


def read(slip: bytes) -> Succession:
    """A slip whose three signatures are right; whose the old keys are is for the caller to see."""
    data = slip[3 * SIGNATURE :]
    try:
        succession = msgspec.msgpack.decode(data, type=prepared(Succession))
        for key in (succession.old_device, succession.new_device, succession.old_node, succession.new_node):
            refuse_small_order(key)
    except (msgspec.MsgspecError, ValueError):
        raise BadSuccession("it holds what no succession can hold") from None
    if len(succession.authority) != 16 or succession.old_device == succession.new_device:
        raise BadSuccession("it names no successor")
    for place, key in enumerate((succession.old_device, succession.new_device, succession.old_node)):
        signature = slip[place * SIGNATURE : (place + 1) * SIGNATURE]
        try:
            crypto_sign_open(signature + CONTEXT + data, key)
        except (BadSignatureError, ValueError):
            raise BadSuccession("one of its three signatures is wrong") from None
    return succession


def nodes_of(slip: bytes) -> tuple[str, str]:
    """(origin before, origin after) of a slip that was read and kept before."""
    found = msgspec.msgpack.decode(slip[3 * SIGNATURE :], type=prepared(Succession))
    return found.before, found.after


def moment(slip: bytes) -> int:
    """When a slip was made, in ms by its node's clock; of a slip that was read and kept before."""
    return int(msgspec.msgpack.decode(slip[3 * SIGNATURE :], type=prepared(Succession)).at)


def replaced(slip: bytes) -> bytes:
    """The device (id) whose place a slip gives away; of a slip that was read and kept before."""
    return device_before(msgspec.msgpack.decode(slip[3 * SIGNATURE :], type=prepared(Succession)))


def device_before(succession: Succession) -> bytes:
    return header.device_id(succession.old_device)
