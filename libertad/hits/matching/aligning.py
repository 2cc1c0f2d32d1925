"""Two names side by side: which word of one stands for which word of the other, and how alike they are.

The best pairs of words are taken first, until nothing is left that speaks for the same person. Words left
over on both sides differ; words left over on one side are only missing (a second surname, a middle name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.frame import FAMILY, GIVEN, MOST_WORDS, Frame
from libertad.hits.matching.lexicon import (
    DIFFERENT,
    INITIAL,
    NICKNAME,
    SAME,
    Floats,
    How,
    Ints,
    Lexicon,
    Near,
)

KINDS = len(How)
FEW = 5000  # names that are aligned in one go; more are sorted by how many words they have
SWAPPED, MISSING = KINDS, KINDS + 1  # counted beside the ways of being alike
COUNTS = KINDS + 2


@dataclass(frozen=True)
class Rarity:
    """Surprise, in bits, that a word of another person is so like this one: -log2 of how often one is.

    `near` lists words that are alike, `alike` the surprise of each; `own` is that of a word met again, by its
    number; `letters` that of an initial. `first` is each word's first letter, `single` whether it is all.
    """

    near: Near
    alike: Floats
    own: Floats
    letters: Floats
    first: NDArray[np.uint8]
    single: NDArray[np.bool_]

    def between(self, mine: Ints, theirs: Ints) -> tuple[NDArray[np.int8], Floats]:
        """How words are alike, and the surprise of each; -1 is no word, which is like nothing."""
        there = (mine >= 0) & (theirs >= 0)
        same = (mine == theirs) & there
        how = np.where(same, np.int8(SAME), np.int8(DIFFERENT))
        told = np.where(same, self.own[mine], 0.0)
        begins, others = self.first[mine], self.first[theirs]
        initial = there & ~same & (self.single[mine] | self.single[theirs]) & (begins == others)
        how[initial] = INITIAL
        told = np.where(initial, self.letters[begins], told)
        unknown = there & ~same & ~initial
        if len(self.near.code) and unknown.any():
            a, b = np.broadcast_arrays(mine, theirs)
            place = self.near.at(a[unknown], b[unknown])
            listed = place >= 0
            how[unknown] = np.where(listed, self.near.how[place], DIFFERENT)
            told[unknown] = np.where(listed, self.alike[place], 0.0)
        return how, told


def surprise(share: Floats, least: float = 1e-7) -> Floats:
    """Bits of a share."""
    found: Floats = -np.log2(np.maximum(share, least))
    return found


def letters_of(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """First letters of words, and which are initials."""
    first = np.array([ord(word[0]) for word in words], np.uint8)
    return first, np.array([len(word) == 1 for word in words], bool)


def rarity(lexicon: Lexicon, near: Near, often: Floats) -> Rarity:
    """`often`: the share of each word."""
    one, other = near.code // near.size, near.code % near.size
    mass = np.zeros((KINDS, max(len(lexicon), 1)))
    np.add.at(mass, (near.how, one), often[other])
    np.add.at(mass, (near.how, other), often[one])
    alike = np.maximum(mass[near.how, one], mass[near.how, other])
    first, single = letters_of(lexicon.words)
    letters = np.bincount(first, weights=often, minlength=128).astype(np.float64)
    return Rarity(near, surprise(alike), surprise(often), surprise(letters, 1e-4), first, single)


@dataclass(frozen=True)
class Aligned:
    """For each pair of names: how often each way of being alike occurs, and the surprise of all together."""

    counts: NDArray[np.int8]
    surprise: NDArray[np.float32]
    given: NDArray[np.bool_]  # whether words in the first place, or given names, are the same
    names: NDArray[np.int32]  # the two names, by their rows of `words`; -1 where a side has none
    steps: NDArray[np.int8]  # each pair of words taken: place in one, in the other, how; then -1
    told: NDArray[np.float32]  # the surprise of each step
    kin: NDArray[np.int8]  # as `counts`, of the words that relatives share: surnames, or all but one
    kin_told: NDArray[np.float32]  # the surprise of those

    @classmethod
    def empty(cls, size: int) -> Aligned:
        return cls(
            np.zeros((size, COUNTS), np.int8),
            np.zeros(size, np.float32),
            np.zeros(size, np.bool_),
            np.full((size, 2), -1, np.int32),
            np.full((size, MOST_WORDS, 3), -1, np.int8),
            np.zeros((size, MOST_WORDS), np.float32),
            np.zeros((size, KINDS), np.int8),
            np.zeros(size, np.float32),
        )

    def put(self, rows: Ints, other: Aligned, of: Ints) -> None:
        """Take these rows from another."""
        for name in ("counts", "surprise", "given", "names", "steps", "told", "kin", "kin_told"):
            getattr(self, name)[rows] = getattr(other, name)[of]


def align(left: Frame, right: Frame, one: Ints, other: Ints, known: Rarity, weights: Floats) -> Aligned:
    """Align names by number (rows of `words`). `weights`: bits of each way, as the model has them now."""
    found = Aligned.empty(len(one))
    widths = (left.words[one] >= 0).sum(1) * 8 + (right.words[other] >= 0).sum(1)
    if len(one) <= FEW:  # one sheet for all: what is not said is like nothing
        widths[:] = (widths // 8).max(initial=0) * 8 + (widths % 8).max(initial=0)
    for width in np.unique(widths):
        rows = np.flatnonzero(widths == width)
        wide, high = divmod(int(width), 8)
        if wide and high:
            _align(left, right, one[rows], other[rows], wide, high, known, weights, found, rows)
    return found


def _align(
    left: Frame, right: Frame, one: Ints, other: Ints, wide: int, high: int,
    known: Rarity, weights: Floats, found: Aligned, rows: Ints,
) -> None:  # fmt: skip
    mine = left.words[one, :wide].astype(np.int64)[:, :, None]
    sizes = (left.words[one, :wide] >= 0).sum(1), (right.words[other, :high] >= 0).sum(1)
    theirs = right.words[other, :high].astype(np.int64)[:, None, :]
    roles = left.roles[one, :wide][:, :, None], right.roles[other, :high][:, None, :]
    crossed = (roles[0] + roles[1]) == GIVEN + FAMILY  # one given, one family
    how, told = known.between(mine, theirs)
    bits = np.where(how == DIFFERENT, -np.inf, told + weights[how]) + crossed * weights[SWAPPED]
    size, turns = len(rows), min(wide, high)
    flat, ways, bits_of = (sheet.reshape(size, -1) for sheet in (bits, how, told))
    counts = np.zeros((size, COUNTS), np.int8)
    steps, each_told = np.full((size, turns, 3), -1, np.int8), np.zeros((size, turns))
    given = np.zeros(size, bool)
    first = (roles[0] == GIVEN) | ((roles[0] == 0) & (np.arange(wide)[:, None] == 0))
    first, crossed = first.reshape(size, wide), crossed.reshape(size, -1)
    live = np.arange(size)
    for turn in range(turns):
        best = flat[live].argmax(1)
        good = flat[live, best] > weights[DIFFERENT]  # what is left on both sides differs
        live, best = live[good], best[good]
        if not len(live):
            break
        x, y = np.divmod(best, high)
        way = ways[live, best]
        counts[live, way] += 1
        counts[live, SWAPPED] += crossed[live, best]
        steps[live, turn, 0], steps[live, turn, 1], steps[live, turn, 2] = x, y, way
        each_told[live, turn] = bits_of[live, best]
        given[live] |= (way <= NICKNAME) & first[live, x]
        cube = flat.reshape(size, wide, high)
        cube[live, x, :] = -np.inf
        cube[live, :, y] = -np.inf
    counts[:, DIFFERENT] = np.minimum(*sizes) - (steps[:, :, 2] >= 0).sum(1)
    counts[:, MISSING] = np.abs(sizes[0] - sizes[1])
    found.counts[rows], found.surprise[rows], found.given[rows] = counts, each_told.sum(1), given
    found.steps[rows, :turns], found.told[rows, :turns] = steps, each_told
    found.names[rows, 0], found.names[rows, 1] = one, other
    _kin(found, rows, left.roles[one], right.roles[other])


def _kin(found: Aligned, rows: Ints, mine: NDArray[np.int8], theirs: NDArray[np.int8]) -> None:
    """Which steps speak for relatives as well: surnames. Where nobody says which word is one, or words are in
    each other's place: all that agree but the commonest, or all where another word differs."""
    steps, told = found.steps[rows], found.told[rows]
    each = np.arange(len(rows))[:, None]
    taken = steps[:, :, 2] >= 0
    roles = mine[each, steps[:, :, 0]], theirs[each, steps[:, :, 1]]
    low, high = np.minimum(*roles), np.maximum(*roles)
    family = taken & (high == FAMILY) & (low != GIVEN)
    unknown = taken & ((high == 0) | (roles[0] + roles[1] == GIVEN + FAMILY))
    loose = unknown.any(1) & ~family.any(1) & (found.counts[rows, DIFFERENT] == 0)
    shared = family | unknown
    if loose.any():
        least = np.where(unknown, told, np.inf).argmin(1)
        shared[loose, least[loose]] = False
    found.kin_told[rows] = np.where(shared, told, 0.0).sum(1)
    at, step = np.nonzero(shared)
    np.add.at(found.kin, (rows[at], steps[at, step, 2]), 1)


def best_names(left: Frame, right: Frame, one: Ints, other: Ints, known: Rarity, weights: Floats) -> Aligned:
    """For pairs of records: the alignment of those of their names that are most alike."""
    (start, mine), (begin, theirs) = left.names.of(one), right.names.of(other)
    combos = mine * theirs
    if (combos == 1).all():
        return align(left, right, start, begin, known, weights)
    found = Aligned.empty(len(one))
    pair = np.repeat(np.arange(len(one)), combos)
    turn = np.arange(len(pair)) - np.repeat(np.cumsum(combos) - combos, combos)
    first = start[pair] + turn // np.maximum(theirs[pair], 1)
    second = begin[pair] + turn % np.maximum(theirs[pair], 1)
    each = align(left, right, first, second, known, weights)
    bits = each.counts @ weights + each.surprise
    order = np.lexsort((bits, pair))
    last = order[np.flatnonzero(np.append(np.diff(pair[order]) != 0, True))] if len(order) else order
    found.put(pair[last], each, last)
    return found
