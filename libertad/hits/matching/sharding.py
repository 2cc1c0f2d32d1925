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

from libertad.hits.matching.aligning import surprise
from libertad.hits.matching.asked import Asked, nationalities, rarity, told_as
from libertad.hits.matching.calibrating import Calibration, first
from libertad.hits.matching.facts import Ages
from libertad.hits.matching.frequencies import WEIGHT
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.matcher import EXPECTED, hits, settled
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.nations import Listed, shares
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

    `own`: how often each word is. `alike`: for each word those like it, in which way and how often they are.
    `values`: how often each value is. `nations`: by nationality, how often its people have these words, and
    how many words of names they have.
    """

    own: dict[str, int]
    alike: dict[str, dict[str, tuple[int, int]]]
    values: dict[Kind, dict[str, int]]
    nations: dict[str, tuple[dict[str, int], int]] = {}

    @classmethod
    def together(cls, parts: Iterable[Heard]) -> Heard:
        """Counts add up."""
        own: Counter[str] = Counter()
        similar: dict[str, dict[str, tuple[int, int]]] = {}
        values: dict[Kind, dict[str, int]] = {}
        nations: dict[str, tuple[dict[str, int], int]] = {}
        for part in parts:
            own.update(part.own)
            for word, words in part.alike.items():
                known = similar.setdefault(word, {})
                for other_word, (level, count) in words.items():
                    known[other_word] = level, known.get(other_word, (level, 0))[1] + count
            for kind, counts in part.values.items():
                _add(values.setdefault(kind, {}), counts)
            for nation, (counts, total) in part.nations.items():
                before, sum_before = nations.get(nation, ({}, 0))
                _add(before, counts)
                nations[nation] = before, sum_before + total
        return cls(dict(own), similar, values, nations)

    def peoples(self, whole: float) -> Listed | None:
        """How common words are among people of one nationality, where there are `whole` words in all."""
        if not self.nations:
            return None
        counts = {
            other_word: count for words in self.alike.values() for other_word, (_how, count) in words.items()
        }
        return Listed(self.nations, counts | self.own, whole)


def _add(to: dict[str, int], counts: Mapping[str, int]) -> None:
    for text, count in counts.items():
        to[text] = to.get(text, 0) + count


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
            values.update({kind: lexicon.total for kind, lexicon in segment.values.items()})
        words = [segment.names.total for segment in segments]
        here = np.stack([_lettered(segment) for segment in segments])
        region = [
            (segment.names.total + WEIGHT) * np.exp2(-segment.letters) - letter_counts
            for segment, letter_counts in zip(segments, here, strict=True)
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

    def ask(self, question: Question, frequencies: Heard) -> list[Hit]: ...


class Answer(msgspec.Struct, frozen=True):
    """The best hits of the shards that answered; `missing` are those that did not, by number."""

    hits: tuple[Hit, ...]
    missing: tuple[int, ...] = ()


def gather(question: Question, shards: Sequence[Shard]) -> Answer:
    """Ask all shards and merge what they find. One that is lost is named, and the others still answer.

    Bits stay as they were: the prior is that of the whole, those that are missing included.
    """
    missing: set[int] = set()
    by_shard: list[Heard] = []
    for at, shard in enumerate(shards):
        try:
            by_shard.append(shard.hear(question))
        except OSError:
            missing.add(at)
    known = Heard.together(by_shard)
    all_hits: list[Hit] = []
    for at, shard in enumerate(shards):
        if at in missing:
            continue
        try:
            all_hits += shard.ask(question, known)
        except OSError:
            missing.add(at)
    best = settled(sorted(all_hits, key=lambda hit: (-hit.bits, hit.id))[: question.limit])
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
    prior: Prior
    _open: tuple[Record, Asked] | None = None  # the question that was heard last

    @classmethod
    def split(cls, records: Iterable[Record], shards: int, model: Model | None = None) -> list[Part]:
        """Records in so many parts, by their ids."""
        groups: list[list[Record]] = [[] for _ in range(shards)]
        for record in records:
            groups[place(record.id, shards)].append(record)
        return cls.of([Segment.of(group) for group in groups], model)

    @classmethod
    def of(
        cls, segments: Sequence[Segment], model: Model | None = None, prior: Prior | None = None
    ) -> list[Part]:
        """Segments that are one index together. `prior`: where not the usual of so many records."""
        whole = Whole.of(segments)
        usual = Prior.of(EXPECTED, whole.records)
        calibration = first(whole.records)
        return [cls(segment, whole, model or Model(), calibration, prior or usual) for segment in segments]

    def __post_init__(self) -> None:
        self.segment = replace(self.segment, ages=self.whole.ages, letters=self.whole.letters)

    @property
    def bytes(self) -> int:
        """What it holds in memory."""
        return self.segment.bytes + sum(
            values.code.nbytes + values.number.nbytes for values in self._values.values()
        )

    def hear(self, question: Question) -> Heard:
        """How often the question's words and values are here."""
        query = Asked.of(self.segment, question.record)
        self._open = question.record, query
        likes, peoples = query.likes, self.segment.peoples
        question_words = query.context.words.names.extra  # type: ignore[attr-defined]
        ids = np.concatenate([query.number, likes.known])
        texts = [*question_words, *likes.texts]
        counts = query.context.words.names.count_of(ids).astype(int).tolist()
        similar: dict[str, dict[str, tuple[int, int]]] = {word: {} for word in question_words}
        rows = zip(
            likes.turn.tolist(), likes.texts, likes.how.tolist(), counts[len(question_words) :], strict=True
        )
        for turn, text, level, count in rows:
            similar[question_words[turn]][text] = level, count
        values: dict[Kind, dict[str, int]] = {}
        for kind, raw_value in question.record.facts:
            value = value_of(kind, raw_value)
            if value and kind in self._values:
                values.setdefault(kind, {})[value] = self._values[kind].count(value)
        own = dict(zip(question_words, counts, strict=False))
        return Heard(own, similar, values, peoples.told(texts, ids) if peoples else {})

    def ask(self, question: Question, frequencies: Heard) -> list[Hit]:
        """The best records here, scored by what was heard from all."""
        record, query = self._open or (None, None)
        if query is None or record != question.record:  # another question came between the rounds
            query = Asked.of(self.segment, question.record)
        query = self._weighed(query, question.record, frequencies)
        return hits(
            query,
            self.model,
            self.prior,
            self.calibration,
            question.limit,
            question.least,
            question.record.id,
        )

    def _weighed(self, query: Asked, record: Record, frequencies: Heard) -> Asked:
        """Words and values are as common as they are in the whole."""
        words = query.context.words
        for kind, values in words.values.items():
            # Whoever has the question's value otherwise written is alone with it, as far as is known.
            values.tally = _Counts(frequencies.values.get(kind, {}), self.whole.values.get(kind, 0))  # type: ignore[attr-defined]
        question_words, likes, total = words.names.extra, query.likes, float(self.whole.words)  # type: ignore[attr-defined]
        by = frequencies.peoples(total)
        none = np.zeros(0, np.int64)

        def share(texts: Sequence[str], counts: Sequence[int]) -> Floats:
            return shares(texts, none, np.array(counts, float), total, nationalities(record), by)

        # All that is like the question's words anywhere, for these may be told by it.
        each = [
            (at, other_word, level, count)
            for at, word in enumerate(question_words)
            for other_word, (level, count) in frequencies.alike.get(word, {}).items()
        ]
        own_share = share(question_words, [frequencies.own.get(word, 0) for word in question_words])
        turn = np.array([at for at, _other, _how, _count in each], np.int64)
        levels = np.array([level for _at, _other, level, _count in each], np.int8)
        near_share = share(
            [other_word for _at, other_word, _how, _count in each], [count for *_, count in each]
        )
        share_with_forms = told_as(near_share, own_share, turn, levels)
        place = {(at, other_word): n for n, (at, other_word, _how, _count) in enumerate(each)}
        known = [place[at, text] for at, text in zip(likes.turn.tolist(), likes.texts, strict=True)]
        here = np.concatenate([own_share, near_share[:, known]], axis=1)
        rare = rarity(self.segment, words.names, query.number, likes, here, share_with_forms)  # type: ignore[arg-type]
        row = query.context.row
        if by is not None and row is None and "nationality" in words.values:
            row = np.ones(len(words.values["nationality"]), np.int64)
        return replace(query, context=replace(query.context, names=rare, row=row))

    @cached_property
    def _values(self) -> dict[Kind, _Listed]:
        return {kind: _Listed.of(lexicon) for kind, lexicon in self.segment.values.items()}


@dataclass(frozen=True)
class _Listed:
    """The values of a kind, found by their text: `code` ascending, `number` beside it."""

    kept: Kept
    code: NDArray[np.uint32]
    number: NDArray[np.uint32]

    @classmethod
    def of(cls, lexicon: Kept) -> _Listed:
        codes = np.array([code(text) for text in lexicon.words], np.uint32)
        order = np.argsort(codes, kind="stable")
        return cls(lexicon, codes[order], order.astype(np.uint32))

    def count(self, value: str) -> int:
        """How many records here say it."""
        start, end = np.searchsorted(self.code, [code(value), code(value) + 1])
        for at in self.number[start:end].tolist():
            if self.kept.words[at] == value:
                return int(self.kept.counts[at])
        return 0
