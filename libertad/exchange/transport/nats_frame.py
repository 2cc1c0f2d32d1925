"""What one message on the broker is: some parcels for one reader, padded to a step, then sealed.

    1 (version) | (4 bytes length, parcel)* | 0 | zeros up to the step

The broker sees the receiver's subject, a step and the tick; a message without parcels is cover.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence

VERSION = b"\x01"
STEPS = tuple(size * 1024 for size in (1, 4, 16, 64, 72, 256, 1024, 1280))
"""Sizes of messages before the seal. A batch fills up to 72 KB; beyond stands one parcel alone, as when a
single entry is larger than a chunk."""
BATCH = 72 * 1024
ROOM = 5  # version and end mark
MOST_PARCEL = STEPS[-1] - ROOM - 4


class BadMail(ValueError):
    """A message that no node of ours packed."""


def subject(origin: str) -> str:
    """One subject a receiving node: 'lbt.' and 16 hex of a hash of its origin."""
    return f"lbt.{inbox(origin)}"


def inbox(origin: str) -> str:
    return hashlib.sha256(b"libertad mail v1\x00" + origin.encode()).hexdigest()[:16]


def batches(parcels: Iterable[bytes]) -> Iterator[list[bytes]]:
    """Parcels in order, as many together as fill a message. ValueError for one that fits in none."""
    batch: list[bytes] = []
    size = ROOM
    for parcel in parcels:
        if not 1 <= len(parcel) <= MOST_PARCEL:
            raise ValueError(f"parcel of {len(parcel):,} bytes: 1 to {MOST_PARCEL:,} can be sent")
        if batch and size + 4 + len(parcel) > BATCH:
            yield batch
            batch, size = [], ROOM
        batch.append(parcel)
        size += 4 + len(parcel)
    if batch:
        yield batch


def pack(parcels: Sequence[bytes]) -> bytes:
    """The padded message; its length is one of STEPS."""
    plain = VERSION + b"".join(len(parcel).to_bytes(4, "big") + parcel for parcel in parcels) + bytes(4)
    return plain + bytes(next(step for step in STEPS if step >= len(plain)) - len(plain))


def unpack(message: bytes) -> list[bytes]:
    """Undo `pack`; BadMail for anything else. Holds no more than the message itself."""
    if message[:1] != VERSION:
        raise BadMail("mail of another version" if message else "empty mail")
    parcels, at = [], 1
    while length := int.from_bytes(message[at : at + 4], "big"):
        at += 4
        if length > len(message) - at:
            raise BadMail("mail that is cut short")
        parcels.append(message[at : at + length])
        at += length
    if len(message) < at + 4 or message[at:].strip(b"\x00"):
        raise BadMail("mail whose padding is no padding")
    return parcels
