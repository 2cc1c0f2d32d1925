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
from libertad.hits.matching.aligning import FORM, Rarity, alike_by_chance, besides, letters_of, surprise
from libertad.hits.matching.blocking import tagged
from libertad.hits.matching.comparing import Context
from libertad.hits.matching.frame import Frame, Many, Words, framed
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
from libertad.hits.matching.nations import Counted, shares
from libertad.hits.matching.postings import Keys, key_of
from libertad.hits.matching.record import NUMBERED, Record
from libertad.hits.matching.segment import CROWD, Segment, Tally
from libertad.hits.matching.stored import Over
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

    def between(self, mine: Ints, theirs: Ints, among: Ints) -> tuple[NDArray[np.int8], Floats]:
        """As of all, but `mine` are words of the question: what is like one stands on a small sheet."""
        row = np.where(mine < 0, len(self.word), np.searchsorted(self.word, mine))
        column = np.searchsorted(self._like, theirs)
        column[self._like[np.minimum(column, len(self._like) - 1)] != theirs] = len(self._like)
        ways, bits = self._sheet
        how, told = ways[row, column], bits[among, row, column]
        single = self.single[theirs] & (theirs >= 0)
        if single.any() or self.own_single.any():
            first, alone = np.append(self.own_first, 0)[row], np.append(self.own_single, False)[row]
            initial = (
                (self.first[theirs] == first) & (alone | single) & (how != SAME) & (theirs >= 0) & (mine >= 0)
            )
            how[initial] = INITIAL
            told = np.where(initial, self.letters[first], told)
        return how, told

    @cached_property
    def _like(self) -> Ints:
        """Words that are like one of the question's, and these, ascending."""
        near = self.near.code // self.near.size, self.near.code % self.near.size
        return ordered(np.concatenate([*near, self.word]))

    @cached_property
    def _sheet(self) -> tuple[NDArray[np.int8], Floats]:
        """For each word of the question, and each that is like one: how they are alike, and the surprise.
        The last row and the last column stand for anything else."""
        how = np.full((len(self.word) + 1, len(self._like) + 1), DIFFERENT, np.int8)
        told = np.zeros((len(self.own), *how.shape))
        one, other = self.near.code // self.near.size, self.near.code % self.near.size
        for word, like in ((one, other), (other, one)):
            row = np.minimum(np.searchsorted(self.word, word), len(self.word) - 1)
            known = np.flatnonzero(self.word[row] == word)[
                ::-1
            ]  # the first that is listed comes last and stays
            column = np.searchsorted(self._like, like[known])
            how[row[known], column], told[:, row[known], column] = self.near.how[known], self.alike[:, known]
        each = np.arange(len(self.word)), np.searchsorted(self._like, self.word)
        how[each], told[:, *each] = SAME, self.own
        return how, told


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
            kind: Over(kept, tally.values[kind] if tally else None) for kind, kept in segment.values.items()
        }
        words = Words(names, values)  # type: ignore[arg-type]
        frame = framed([record], words)
        said = names.extra
        turn, known, promise = segment.names.like(said)
        texts = segment.names.words.many(known)
        how = levels([said[at] for at in turn.tolist()], texts, promise)
        alike = np.flatnonzero(how != DIFFERENT)
        turn, known, how, texts = turn[alike], known[alike], how[alike], [texts[at] for at in alike.tolist()]
        number = len(segment.names) + np.arange(len(said))
        same = how == SAME
        number[turn[same]] = known[same]  # the word is here: it goes by its number here
        there = frame.words >= 0
        frame.words[there] = number[frame.words[there] - len(segment.names)]
        likes = Likes(turn, known, how, texts)
        by: Counted | None = (segment if tally is None else tally).peoples
        share = shares(
            [*said, *texts], ids := np.concatenate([number, known]), names.count_of(ids), float(names.total),
            nationalities(record), by,
        )  # fmt: skip
        rare = rarity(segment, names, number, likes, share)
        place = np.searchsorted(turn, np.arange(len(said) + 1)).tolist()
        like, best = {}, {}
        for at, one in enumerate(number.tolist()):
            like[one] = these = known[place[at] : place[at + 1]]
            best[one] = these[np.argsort(how[place[at] : place[at + 1]], kind="stable")[:BEST]]
        # What both say is said by the question, so its own row is that of each nationality.
        row = np.ones(len(values["nationality"]), np.int64) if "nationality" in values else None
        context = Context(words, rare, segment.ages, row if by is not None else None)
        return cls(segment, frame, context, like, best, number, likes)

    def compared(self, model: Model) -> tuple[Ints, Compared]:
        """The records that share most with the question, and how they compare."""
        found = self.candidates()
        none = np.zeros_like(found)
        return found, self.context.compare(self.frame, self.segment.frame, none, found, model)

    def candidates(self) -> Ints:
        """The records that share most with the question, rarer things counting more."""
        which, record = self.segment.by.find(ordered(np.concatenate([*self._by_words(), *self._by_facts()])))
        rare = RARE - np.log2(np.bincount(which).clip(1))
        both = np.sort((record.astype(np.uint64) << _HALF) | which.astype(np.uint64))
        record, weight = (both >> _HALF).astype(np.int64), rare[(both & _LOWER).astype(np.int64)]
        first = begins(record)
        found, score = record[first], np.add.reduceat(weight, first) if len(first) else weight
        if len(found) > MOST:
            found = np.sort(found[np.argpartition(-score, MOST)[:MOST]])
        return found

    def _by_words(self) -> Iterator[Keys]:
        year, dated, exact = blocking.births(self.frame)
        yield tagged(blocking.BORN, self.frame.earliest[exact])
        if not self.like:
            return
        rows = [[word for word in row if word >= 0] for row in self.frame.words.tolist()]
        two = {(min(pair), max(pair)) for row in rows for pair in combinations(row, 2)}
        crossed = []
        for one, other in sorted(two):  # not all with all: two words seldom both change
            crossed += [(self.like[one], self.best[other]), (self.best[one], self.like[other])]
        if crossed:
            a = np.concatenate([np.repeat(x, len(y)) for x, y in crossed])
            b = np.concatenate([np.tile(y, len(x)) for x, y in crossed])
            yield tagged(blocking.TWO, np.minimum(a, b), np.maximum(a, b))
        like = np.concatenate([self.like[word] for word in sorted({word for row in rows for word in row})])
        yield tagged(blocking.WORD, like)
        if year[0]:
            years = year[0] + np.array([-1, 0, 1])
            yield tagged(blocking.YEAR, np.repeat(like, 3), np.tile(years, len(like)))
        if dated[0]:
            yield tagged(blocking.DATE, like, dated[:1])

    def _by_facts(self) -> Iterator[Keys]:
        """As `blocking.keys` makes them, every word that may be the same in the place of each word."""
        said, coded = {}, {}
        for kind, many in self.frame.facts.items():
            lexicon = self.context.words.of(kind)
            coded[kind] = np.array(
                [blocking.codes_of(kind, lexicon.words[at]) for at in many.value.tolist()], np.uint32
            ).reshape(-1, 3)
            said[kind] = Many(many.start, np.arange(len(many.value)))
        frame = replace(self.frame, facts=said)
        yield from (key for _, key in blocking.of_facts(frame, np.zeros((0, 2), np.int64), coded))
        words = [self.like[word] for word in self.frame.words[:1].ravel().tolist() if word >= 0]
        for kind in said.keys() - {*NUMBERED, "nationality"} if words else ():
            value, like = coded[kind][:, 0], np.concatenate(words)
            key = tagged(
                blocking.WITH_WORD + blocking.KINDS[kind],
                np.repeat(value, len(like)),
                np.tile(like, len(value)),
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

    def _together(self, one: str, other: str) -> bool:
        a = self.number(one)
        b = self.number(other) if a is not None else None
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
    return list(filter(None, (value_of("nationality", said) for said in record.all("nationality"))))


def told_as(share: Floats, mine: Floats, turn: Ints, how: NDArray[np.int8]) -> Floats:
    """How often the question's words are told: as themselves (`mine`), and for names that they are a form of.
    `share` is that of the words like them, of which `turn` tells whose and `how` in which way. In rows."""
    many = mine.shape[1]
    more = [np.bincount(turn, weights=row * FORM[how], minlength=many) for row in share]
    found: Floats = mine + np.stack(more)
    return found


def rarity(
    segment: Segment, names: Over, number: Ints, like: Likes, share: Floats, told: Floats | None = None
) -> Rarity:
    """How surprising the question's words are, and those that are like them. `share`: rows of the shares of
    these and then of those; `told`: as `told_as` gives it, where more is known than these words tell."""
    size, many = len(names) + 1, len(number)
    mine, theirs = share[:, :many], share[:, many:]
    told = told_as(theirs, mine, like.turn, like.how) if told is None else told
    of = like.turn, FORM[like.how]
    others = besides(theirs[0] * (float(names.total) + WEIGHT)) * theirs
    alike = alike_by_chance(like.how, told[:, of[0]], others + mine[:, of[0]] * of[1])
    same = like.how == SAME
    alike[:, same] = surprise(told)[:, like.turn[same]]
    code = np.minimum(like.known, number[like.turn]) * size + np.maximum(like.known, number[like.turn])
    near, own = np.argsort(code, kind="stable"), np.argsort(number)
    first, single = letters_of(names.extra)
    return _Rarity(
        Near(size, code[near], like.how[near]), alike[:, near], surprise(told)[:, own], segment.letters,
        segment.first, segment.single, number[own], first[own], single[own],
    )  # fmt: skip
