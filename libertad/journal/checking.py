"""Checks that need neither database nor keys, so that they can run in processes beside the node's own."""

from __future__ import annotations

import hashlib
import marshal
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from libertad.journal import header
from libertad.journal.header import Header, Malformed

Signature = tuple[int, bytes, bytes, bytes]


class Foreign(NamedTuple):
    """An entry as it travels. `body` is None where it was deleted or not sent."""

    header: bytes
    signature: bytes
    body: bytes | None


class Checked(NamedTuple):
    """An entry whose form, signature and body's hash are right; its place in a log is still to be seen."""

    entry: Foreign
    head: Header
    name: bytes


class BadEntry(ValueError):
    """An entry that is refused, and why. `place` counts from 0 within the batch."""

    def __init__(self, place: int, rule: str) -> None:
        super().__init__(f"entry {place}: {rule}; nothing of this batch was stored")
        self.place = place
        self.rule = rule

    def __reduce__(self) -> tuple[type[BadEntry], tuple[int, str]]:
        return BadEntry, (self.place, self.rule)  # so that it comes back from another process as it was


def check(entries: Sequence[Foreign], publics: Mapping[bytes, bytes]) -> list[Checked]:
    """All that needs no database, so that it can run in another process. BadEntry at the first wrong."""
    checked = []
    for place, entry in enumerate(entries):
        try:
            head = header.decode(entry.header)
        except Malformed as why:
            raise BadEntry(place, str(why)) from None
        public = publics.get(head.device)
        if public is None:
            raise BadEntry(
                place, f"device {head.device.hex()} is not enrolled here: ask its authority to enrol it"
            )
        if not header.verify(entry.header, entry.signature, public):
            raise BadEntry(
                place, "signature: not this device's over these bytes; the entry was forged or changed"
            )
        if entry.body is not None:
            if len(entry.body) != head.length:
                raise BadEntry(
                    place, f"body: {len(entry.body)} bytes of {head.length}; it was cut off on the way"
                )
            if hashlib.sha256(entry.body).digest() != head.body_hash:
                raise BadEntry(place, "body: not the bytes that the header names; it was changed on the way")
        checked.append(Checked(entry, head, hashlib.sha256(entry.header).digest()))
    return checked


def check_and_pack(entries: Sequence[Foreign], publics: Mapping[bytes, bytes]) -> bytes:
    """As `check`, for a process beside the node's own: what `unpack` needs, in quick small bytes."""
    return marshal.dumps([(tuple(checked.head), checked.name) for checked in check(entries, publics)])


def unpack(entries: Sequence[Foreign], packed: bytes) -> list[Checked]:
    """What `check_and_pack` of the same entries found, in a process of our own."""
    make = Header._make
    pairs = zip(entries, marshal.loads(packed), strict=True)  # noqa: S302 - from our own process
    return [Checked(entry, make(head), name) for entry, (head, name) in pairs]


def wrong_signatures(batch: Sequence[Signature]) -> list[int]:
    """Of (index, header, signature, public key), the indices whose signature is wrong."""
    return [idx for idx, exact, signature, public in batch if not header.verify(exact, signature, public)]
