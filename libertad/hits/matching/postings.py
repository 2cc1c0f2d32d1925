"""Which numbers stand under which keys, in few bytes: sixteen bits of each key and the number, sorted.

A key's upper bits choose a bucket of about eight; what is left of it is compared. Keys under which too many
stand are left out when the lists are made.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from zlib import crc32

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.lexicon import Ints

Keys = NDArray[np.uint64]
_MIX, _SPREAD, _NONE = np.uint64(0x9E3779B97F4A7C15), np.uint64(29), np.uint64(0)
_TAG = np.uint64(0xFFFF)
_SLOT, _ONE = np.uint16(12), np.uint16(1)
SURE = 4  # bits of a key beyond those that are asked for, so that two crowds are seldom taken for one


def mixed(*parts: NDArray[np.integer], since: np.uint64 = _NONE) -> Keys:
    """One number from several, well spread; `since`: what came of those before."""
    keys: Keys = np.broadcast_to(since, (1,))
    for part in parts:
        keys = (keys ^ part.astype(np.uint64)) * _MIX
        keys ^= keys >> _SPREAD
    return keys


def key_of(*parts: int) -> int:
    """`mixed` of one number from each part."""
    key = 0
    for part in parts:
        key = (key ^ part) * 0x9E3779B97F4A7C15 & 0xFFFFFFFFFFFFFFFF
        key ^= key >> 29
    return key


def code(text: str) -> int:
    """A number for a text, the same on every machine."""
    return crc32(text.encode())


def _partition_by_prefix(key: Keys, number: Ints) -> Iterator[tuple[Keys, Ints, int, int, int]]:
    """Keys and numbers by the first bits of keys; with how many bits a number needs, how many first bits are
    the same in all, and these: so many that what is kept of a key and a number have room in 64 bits."""
    size = max(int(number.max(initial=1)).bit_length(), 1)
    key_bits = int(len(key) // 8).bit_length() + 16 + SURE
    same = max(size + key_bits - 64, 0)
    if not same:
        yield key, number, size, 0, 0
        return
    first = key >> np.uint64(64 - same)
    for part in range(2**same):
        in_part = first == part
        yield key[in_part], number[in_part], size, same, part << 64 - same


def _sorted(
    key: Keys, number: Ints, size: int, same: int, top: int, crowd: int
) -> tuple[Keys, NDArray[np.uint32]]:
    """In the order of the keys, without what too many have. A key and its number are sorted as one number,
    which is several times quicker; a key's last bits go, of which nothing is asked."""
    low = np.uint64(2**size - 1)
    both = key << np.uint64(same) & ~low | number.astype(np.uint64)
    both.sort()
    key = both & ~low
    first = np.flatnonzero(np.append(True, key[1:] != key[:-1])[: len(key)])
    count = np.diff(np.append(first, len(key)))
    uncrowded = np.repeat(count <= crowd, count)
    return key[uncrowded] >> np.uint64(same) | np.uint64(top), (both[uncrowded] & low).astype(np.uint32)


@dataclass(frozen=True)
class Postings:
    """`bucket[k]` to `bucket[k + 1]`: where the keys whose upper bits are k stand in `tag` and `number`.

    `some[k]` says of each sixteenth of such keys whether one is there: most that are asked for are not.
    """

    bucket: NDArray[np.uint32]
    some: NDArray[np.uint16]
    tag: NDArray[np.uint16]
    number: NDArray[np.uint32]

    @property
    def shift(self) -> np.uint64:
        return np.uint64(64 - int(len(self.bucket) - 1).bit_length() + 1)

    @classmethod
    def of(cls, key: Keys, number: Ints, crowd: int) -> Postings:
        """Lists of all pairs of key and number but those of keys with more than `crowd`."""
        parts = [_sorted(*part, crowd) for part in _partition_by_prefix(key, number)]
        key, listed = (np.concatenate(column) for column in zip(*parts, strict=True))
        bits = max(int(len(key) // 8).bit_length(), 1)
        top = (key >> np.uint64(64 - bits)).astype(np.int64)
        bucket = np.zeros(2**bits + 1, np.uint32)
        np.cumsum(np.bincount(top, minlength=2**bits), out=bucket[1:])
        any_ = np.zeros(2**bits * 16, bool)
        any_[(key >> np.uint64(64 - bits - 4)).astype(np.int64)] = True
        occupied = np.packbits(any_, bitorder="little").view("<u2")
        return cls(bucket, occupied, (key >> np.uint64(64 - bits - 16)).astype(np.uint16), listed)

    def find(self, key: Keys) -> tuple[Ints, Ints]:
        """(place in `key`, number) of all that stands under these keys."""
        shift = self.shift
        top = (key >> shift).astype(np.int64)
        tag = ((key >> (shift - np.uint64(16))) & _TAG).astype(np.uint16)
        may = np.flatnonzero(self.some[top] >> (tag >> _SLOT) & _ONE)
        top, tag = top[may], tag[may]
        start, end = self.bucket[top].astype(np.int64), self.bucket[top + 1].astype(np.int64)
        size = end - start
        which = np.repeat(np.arange(len(may)), size)
        place = np.arange(len(which)) + (end - np.cumsum(size))[which]
        right = np.flatnonzero(self.tag[place] == tag[which])
        return may[which[right]], self.number[place[right]].astype(np.int64)

    def at(self, key: int) -> list[int]:
        """The numbers under one key."""
        shift = int(self.shift)
        top = key >> shift
        start, end = int(self.bucket[top]), int(self.bucket[top + 1])
        same = np.flatnonzero(self.tag[start:end] == (key >> (shift - 16)) & 0xFFFF)
        numbers: list[int] = self.number[start + same].tolist()
        return numbers

    @property
    def bytes(self) -> int:
        return self.bucket.nbytes + self.some.nbytes + self.tag.nbytes + self.number.nbytes
