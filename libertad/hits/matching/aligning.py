"""Two names side by side: which word of one stands for which word of the other, and how alike they are.

The best pairs of words are taken first, until nothing is left that speaks for the same person. Words left
over on both sides differ; words left over on one side are only missing (a second surname, a middle name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.frame import FAMILY, GIVEN, MOST_WORDS, Frame
from libertad.hits.matching.frequencies import ALL, UNSAID, WEIGHT
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
from libertad.hits.matching.together import Together

KINDS = len(How)
EVERYONE = np.array(ALL)
LEAST = 1e-7  # no share is taken for less
FEW = 5000  # names that are aligned in one go; more are sorted by how many words they have
SWAPPED, MISSING = KINDS, KINDS + 1  # counted beside the ways of being alike; the first once
COUNTS = KINDS + 2


# A name has other forms, about so many in each way of being alike. Of those who bear it most are told by it
# itself, others by one of these, each of which is told as often as that leaves for it.
FORMS = np.array([1.0, 4.0, 2.0, 20.0, 60.0, 1.0, 1.0])  # in the order of `How`
ITSELF = 0.78
FORM = np.array([0.0, 0.06, 0.04, 0.05, 0.03, 0.0, 0.0]) / FORMS
NOBODY = 0.3  # how many bear a word, on the whole, that one record has


@dataclass(frozen=True)
class Rarity:
    """Surprise, in bits, that a word of another person is so like this one.

    `near` lists words that are alike, `alike` the surprise of each; `own` is that of a word met again, by its
    number; both in rows, one for each people among whom it may be met (`nations`). `letters` is that of an
    initial. `first` is each word's first letter, `single` whether it is all. `together`: words that go
    together, where a table of names tells.
    """

    near: Near
    alike: Floats
    own: Floats
    letters: Floats
    first: NDArray[np.uint8]
    single: NDArray[np.bool_]
    together: Together | None = field(default=None, kw_only=True)

    def between(self, mine: Ints, theirs: Ints, among: Ints) -> tuple[NDArray[np.int8], Floats]:
        """How words are alike, and the surprise of each by the row `among`; -1 is no word, which is like
        nothing."""
        there = (mine >= 0) & (theirs >= 0)
        same = (mine == theirs) & there
        how = np.where(same, np.int8(SAME), np.int8(DIFFERENT))
        told = np.where(same, self.own[among, mine], 0.0)
        begins, others = self.first[mine], self.first[theirs]
        initial = there & ~same & (self.single[mine] | self.single[theirs]) & (begins == others)
        how[initial] = INITIAL
        told = np.where(initial, self.letters[begins], told)
        unknown = there & ~same & ~initial
        if len(self.near.code) and unknown.any():
            a, b, row = np.broadcast_arrays(mine, theirs, among)
            place = self.near.at(a[unknown], b[unknown])
            listed = place >= 0
            how[unknown] = np.where(listed, self.near.how[place], DIFFERENT)
            told[unknown] = np.where(listed, self.alike[row[unknown], place], 0.0)
        return how, told


def surprise(share: Floats, least: float = LEAST) -> Floats:
    """Bits of a share."""
    found: Floats = -np.log2(np.maximum(share, least))
    return found


def letters_of(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """First letters of words, and which are initials."""
    first = np.array([ord(word[0]) for word in words], np.uint8)
    return first, np.fromiter(map(len, words), np.int64, len(words)) == 1


def rarity(lexicon: Lexicon, near: Near, often: Floats, counted: bool = True) -> Rarity:
    """`often`: rows of the share of each word; `counted`: whether both records are among those counted."""
    one, other = near.code // near.size, near.code % near.size
    told = often.copy()
    for row, share in zip(told, often, strict=True):
        np.add.at(row, one, share[other] * FORM[near.how])
        np.add.at(row, other, share[one] * FORM[near.how])
    first, single = letters_of(lexicon.words)
    letters = np.bincount(first, weights=often[0], minlength=128).astype(np.float64)
    apart = told * besides(often[0] * (lexicon.total + WEIGHT)) if counted else told
    alike = alike_by_chance(near.how, apart[:, one], apart[:, other])
    return Rarity(near, alike, surprise(told), surprise(letters, 1e-4), first, single)


def besides(count: Floats) -> Floats:
    """What is left of a word's share without the record that is compared: a word that only it has may be
    borne by nobody. One that no record of these has is as common as it is elsewhere."""
    found: Floats = np.maximum(count - 1.0, NOBODY) / np.maximum(count, 1.0)
    return np.where(count < 0.5, 1.0, np.minimum(found, 1.0))


def alike_by_chance(how: NDArray[np.int8], one: Floats, other: Floats) -> Floats:
    """Surprise of two words that are told so often each and are alike in this way.

    The rarer of the two may be a form of the other: a word that nobody bears can be little else, and two that
    many bear are seldom one. The model's m for this way is added to it, as to all.
    """
    one, other = (np.maximum(share, LEAST) for share in (one, other))
    found: Floats = np.log2(ITSELF / FORMS[how] * (1 / one + 1 / other))
    return found


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


def align(
    left: Frame, right: Frame, one: Ints, other: Ints, known: Rarity, weights: Floats, among: Ints
) -> Aligned:
    """Align names by number (rows of `words`). `weights`: bits of each way, as the model has them now;
    `among`: the row of each pair in `known`, or UNSAID."""
    found = Aligned.empty(len(one))
    sizes = (left.words[one] >= 0).sum(1), (right.words[other] >= 0).sum(1)
    if len(one) <= FEW:  # one sheet for all: what is not said is like nothing
        wide, high = (int(size.max(initial=0)) for size in sizes)
        if wide and high:
            _align(left, right, one, other, wide, high, sizes, known, weights, among, found, slice(None))
        return found
    for width in np.unique(widths := sizes[0] * 8 + sizes[1]):
        rows = np.flatnonzero(widths == width)
        wide, high = divmod(int(width), 8)
        if wide and high:
            few = sizes[0][rows], sizes[1][rows]
            _align(
                left, right, one[rows], other[rows], wide, high, few, known, weights, among[rows], found, rows
            )
    return found


def _align(
    left: Frame, right: Frame, one: Ints, other: Ints, wide: int, high: int, sizes: tuple[Ints, Ints],
    known: Rarity, weights: Floats, among: Ints, found: Aligned, rows: Ints | slice,
) -> None:  # fmt: skip
    mine = left.words[one, :wide].astype(np.int64)[:, :, None]
    theirs = right.words[other, :high].astype(np.int64)[:, None, :]
    roles = left.roles[one, :wide], right.roles[other, :high]
    crossed = (roles[0][:, :, None] + roles[1][:, None, :]) == GIVEN + FAMILY  # one given, one family
    unsaid = among == UNSAID
    how, told = known.between(mine, theirs, np.where(unsaid, len(known.own) - 1, among)[:, None, None])
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
    if unsaid.any():
        everyone = known.between(mine[row, x, 0], theirs[row, 0, y], EVERYONE)[1]
        _first_told(each_told, row, turn, np.where(unsaid[row], everyone, 0.0))
    if known.together is not None:
        same = np.full((size, turns), -1)
        same[row, turn] = np.where(way == SAME, mine[row, x, 0], -1)
        known.together.damp(each_told, same)
    counts = np.bincount(row * COUNTS + way, minlength=size * COUNTS).reshape(size, COUNTS).astype(np.int8)
    counts[row[crossed.reshape(size, -1)[row, at]], SWAPPED] = 1
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


def _first_told(told: Floats, row: Ints, turn: Ints, everyone: Floats) -> None:
    """Where nobody says of what people they are, one of the words does: that which most marks a people is
    told as among all (`everyone`), and the others as among these. `row` and `turn`: each step's place."""
    more = np.zeros(told.shape)
    more[row, turn] = everyone - told[row, turn]
    best = more.argmax(1)
    each = np.arange(len(told))
    told[each, best] += np.maximum(more[each, best], 0.0)


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


def best_names(
    left: Frame, right: Frame, one: Ints, other: Ints, known: Rarity, weights: Floats, among: Ints
) -> Aligned:
    """For pairs of records: the alignment of those of their names that are most alike."""
    (start, mine), (begin, theirs) = left.names.of(one), right.names.of(other)
    combos = mine * theirs
    if (combos == 1).all():
        return align(left, right, start, begin, known, weights, among)
    found = Aligned.empty(len(one))
    pair = np.repeat(np.arange(len(one)), combos)
    turn = np.arange(len(pair)) - np.repeat(np.cumsum(combos) - combos, combos)
    first = start[pair] + turn // np.maximum(theirs[pair], 1)
    second = begin[pair] + turn % np.maximum(theirs[pair], 1)
    each = align(left, right, first, second, known, weights, among[pair])
    bits = each.counts @ weights + each.surprise
    order = np.lexsort((bits, pair))
    last = order[np.flatnonzero(np.append(np.diff(pair[order]) != 0, True))] if len(order) else order
    found.put(pair[last], each, last)
    return found
