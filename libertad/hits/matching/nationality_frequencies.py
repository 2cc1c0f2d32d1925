"""How common words of names are among people of one nationality: two Haitians called Jean are no surprise.

Where two records say the same nationality, a word that both have is as likely by chance as it is among those
who say so: here, in the lists of their country, and never less than among all. Else both may be of one people
all the same, whatever they say or do not say: then it is as likely as it is where it is most common.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.frequencies import AMONG, listed, often, often_among
from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.packed_texts import Kept
from libertad.hits.matching.record_table import Frame, Words

FEW = 2  # people of one nationality who have a word, from which it is theirs more than others'
SMALL = 50_000  # records up to which an index keeps words of one of them too
LIFT = 1.5  # and it is so many times as common among them as among all
MOST = 16  # nationalities of tables that have shares of their own; all others go by the last row


class Counted(Protocol):
    """How often words are among the people of each nationality. Words come with their numbers, ascending or
    not; whoever counts goes by either."""

    def nation_counts(self, nation: str, words: Sequence[str], ids: Ints) -> tuple[Floats, float]:
        """How often each word is among the people of a nationality, and how many words these have."""
        ...

    def highest_shares(self, words: Sequence[str], ids: Ints) -> Floats:
        """The share of each word among those people who have it most."""
        ...


def shares(
    words: Sequence[str],
    ids: Ints,
    counts: Sequence[int] | Floats,
    total: float,
    nationalities: Sequence[str],
    by: Counted | None,
) -> Floats:
    """Rows of shares of these words: among all; among people of the `nationalities` said; among whoever has
    it most. Only the first, where nobody says a nationality."""
    lists = listed(words)
    everyone = often(words, counts, total, lists)
    if by is None:
        return everyone[None]
    own = everyone
    for nation in nationalities:
        own = np.maximum(own, often_among(nation, words, lists, *by.nation_counts(nation, words, ids)))
    return np.stack([everyone, own, np.maximum(own, by.highest_shares(words, ids))])


@dataclass(frozen=True)
class Nations:
    """Words that are more common among people of a nationality than among all, as an index keeps them.

    Of the nationality with number n they are `word[start[n]:start[n + 1]]`, ascending, each as often as
    `count` says; all words of names of these people are `total[n]`.
    """

    start: NDArray[np.uint32]
    word: NDArray[np.uint32]
    count: NDArray[np.uint32]
    total: NDArray[np.uint32]

    @classmethod
    def of(cls, frame: Frame, counts: Sequence[int] | NDArray[np.uint32]) -> Nations:
        """`counts`: how often each word is among all."""
        everyone = np.asarray(counts, np.float64)
        minimum = 1 if len(frame) <= SMALL else FEW
        whole = max(float(everyone.sum()), 1.0)
        words, word_counts, totals = [], [], []
        for here in by_nation(frame, len(everyone)):
            total = int(here.sum())
            frequent = np.flatnonzero((here >= minimum) & (here * whole > LIFT * total * everyone))
            words.append(frequent)
            word_counts.append(here[frequent])
            totals.append(total)
        start = np.concatenate([[0], np.cumsum([len(numbers) for numbers in words])])
        word, count = (np.concatenate([*parts, np.zeros(0, np.int64)]) for parts in (words, word_counts))
        columns = (column.astype(np.uint32) for column in (start, word, count, np.array(totals)))
        return cls(*columns)

    def of_nation(self, nation: int, ids: Ints) -> Floats:
        """How often these words are among people of the nationality; 0 for one that is not kept."""
        first, last = self.start[nation : nation + 2].astype(np.int64).tolist()
        if first == last:
            return np.zeros(len(ids))
        at = first + np.minimum(np.searchsorted(self.word[first:last], ids), last - first - 1)
        return np.where(self.word[at] == ids, self.count[at], 0).astype(np.float64)

    @property
    def bytes(self) -> int:
        return self.start.nbytes + self.word.nbytes + self.count.nbytes + self.total.nbytes


def by_nation(frame: Frame, words: int) -> list[Ints]:
    """For each number of a nationality: how often each word is in the names of those who say it (first)."""
    ragged = frame.facts.get("nationality")
    if ragged is None or not len(ragged.value):
        return []
    says = np.flatnonzero(ragged.count > 0)
    nation = np.full(len(frame), -1)
    nation[says] = ragged.value[ragged.start[says]]
    owner = np.repeat(nation, np.diff(frame.names.start))
    order = np.argsort(owner, kind="stable")
    place = np.searchsorted(owner[order], np.arange(nation.max() + 2))
    counts = []
    for first, last in zip(place[:-1].tolist(), place[1:].tolist(), strict=True):
        rows = frame.words[order[first:last]]
        counts.append(np.bincount(rows[rows >= 0], minlength=words))
    return counts


@dataclass(frozen=True)
class Here:
    """`Counted` of an index."""

    nations: Nations
    names: Kept
    values: Kept  # nationalities

    @cached_property
    def number(self) -> dict[str, int]:
        return {text: at for at, text in enumerate(self.values.words)}

    @cached_property
    def _highest_by_word(self) -> NDArray[np.float32]:
        highest = np.zeros(len(self.names), np.float32)
        nations = self.nations
        nation = np.repeat(np.arange(len(nations.total)), np.diff(nations.start))
        everyone = self.names.counts[nations.word] / max(self.names.total, 1)
        share = smoothed(nations.count, nations.total[nation], everyone)
        np.maximum.at(highest, nations.word, np.where(nations.count >= FEW, share, 0.0))
        return highest

    def nation_counts(self, nation: str, words: Sequence[str], ids: Ints) -> tuple[Floats, float]:
        at = self.number.get(nation)
        if at is None or at >= len(self.nations.total):
            return np.zeros(len(ids)), 0.0
        return self.nations.of_nation(at, ids), float(self.nations.total[at])

    def highest_shares(self, words: Sequence[str], ids: Ints) -> Floats:
        if not len(self.names):
            return np.zeros(len(ids))
        return np.where(
            ids < len(self.names), self._highest_by_word[np.minimum(ids, len(self.names) - 1)], 0.0
        )

    @property
    def bytes(self) -> int:
        return self.nations.bytes + 4 * len(self.names)


@dataclass(frozen=True)
class Listed:
    """`Counted` of texts: by nationality how often its people have each word, and how many words these have;
    and the same of all."""

    nations: Mapping[str, tuple[Mapping[str, int], int]]
    everyone: Mapping[str, int]
    whole: float

    def nation_counts(self, nation: str, words: Sequence[str], ids: Ints) -> tuple[Floats, float]:
        counts, total = self.nations.get(nation, ({}, 0))
        return np.array([counts.get(word, 0) for word in words], np.float64), float(total)

    def highest_shares(self, words: Sequence[str], ids: Ints) -> Floats:
        everyone = np.array([self.everyone.get(word, 0) for word in words], np.float64) / max(self.whole, 1.0)
        highest = np.zeros(len(words))
        for nation in self.nations:
            here, total = self.nation_counts(nation, words, ids)
            highest = np.maximum(highest, np.where(here >= FEW, smoothed(here, total, everyone), 0.0))
        return highest


def smoothed(count: NDArray[Any], total: NDArray[Any] | float, everyone: Floats) -> Floats:
    """Shares among a people of whom few may be here."""
    share: Floats = (count + AMONG * everyone) / (total + AMONG)
    return share


@dataclass(frozen=True)
class Tables:
    """Rows of shares of all words of tables, and for the number of each nationality its row."""

    share: Floats
    row: Ints | None = field(default=None)

    @classmethod
    def from_counts(cls, words: Words, everyone: Floats, by: Counted | None) -> Tables:
        """For records that are not counted, by who is."""
        if by is None:
            return cls(everyone[None])
        nationalities = words.of("nationality").words
        nations = nationalities[:MOST]
        texts, none = words.names.words, np.zeros(0, np.int64)
        lists = listed(texts)
        own = [
            np.maximum(everyone, often_among(nation, texts, lists, *by.nation_counts(nation, texts, none)))
            for nation in nations
        ]
        row = np.full(len(nationalities), len(nations) + 1)
        row[: len(nations)] = np.arange(len(nations)) + 1
        return cls(
            np.stack([everyone, *own, np.max([everyone, *own, by.highest_shares(texts, none)], axis=0)]), row
        )

    @classmethod
    def of(cls, words: Words, *frames: Frame) -> Tables:
        lexicon = words.names
        lists = listed(lexicon.words)
        everyone = often(lexicon.words, lexicon.counts, lists=lists)
        with_nationality = [frame for frame in frames if "nationality" in frame.facts]
        if not with_nationality:
            return cls(everyone[None])
        nations = words.of("nationality").words
        counts = np.zeros((len(nations), len(lexicon)), np.int64)
        for frame in with_nationality:
            for nation, here in enumerate(by_nation(frame, len(lexicon))):
                counts[nation] += here
        total = counts.sum(1)
        chosen = np.argsort(-total, kind="stable")[:MOST].tolist()
        own = [
            np.maximum(everyone, often_among(nations[at], lexicon.words, lists, counts[at], float(total[at])))
            for at in chosen
        ]
        several = np.where(counts >= FEW, smoothed(counts, total[:, None], everyone), 0.0).max(0)
        row = np.full(len(nations), len(chosen) + 1)
        row[chosen] = np.arange(len(chosen)) + 1
        return cls(np.stack([everyone, *own, np.maximum(everyone, several)]), row)
