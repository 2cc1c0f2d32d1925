"""Two names side by side: which word of one stands for which word of the other, and how alike they are.

The best pairs of words are taken first, until nothing is left that speaks for the same person. Words left
over on both sides differ; words left over on one side are only missing (a second surname, a middle name).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.compound_words import Together
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
from libertad.hits.matching.record_table import FAMILY, GIVEN, MOST_WORDS, Frame

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

    def between(
        self, left_words: Ints, right_words: Ints, share_rows: Ints
    ) -> tuple[NDArray[np.int8], Floats]:
        """How words are alike, and the surprise of each by the row of `share_rows`; -1 is no word, which is
        like nothing."""
        present = (left_words >= 0) & (right_words >= 0)
        same = (left_words == right_words) & present
        level = np.where(same, np.int8(SAME), np.int8(DIFFERENT))
        surprise_bits = np.where(same, self.own[share_rows, left_words], 0.0)
        begins, right_begins = self.first[left_words], self.first[right_words]
        initial = (
            present & ~same & (self.single[left_words] | self.single[right_words]) & (begins == right_begins)
        )
        level[initial] = INITIAL
        surprise_bits = np.where(initial, self.letters[begins], surprise_bits)
        unknown = present & ~same & ~initial
        if len(self.near.code) and unknown.any():
            a, b, row = np.broadcast_arrays(left_words, right_words, share_rows)
            place = self.near.at(a[unknown], b[unknown])
            listed = place >= 0
            level[unknown] = np.where(listed, self.near.how[place], DIFFERENT)
            surprise_bits[unknown] = np.where(listed, self.alike[row[unknown], place], 0.0)
        return level, surprise_bits


def surprise(share: Floats, minimum: float = LEAST) -> Floats:
    """Bits of a share."""
    bits: Floats = -np.log2(np.maximum(share, minimum))
    return bits


def letters_of(words: Sequence[str]) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
    """First letters of words, and which are initials."""
    first = np.array([ord(word[0]) for word in words], np.uint8)
    return first, np.fromiter(map(len, words), np.int64, len(words)) == 1


def rarity(lexicon: Lexicon, near: Near, often: Floats, counted: bool = True) -> Rarity:
    """`often`: rows of the share of each word; `counted`: whether both records are among those counted."""
    smaller, larger = near.code // near.size, near.code % near.size
    shares = often.copy()
    for row, share in zip(shares, often, strict=True):
        np.add.at(row, smaller, share[larger] * FORM[near.how])
        np.add.at(row, larger, share[smaller] * FORM[near.how])
    first, single = letters_of(lexicon.words)
    letters = np.bincount(first, weights=often[0], minlength=128).astype(np.float64)
    apart = shares * leave_one_out(often[0] * (lexicon.total + WEIGHT)) if counted else shares
    alike_bits = alike_by_chance(near.how, apart[:, smaller], apart[:, larger])
    return Rarity(near, alike_bits, surprise(shares), surprise(letters, 1e-4), first, single)


def leave_one_out(count: Floats) -> Floats:
    """What is left of a word's share without the record that is compared: a word that only it has may be
    borne by nobody. One that no record of these has is as common as it is elsewhere."""
    remaining: Floats = np.maximum(count - 1.0, NOBODY) / np.maximum(count, 1.0)
    return np.where(count < 0.5, 1.0, np.minimum(remaining, 1.0))


def alike_by_chance(level: NDArray[np.int8], first_share: Floats, second_share: Floats) -> Floats:
    """Surprise of two words that are told so often each and are alike in this way.

    The rarer of the two may be a form of the other: a word that nobody bears can be little else, and two that
    many bear are seldom one. The model's m for this way is added to it, as to all.
    """
    first_share, second_share = (np.maximum(share, LEAST) for share in (first_share, second_share))
    bits: Floats = np.log2(ITSELF / FORMS[level] * (1 / first_share + 1 / second_share))
    return bits


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

    def copy_rows(self, rows: Ints, source: Aligned, of: Ints) -> None:
        """Take these rows from another."""
        for name in ("counts", "surprise", "given", "names", "steps", "told", "kin", "kin_told"):
            getattr(self, name)[rows] = getattr(source, name)[of]


def align(
    left: Frame,
    right: Frame,
    left_rows: Ints,
    right_rows: Ints,
    known: Rarity,
    weights: Floats,
    share_rows: Ints,
) -> Aligned:
    """Align names by number (rows of `words`). `weights`: bits of each way, as the model has them now;
    `share_rows`: the row of each pair in `known`, or UNSAID."""
    aligned = Aligned.empty(len(left_rows))
    sizes = (left.words[left_rows] >= 0).sum(1), (right.words[right_rows] >= 0).sum(1)
    if len(left_rows) <= FEW:  # one sheet for all: what is not said is like nothing
        wide, high = (int(size.max(initial=0)) for size in sizes)
        if wide and high:
            _align(
                left,
                right,
                left_rows,
                right_rows,
                wide,
                high,
                sizes,
                known,
                weights,
                share_rows,
                aligned,
                slice(None),
            )
        return aligned
    for width in np.unique(widths := sizes[0] * 8 + sizes[1]):
        rows = np.flatnonzero(widths == width)
        wide, high = divmod(int(width), 8)
        if wide and high:
            chosen_sizes = sizes[0][rows], sizes[1][rows]
            _align(
                left,
                right,
                left_rows[rows],
                right_rows[rows],
                wide,
                high,
                chosen_sizes,
                known,
                weights,
                share_rows[rows],
                aligned,
                rows,
            )
    return aligned


def _align(
    left: Frame,
    right: Frame,
    left_rows: Ints,
    right_rows: Ints,
    wide: int,
    high: int,
    sizes: tuple[Ints, Ints],
    known: Rarity,
    weights: Floats,
    share_rows: Ints,
    aligned: Aligned,
    rows: Ints | slice,
) -> None:
    left_words = left.words[left_rows, :wide].astype(np.int64)[:, :, None]
    right_words = right.words[right_rows, :high].astype(np.int64)[:, None, :]
    roles = left.roles[left_rows, :wide], right.roles[right_rows, :high]
    crossed = (roles[0][:, :, None] + roles[1][:, None, :]) == GIVEN + FAMILY  # one given, one family
    unsaid = share_rows == UNSAID
    level, surprise_bits = known.between(
        left_words, right_words, np.where(unsaid, len(known.own) - 1, share_rows)[:, None, None]
    )
    bits = np.where(level == DIFFERENT, -np.inf, surprise_bits + weights[level]) + crossed * weights[SWAPPED]
    place = _assign_greedily(bits, weights[DIFFERENT])  # what is left on both sides differs
    size, turns = place.shape
    row, turn = np.nonzero(place >= 0)
    at = place[row, turn]
    x, y = np.divmod(at, high)
    way = level.reshape(size, -1)[row, at]
    steps, each_told = np.full((size, turns, 3), -1, np.int8), np.zeros((size, turns))
    for part, of in enumerate((x, y, way)):
        steps[row, turn, part] = of
    each_told[row, turn] = surprise_bits.reshape(size, -1)[row, at]
    if unsaid.any():
        everyone = known.between(left_words[row, x, 0], right_words[row, 0, y], EVERYONE)[1]
        _first_told(each_told, row, turn, np.where(unsaid[row], everyone, 0.0))
    if known.together is not None:
        same = np.full((size, turns), -1)
        same[row, turn] = np.where(way == SAME, left_words[row, x, 0], -1)
        known.together.damp(each_told, same)
    counts = np.bincount(row * COUNTS + way, minlength=size * COUNTS).reshape(size, COUNTS).astype(np.int8)
    counts[row[crossed.reshape(size, -1)[row, at]], SWAPPED] = 1
    counts[:, DIFFERENT] = np.minimum(*sizes) - np.bincount(row, minlength=size)
    counts[:, MISSING] = np.abs(sizes[0] - sizes[1])
    role = roles[0][row, x]
    given_same = np.zeros(size, bool)
    given_same[row[(way <= NICKNAME) & ((role == GIVEN) | ((role == 0) & (x == 0)))]] = True
    aligned.counts[rows], aligned.surprise[rows], aligned.given[rows] = counts, each_told.sum(1), given_same
    aligned.steps[rows, :turns], aligned.told[rows, :turns] = steps, each_told
    aligned.names[rows, 0], aligned.names[rows, 1] = left_rows, right_rows
    shared = _kin(row, turn, role, roles[1][row, y], each_told, counts[:, DIFFERENT])
    aligned.kin_told[rows] = np.where(shared, each_told, 0.0).sum(1)
    kin = shared[row, turn]
    aligned.kin[rows] = np.bincount(row[kin] * KINDS + way[kin], minlength=size * KINDS).reshape(size, KINDS)


def _assign_greedily(bits: Floats, minimum: float) -> Ints:
    """For each pair of names the pairs of words, the best first, as places in its sheet; -1 where no more are
    better than `minimum`."""
    size, wide, high = bits.shape
    flat = bits.reshape(size, -1).copy()
    cube = flat.reshape(bits.shape)
    place = np.full((size, min(wide, high)), -1)
    live = np.arange(size)
    for turn in range(place.shape[1]):
        best = flat[live].argmax(1)
        is_better = flat[live, best] > minimum
        live, best = live[is_better], best[is_better]
        if not len(live):
            break
        place[live, turn] = best
        cube[live, best // high] = -np.inf
        cube[live, :, best % high] = -np.inf
    return place


def _first_told(surprise_bits: Floats, row: Ints, turn: Ints, everyone: Floats) -> None:
    """Where nobody says of what people they are, one of the words does: that which most marks a people is
    told as among all (`everyone`), and the others as among these. `row` and `turn`: each step's place."""
    gain = np.zeros(surprise_bits.shape)
    gain[row, turn] = everyone - surprise_bits[row, turn]
    best = gain.argmax(1)
    each = np.arange(len(surprise_bits))
    surprise_bits[each, best] += np.maximum(gain[each, best], 0.0)


def _kin(
    row: Ints,
    turn: Ints,
    left_roles: NDArray[np.int8],
    right_roles: NDArray[np.int8],
    surprise_bits: Floats,
    different: NDArray[np.int8],
) -> NDArray[np.bool_]:
    """Which steps speak for relatives as well: surnames. Where nobody says which word is one, or words are in
    each other's place: all that agree but the commonest, or all where another word differs.

    `row` and `turn`: each step's place in `surprise_bits`; beside it the roles of its two words.
    """
    low, high = np.minimum(left_roles, right_roles), np.maximum(left_roles, right_roles)
    family, unknown = np.zeros(surprise_bits.shape, bool), np.zeros(surprise_bits.shape, bool)
    family[row, turn] = (high == FAMILY) & (low != GIVEN)
    unknown[row, turn] = (high == 0) | (left_roles + right_roles == GIVEN + FAMILY)
    loose = unknown.any(1) & ~family.any(1) & (different == 0)
    shared = family | unknown
    if loose.any():
        commonest = np.where(unknown, surprise_bits, np.inf).argmin(1)
        shared[loose, commonest[loose]] = False
    return shared


def best_names(
    left: Frame,
    right: Frame,
    left_rows: Ints,
    right_rows: Ints,
    known: Rarity,
    weights: Floats,
    share_rows: Ints,
) -> Aligned:
    """For pairs of records: the alignment of those of their names that are most alike."""
    (start, left_count), (begin, right_count) = left.names.of(left_rows), right.names.of(right_rows)
    combos = left_count * right_count
    if (combos == 1).all():
        return align(left, right, start, begin, known, weights, share_rows)
    best = Aligned.empty(len(left_rows))
    pair = np.repeat(np.arange(len(left_rows)), combos)
    turn = np.arange(len(pair)) - np.repeat(np.cumsum(combos) - combos, combos)
    first = start[pair] + turn // np.maximum(right_count[pair], 1)
    second = begin[pair] + turn % np.maximum(right_count[pair], 1)
    each = align(left, right, first, second, known, weights, share_rows[pair])
    bits = each.counts @ weights + each.surprise
    order = np.lexsort((bits, pair))
    last = order[np.flatnonzero(np.append(np.diff(pair[order]) != 0, True))] if len(order) else order
    best.copy_rows(pair[last], each, last)
    return best
