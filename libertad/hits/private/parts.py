"""Marks of an owner's tokens as they are made and travel: in parts, with nothing else in them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterable

BYTES = 5
OPENING = 16
MOST_PART = 200_000  # marks in one part: a megabyte
STEP = 64  # parts are filled up, so that nobody counts the records of a day


class BadPart(ValueError):
    """Bytes that are no part of a filter."""


def mark(output: bytes) -> int:
    """The mark of the PRF's output."""
    return int.from_bytes(output[:BYTES], "big")


def opening(output: bytes) -> bytes:
    """What shows that one has a token's whole output, and not only its mark."""
    return hashlib.sha256(b"libertad hits opening v1\0" + output).digest()[:OPENING]


def part(marks: Iterable[int], step: int = STEP) -> bytes:
    """Marks as they travel: sorted, so that their order tells nothing, and filled up to whole steps."""
    padded = set(marks)
    while len(padded) % step:
        padded.add(int.from_bytes(os.urandom(BYTES), "big"))
    if len(padded) > MOST_PART:
        raise ValueError(f"a part has at most {MOST_PART:,} marks")
    return b"".join(mark.to_bytes(BYTES, "big") for mark in sorted(padded))
