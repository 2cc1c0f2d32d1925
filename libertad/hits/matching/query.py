"""A question put to an index: which of its records may be the same person?

A question's words are looked up with all that may be the same name; what they, its birth and its numbers have
in common with records brings candidates; the likeliest are compared in full, with the model of tables.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import cached_property
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching import blocking
from libertad.hits.matching.blocking import tagged
from libertad.hits.matching.comparison import Context
from libertad.hits.matching.frequencies import WEIGHT
from libertad.hits.matching.lexicon import (
    DIFFERENT,
    INITIAL,
    SAME,
    Floats,
    Ints,
    Near,
    begins,
    levels,
    ordered,
)
from libertad.hits.matching.model import Compared, Model
from libertad.hits.matching.name_alignment import (
    FORM,
    Rarity,
    alike_by_chance,
    leave_one_out,
    letters_of,
    surprise,
)
from libertad.hits.matching.nationality_frequencies import Counted, shares
from libertad.hits.matching.packed_texts import Over
from libertad.hits.matching.postings import Keys, key_of
from libertad.hits.matching.record import NUMBERED, Record
from libertad.hits.matching.record_table import Frame, Many, Words, build_frame
from libertad.hits.matching.segment import CROWD, Segment, Tally
from libertad.hits.matching.text import value_of

BEST = 3  # words that are crossed with all that are like another word of the name
MOST = 192  # candidates that are compared in full
RARE = 1.0 + np.log2(CROWD)  # bits of a key that one record has; those of the most common tell one bit
_HALF, _LOWER = np.uint64(32), np.uint64(0xFFFFFFFF)


@dataclass(frozen=True)
class _Rarity(Rarity):
    """For the words of one question: `word` lists their numbers, ascending; beside it stand `own` and their
    first letters. `first` and `single` are those of the words of the index."""

    word: Ints
    own_first: NDArray[np.uint8]
    own_single: NDArray[np.bool_]

    def between(
        self, left_words: Ints, right_words: Ints, share_rows: Ints
    ) -> tuple[NDArray[np.int8], Floats]:
        """As of all, but `left_words` are words of the question: what is like one stands on a small sheet."""
        row = np.where(left_words < 0, len(self.word), np.searchsorted(self.word, left_words))
        column = np.searchsorted(self._similar_words, right_words)
        column[self._similar_words[np.minimum(column, len(self._similar_words) - 1)] != right_words] = len(
            self._similar_words
        )
        ways, bits = self._sheet
        level, surprise_bits = ways[row, column], bits[share_rows, row, column]
        single = self.single[right_words] & (right_words >= 0)
        if single.any() or self.own_single.any():
            first, alone = np.append(self.own_first, 0)[row], np.append(self.own_single, False)[row]
            initial = (
                (self.first[right_words] == first)
                & (alone | single)
                & (level != SAME)
                & (right_words >= 0)
                & (left_words >= 0)
            )
            level[initial] = INITIAL
            surprise_bits = np.where(initial, self.letters[first], surprise_bits)
        return level, surprise_bits

    @cached_property
    def _similar_words(self) -> Ints:
        """Words that are like one of the question's, and these, ascending."""
        near = self.near.code // self.near.size, self.near.code % self.near.size
        return ordered(np.concatenate([*near, self.word]))

    @cached_property
    def _sheet(self) -> tuple[NDArray[np.int8], Floats]:
        """For each word of the question, and each that is like one: how they are alike, and the surprise.
        The last row and the last column stand for anything else."""
        level = np.full((len(self.word) + 1, len(self._similar_words) + 1), DIFFERENT, np.int8)
        surprise_bits = np.zeros((len(self.own), *level.shape))
        smaller, larger = self.near.code // self.near.size, self.near.code % self.near.size
        for word, similar in ((smaller, larger), (larger, smaller)):
            row = np.minimum(np.searchsorted(self.word, word), len(self.word) - 1)
            known = np.flatnonzero(self.word[row] == word)[
                ::-1
            ]  # the first that is listed comes last and stays
            column = np.searchsorted(self._similar_words, similar[known])
            level[row[known], column], surprise_bits[:, row[known], column] = (
                self.near.how[known],
                self.alike[:, known],
            )
        each = np.arange(len(self.word)), np.searchsorted(self._similar_words, self.word)
        level[each], surprise_bits[:, *each] = SAME, self.own
        return level, surprise_bits


@dataclass(frozen=True)
class Asked:
    """One question over a segment. `like`: for each word of its names, those here that may be the same;
    `best`: the few of them that are most alike; `likes`: all that is known of them. `number`: each word's.
    """

    segment: Segment
    frame: Frame
    context: Context
    like: dict[int, Ints]
    best: dict[int, Ints]
    number: Ints
    likes: Likes

    @classmethod
    def of(cls, segment: Segment, record: Record, tally: Tally | None = None) -> Asked:
        """`tally`: how common words and values are, where this segment is one of several."""
        names = _Names(segment, tally.names if tally else None)
        values = {
            kind: Over(lexicon, tally.values[kind] if tally else None)
            for kind, lexicon in segment.values.items()
        }
        words = Words(names, values)  # type: ignore[arg-type]
        frame = build_frame([record], words)
        question_words = names.extra
        turn, known, promise = segment.names.find_similar(question_words)
        texts = segment.names.words.take(known)
        level = levels([question_words[at] for at in turn.tolist()], texts, promise)
        similar = np.flatnonzero(level != DIFFERENT)
        turn, known, level, texts = (
            turn[similar],
            known[similar],
            level[similar],
            [texts[at] for at in similar.tolist()],
        )
        number = len(segment.names) + np.arange(len(question_words))
        same = level == SAME
        number[turn[same]] = known[same]  # the word is here: it goes by its number here
        present = frame.words >= 0
        frame.words[present] = number[frame.words[present] - len(segment.names)]
        likes = Likes(turn, known, level, texts)
        by: Counted | None = (segment if tally is None else tally).peoples
        share = shares(
            [*question_words, *texts],
            ids := np.concatenate([number, known]),
            names.count_of(ids),
            float(names.total),
            nationalities(record),
            by,
        )
        rare = rarity(segment, names, number, likes, share)
        place = np.searchsorted(turn, np.arange(len(question_words) + 1)).tolist()
        similar_words, best = {}, {}
        for at, word_id in enumerate(number.tolist()):
            similar_words[word_id] = neighbours = known[place[at] : place[at + 1]]
            best[word_id] = neighbours[np.argsort(level[place[at] : place[at + 1]], kind="stable")[:BEST]]
        # What both say is said by the question, so its own row is that of each nationality.
        row = np.ones(len(values["nationality"]), np.int64) if "nationality" in values else None
        context = Context(words, rare, segment.ages, row if by is not None else None)
        return cls(segment, frame, context, similar_words, best, number, likes)

    def compared(self, model: Model) -> tuple[Ints, Compared]:
        """The records that share most with the question, and how they compare."""
        records = self.candidates()
        none = np.zeros_like(records)
        return records, self.context.compare(self.frame, self.segment.frame, none, records, model)

    def candidates(self) -> Ints:
        """The records that share most with the question, rarer things counting more."""
        which, record = self.segment.by.find(ordered(np.concatenate([*self._by_words(), *self._by_facts()])))
        rare = RARE - np.log2(np.bincount(which).clip(1))
        both = np.sort((record.astype(np.uint64) << _HALF) | which.astype(np.uint64))
        record, weight = (both >> _HALF).astype(np.int64), rare[(both & _LOWER).astype(np.int64)]
        first = begins(record)
        records, score = record[first], np.add.reduceat(weight, first) if len(first) else weight
        if len(records) > MOST:
            records = np.sort(records[np.argpartition(-score, MOST)[:MOST]])
        return records

    def _by_words(self) -> Iterator[Keys]:
        year, dated, exact = blocking.births(self.frame)
        yield tagged(blocking.BORN, self.frame.earliest[exact])
        if not self.like:
            return
        rows = [[word for word in row if word >= 0] for row in self.frame.words.tolist()]
        two = {(min(pair), max(pair)) for row in rows for pair in combinations(row, 2)}
        crossed = []
        for first_word, second_word in sorted(two):  # not all with all: two words seldom both change
            crossed += [
                (self.like[first_word], self.best[second_word]),
                (self.best[first_word], self.like[second_word]),
            ]
        if crossed:
            a = np.concatenate([np.repeat(x, len(y)) for x, y in crossed])
            b = np.concatenate([np.tile(y, len(x)) for x, y in crossed])
            yield tagged(blocking.TWO, np.minimum(a, b), np.maximum(a, b))
        similar = np.concatenate([self.like[word] for word in sorted({word for row in rows for word in row})])
        yield tagged(blocking.WORD, similar)
        if year[0]:
            years = year[0] + np.array([-1, 0, 1])
            yield tagged(blocking.YEAR, np.repeat(similar, 3), np.tile(years, len(similar)))
        if dated[0]:
            yield tagged(blocking.DATE, similar, dated[:1])

    def _by_facts(self) -> Iterator[Keys]:
        """As `blocking.keys` makes them, every word that may be the same in the place of each word."""
        facts, coded = {}, {}
        for kind, ragged in self.frame.facts.items():
            lexicon = self.context.words.of(kind)
            coded[kind] = np.array(
                [blocking.codes_of(kind, lexicon.words[at]) for at in ragged.value.tolist()], np.uint32
            ).reshape(-1, 3)
            facts[kind] = Many(ragged.start, np.arange(len(ragged.value)))
        frame = replace(self.frame, facts=facts)
        yield from (key for _, key in blocking.of_facts(frame, np.zeros((0, 2), np.int64), coded))
        words = [self.like[word] for word in self.frame.words[:1].ravel().tolist() if word >= 0]
        for kind in facts.keys() - {*NUMBERED, "nationality"} if words else ():
            value, similar = coded[kind][:, 0], np.concatenate(words)
            key = tagged(
                blocking.WITH_WORD + blocking.KINDS[kind],
                np.repeat(value, len(similar)),
                np.tile(similar, len(value)),
            )
            yield key


class _Names(Over):
    """The words of names of a segment, with those of the question."""

    def __init__(self, segment: Segment, tally: Counter[str] | None) -> None:
        super().__init__(segment.names, tally)
        self.by = segment.by

    def cuts(self, word: str) -> list[int]:
        """Where the word may be two that stand together in a name here."""
        return [at for at in range(3, len(word) - 2) if self._together(word[:at], word[at:])]

    def _together(self, first: str, second: str) -> bool:
        a = self.number(first)
        b = self.number(second) if a is not None else None
        if a is None or b is None:
            return False
        if min(self.kept.counts[a], self.kept.counts[b]) > CROWD:  # pairs that too many have are not kept
            return True
        return bool(self.by.at(key_of(blocking.TWO, min(a, b), max(a, b))))


class Likes(NamedTuple):
    """Words here that are like one of the question's: its turn, their number, how alike, the text."""

    turn: Ints
    known: Ints
    how: NDArray[np.int8]
    texts: list[str]


def nationalities(record: Record) -> list[str]:
    """As they are compared."""
    return list(
        filter(None, (value_of("nationality", nationality) for nationality in record.all("nationality")))
    )


def told_as(share: Floats, own_share: Floats, turn: Ints, level: NDArray[np.int8]) -> Floats:
    """How often the question's words are told: as themselves (`own_share`), and for names that they are a
    form of. `share` is that of the words like them, of which `turn` tells whose and `level` in which way. In
    rows."""
    size = own_share.shape[1]
    form_shares = [np.bincount(turn, weights=row * FORM[level], minlength=size) for row in share]
    combined: Floats = own_share + np.stack(form_shares)
    return combined


def rarity(
    segment: Segment,
    names: Over,
    number: Ints,
    likes: Likes,
    share: Floats,
) -> Rarity:
    """How surprising the question's words are, and those that are like them. `share`: rows of the shares of
    these and then of those."""
    size, count = len(names) + 1, len(number)
    own_share, near_share = share[:, :count], share[:, count:]
    share_with_forms = told_as(near_share, own_share, likes.turn, likes.how)
    of = likes.turn, FORM[likes.how]
    remaining_share = leave_one_out(near_share[0] * (float(names.total) + WEIGHT)) * near_share
    alike_bits = alike_by_chance(
        likes.how, share_with_forms[:, of[0]], remaining_share + own_share[:, of[0]] * of[1]
    )
    same = likes.how == SAME
    alike_bits[:, same] = surprise(share_with_forms)[:, likes.turn[same]]
    code = np.minimum(likes.known, number[likes.turn]) * size + np.maximum(likes.known, number[likes.turn])
    near, own = np.argsort(code, kind="stable"), np.argsort(number)
    first, single = letters_of(names.extra)
    return _Rarity(
        Near(size, code[near], likes.how[near]),
        alike_bits[:, near],
        surprise(share_with_forms)[:, own],
        segment.letters,
        segment.first,
        segment.single,
        number[own],
        first[own],
        single[own],
    )
