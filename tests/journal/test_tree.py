"""The Merkle tree: published vectors, another implementation beside us, and refusal of all else."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pymerkle import InmemoryTree

from libertad.journal import tree

# Test data of Certificate Transparency (RFC 6962), published with its reference implementation.
CT_LEAVES = [
    bytes.fromhex(leaf)
    for leaf in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
CT_ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]
N01 = "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125"
N23 = "5f083f0a1a33ca076a95279832580db3e0ef4584bdff1f54c8a360f50de3031e"
N45 = "0ebc5d3437fbe2db158b9f126a1d118e308181031d0a949f8dededebc558ef6a"
N67 = "ca854ea128ed050b41b35ffc1b87b8eb2bde461e9e3b5596ece6b9d5975a0ae0"
N03 = "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7"
N47 = "6b47aaf29ee3c2af9af889bc1fb9254dabd31177f16232dd6aab035ca39bf6e4"
L0 = "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d"
L1 = "96a296d224f285c67bee93c30f8a309157f0daa35dc5b87e410b78630a09cfc7"
L4 = "bc1a0643b12e4d2d7c77918f44e0f4f79a838b6cf9ec5b5c283e1f4d88599e6b"
CT_INCLUSION = {
    (0, 1): [],
    (0, 8): [L1, N23, N47],
    (5, 8): [L4, N67, N03],
    (2, 3): [N01],
    (1, 5): [L0, N23, L4],
}
CT_CONSISTENCY = {(1, 1): [], (1, 8): [L1, N23, N47], (6, 8): [N45, N67, N03], (2, 5): [N23, L4]}

LEAVES = [tree.leaf_hash(b"%d" % i) for i in range(1200)]
SIZES = [*range(34), 63, 64, 65, 127, 255, 256, 257, 511, 512, 513, 1023, 1024, 1025, 1199]


class Direct:
    """Subtrees straight from the definition."""

    def __init__(self, leaves: list[bytes]) -> None:
        self.leaves = leaves

    def subtree(self, level: int, index: int) -> bytes:
        leaves = self.leaves[index << level : (index + 1) << level]
        assert len(leaves) == 1 << level
        return tree.root(leaves)


DIRECT = Direct(LEAVES)


def mth(leaves: list[bytes]) -> bytes:
    """RFC 9162 §2.1.1, word by word."""
    if len(leaves) == 1:
        return leaves[0]
    k = 1
    while 2 * k < len(leaves):
        k *= 2
    return tree.node_hash(mth(leaves[:k]), mth(leaves[k:]))


def subproof(m: int, leaves: list[bytes], whole: bool) -> list[bytes]:
    """RFC 9162 §2.1.4.1, word by word."""
    n = len(leaves)
    if m == n:
        return [] if whole else [mth(leaves)]
    k = 1
    while 2 * k < n:
        k *= 2
    if m <= k:
        return [*subproof(m, leaves[:k], whole), mth(leaves[k:])]
    return [*subproof(m - k, leaves[k:], False), mth(leaves[:k])]


def path_shape(index: int, size: int) -> str:
    """Left and right turns from leaf to root: all that a bare path says about a position."""
    turns = ""
    while size > 1:
        k = 1
        while 2 * k < size:
            k *= 2
        turns, index, size = ("L" + turns, index, k) if index < k else ("R" + turns, index - k, size - k)
    return turns


def test_roots_and_proofs_are_those_published() -> None:
    leaves = [tree.leaf_hash(data) for data in CT_LEAVES]
    source = Direct(leaves)
    for size, published in enumerate(CT_ROOTS, 1):
        assert tree.root(leaves[:size]).hex() == published
    for (index, size), path in CT_INCLUSION.items():
        assert [h.hex() for h in tree.inclusion_proof(index, size, source)] == path
    for (old, new), path in CT_CONSISTENCY.items():
        assert [h.hex() for h in tree.consistency_proof(old, new, source)] == path


def test_empty_root_is_the_hash_of_nothing() -> None:
    assert tree.root([]) == tree.EMPTY == tree.Frontier().root()
    assert tree.EMPTY.hex() == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"


def test_roots_and_inclusion_proofs_are_those_of_pymerkle() -> None:
    reference_tree = InmemoryTree(algorithm="sha256")
    for i in range(300):
        reference_tree.append_entry(b"%d" % i)
    for size in range(1, 301):
        assert reference_tree.get_root(size) == tree.root(LEAVES[:size])
    for size in [*range(1, 40), 64, 127, 128, 255, 256, 257, 300]:
        for index in {*range(min(size, 9)), size // 2, size - 1}:
            path = tree.inclusion_proof(index, size, DIRECT)
            assert reference_tree.prove_inclusion(index + 1, size).path[1:] == path


def test_consistency_proofs_of_pymerkle_hold_where_ours_do() -> None:
    from pymerkle import verify_consistency

    reference_tree = InmemoryTree(algorithm="sha256")
    for i in range(70):
        reference_tree.append_entry(b"%d" % i)
    for new in range(1, 71):
        for old in range(1, new + 1):
            verify_consistency(
                tree.root(LEAVES[:old]), tree.root(LEAVES[:new]), reference_tree.prove_consistency(old, new)
            )
            proof = tree.consistency_proof(old, new, DIRECT)
            assert proof == subproof(old, LEAVES[:new], True)
            assert tree.verify_consistency(old, new, proof, tree.root(LEAVES[:old]), tree.root(LEAVES[:new]))


def test_every_leaf_of_every_size_is_proved() -> None:
    for size in SIZES:
        whole = tree.root(LEAVES[:size])
        for index in range(0, size, 1 if size < 70 else 37):
            path = tree.inclusion_proof(index, size, DIRECT)
            assert tree.verify_inclusion(LEAVES[index], index, size, path, whole)


def test_frontier_has_the_root_of_every_size() -> None:
    frontier = tree.Frontier()
    for size, leaf in enumerate(LEAVES, 1):
        frontier.append(leaf)
        assert frontier.root() == tree.root(LEAVES[:size])
        assert tree.Frontier.from_bytes(frontier.to_bytes()).root() == frontier.root()


def test_frontier_copy_is_independent() -> None:
    frontier = tree.Frontier()
    frontier.extend(LEAVES[:5])
    before = frontier.root()
    frontier.copy().append(LEAVES[5])
    assert (frontier.size, frontier.root()) == (5, before)


@pytest.mark.parametrize("data", [b"", b"\0" * 7, bytes(9), bytes(7) + b"\1", bytes(7) + b"\3" + bytes(32)])
def test_frontier_of_the_wrong_length_is_refused(data: bytes) -> None:
    with pytest.raises(ValueError, match="frontier"):
        tree.Frontier.from_bytes(data)


def test_appending_names_each_completed_tile_once() -> None:
    hashes = [bytes([i & 255, i >> 8 & 255, i >> 16]) + bytes(29) for i in range(65536 + 300)]
    frontier = tree.Frontier()
    tiles = frontier.extend(hashes)
    assert [t[:2] for t in tiles if t.level == 8] == [(8, i) for i in range(257)]
    assert [t[:2] for t in tiles if t.level == 16] == [(16, 0)]
    assert tiles[-2] == tree.Tile(16, 0, tree.root(hashes[:65536]))
    stored = {(t.level, t.position): t.hash for t in tiles}
    source = tree.TiledSource(lambda start, n: hashes[start : start + n], lambda lv, i: stored.get((lv, i)))
    assert tree.completed_tiles(0, len(hashes), source) == sorted(tiles)
    assert tree.completed_tiles(0, len(hashes), Direct(hashes)) == sorted(tiles)
    assert tree.completed_tiles(65535, 65536, source) == [
        t for t in sorted(tiles) if t[:2] in ((8, 255), (16, 0))
    ]
    assert tree.frontier_at(len(hashes), source).to_bytes() == frontier.to_bytes()


@pytest.mark.parametrize("with_tiles", [True, False])
def test_tiled_source_gives_what_the_definition_gives(with_tiles: bool) -> None:
    stored = {t[:2]: t.hash for t in tree.Frontier().extend(LEAVES)} if with_tiles else {}
    counts: list[int] = []

    def leaves(start: int, count: int) -> list[bytes]:
        counts.append(count)
        return LEAVES[start : start + count]

    source = tree.TiledSource(leaves, lambda level, index: stored.get((level, index)))
    for level in range(11):
        for index in range(len(LEAVES) >> level):
            assert source.subtree(level, index) == DIRECT.subtree(level, index)
    assert max(counts) <= 256
    for old, new in [(1, 1200), (256, 1200), (700, 1199), (1024, 1025)]:
        assert tree.consistency_proof(old, new, source) == tree.consistency_proof(old, new, DIRECT)
    for index in (0, 255, 256, 1023, 1198):
        assert tree.inclusion_proof(index, 1199, source) == tree.inclusion_proof(index, 1199, DIRECT)


def test_a_subtree_that_is_not_complete_is_refused() -> None:
    source = tree.TiledSource(lambda start, count: LEAVES[start : start + count], lambda level, index: None)
    with pytest.raises(KeyError):
        source.subtree(8, len(LEAVES) >> 8)


def flipped(data: bytes, bit: int) -> bytes:
    at = bit // 8 % len(data)
    return data[:at] + bytes([data[at] ^ 1 << bit % 8]) + data[at + 1 :]


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(1, 1200), st.integers(0, 255))
def test_an_inclusion_proof_with_any_bit_changed_is_refused(data: st.DataObject, size: int, bit: int) -> None:
    index = data.draw(st.integers(0, size - 1))
    leaf, whole = LEAVES[index], tree.root(LEAVES[:size])
    path = tree.inclusion_proof(index, size, DIRECT)
    assert tree.verify_inclusion(leaf, index, size, path, whole)
    assert not tree.verify_inclusion(flipped(leaf, bit), index, size, path, whole)
    assert not tree.verify_inclusion(leaf, index, size, path, flipped(whole, bit))
    for at in range(len(path)):
        changed = [*path[:at], flipped(path[at], bit), *path[at + 1 :]]
        assert not tree.verify_inclusion(leaf, index, size, changed, whole)
        assert not tree.verify_inclusion(leaf, index, size, path[:at] + path[at + 1 :], whole)
        assert not tree.verify_inclusion(
            leaf, index, size, [*path[:at], path[at][:31], *path[at + 1 :]], whole
        )
    for longer in ([*path, whole], [leaf, *path], [*path, b""]):
        assert not tree.verify_inclusion(leaf, index, size, longer, whole)
    for n in range(12):
        assert not tree.verify_inclusion(leaf, index ^ 1 << n, size, path, whole)
        other_size = size ^ 1 << n
        # A bare path does not tell sizes apart that give the leaf the same turns; a checkpoint does.
        if not 0 <= index < other_size or path_shape(index, other_size) != path_shape(index, size):
            assert not tree.verify_inclusion(leaf, index, other_size, path, whole)
        if 0 < other_size <= len(LEAVES):
            assert not tree.verify_inclusion(leaf, index, other_size, path, tree.root(LEAVES[:other_size]))


@settings(max_examples=150, deadline=None)
@given(st.data(), st.integers(2, 1200), st.integers(0, 255))
def test_a_consistency_proof_with_any_bit_changed_is_refused(data: st.DataObject, new: int, bit: int) -> None:
    old = data.draw(st.integers(1, new - 1))
    before, after = tree.root(LEAVES[:old]), tree.root(LEAVES[:new])
    proof = tree.consistency_proof(old, new, DIRECT)
    assert tree.verify_consistency(old, new, proof, before, after)
    assert not tree.verify_consistency(old, new, proof, flipped(before, bit), after)
    assert not tree.verify_consistency(old, new, proof, before, flipped(after, bit))
    for at in range(len(proof)):
        changed = [*proof[:at], flipped(proof[at], bit), *proof[at + 1 :]]
        assert not tree.verify_consistency(old, new, changed, before, after)
        assert not tree.verify_consistency(old, new, proof[:at] + proof[at + 1 :], before, after)
    for longer in ([*proof, after], [before, *proof], [*proof, b""]):
        assert not tree.verify_consistency(old, new, longer, before, after)
    for n in range(12):
        other_size = old ^ 1 << n
        if 0 < other_size <= len(LEAVES):  # with the true root of the other size, as a checkpoint binds it
            assert not tree.verify_consistency(other_size, new, proof, tree.root(LEAVES[:other_size]), after)
        other_size = new ^ 1 << n
        if 0 < other_size <= len(LEAVES):
            assert not tree.verify_consistency(old, other_size, proof, before, tree.root(LEAVES[:other_size]))


def test_a_tree_that_was_rewritten_is_not_consistent() -> None:
    rewritten = list(LEAVES)
    rewritten[3] = tree.leaf_hash(b"another")
    for old in range(5, 40):
        proof = tree.consistency_proof(old, 40, Direct(rewritten))
        assert not tree.verify_consistency(old, 40, proof, tree.root(LEAVES[:old]), tree.root(rewritten[:40]))


def test_nothing_and_itself_are_consistent_by_an_empty_proof_only() -> None:
    whole = tree.root(LEAVES[:7])
    assert tree.verify_consistency(7, 7, [], whole, whole)
    assert tree.verify_consistency(0, 7, [], tree.EMPTY, whole)
    assert not tree.verify_consistency(7, 7, [whole], whole, whole)
    assert not tree.verify_consistency(7, 7, [], whole, tree.EMPTY)
    assert not tree.verify_consistency(0, 7, [whole], tree.EMPTY, whole)
    assert not tree.verify_consistency(0, 7, [], whole, whole)
    assert not tree.verify_consistency(8, 7, [], whole, whole)
    assert not tree.verify_consistency(4, 7, [], whole, whole)


def test_proofs_outside_the_tree_are_not_made() -> None:
    for bounds in ((-1, 3), (3, 3), (0, 0)):
        with pytest.raises(ValueError, match="tree"):
            tree.inclusion_proof(*bounds, DIRECT)
    with pytest.raises(ValueError, match="tree"):
        tree.consistency_proof(4, 3, DIRECT)


def test_the_turns_of_a_path_are_told_apart() -> None:
    rng = random.Random(9162)
    for _ in range(200):
        size = rng.randrange(2, 1200)
        first, second = rng.sample(range(size), 2)
        path = tree.inclusion_proof(first, size, DIRECT)
        assert not tree.verify_inclusion(LEAVES[first], second, size, path, tree.root(LEAVES[:size]))


def _leaf_source(leaves: list[bytes]) -> tree.TiledSource:
    return tree.TiledSource(lambda start, count: leaves[start : start + count], lambda level, index: None)


@given(st.integers(0, 700), st.integers(0, 700), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=60)
def test_a_multiproof_shows_places_and_that_the_tree_only_grew(
    old: int, growth: int, rng: random.Random
) -> None:
    leaves = [tree.leaf_hash(str(n).encode()) for n in range(old + growth)]
    present = sorted(rng.sample(range(old, old + growth), rng.randint(0, growth)))
    before = tree.Frontier()
    before.extend(leaves[:old])
    proof = tree.gaps(old, old + growth, present, _leaf_source(leaves))
    given_ = [(place, leaves[place]) for place in present]
    assert tree.grow(before, old + growth, given_, proof).root() == tree.root(leaves)
    if present:
        at = rng.randrange(len(present))
        wrong = [*given_[:at], (present[at], tree.leaf_hash(b"another")), *given_[at + 1 :]]
        assert tree.grow(before, old + growth, wrong, proof).root() != tree.root(leaves)
        if proof:
            with pytest.raises(ValueError, match="too short"):
                tree.grow(before, old + growth, given_, proof[:-1])
        with pytest.raises(ValueError, match="does not fit"):
            tree.grow(before, old + growth, given_, [*proof, bytes(32)])
