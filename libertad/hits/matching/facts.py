"""How alike two births, sexes, numbers or texts are, for many pairs at once, and how surprising that is."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import IntEnum
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import fuzz, process
from rapidfuzz.distance import OSA

from libertad.hits.matching.lexicon import Floats, Ints, Lexicon
from libertad.hits.matching.record import NUMBERED, Kind
from libertad.hits.matching.record_table import Frame, Many
from libertad.hits.matching.text import split_document

Levels = NDArray[np.int8]
UNKNOWN = -1  # one side says nothing: no evidence
YEAR = 366
SOME = 5 * YEAR  # days within which brothers and sisters are mostly born
ISSUED = 10  # documents of one family that follow each other at most
_SERIES = re.compile(r"(.*?)(\d{1,15})")  # a number that counts, at the end of a document's
COUNTRY = 1.0  # bits less for the same number where only one side says of which country
FEW = 5  # records of one person that say the same number, before it is taken to be that of several
LIVING = slice(1930, 2026)
PLACES: tuple[Kind, ...] = ("address", "place")
_POSTCODE = re.compile(r"\b\d{4,}\b")  # a place of its own, whatever else is written beside it
_FIGURES = np.arange(10_000)[:, None] // [1000, 100, 10, 1] % 10  # of each year
_IN_ORDER = np.sort(_FIGURES, axis=1) @ [1000, 100, 10, 1]  # the same figures, whatever their order
_NEW_YEAR = (np.arange(10_001) - 1970).astype("datetime64[Y]").astype("datetime64[D]").astype(np.int64)
_NEW_YEAR = (_NEW_YEAR - _NEW_YEAR[1]).astype(np.int32)  # the day with which it begins


class Born(IntEnum):
    """How two births are alike."""

    SAME = 0
    SWAPPED = 1  # day and month changed places
    ONE_PART = 2  # one of day, month and year differs; the year by a slip, in one figure or in their order
    YEAR = 3  # day and month are the same, and the year is quite another
    OVERLAP = 4  # both intervals can hold: an age, a year, 1 January written for a year
    SAME_YEAR = 5
    NEAR_YEAR = 6  # where a side does not say the day: years beside each other, or one figure differs
    SOME_YEARS = 7  # at most five years apart, as brothers and sisters are
    DIFFERENT = 8


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

    @cached_property
    def _total(self) -> Floats:
        return np.concatenate([[0.0], np.cumsum(self.share)])

    def mass(self, earliest: NDArray[np.int32], latest: NDArray[np.int32]) -> Floats:
        """The share of all births that lie within each interval of days."""
        total = self._total
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
    left: Frame, right: Frame, left_rows: Ints, right_rows: Ints, ages: Ages
) -> tuple[Levels, NDArray[np.float32]]:
    """Level and surprise in bits of each pair of births; `UNKNOWN` where either is not known."""
    level = np.full(len(left_rows), UNKNOWN, np.int8)
    surprise = np.zeros(len(left_rows), np.float32)
    rows = np.flatnonzero((left.earliest[left_rows] >= 0) & (right.earliest[right_rows] >= 0))
    if not len(rows):
        return level, surprise
    i, j = left_rows[rows], right_rows[rows]
    (y, m, d), (v, n, e) = parts_of(left.earliest[i]), parts_of(right.earliest[j])
    a, b = _spans(left, i, y), _spans(right, j, v)
    exact = (a[0] == a[1]) & (b[0] == b[1])
    figures = (_FIGURES[y] != _FIGURES[v]).sum(1)  # how many of the year's four differ
    slip = (figures == 1) | (np.abs(y - v) <= 1) | (_IN_ORDER[y] == _IN_ORDER[v])
    overlap = (a[0] <= b[1]) & (b[0] <= a[1])
    gap = np.maximum(a[0], b[0]) - np.minimum(a[1], b[1])
    same_start = left.earliest[i] == right.earliest[j]
    year = y == v
    parts = year.astype(int) + (m == n) + (d == e)
    near = ~exact & (figures == 1) & (a[1] - a[0] < YEAR) & (b[1] - b[0] < YEAR)
    row_levels = np.full(len(rows), Born.DIFFERENT, np.int8)
    for birth_level, holds in (  # the later go before the earlier
        (Born.SOME_YEARS, gap <= SOME),
        (Born.NEAR_YEAR, ~exact & (gap <= YEAR) | near),
        (Born.SAME_YEAR, exact & year),
        (Born.OVERLAP, ~exact & overlap),
        (Born.YEAR, exact & (parts == 2) & ~year),
        (Born.ONE_PART, exact & (parts == 2) & (year | slip)),
        (Born.SWAPPED, exact & year & (m == e) & (d == n)),
        (Born.SAME, exact & same_start),
    ):
        row_levels[holds] = birth_level
    level[rows] = row_levels
    agreeing = np.flatnonzero((row_levels == Born.SAME) | (row_levels == Born.OVERLAP))
    within = exact[agreeing]
    first = np.where(within, a[0][agreeing], np.minimum(a[0], b[0])[agreeing])
    last = np.where(within, a[0][agreeing], np.maximum(a[1], b[1])[agreeing])
    surprise[rows[agreeing]] = -np.log2(np.maximum(ages.mass(first, last), 1e-6))
    return level, surprise


def _spans(frame: Frame, rows: Ints, year: Ints) -> tuple[NDArray[np.int32], NDArray[np.int32]]:
    """The interval of each, that of a placeholder being its whole year."""
    first, last = frame.earliest[rows], frame.latest[rows]
    loose = frame.placeholder[rows]
    if not loose.any():
        return first, last
    return np.where(loose, _NEW_YEAR[year], first), np.where(loose, _NEW_YEAR[year + 1] - 1, last)


def sexes(left: Frame, right: Frame, left_rows: Ints, right_rows: Ints) -> tuple[Levels, NDArray[np.float32]]:
    """SAME or DIFFERENT, where both say."""
    a, b = left.sex[left_rows], right.sex[right_rows]
    level = np.where((a > 0) & (b > 0), np.where(a == b, Alike.SAME, Alike.DIFFERENT), UNKNOWN)
    counts = left.sexes + right.sexes
    share = (counts + 1.0) / (counts[1:].sum() + 4.0)
    return level.astype(np.int8), np.where(level == Alike.SAME, -np.log2(share[a]), 0.0).astype(np.float32)


def values(
    left: Many, right: Many, left_rows: Ints, right_rows: Ints, lexicon: Lexicon, kind: Kind
) -> tuple[Levels, NDArray[np.float32], NDArray[np.bool_]]:
    """The best level over all values of a kind that the two records have, with its surprise; and whether two
    documents follow each other and none agrees better."""
    level = np.full(len(left_rows), UNKNOWN, np.int8)
    surprise = np.zeros(len(left_rows), np.float32)
    next_to = np.zeros(len(left_rows), np.bool_)
    (start, left_count), (begin, right_count) = left.of(left_rows), right.of(right_rows)
    combos = left_count * right_count
    pair = np.repeat(np.arange(len(left_rows)), combos)
    if not len(pair):
        return level, surprise, next_to
    once = len(pair) == np.count_nonzero(combos)  # nobody says two
    turn = 0 if once else np.arange(len(pair)) - np.repeat(np.cumsum(combos) - combos, combos)
    width = right_count[pair]
    a = left.value[start[pair] + turn // width].astype(np.int64)
    b = right.value[begin[pair] + turn % width].astype(np.int64)
    size = len(lexicon)
    code, back = np.unique(np.minimum(a, b) * size + np.maximum(a, b), return_inverse=True)
    low, high = code // size, code % size
    code_level = comparison_levels(lexicon.texts(low), lexicon.texts(high), kind)
    # Numbers are nearly unique, in a small register too; a place may be where most of them are.
    smoothing = 50_000.0 if kind in NUMBERED else 20.0
    rare = np.zeros(len(code), np.float32)
    same = np.flatnonzero(code_level == Alike.SAME)
    if len(same):
        count = np.maximum(lexicon.count_of(low[same]), lexicon.count_of(high[same]))
        share = (count + 0.5) / (lexicon.total + smoothing)
        if kind in NUMBERED:  # but one that many say is shared, in a small register too
            share = np.maximum(share, (count - FEW) / max(lexicon.total, 1))
        rare[same] = -np.log2(share)
        if kind == "document":
            rare[same] -= COUNTRY * (low[same] != high[same])  # but for the country, which one leaves out
    level[pair] = Alike.DIFFERENT
    if once:
        level[pair], surprise[pair] = code_level[back], rare[back]
    else:
        np.minimum.at(level, pair, code_level[back])
        np.maximum.at(surprise, pair, rare[back])
    if kind == "document":
        near = np.flatnonzero((code_level == Alike.CLOSE) | (code_level == Alike.PART))
        series = np.zeros(len(code), np.bool_)
        series[near] = follow(lexicon.texts(low[near]), lexicon.texts(high[near]))
        np.logical_or.at(next_to, pair, series[back])
        next_to &= (level == Alike.CLOSE) | (level == Alike.PART)
    return level, surprise, next_to


def comparison_levels(left: list[str], right: list[str], kind: Kind) -> Levels:
    """Levels of pairs of values."""
    if kind == "document":
        return _documents(left, right)
    return _numbers_or_texts(left, right, kind)


def _documents(left: list[str], right: list[str]) -> Levels:
    """As of all numbers. One may leave out the country that the other says, or write it as part of the
    number; numbers of two countries agree in part at most."""
    left_parts, right_parts = ([split_document(document) for document in side] for side in (left, right))
    level = _numbers_or_texts(
        [number for _, number in left_parts], [number for _, number in right_parts], "document"
    )
    joined = [a + n == m or b + m == n for (a, n), (b, m) in zip(left_parts, right_parts, strict=True)]
    level[np.array(joined, bool)] = Alike.SAME
    two = np.array(
        [bool(a and b and a != b) for (a, _), (b, _) in zip(left_parts, right_parts, strict=True)], bool
    )
    level[two & (level < Alike.PART)] = Alike.PART
    return level


def follow(left: list[str], right: list[str]) -> NDArray[np.bool_]:
    """Whether documents follow each other, as those that one family is issued on one day."""
    follows = np.zeros(len(left), np.bool_)
    for at, both in enumerate(zip(left, right, strict=True)):
        (country, left_number), (where, right_number) = map(split_document, both)
        left_match, right_match = _SERIES.fullmatch(left_number), _SERIES.fullmatch(right_number)
        if (
            left_match
            and right_match
            and left_match[1] == right_match[1]
            and len(left_number) == len(right_number)
        ):
            apart = abs(int(left_match[2]) - int(right_match[2]))
            follows[at] = 0 < apart <= ISSUED and not (country and where and country != where)
    return follows


def _numbers_or_texts(left: list[str], right: list[str], kind: Kind) -> Levels:
    level = np.full(len(left), Alike.DIFFERENT, np.int8)
    both = list(zip(left, right, strict=True))
    same = np.array([a == b for a, b in both], bool)
    if kind in NUMBERED:
        edits = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
        short = np.minimum(*(np.fromiter(map(len, texts), np.int64, len(both)) for texts in (left, right)))
        held = np.array([a in b or b in a for a, b in both], bool)
        level[(short > 4) & ((edits <= 2) & (short > 6) | held)] = Alike.PART
        level[(short > 4) & (edits <= 1)] = Alike.CLOSE
        if kind == "phone":
            same |= np.array([a.endswith(b) or b.endswith(a) for a, b in both], bool) & (short > 6)
    else:
        near = process.cpdist(left, right, scorer=fuzz.token_sort_ratio, dtype=np.float32)
        part = process.cpdist(left, right, scorer=fuzz.token_set_ratio, dtype=np.float32)
        level[near >= 70] = Alike.PART
        for at in np.flatnonzero((part >= 90) & (near < 70)).tolist():
            if any(map(_telling, _shared(*both[at]))):
                level[at] = Alike.PART
        if kind in PLACES and all(_POSTCODE.search("\n".join(side)) for side in (left, right)):
            for at in np.flatnonzero(level == Alike.DIFFERENT).tolist():
                if any(map(_POSTCODE.fullmatch, _shared(*both[at]))):
                    level[at] = Alike.PART
        level[near >= 88] = Alike.CLOSE
    level[same] = Alike.SAME
    return level


def _shared(left: str, right: str) -> set[str]:
    """The words of both."""
    return set(left.split()) & set(right.split())


def _telling(word: str) -> bool:
    """Whether a word of a text tells something by itself, as the number of a house does not."""
    return len(word) >= (3 if word.isalpha() else 4)
