"""How alike two births, sexes, numbers or texts are, for many pairs at once, and how surprising that is."""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from libertad.hits.matching.frame import Frame, Many
from libertad.hits.matching.lexicon import Floats, Ints, Lexicon
from libertad.hits.matching.record import NUMBERED, Kind

Levels = NDArray[np.int8]
UNKNOWN = -1  # one side says nothing: no evidence
YEAR = 366
LIVING = slice(1930, 2026)


class Born(IntEnum):
    """How two births are alike."""

    SAME = 0
    SWAPPED = 1  # day and month changed places
    ONE_PART = 2  # one of day, month and year differs
    OVERLAP = 3  # both intervals can hold: an age, a year, 1 January written for a year
    SAME_YEAR = 4
    NEAR_YEAR = 5  # or one figure of the year differs, where no more is known
    DIFFERENT = 6


class Alike(IntEnum):
    """How two values of a fact are alike."""

    SAME = 0
    CLOSE = 1
    PART = 2
    DIFFERENT = 3


@dataclass(frozen=True)
class Ages:
    """How many are born in each year, as a share, smoothed over the years beside it."""

    share: Floats

    @classmethod
    def of(cls, *frames: Frame) -> Ages:
        years = np.concatenate([year_of(f.earliest[f.earliest >= 0]) for f in frames])
        share = np.bincount(years, minlength=2200).astype(float)
        wide = np.convolve(share, np.ones(11) / 11, "same") + 1e-3
        wide[LIVING] += 50.0 / len(
            range(*LIVING.indices(2200))
        )  # what fifty records say, before any is there
        mixed = share + wide
        return cls(mixed / mixed.sum())

    def mass(self, earliest: NDArray[np.int32], latest: NDArray[np.int32]) -> Floats:
        """The share of all births that lie within each interval of days."""
        total = np.concatenate([[0.0], np.cumsum(self.share)])
        first, last = year_of(earliest), year_of(latest)
        days = latest - earliest + 1
        within = self.share[first] * np.minimum(days / 365.25, 1.0)
        return np.where(first == last, within, total[last + 1] - total[first])


def year_of(days: NDArray[np.int32]) -> Ints:
    """The year of each day."""
    dates = days.astype("timedelta64[D]") + np.datetime64("0001-01-01")
    return dates.astype("datetime64[Y]").astype(np.int64) + 1970


def parts_of(days: NDArray[np.int32]) -> tuple[Ints, Ints, Ints]:
    """Year, month and day of each day."""
    dates = days.astype("timedelta64[D]") + np.datetime64("0001-01-01")
    months = dates.astype("datetime64[M]").astype(np.int64) + 1970 * 12
    day = (dates - dates.astype("datetime64[M]")).astype(np.int64) + 1
    return months // 12, months % 12 + 1, day


def births(
    left: Frame, right: Frame, one: Ints, other: Ints, ages: Ages
) -> tuple[Levels, NDArray[np.float32]]:
    """Level and surprise in bits of each pair of births; `UNKNOWN` where either is not known."""
    level = np.full(len(one), UNKNOWN, np.int8)
    surprise = np.zeros(len(one), np.float32)
    rows = np.flatnonzero((left.earliest[one] >= 0) & (right.earliest[other] >= 0))
    if not len(rows):
        return level, surprise
    i, j = one[rows], other[rows]
    a, b = _spans(left, i), _spans(right, j)
    exact = (a[0] == a[1]) & (b[0] == b[1])
    (y, m, d), (v, n, e) = parts_of(left.earliest[i]), parts_of(right.earliest[j])
    # How many figures of the year differ, where only one does.
    figures = sum((y // 10**p % 10 != v // 10**p % 10).astype(int) for p in range(4))
    overlap = (a[0] <= b[1]) & (b[0] <= a[1])
    gap = np.maximum(a[0], b[0]) - np.minimum(a[1], b[1])
    written = left.earliest[i] == right.earliest[j]
    parts = (y == v).astype(int) + (m == n) + (d == e)
    found = np.select(
        [
            exact & written,
            exact & (y == v) & (m == e) & (d == n),
            exact & ((parts == 2) & ((y == v) | (figures == 1) | (np.abs(y - v) <= 1))),
            ~exact & overlap,
            exact & (y == v),
            (gap <= YEAR) | ~exact & (figures == 1) & (a[1] - a[0] < YEAR) & (b[1] - b[0] < YEAR),
        ],
        [Born.SAME, Born.SWAPPED, Born.ONE_PART, Born.OVERLAP, Born.SAME_YEAR, Born.NEAR_YEAR],
        Born.DIFFERENT,
    )
    low, high = np.minimum(a[0], b[0]), np.maximum(a[1], b[1])
    mass = ages.mass(np.where(exact, a[0], low), np.where(exact, a[0], high))
    level[rows] = found
    told = np.isin(found, (Born.SAME, Born.OVERLAP))
    surprise[rows] = np.where(told, -np.log2(np.maximum(mass, 1e-6)), 0.0)
    return level, surprise


def _spans(frame: Frame, rows: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The interval of each, that of a placeholder being its whole year."""
    first, last = frame.earliest[rows], frame.latest[rows]
    year = year_of(first) - 1970
    start = (year.astype("datetime64[Y]").astype("datetime64[D]") - np.datetime64("0001-01-01")).astype(
        np.int32
    )
    end = ((year + 1).astype("datetime64[Y]").astype("datetime64[D]") - np.datetime64("0001-01-01")).astype(
        np.int32
    )
    loose = frame.placeholder[rows]
    return np.where(loose, start, first), np.where(loose, end - 1, last)


def sexes(left: Frame, right: Frame, one: Ints, other: Ints) -> tuple[Levels, NDArray[np.float32]]:
    """SAME or DIFFERENT, where both say."""
    a, b = left.sex[one], right.sex[other]
    level = np.where((a > 0) & (b > 0), np.where(a == b, Alike.SAME, Alike.DIFFERENT), UNKNOWN)
    said = left.sexes + right.sexes
    share = (said + 1.0) / (said[1:].sum() + 4.0)
    return level.astype(np.int8), np.where(level == Alike.SAME, -np.log2(share[a]), 0.0).astype(np.float32)


def values(
    left: Many, right: Many, one: Ints, other: Ints, lexicon: Lexicon, kind: Kind
) -> tuple[Levels, NDArray[np.float32]]:
    """The best level over all values of a kind that the two records have, with its surprise."""
    level = np.full(len(one), UNKNOWN, np.int8)
    surprise = np.zeros(len(one), np.float32)
    (start, mine), (begin, theirs) = left.of(one), right.of(other)
    combos = mine * theirs
    pair = np.repeat(np.arange(len(one)), combos)
    if not len(pair):
        return level, surprise
    turn = np.arange(len(pair)) - np.repeat(np.cumsum(combos) - combos, combos)
    a = left.value[start[pair] + turn // theirs[pair]].astype(np.int64)
    b = right.value[begin[pair] + turn % theirs[pair]].astype(np.int64)
    size = len(lexicon)
    code, back = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_inverse=True)
    words = lexicon.words
    each = alike([words[at] for at in code // size], [words[at] for at in code % size], kind)[back]
    best = np.full(len(one), Alike.DIFFERENT, np.int8)
    np.minimum.at(best, pair, each)
    level = np.where(combos > 0, best, level)
    # Numbers are nearly unique, in a small register too; a place may be where most of them are.
    others = 50_000.0 if kind in NUMBERED else 20.0
    count = np.maximum(lexicon.count_of(code // size), lexicon.count_of(code % size))
    rare = -np.log2((count + 0.5) / (lexicon.total + others))[back]
    np.maximum.at(surprise, pair, np.where(each == Alike.SAME, rare, 0.0).astype(np.float32))
    return level.astype(np.int8), surprise


def alike(left: list[str], right: list[str], kind: Kind) -> Levels:
    """Levels of pairs of values."""
    found = np.full(len(left), Alike.DIFFERENT, np.int8)
    same = np.array([a == b for a, b in zip(left, right, strict=True)], bool)
    if kind in NUMBERED:
        edits = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
        short = np.array([min(len(a), len(b)) for a, b in zip(left, right, strict=True)])
        held = np.array([a in b or b in a for a, b in zip(left, right, strict=True)])
        ends = np.array([a.endswith(b) or b.endswith(a) for a, b in zip(left, right, strict=True)])
        found[(short > 4) & ((edits <= 2) & (short > 6) | held)] = Alike.PART
        found[(short > 4) & (edits <= 1)] = Alike.CLOSE
        same |= (kind == "phone") & ends & (short > 6)
    else:
        near = process.cpdist(left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32)
        part = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32)
        found[(part >= 90) | (near >= 70)] = Alike.PART
        found[near >= 88] = Alike.CLOSE
    found[same] = Alike.SAME
    return found
