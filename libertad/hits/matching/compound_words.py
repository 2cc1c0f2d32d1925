"""Words of names that go together: Juan Carlos, Jean Pierre, a surname that a child bears twice.

The score takes the words of a name to be independent, which counts one thing twice where they are not: of
those who are called Miguel and another name many are called Miguel Ángel. Where a table shows that, the
second word counts as how often it stands beside the first.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations

import numpy as np

from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.record_table import MOST_WORDS, Frame

ENOUGH = 12  # names that say both words: more than a family has, whose surnames go together by themselves
FIRM = 5.0  # names that say as much as the second word's share among all


@dataclass(frozen=True)
class Together:
    """`code`: pairs of words, the lower number first, times `size`; `both`: how many names say the two;
    `count`: how many say each word."""

    size: int
    code: Ints
    both: Ints
    count: Ints

    @classmethod
    def of(cls, frame: Frame, size: int) -> Together:
        """The pairs of a table; `size`: how many words there are."""
        words = np.sort(frame.words.astype(np.int64), axis=1)
        codes = [
            (words[:, a] * size + words[:, b])[words[:, a] >= 0]
            for a, b in combinations(range(MOST_WORDS), 2)
        ]
        code, both = np.unique(np.concatenate(codes), return_counts=True)
        frequent = both >= ENOUGH
        first = np.append(np.full((len(words), 1), -1), words[:, :-1], axis=1)
        count = np.bincount(words[(words >= 0) & (words != first)], minlength=size)
        return cls(size, code[frequent], both[frequent], count)

    def surprise_beside(self, before: Ints, word: Ints, surprise: Floats) -> Floats:
        """The surprise of words that two names have, where they have the words `before` too: at most
        `surprise`, that of the word alone. Both names are among those counted."""
        code = np.minimum(before, word) * self.size + np.maximum(before, word)
        place = np.minimum(np.searchsorted(self.code, code), max(len(self.code) - 1, 0))
        listed = np.flatnonzero(self.code[place] == code) if len(self.code) else np.zeros(0, np.int64)
        bits = surprise.copy()
        both, alone = self.both[place[listed]] - 2, self.count[before[listed]] - 2
        share = (both + FIRM * np.exp2(-surprise[listed])) / (np.maximum(alone, both) + FIRM)
        bits[listed] = np.minimum(surprise[listed], -np.log2(share))
        return bits

    def damp(self, surprise: Floats, words: Ints) -> None:
        """Of each pair of names the surprise of each step, and the word that both say there, else -1: a word
        that goes with one of an earlier step tells the less."""
        rows = np.flatnonzero((words >= 0).sum(1) > 1)
        if not len(rows) or not len(self.code):
            return
        row_words, alone = words[rows], surprise[rows]
        best = alone.copy()
        for first, second in combinations(range(row_words.shape[1]), 2):
            two = np.flatnonzero((row_words[:, first] >= 0) & (row_words[:, second] >= 0))
            less = self.surprise_beside(row_words[two, first], row_words[two, second], alone[two, second])
            best[two, second] = np.minimum(best[two, second], less)
        surprise[rows] = best
