"""One index in several parts, each where its records may be read anyway: asked together, answered as one.

A question goes round twice. First every shard tells how often the question's words, those like them and its
values are there; the asker adds up. Then each scores its own records with what is so in all of them, and the
best of every shard are merged. No record leaves a shard but as a hit.

A score differs from that of one index by less than a tenth of a bit: shares of the sexes, of initials and of
words that only the region's lists know are those of a shard. Two things differ by more, seldom. Whether a
name written as one word is also tried as two depends on the words that a shard has. And a key that is too
common in the whole need not be so in a shard, so shards may find a record that one index passes over.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from hashlib import blake2b
from typing import Protocol

import msgspec
import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.aligning import KINDS, surprise
from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import Calibration, first
from libertad.hits.matching.facts import Ages
from libertad.hits.matching.frequencies import WEIGHT, often
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.postings import code
from libertad.hits.matching.record import Hit, Kind, Record
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.stored import Kept
from libertad.hits.matching.text import value_of


def place(id: str, shards: int) -> int:
    """The shard of a record, by a hash of its id that is the same on every machine."""
    return int.from_bytes(blake2b(id.encode(), digest_size=8).digest()) % shards


class Heard(msgspec.Struct, frozen=True):
    """What a shard, or all of them together, say of a question's words and values.

    `own`: how often each word is. `alike`: for each word and each way of being alike, how often the words are
    that are so, and what share of the region's names they have. `values`: how often each value is.
    """

    own: dict[str, int]
    alike: dict[str, dict[int, tuple[int, float]]]
    values: dict[Kind, dict[str, int]]

    @classmethod
    def together(cls, parts: Iterable[Heard]) -> Heard:
        """Counts add up. The region is one for all, so of its shares the largest is taken."""
        own: Counter[str] = Counter()
        alike: dict[str, dict[int, tuple[int, float]]] = {}
        values: dict[Kind, dict[str, int]] = {}
        for part in parts:
            own.update(part.own)
            for word, ways in part.alike.items():
                known = alike.setdefault(word, {})
                for how, (count, region) in ways.items():
                    before = known.get(how, (0, 0.0))
                    known[how] = (before[0] + count, max(before[1], region))
            for kind, counts in part.values.items():
                mine = values.setdefault(kind, {})
                for value, count in counts.items():
                    mine[value] = mine.get(value, 0) + count
        return cls(dict(own), alike, values)


@dataclass(frozen=True)
class Whole:
    """What each shard has to know of all: how many records and words, how many values of each kind, and the
    shares of birth years and of first letters. Not of persons; told anew as the shards grow."""

    records: int
    words: int
    values: Mapping[Kind, int]
    ages: Ages
    letters: NDArray[np.float64]

    @classmethod
    def of(cls, segments: Sequence[Segment]) -> Whole:
        values: Counter[Kind] = Counter()
        for segment in segments:
            values.update({kind: kept.total for kind, kept in segment.values.items()})
        words = [segment.names.total for segment in segments]
        here = np.stack([_lettered(segment) for segment in segments])
        region = [
            (segment.names.total + WEIGHT) * np.exp2(-segment.letters) - one
            for segment, one in zip(segments, here, strict=True)
        ]
        shares = (here.sum(0) + np.max(region, axis=0)) / (sum(words) + WEIGHT)
        return cls(
            sum(map(len, segments)), sum(words), values, Ages.of(*(s.frame for s in segments)),
            surprise(shares, 1e-4),
        )  # fmt: skip


def _lettered(segment: Segment) -> NDArray[np.float64]:
    """How many words of names here begin with each letter."""
    return np.bincount(segment.first, weights=segment.names.counts, minlength=128).astype(np.float64)


class Question(msgspec.Struct, frozen=True):
    """As it goes to every shard. `least` is in bits, with the prior of the whole."""

    record: Record
    limit: int = 20
    least: float = 0.0


class Shard(Protocol):
    """One part, here or on another node. Both raise OSError (a timeout too) where it cannot be asked."""

    def hear(self, question: Question) -> Heard: ...

    def ask(self, question: Question, heard: Heard) -> list[Hit]: ...


class Answer(msgspec.Struct, frozen=True):
    """The best hits of the shards that answered; `missing` are those that did not, by number."""

    hits: tuple[Hit, ...]
    missing: tuple[int, ...] = ()


def gather(question: Question, shards: Sequence[Shard]) -> Answer:
    """Ask all shards and merge what they find. One that is lost is named, and the others still answer.

    Bits stay as they were: the prior is that of the whole, those that are missing included.
    """
    missing: set[int] = set()
    heard: list[Heard] = []
    for at, shard in enumerate(shards):
        try:
            heard.append(shard.hear(question))
        except OSError:
            missing.add(at)
    known = Heard.together(heard)
    found: list[Hit] = []
    for at, shard in enumerate(shards):
        if at in missing:
            continue
        try:
            found += shard.ask(question, known)
        except OSError:
            missing.add(at)
    best = sorted(found, key=lambda hit: (-hit.bits, hit.id))[: question.limit]
    return Answer(tuple(best), tuple(sorted(missing)))


class _Counts(Counter[str]):
    """How often the few values of one question are, of `whole` in all; each other value once."""

    def __init__(self, counts: Mapping[str, int], whole: int) -> None:
        super().__init__(counts)
        self.whole = whole

    def total(self) -> int:
        return self.whole

    def __missing__(self, text: str) -> int:
        return 1


@dataclass
class Part:
    """A shard in this process: a segment that knows what is so in the whole."""

    segment: Segment
    whole: Whole
    model: Model
    calibration: Calibration
    _open: tuple[Record, Asked] | None = None  # the question that was heard last

    @classmethod
    def split(cls, records: Iterable[Record], shards: int, model: Model | None = None) -> list[Part]:
        """Records in so many parts, by their ids."""
        groups: list[list[Record]] = [[] for _ in range(shards)]
        for record in records:
            groups[place(record.id, shards)].append(record)
        segments = [Segment.of(group) for group in groups]
        whole = Whole.of(segments)
        return [cls(segment, whole, model or Model(), first()) for segment in segments]

    def __post_init__(self) -> None:
        self.segment = replace(self.segment, ages=self.whole.ages, letters=self.whole.letters)

    @property
    def bytes(self) -> int:
        """What it holds in memory."""
        return self.segment.bytes + sum(one.code.nbytes + one.number.nbytes for one in self._values.values())

    def hear(self, question: Question) -> Heard:
        """How often the question's words and values are here."""
        asked = Asked.of(self.segment, question.record)
        self._open = question.record, asked
        names, near = self.segment.names, asked.context.names.near
        own: dict[str, int] = {}
        alike: dict[str, dict[int, tuple[int, float]]] = {}
        for number, known in asked.like.items():
            word = asked.context.words.names[number]  # type: ignore[index]
            own[word] = int(names.counts[number]) if number < len(names) else 0
            how = near.how[near.at(known, np.full_like(known, number))]
            counts = names.counts[known].astype(np.int64)
            region = often([names.words[at] for at in known.tolist()], [0] * len(known), 0.0)
            ways = alike[word] = {}
            for way in np.unique(how).tolist():
                rows = how == way
                ways[way] = (int(counts[rows].sum()), float(region[rows].sum()))
        values: dict[Kind, dict[str, int]] = {}
        for kind, said in question.record.facts:
            value = value_of(kind, said)
            if value and kind in self._values:
                values.setdefault(kind, {})[value] = self._values[kind].count(value)
        return Heard(own, alike, values)

    def ask(self, question: Question, heard: Heard) -> list[Hit]:
        """The best records here, scored by what was heard from all."""
        record, asked = self._open or (None, None)
        if asked is None or record != question.record:  # another question came between the rounds
            asked = Asked.of(self.segment, question.record)
        asked = self._weighed(asked, heard)
        prior = Prior.of(EXPECTED, self.whole.records)
        return hits(
            asked, self.model, prior, self.calibration, question.limit, question.least, question.record.id
        )

    def _weighed(self, asked: Asked, heard: Heard) -> Asked:
        """Words and values are as common as they are in the whole."""
        words, known, total = asked.context.words, asked.context.names, float(self.whole.words)
        for kind, values in words.values.items():
            # Whoever has the question's value otherwise written is alone with it, as far as is known.
            values.tally = _Counts(heard.values.get(kind, {}), self.whole.values.get(kind, 0))  # type: ignore[attr-defined]
        numbers = sorted(asked.like)
        texts = [words.names[number] for number in numbers]  # type: ignore[index]
        own = often(texts, [heard.own.get(text, 0) for text in texts], total)
        mine = dict(zip(numbers, own.tolist(), strict=True))
        alike, done = known.alike.copy(), np.zeros(len(known.alike), bool)
        for number, like in asked.like.items():
            mass = np.zeros(KINDS)
            for how, (count, region) in heard.alike.get(words.names[number], {}).items():  # type: ignore[index]
                mass[how] = (count + WEIGHT * region) / (total + WEIGHT)
            at = known.near.at(like, np.full_like(like, number))
            at = at[~done[at]]
            done[at] = True
            alike[at] = surprise(np.maximum(mass[known.near.how[at]], mine[number]))
        rare = replace(known, alike=alike, own=surprise(own))
        return replace(asked, context=replace(asked.context, names=rare))

    @cached_property
    def _values(self) -> dict[Kind, _Listed]:
        return {kind: _Listed.of(kept) for kind, kept in self.segment.values.items()}


@dataclass(frozen=True)
class _Listed:
    """The values of a kind, found by their text: `code` ascending, `number` beside it."""

    kept: Kept
    code: NDArray[np.uint32]
    number: NDArray[np.uint32]

    @classmethod
    def of(cls, kept: Kept) -> _Listed:
        codes = np.array([code(text) for text in kept.words], np.uint32)
        order = np.argsort(codes, kind="stable")
        return cls(kept, codes[order], order.astype(np.uint32))

    def count(self, value: str) -> int:
        """How many records here say it."""
        start, end = np.searchsorted(self.code, [code(value), code(value) + 1])
        for at in self.number[start:end].tolist():
            if self.kept.words[at] == value:
                return int(self.kept.counts[at])
        return 0
