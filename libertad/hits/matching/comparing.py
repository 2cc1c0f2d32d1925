"""Pairs of records, compared field by field in one go."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from libertad.hits.matching import facts
from libertad.hits.matching.aligning import Rarity, best_names, rarity
from libertad.hits.matching.frame import Frame, Words
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.lexicon import Floats, Ints, ordered
from libertad.hits.matching.model import Compared, Model


@dataclass(frozen=True)
class Context:
    """What a comparison needs beside the records: how common words, values and birth years are."""

    words: Words
    names: Rarity
    ages: facts.Ages

    @classmethod
    def of(cls, words: Words, *frames: Frame) -> Context:
        """For comparing any records of these frames."""
        lexicon = words.names
        known = rarity(lexicon, lexicon.near(), often(lexicon.words, lexicon.counts))
        return cls(words, known, facts.Ages.of(*frames))

    @classmethod
    def of_pairs(cls, words: Words, left: Frame, right: Frame, share: Floats) -> Context:
        """Only for comparing each record of `left` with that beside it; `share` of each word."""
        lexicon = words.names
        pair = np.repeat(np.arange(len(left)), left.names.count)
        start, many = right.names.of(pair)
        which = np.repeat(np.arange(len(pair)), many)
        turn = np.arange(len(which)) - np.repeat(np.cumsum(many) - many, many)
        mine, theirs = (
            left.words[which].astype(np.int64),
            right.words[start[which] + turn].astype(np.int64),
        )
        a, b = np.broadcast_arrays(mine[:, :, None], theirs[:, None, :])
        there = (a >= 0) & (b >= 0) & (a != b)
        size = max(len(lexicon), 1)
        code = ordered(np.minimum(a, b)[there] * size + np.maximum(a, b)[there])
        near = lexicon.near_of(code, lexicon.promises(code // size, code % size))
        return cls(words, rarity(lexicon, near, share), facts.Ages.of(left, right))

    def compare(self, left: Frame, right: Frame, one: Ints, other: Ints, model: Model) -> Compared:
        """Record `one[k]` of `left` with record `other[k]` of `right`, for every k."""
        names = best_names(left, right, one, other, self.names, model.words)
        levels, surprise = {}, {}
        levels["birth"], surprise["birth"] = facts.births(left, right, one, other, self.ages)
        levels["sex"], surprise["sex"] = facts.sexes(left, right, one, other)
        for kind in [kind for kind in left.facts if kind in right.facts]:
            levels[kind], surprise[kind] = facts.values(
                left.facts[kind], right.facts[kind], one, other, self.words.of(kind), kind
            )
        return Compared(names, levels, surprise)
