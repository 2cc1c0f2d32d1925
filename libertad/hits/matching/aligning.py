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
    return first, np.fromiter(map(len, words), np.int64, len(words)) == 1


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
    sizes = (left.words[one] >= 0).sum(1), (right.words[other] >= 0).sum(1)
    if len(one) <= FEW:  # one sheet for all: what is not said is like nothing
        wide, high = (int(size.max(initial=0)) for size in sizes)
        if wide and high:
            _align(left, right, one, other, wide, high, sizes, known, weights, found, slice(None))
        return found
    for width in np.unique(widths := sizes[0] * 8 + sizes[1]):
        rows = np.flatnonzero(widths == width)
        wide, high = divmod(int(width), 8)
        if wide and high:
            few = sizes[0][rows], sizes[1][rows]
            _align(left, right, one[rows], other[rows], wide, high, few, known, weights, found, rows)
    return found


def _align(
    left: Frame, right: Frame, one: Ints, other: Ints, wide: int, high: int, sizes: tuple[Ints, Ints],
    known: Rarity, weights: Floats, found: Aligned, rows: Ints | slice,
) -> None:  # fmt: skip
    mine = left.words[one, :wide].astype(np.int64)[:, :, None]
    theirs = right.words[other, :high].astype(np.int64)[:, None, :]
    roles = left.roles[one, :wide], right.roles[other, :high]
    crossed = (roles[0][:, :, None] + roles[1][:, None, :]) == GIVEN + FAMILY  # one given, one family
    how, told = known.between(mine, theirs)
    bits = np.where(how == DIFFERENT, -np.inf, told + weights[how]) + crossed * weights[SWAPPED]
    place = _taken(bits, weights[DIFFERENT])  # what is left on both sides differs
    size, turns = place.shape
    row, turn = np.nonzero(place >= 0)
    at = place[row, turn]
    x, y = np.divmod(at, high)
    way = how.reshape(size, -1)[row, at]
    steps, each_told = np.full((size, turns, 3), -1, np.int8), np.zeros((size, turns))
    for part, of in enumerate((x, y, way)):
        steps[row, turn, part] = of
    each_told[row, turn] = told.reshape(size, -1)[row, at]
    counts = np.bincount(row * COUNTS + way, minlength=size * COUNTS).reshape(size, COUNTS).astype(np.int8)
    counts[:, SWAPPED] = np.bincount(row, weights=crossed.reshape(size, -1)[row, at], minlength=size)
    counts[:, DIFFERENT] = np.minimum(*sizes) - np.bincount(row, minlength=size)
    counts[:, MISSING] = np.abs(sizes[0] - sizes[1])
    role = roles[0][row, x]
    given = np.zeros(size, bool)
    given[row[(way <= NICKNAME) & ((role == GIVEN) | ((role == 0) & (x == 0)))]] = True
    found.counts[rows], found.surprise[rows], found.given[rows] = counts, each_told.sum(1), given
    found.steps[rows, :turns], found.told[rows, :turns] = steps, each_told
    found.names[rows, 0], found.names[rows, 1] = one, other
    shared = _kin(row, turn, role, roles[1][row, y], each_told, counts[:, DIFFERENT])
    found.kin_told[rows] = np.where(shared, each_told, 0.0).sum(1)
    kin = shared[row, turn]
    found.kin[rows] = np.bincount(row[kin] * KINDS + way[kin], minlength=size * KINDS).reshape(size, KINDS)


def _taken(bits: Floats, least: float) -> Ints:
    """For each pair of names the pairs of words, the best first, as places in its sheet; -1 where no more are
    better than `least`."""
    size, wide, high = bits.shape
    flat = bits.reshape(size, -1).copy()
    cube = flat.reshape(bits.shape)
    place = np.full((size, min(wide, high)), -1)
    live = np.arange(size)
    for turn in range(place.shape[1]):
        best = flat[live].argmax(1)
        good = flat[live, best] > least
        live, best = live[good], best[good]
        if not len(live):
            break
        place[live, turn] = best
        cube[live, best // high] = -np.inf
        cube[live, :, best % high] = -np.inf
    return place


def _kin(
    row: Ints, turn: Ints, mine: NDArray[np.int8], theirs: NDArray[np.int8], told: Floats,
    different: NDArray[np.int8],
) -> NDArray[np.bool_]:  # fmt: skip
    """Which steps speak for relatives as well: surnames. Where nobody says which word is one, or words are in
    each other's place: all that agree but the commonest, or all where another word differs.

    `row` and `turn`: each step's place in `told`; beside it the roles of its two words.
    """
    low, high = np.minimum(mine, theirs), np.maximum(mine, theirs)
    family, unknown = np.zeros(told.shape, bool), np.zeros(told.shape, bool)
    family[row, turn] = (high == FAMILY) & (low != GIVEN)
    unknown[row, turn] = (high == 0) | (mine + theirs == GIVEN + FAMILY)
    loose = unknown.any(1) & ~family.any(1) & (different == 0)
    shared = family | unknown
    if loose.any():
        least = np.where(unknown, told, np.inf).argmin(1)
        shared[loose, least[loose]] = False
    return shared


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
