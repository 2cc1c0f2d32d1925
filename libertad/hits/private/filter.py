"""What a peer holds of an owner's tokens: marks, 40 bits of the PRF's output each, and nothing else.

A mark that is here says 'ask'; it cannot be made without the owner's key. One of n marks meets a token that
the owner has not with probability n / 2^40: 7 in a million with 8 million marks. Marks come in parts that are
only ever added; what is removed goes with the epoch's key.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

from libertad.hits.private.parts import BYTES, MOST_PART, BadPart

BITS = 8 * BYTES
PREFIX = 16  # bits by which marks are found; the rest of each is kept
REST = BYTES - PREFIX // 8
FRESH = 1 << 14  # marks beside the packed ones, until those are packed anew
Marks = NDArray[np.uint64]


def marks(data: bytes) -> Marks:
    """The marks of a part; BadPart unless they are in order, each once, and not too many."""
    if len(data) % BYTES or len(data) > BYTES * MOST_PART:
        raise BadPart("a part of another size than parts have")
    wide = np.zeros((len(data) // BYTES, 8), np.uint8)
    wide[:, 8 - BYTES :] = np.frombuffer(data, np.uint8).reshape(-1, BYTES)
    marks = wide.view(">u8").ravel().astype(np.uint64)
    if (marks[1:] <= marks[:-1]).any():
        raise BadPart("a part whose marks are not in order")
    return marks


class Filter:
    """One owner's marks of one epoch in memory: 3 bytes each and half a megabyte; new ones apart."""

    def __init__(self, parts: Iterable[bytes] = ()) -> None:
        self.start = [0] * ((1 << PREFIX) + 1)
        self.rest = b""
        self.fresh: set[int] = set()
        self.pack([marks(data) for data in parts])

    def __len__(self) -> int:
        return len(self.rest) // REST + len(self.fresh)

    def __contains__(self, mark: int) -> bool:
        return mark in self.fresh or self._is_packed(mark)

    def _is_packed(self, mark: int) -> bool:
        prefix, remainder = mark >> (BITS - PREFIX), mark & ((1 << (BITS - PREFIX)) - 1)
        last = self.start[prefix + 1]
        at = bisect_left(range(last), remainder, lo=self.start[prefix], key=self._at)
        return at < last and self._at(at) == remainder

    @property
    def chance(self) -> float:
        """How probable it is that a token which the owner has not is taken for one that it has."""
        return len(self) / float(1 << BITS)

    @property
    def size(self) -> int:
        """Bytes in memory, about."""
        return len(self.rest) + 8 * len(self.start) + 100 * len(self.fresh)

    def add(self, data: bytes) -> None:
        """Take up one part more."""
        self.fresh.update(mark for mark in marks(data).tolist() if not self._is_packed(mark))
        if len(self.fresh) > FRESH:
            self.pack()

    def pack(self, extra: Iterable[Marks] = ()) -> None:
        """Merge what is new into what is packed."""
        fresh = np.fromiter(self.fresh, np.uint64, len(self.fresh))
        every = np.unique(np.concatenate([self._packed(), fresh, *extra]))
        prefixes = np.arange((1 << PREFIX) + 1, dtype=np.uint64) << np.uint64(BITS - PREFIX)
        self.start = np.searchsorted(every, prefixes).tolist()
        self.rest = every.astype(">u8").view(np.uint8).reshape(-1, 8)[:, 8 - REST :].tobytes()
        self.fresh = set()

    def _at(self, place: int) -> int:
        return int.from_bytes(self.rest[REST * place : REST * (place + 1)], "big")

    def _packed(self) -> Marks:
        prefixes = np.repeat(np.arange(1 << PREFIX, dtype=np.uint64), np.diff(self.start))
        wide = np.zeros((len(prefixes), 8), np.uint8)
        wide[:, 8 - REST :] = np.frombuffer(self.rest, np.uint8).reshape(-1, REST)
        return (prefixes << np.uint64(BITS - PREFIX)) | wide.view(">u8").ravel().astype(np.uint64)
