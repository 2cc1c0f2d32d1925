"""The words that occur in names or values: how often, and which of them may be one another.

Words are numbered as they come. `Near` lists the pairs that are alike with how they are; what is not listed
differs. Two words are only compared where they share a key (sound, consonants, all but one letter, beginning,
end, nickname), so the cost grows with the words and not with their square.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from libertad.hits.matching.nicknames import known_as
from libertad.hits.matching.spelling import fold
from libertad.hits.matching.text import skeleton

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
CROWD = 400  # words under one key, of which none is compared: 'beginning with mari' says nothing


class How(IntEnum):
    """How two words of names are alike. The order is that of the model's parameters, not of strength."""

    SAME = 0
    SPELLING = 1
    NICKNAME = 2
    CLOSE = 3
    NEAR = 4
    INITIAL = 5
    DIFFERENT = 6


def keys(word: str) -> set[str]:
    """What a word shares with those that may be the same name."""
    if len(word) < 3 or not word.isalpha():
        return {"d" + word, *("d" + word[:i] + word[i + 1 :] for i in range(len(word)) if len(word) > 3)}
    sound = fold(word)
    bones = skeleton(sound)
    found = {"f" + sound, "n" + word, *("n" + name for name in known_as(word))}
    if len(bones) > 2:
        found.add("s" + bones)
    if len(word) > 3:
        found.add("d" + word)
        found.update("d" + word[:i] + word[i + 1 :] for i in range(len(word)))
        found.update(("b" + word[:4], "e" + word[-4:]))
    return found


def levels(left: Sequence[str], right: Sequence[str]) -> NDArray[np.int8]:
    """How each left word is like the right one beside it."""
    if not left:
        return np.zeros(0, np.int8)
    edits = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    alike = process.cpdist(left, right, scorer=JaroWinkler.similarity, dtype=np.float32)
    found = np.full(len(left), How.DIFFERENT, np.int8)
    for at, (one, other) in enumerate(zip(left, right, strict=True)):
        short, long = min(len(one), len(other)), max(len(one), len(other))
        if one == other:
            found[at] = How.SAME
        elif short == 1:
            found[at] = How.INITIAL if one[0] == other[0] else How.DIFFERENT
        elif fold(one) == fold(other):
            found[at] = How.SPELLING
        elif called(one, other):
            found[at] = How.NICKNAME
        elif edits[at] == 1 and short > 3:
            found[at] = How.CLOSE
        elif (edits[at] <= 2 and short > 5) or (edits[at] == 1 and short == 3):
            found[at] = How.NEAR
        elif short > 2 and (alike[at] >= 0.9 or (long > short and long - short < 6 and _begins(one, other))):
            found[at] = How.NEAR
        elif short > 3 and len(bones := skeleton(fold(one))) > 2 and bones == skeleton(fold(other)):
            found[at] = How.NEAR
    return found


def called(one: str, other: str) -> bool:
    """Whether one name is the other's nickname, or both are of one name."""
    mine, theirs = known_as(one), known_as(other)
    return other in mine or one in theirs or not mine.isdisjoint(theirs)


def _begins(one: str, other: str) -> bool:
    return one.startswith(other) or other.startswith(one)


@dataclass(frozen=True)
class Near:
    """Pairs of words that are alike: `code` is smaller * size + larger, ascending; `how` beside it."""

    size: int
    code: Ints
    how: NDArray[np.int8]

    def at(self, one: Ints, other: Ints) -> Ints:
        """Where each pair is listed; -1 where it is not."""
        wanted = np.minimum(one, other) * self.size + np.maximum(one, other)
        place = np.searchsorted(self.code, wanted)
        place[place == len(self.code)] = 0
        return np.where(self.code[place] == wanted, place, -1) if len(self.code) else np.full(one.shape, -1)


class Lexicon:
    """Words numbered as they come, each with how many records say it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.ids: dict[str, int] = {}
        self.counts: list[int] = []

    def __len__(self) -> int:
        return len(self.words)

    def known(self, word: str) -> bool:
        """Whether somebody says it."""
        return word in self.ids

    def count_of(self, ids: Ints) -> Floats:
        """How many records say each."""
        return np.array([self.counts[at] for at in ids.tolist()], np.float64)

    @property
    def total(self) -> int:
        return sum(self.counts)

    def put(self, word: str, times: int = 1) -> int:
        """The word's number; it is counted."""
        known = self.ids.get(word)
        if known is None:
            known = self.ids[word] = len(self.words)
            self.words.append(word)
            self.counts.append(0)
        self.counts[known] += times
        return known

    def near(self) -> Near:
        """All pairs of words that are alike."""
        shared: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.words):
            for key in keys(word):
                shared[key].append(at)
        return self._listed(group for group in shared.values() if 1 < len(group) <= CROWD)

    def _listed(self, groups: Iterable[list[int]]) -> Near:
        size = max(len(self.words), 1)
        parts = [np.zeros(0, np.int64)]
        for group in groups:
            ids = np.array(group)
            one, other = np.triu_indices(len(ids), 1)
            parts.append(ids[one] * size + ids[other])
        return self.near_of(np.concatenate(parts))

    def near_of(self, code: Ints) -> Near:
        """Those of these pairs (smaller * size + larger) that are alike."""
        size = max(len(self.words), 1)
        code = np.unique(code)
        how = levels([self.words[at] for at in code // size], [self.words[at] for at in code % size])
        kept = (how != How.DIFFERENT) & (how != How.SAME)
        return Near(size, code[kept], how[kept])
