"""Which numbers stand under which keys, in few bytes: sixteen bits of each key and the number, sorted.

A key's upper bits choose a bucket of about eight; what is left of it is compared. Keys under which too many
stand are left out when the lists are made.
"""

from __future__ import annotations

from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.lexicon import Ints

Keys = NDArray[np.uint64]
_MIX = np.uint64(0x9E3779B97F4A7C15)
_TAG = np.uint64(0xFFFF)


def mixed(*parts: NDArray[np.integer]) -> Keys:
    """One number from several, well spread."""
    found = np.zeros(np.broadcast_shapes(*(p.shape for p in parts)), np.uint64)
    for part in parts:
        found = (found ^ part.astype(np.uint64)) * _MIX
        found ^= found >> np.uint64(29)
    return found


def code(text: str) -> int:
    """A number for a text, the same on every machine."""
    return crc32(text.encode())


@dataclass(frozen=True)
class Postings:
    """`bucket[k]` to `bucket[k + 1]`: where the keys whose upper bits are k stand in `tag` and `number`."""

    bucket: NDArray[np.uint32]
    tag: NDArray[np.uint16]
    number: NDArray[np.uint32]

    @property
    def shift(self) -> np.uint64:
        return np.uint64(64 - int(len(self.bucket) - 1).bit_length() + 1)

    @classmethod
    def of(cls, key: Keys, number: Ints, crowd: int) -> Postings:
        """Lists of all pairs of key and number but those of keys with more than `crowd`."""
        order = np.argsort(key, kind="stable")
        key, told = key[order], number[order].astype(np.uint32)
        first = np.flatnonzero(np.append(True, key[1:] != key[:-1])) if len(key) else np.zeros(0, np.int64)
        count = np.diff(np.append(first, len(key)))
        few = np.repeat(count <= crowd, count)
        key, told = key[few], told[few]
        bits = max(int(len(key) // 8).bit_length(), 1)
        top = key >> np.uint64(64 - bits)
        bucket = np.searchsorted(top, np.arange(2**bits + 1, dtype=np.uint64)).astype(np.uint32)
        tag = (key >> np.uint64(64 - bits - 16)) & _TAG
        return cls(bucket, tag.astype(np.uint16), told)

    def find(self, key: Keys) -> tuple[Ints, Ints]:
        """(place in `key`, number) of all that stands under these keys."""
        shift = self.shift
        top = (key >> shift).astype(np.int64)
        start, end = self.bucket[top].astype(np.int64), self.bucket[top + 1].astype(np.int64)
        size = end - start
        which = np.repeat(np.arange(len(key)), size)
        place = np.arange(len(which)) - np.repeat(np.cumsum(size) - size, size) + start[which]
        tag = ((key >> (shift - np.uint64(16))) & _TAG).astype(np.uint16)
        right = self.tag[place] == tag[which]
        return which[right], self.number[place[right]].astype(np.int64)

    @property
    def bytes(self) -> int:
        return self.bucket.nbytes + self.tag.nbytes + self.number.nbytes
