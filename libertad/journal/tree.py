"""The Merkle tree over all entries of a node, in the order received (RFC 9162 §2.1, SHA-256).

A leaf's data is an entry's exact header bytes. A subtree is named (level, index): the 2**level leaves
from index * 2**level. A complete subtree never changes, so the store keeps the hashes at levels 8, 16
and 24 ('tiles') and computes the rest.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple, Protocol

EMPTY = hashlib.sha256(b"").digest()
TILE_LEVELS = (8, 16, 24)
LEAVES_IN_TILE = 256
MOST_KEPT = 8192

_sha256 = hashlib.sha256


class Tile(NamedTuple):
    """Hash of a complete subtree at a tile level: a row that the writer stores once."""

    level: int
    position: int
    hash: bytes


class Source(Protocol):
    """Where proofs take hashes from."""

    def subtree(self, level: int, index: int) -> bytes:
        """Hash of the complete subtree of 2**level leaves at position index; KeyError if not there."""
        ...


def leaf_hash(data: bytes) -> bytes:
    """SHA-256(0x00 || data)."""
    return _sha256(b"\x00" + data).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """SHA-256(0x01 || left || right)."""
    return _sha256(b"\x01" + left + right).digest()


def root(leaves: Sequence[bytes]) -> bytes:
    """Root over leaf hashes, by definition (RFC 9162 §2.1.1)."""
    if not leaves:
        return EMPTY
    level = list(leaves)
    while len(level) > 1:
        paired = [node_hash(level[i], level[i + 1]) for i in range(0, len(level) - 1, 2)]
        level = paired + level[len(level) & ~1 :]  # an odd last node moves up unhashed
    return level[0]


class Frontier:
    """The complete subtrees of a growing tree, largest first: all that appending needs.

    `peaks` has one hash per set bit of `size`. Appending costs one hash on average.
    """

    __slots__ = ("peaks", "size")

    def __init__(self, size: int = 0, peaks: Iterable[bytes] = ()) -> None:
        self.size = size
        self.peaks = list(peaks)
        if size < 0 or len(self.peaks) != size.bit_count() or any(len(peak) != 32 for peak in self.peaks):
            raise ValueError(f"frontier: peaks do not fit size {size}")

    def append(self, leaf: bytes) -> tuple[Tile, ...]:
        """Add one leaf hash; returns the tiles that it completed (none, but for each 256th leaf)."""
        peaks, rest = self.peaks, self.size
        self.size = size = rest + 1
        if size & 255:
            while rest & 1:
                leaf = _sha256(b"\x01" + peaks.pop() + leaf).digest()
                rest >>= 1
            peaks.append(leaf)
            return ()
        tiles = []
        level = 0
        while rest & 1:
            leaf = _sha256(b"\x01" + peaks.pop() + leaf).digest()
            rest >>= 1
            level += 1
            if level in TILE_LEVELS:
                tiles.append(Tile(level, (size >> level) - 1, leaf))
        peaks.append(leaf)
        return tuple(tiles)

    def append_subtree(self, level: int, digest: bytes) -> None:
        """Add the hash of a complete subtree of 2**level leaves; `size` must be a multiple of that.

        For verifying what others hold: gives no tiles, since the leaves below are not known here.
        """
        rest = self.size >> level
        if self.size != rest << level:
            raise ValueError(f"frontier: no subtree of level {level} begins at {self.size}")
        self.size += 1 << level
        while rest & 1:
            digest = node_hash(self.peaks.pop(), digest)
            rest >>= 1
        self.peaks.append(digest)

    def extend(self, leaves: Iterable[bytes]) -> list[Tile]:
        """Add leaf hashes in order; returns all tiles completed on the way, in that order."""
        tiles: list[Tile] = []
        append = self.append
        for leaf in leaves:
            tiles += append(leaf)
        return tiles

    def root(self) -> bytes:
        """Root of the tree at this size."""
        return _fold(self.peaks) if self.peaks else EMPTY

    def to_bytes(self) -> bytes:
        """Size as 8 bytes big-endian, then the peaks, largest first."""
        return self.size.to_bytes(8, "big") + b"".join(self.peaks)

    @classmethod
    def from_bytes(cls, data: bytes) -> Frontier:
        """Undo `to_bytes`; ValueError when the length does not fit the size."""
        if len(data) < 8 or len(data) % 32 != 8:
            raise ValueError("frontier: wrong length")
        return cls(int.from_bytes(data[:8], "big"), (data[i : i + 32] for i in range(8, len(data), 32)))

    def copy(self) -> Frontier:
        """An independent frontier of the same tree, for an append that may be undone."""
        frontier = Frontier.__new__(Frontier)
        frontier.size, frontier.peaks = self.size, self.peaks[:]
        return frontier


class TiledSource:
    """Subtrees from stored tiles and, below level 8, from at most 256 leaf hashes.

    `leaves(start, count)` gives leaf hashes in order; `tile(level, index)` a stored hash or None, in
    which case it is computed from below. Composed hashes are kept: complete subtrees never change.
    """

    def __init__(
        self,
        leaves: Callable[[int, int], Sequence[bytes]],
        tile: Callable[[int, int], bytes | None],
    ) -> None:
        self._leaves = leaves
        self._tile = tile
        self._kept: dict[tuple[int, int], bytes] = {}

    def subtree(self, level: int, index: int) -> bytes:
        if level <= TILE_LEVELS[0]:
            stored = self._tile(level, index) if level == TILE_LEVELS[0] else None
            return stored if stored is not None else self._from_leaves(level, index)
        if (level, index) in self._kept:
            return self._kept[level, index]
        digest = self._tile(level, index) if level in TILE_LEVELS else None
        if digest is None:
            digest = node_hash(self.subtree(level - 1, 2 * index), self.subtree(level - 1, 2 * index + 1))
        if len(self._kept) >= MOST_KEPT:
            self._kept.clear()
        self._kept[level, index] = digest
        return digest

    def _from_leaves(self, level: int, index: int) -> bytes:
        count = 1 << level
        leaves = self._leaves(index << level, count)
        if len(leaves) != count:
            raise KeyError(f"tree: no complete subtree at level {level}, index {index}")
        return root(leaves)


def completed_tiles(before: int, after: int, source: Source) -> list[Tile]:
    """Tiles completed by growing from `before` to `after` leaves, read from `source`.

    The writer has them for nothing from `Frontier.append`; this is for repair and for checking.
    """
    return [
        Tile(level, index, source.subtree(level, index))
        for level in TILE_LEVELS
        for index in range(before >> level, after >> level)
    ]


def frontier_at(size: int, source: Source) -> Frontier:
    """The frontier of the first `size` leaves, from stored hashes (start-up, or an older size)."""
    return Frontier(size, (source.subtree(level, index) for level, index in _complete(0, size)))


def _complete(start: int, end: int) -> list[tuple[int, int]]:
    """Complete subtrees covering leaves start..end, left to right.

    `start` must be a multiple of the largest power of two up to end - start, as it is in proofs.
    """
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        subtrees.append((level, start >> level))
        start += 1 << level
    return subtrees


def cover(start: int, end: int) -> list[tuple[int, int]]:
    """Complete subtrees that cover leaves start..end of any tree, left to right; at most 2 log n."""
    subtrees = []
    while start < end:
        level = (end - start).bit_length() - 1
        if start:
            level = min(level, (start & -start).bit_length() - 1)
        subtrees.append((level, start >> level))
        start += 1 << level
    return subtrees


def gaps(start: int, end: int, present: Sequence[int], source: Source) -> list[bytes]:
    """The multiproof of a batch: hashes of the subtrees that cover start..end but for `present` (sorted).

    With the frontier at `start` and the leaves at `present`, `grow` computes the root at `end`: it shows at
    once that each of these leaves stands at its place and that the tree only grew.
    """
    proof: list[bytes] = []
    for place in [*present, end]:
        proof += [source.subtree(level, index) for level, index in cover(start, place)]
        start = place + 1
    return proof


def grow(
    frontier: Frontier, end: int, leaves: Iterable[tuple[int, bytes]], proof: Sequence[bytes]
) -> Frontier:
    """The frontier at `end` from that of a smaller tree, (place, leaf hash) pairs in order, and `gaps`.

    ValueError when they do not fit together. Compare the result's root with a signed checkpoint.
    """
    grown, used = frontier.copy(), 0
    for place, leaf in [*leaves, (end, b"")]:
        for level, _ in cover(grown.size, place):
            if used == len(proof):
                raise ValueError("tree: the proof is too short")
            grown.append_subtree(level, proof[used])
            used += 1
        if grown.size != place:
            raise ValueError("tree: leaves out of order")
        if place < end:
            grown.append_subtree(0, leaf)
    if used != len(proof) or not _well_formed(proof):
        raise ValueError("tree: the proof does not fit")
    return grown


def _fold(hashes: Sequence[bytes]) -> bytes:
    """Root over complete subtrees, largest first."""
    result = hashes[-1]
    for left in reversed(hashes[:-1]):
        result = node_hash(left, result)
    return result


def _range(start: int, end: int, source: Source) -> bytes:
    """MTH(D[start:end]) of RFC 9162."""
    return _fold([source.subtree(level, index) for level, index in _complete(start, end)])


def _split(size: int) -> int:
    """Largest power of two smaller than size."""
    return 1 << (size - 1).bit_length() - 1


def inclusion_proof(index: int, size: int, source: Source) -> list[bytes]:
    """Audit path of leaf `index` in the tree of `size` leaves, leaf to root (RFC 9162 §2.1.3.1)."""
    if not 0 <= index < size:
        raise ValueError(f"tree: no leaf {index} in a tree of {size}")
    path = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            path.append(_range(middle, end, source))
            end = middle
        else:
            path.append(_range(start, middle, source))
            start = middle
    return path[::-1]


def consistency_proof(old: int, new: int, source: Source) -> list[bytes]:
    """Proof that the tree of `new` leaves only grew from that of `old` (RFC 9162 §2.1.4.1).

    Empty where nothing has to be shown: old = 0 or old = new.
    """
    if not 0 <= old <= new:
        raise ValueError(f"tree: {old} leaves do not come before {new}")
    if old in (0, new):
        return []
    path = []
    start, end = 0, new
    while old != end:
        middle = start + _split(end - start)
        if old <= middle:
            path.append(_range(middle, end, source))
            end = middle
        else:
            path.append(_range(start, middle, source))
            start = middle
    if start:  # else the verifier holds this hash already: it is the old root
        path.append(_range(start, end, source))
    return path[::-1]


def _well_formed(hashes: Sequence[bytes]) -> bool:
    return all(isinstance(digest, bytes) and len(digest) == 32 for digest in hashes)


def verify_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], root_hash: bytes) -> bool:
    """Whether `proof` shows leaf hash `leaf` at `index` (RFC 9162 §2.1.3.2).

    `size` and `root_hash` must come from one signed checkpoint, never from the prover: a path alone
    does not tell two sizes apart in which the leaf has the same path.
    """
    if not 0 <= index < size or not _well_formed([leaf, root_hash, *proof]):
        return False
    position, last, result = index, size - 1, leaf
    for sibling in proof:
        if last == 0:
            return False
        if position & 1 or position == last:
            result = node_hash(sibling, result)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            result = node_hash(result, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and result == root_hash


def verify_consistency(old: int, new: int, proof: Sequence[bytes], old_root: bytes, new_root: bytes) -> bool:
    """Whether `proof` shows that the new tree only grew from the old (RFC 9162 §2.1.4.2).

    Sizes and roots must come from signed checkpoints. An empty old tree is consistent with every
    tree, by an empty proof and its own root.
    """
    if not 0 <= old <= new or not _well_formed([old_root, new_root, *proof]):
        return False
    if old == 0:
        return not proof and old_root == EMPTY and (new > 0 or new_root == EMPTY)
    if old == new:
        return not proof and old_root == new_root
    if not proof:
        return False
    path = list(proof) if old & (old - 1) else [old_root, *proof]
    position, last = old - 1, new - 1
    while position & 1:
        position >>= 1
        last >>= 1
    was = now = path[0]
    for sibling in path[1:]:
        if last == 0:
            return False
        if position & 1 or position == last:
            was = node_hash(sibling, was)
            now = node_hash(sibling, now)
            while position and not position & 1:
                position >>= 1
                last >>= 1
        else:
            now = node_hash(now, sibling)
        position >>= 1
        last >>= 1
    return last == 0 and was == old_root and now == new_root
