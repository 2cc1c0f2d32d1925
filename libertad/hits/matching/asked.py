"""A question put to an index: which of its records may be the same person?

A question's words are looked up with all that may be the same name; what they, its birth and its numbers have
in common with records brings candidates; the likeliest few hundred are compared in full, with the same model
as tables are.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching import blocking
from libertad.hits.matching.aligning import KINDS, Rarity, letters_of, surprise
from libertad.hits.matching.blocking import tagged
from libertad.hits.matching.comparing import Context
from libertad.hits.matching.frame import Frame, Many, Words, framed
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.lexicon import Floats, How, Ints, Near, levels
from libertad.hits.matching.model import Compared, Model
from libertad.hits.matching.postings import Keys
from libertad.hits.matching.record import NUMBERED, Record
from libertad.hits.matching.segment import Segment, Tally
from libertad.hits.matching.stored import Over

BEST = 4  # words that are crossed with all that are like another word of the name
MOST = 400  # candidates that are compared in full


@dataclass(frozen=True)
class _Rarity(Rarity):
    """For the words of one question: `word` lists their numbers, ascending, and `own` stands beside it."""

    word: Ints

    def same(self, word: Ints) -> Floats:
        return self.own[np.minimum(np.searchsorted(self.word, word), len(self.word) - 1)]

    def begins(self, word: Ints) -> tuple[NDArray[np.uint8], NDArray[np.bool_]]:
        return self.first[word], self.single[word]


@dataclass(frozen=True)
class Asked:
    """One question over a segment. `like`: for each word of its names, those here that may be the same;
    `best`: the few of them that are most alike."""

    segment: Segment
    frame: Frame
    context: Context
    like: dict[int, Ints]
    best: dict[int, Ints]

    @classmethod
    def of(cls, segment: Segment, record: Record, tally: Tally | None = None) -> Asked:
        """`tally`: how common words and values are, where this segment is one of several."""
        names = Over(segment.names, tally.names if tally else None)
        values = {
            kind: Over(kept, tally.values[kind] if tally else None) for kind, kept in segment.values.items()
        }
        words = Words(names, values)  # type: ignore[arg-type]
        frame = framed([record], words)
        like: dict[int, Ints] = {}
        ways: dict[int, NDArray[np.int8]] = {}
        for word, number in list(names.ids.items()):
            known, promise = segment.names.like(word)
            how = levels([word] * len(known), [segment.names.words[at] for at in known.tolist()], promise)
            known, how = known[how != How.DIFFERENT], how[how != How.DIFFERENT]
            same = known[how == How.SAME]
            if len(same):  # the word is here: it goes by its number here
                frame.words[frame.words == number] = number = int(same[0])
            like[number], ways[number] = known, how
        rare = _rarity(segment, names, like, ways)
        best = {word: known[np.argsort(ways[word], kind="stable")[:BEST]] for word, known in like.items()}
        return cls(segment, frame, Context(words, rare, segment.ages), like, best)

    def compared(self, model: Model) -> tuple[Ints, Compared]:
        """The records that share most with the question, and how they compare."""
        found = self.candidates()
        none = np.zeros_like(found)
        return found, self.context.compare(self.frame, self.segment.frame, none, found, model)

    def candidates(self) -> Ints:
        """The records that share most with the question, rarer things counting more."""
        key = np.sort(np.concatenate([*self._by_words(), *self._by_facts()]))
        which, record = self.segment.by.find(key[_first(key)])
        rare = 1.0 / np.sqrt(np.bincount(which).clip(1))
        order = np.argsort(record, kind="stable")
        record, weight = record[order], rare[which[order]]
        first = _first(record)
        found, score = record[first], np.add.reduceat(weight, first) if len(first) else weight
        if len(found) > MOST:
            found = np.sort(found[np.argpartition(-score, MOST)[:MOST]])
        return found

    def _by_words(self) -> Iterator[Keys]:
        year, dated, exact = blocking.births(self.frame)
        yield tagged(blocking.BORN, self.frame.earliest[exact])
        years = year[0] + np.array([-1, 0, 1] if year[0] else [], np.int64)
        for row in self.frame.words:
            told = [self.like[int(word)] for word in row if word >= 0]
            best = [self.best[int(word)] for word in row if word >= 0]
            for (one, first), (other, second) in combinations(zip(told, best, strict=True), 2):
                for x, y in ((one, second), (first, other)):  # not all with all: two words seldom both change
                    a, b = np.meshgrid(x, y)
                    yield tagged(blocking.TWO, np.minimum(a, b).ravel(), np.maximum(a, b).ravel())
            for one in told:
                a, b = np.meshgrid(one, years)
                yield tagged(blocking.WORD, one)
                yield tagged(blocking.YEAR, a.ravel(), b.ravel())
                if dated[0]:
                    yield tagged(blocking.DATE, one, np.full(len(one), dated[0]))

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
        words = [self.like[int(word)] for word in self.frame.words[:1].ravel() if word >= 0]
        for kind in said.keys() - {*NUMBERED, "nationality"}:
            for value in coded[kind][:, 0]:
                for word in words:
                    yield tagged(blocking.WITH_WORD + blocking.KINDS[kind], np.full(len(word), value), word)


def _first(ordered: NDArray[np.generic]) -> Ints:
    """Where each value begins. (A sort and this are several times quicker than `np.unique` of NumPy 2.)"""
    return np.flatnonzero(np.append(True, ordered[1:] != ordered[:-1])[: len(ordered)])


def _rarity(
    segment: Segment, names: Over, like: dict[int, Ints], ways: dict[int, NDArray[np.int8]]
) -> Rarity:
    """How surprising the question's words are, and those that are like them."""
    size = len(names) + 1
    total = float(names.total)
    numbers = np.array(sorted(like), np.int64)
    texts = [names[at] for at in numbers.tolist()]
    mine_often = often(texts, names.count_of(numbers), total)  # type: ignore[arg-type]
    share_of = dict(zip(numbers.tolist(), mine_often, strict=True))
    code, how, alike = [np.zeros(0, np.int64)], [np.zeros(0, np.int8)], [np.zeros(0)]
    for number, known in like.items():
        way, mine = ways[number], float(share_of[number])
        share = often([names[at] for at in known.tolist()], names.count_of(known), total)  # type: ignore[arg-type]
        mass = np.bincount(way, weights=share, minlength=KINDS)
        code.append(np.minimum(known, number) * size + np.maximum(known, number))
        how.append(way)
        alike.append(surprise(np.maximum(mass[way], mine)))  # the other may be this one, misspelt
    joined = np.concatenate(code)
    order = np.argsort(joined, kind="stable")
    near = Near(size, joined[order], np.concatenate(how)[order])
    first, single = letters_of(names.extra)
    return _Rarity(
        near, np.concatenate(alike)[order], surprise(mine_often), segment.letters,
        np.append(segment.first, first), np.append(segment.single, single), numbers,
    )  # fmt: skip
