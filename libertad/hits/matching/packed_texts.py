"""Texts and lexicons in few bytes, as an index keeps them: read in place, found by keys, never changed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.lexicon import PROMISE, Floats, Ints, Lexicon, keys, together
from libertad.hits.matching.postings import Keys, Postings, code, key_of, mixed
from libertad.hits.matching.text import remembered

FEW = 120  # words under one key that are still looked at


@dataclass(frozen=True)
class Texts(Sequence[str]):
    """Text n is `blob[start[n]:start[n + 1]]`, in UTF-8."""

    blob: NDArray[np.uint8]
    start: NDArray[np.uint32]

    @classmethod
    def of(cls, texts: Iterable[str]) -> Texts:
        coded = [text.encode() for text in texts]
        start = np.zeros(len(coded) + 1, np.uint32)
        np.cumsum([len(encoded) for encoded in coded], out=start[1:])
        return cls(np.frombuffer(b"".join(coded), np.uint8), start)

    @cached_property
    def _view(self) -> memoryview:
        return self.blob.data

    def __len__(self) -> int:
        return len(self.start) - 1

    def __getitem__(self, at: int) -> str:  # type: ignore[override]
        return str(self._view[self.start[at] : self.start[at + 1]], "utf-8")

    def take(self, at: Ints) -> list[str]:
        """Several texts at once."""
        view, start, end = self._view, self.start[at].tolist(), self.start[at + 1].tolist()
        return [str(view[a:b], "utf-8") for a, b in zip(start, end, strict=True)]

    def __iter__(self) -> Iterator[str]:
        whole = self.blob.tobytes()
        return (whole[a:b].decode() for a, b in zip(self.start[:-1], self.start[1:], strict=True))


@dataclass(frozen=True)
class Kept:
    """A lexicon that is not added to. `by`: words by what they share with those that may be the same."""

    words: Texts
    counts: NDArray[np.uint32]
    total: int
    by: Postings

    @classmethod
    def of(cls, lexicon: Lexicon, looked_up: bool) -> Kept:
        counts = np.array(lexicon.counts, np.uint32)
        key_codes: list[int] = []
        owner: list[int] = []
        for at, word in enumerate(lexicon.words if looked_up else ()):
            word_codes = codes(word)
            key_codes.extend(word_codes)
            owner.extend([at] * len(word_codes))
        by = Postings.of(_keys(key_codes), np.array(owner, np.int64), FEW)
        return cls(Texts.of(lexicon.words), counts, int(counts.sum()), by)

    def find_similar(self, words: Sequence[str]) -> tuple[Ints, Ints, NDArray[np.uint8]]:
        """(place in `words`, a word here that may be the same, what their keys promise), in this order, each
        once; a word that is here is among its own."""
        word_keys = [(at, key) for at, word in enumerate(words) for key in keys(word)]
        turn, number = self.by.find(_keys([code(key) for _at, key in word_keys]))
        of = np.array([at for at, _key in word_keys], np.int64)[turn]
        promise = np.array([PROMISE.get(key[0], 0) for _at, key in word_keys], np.uint8)
        size = len(self) + 1
        both, promised = together(of * size + number, promise[turn])
        return both // size, both % size, promised

    def __len__(self) -> int:
        return len(self.words)


def _keys(codes: list[int]) -> Keys:
    return mixed(np.array(codes, np.uint64))


@remembered(1 << 14)
def codes(word: str) -> tuple[int, ...]:
    """A word's keys as numbers. Small segments are joined again and again, and common words are in each."""
    return tuple(map(code, keys(word)))


class Over:
    """A kept lexicon with the few words of a question: they are numbered from its end on.

    `tally`: how often each word is, where more is known of it than this lexicon tells.
    """

    def __init__(self, kept: Kept, tally: Counter[str] | None = None) -> None:
        self.kept, self.tally, self.size = kept, tally, len(kept)
        self.extra: list[str] = []
        self.ids: dict[str, int] = {}
        self._numbers: dict[str, int | None] = {}

    @property
    def words(self) -> Over:
        return self

    def number(self, word: str) -> int | None:
        """The number of a word that a record here says."""
        if word not in self._numbers:
            key = ("n" if len(word) > 2 and word.isalpha() else "d") + word  # of `lexicon.keys`
            candidates = self.kept.by.at(key_of(code(key)))
            self._numbers[word] = next((at for at in candidates if self.kept.words[at] == word), None)
        return self._numbers[word]

    def contains(self, word: str) -> bool:
        """Whether a record here says it."""
        return self.number(word) is not None

    @property
    def total(self) -> int:
        return self.kept.total if self.tally is None else self.tally.total()

    def __len__(self) -> int:
        return self.size + len(self.extra)

    def __getitem__(self, at: int) -> str:
        return self.kept.words[at] if at < self.size else self.extra[at - self.size]

    def add(self, word: str, times: int = 1) -> int:
        """The word's number: that of the kept lexicon if it is known to be there."""
        known = self.ids.get(word)
        if known is None:
            known = self.ids[word] = len(self)
            self.extra.append(word)
        return known

    def texts(self, ids: Ints) -> list[str]:
        """The words of these numbers."""
        inside = ids < self.size
        if inside.all():
            return self.kept.words.take(ids)
        if not inside.any():
            return [self.extra[at - self.size] for at in ids.tolist()]
        words = self.kept.words.take(np.minimum(ids, self.size - 1)) if self.size else [""] * len(ids)
        for at in np.flatnonzero(ids >= self.size).tolist():
            words[at] = self.extra[int(ids[at]) - self.size]
        return words

    def count_of(self, ids: Ints) -> Floats:
        """How many records say each."""
        if self.tally is not None:
            return np.array([self.tally[word] for word in self.texts(ids)], np.float64)
        if not self.size:
            return np.zeros(len(ids))
        inside = ids < self.size
        return np.where(inside, self.kept.counts[np.where(inside, ids, 0)], 0).astype(np.float64)
