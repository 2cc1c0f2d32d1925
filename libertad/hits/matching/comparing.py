"""Pairs of records, compared field by field in one go."""

from __future__ import annotations

from dataclasses import dataclass

from libertad.hits.matching import facts
from libertad.hits.matching.aligning import Rarity, best_names, rarity
from libertad.hits.matching.frame import Frame, Words
from libertad.hits.matching.frequencies import often
from libertad.hits.matching.lexicon import Ints
from libertad.hits.matching.model import Compared, Model


@dataclass(frozen=True)
class Context:
    """What a comparison needs beside the records: how common words, values and birth years are."""

    words: Words
    names: Rarity
    ages: facts.Ages

    @classmethod
    def of(cls, words: Words, *frames: Frame) -> Context:
        lexicon = words.names
        known = rarity(lexicon, lexicon.near(), often(lexicon.words, lexicon.counts))
        return cls(words, known, facts.Ages.of(*frames))

    def compare(self, left: Frame, right: Frame, one: Ints, other: Ints, model: Model) -> Compared:
        """Record `one[k]` of `left` with record `other[k]` of `right`, for every k."""
        names = best_names(left, right, one, other, self.names, model.words)
        levels, surprise = {}, {}
        levels["birth"], surprise["birth"] = facts.births(left, right, one, other, self.ages)
        levels["sex"], surprise["sex"] = facts.sexes(left, right, one, other)
        for kind in left.facts.keys() & right.facts.keys():
            levels[kind], surprise[kind] = facts.values(
                left.facts[kind], right.facts[kind], one, other, self.words.of(kind), kind
            )
        return Compared(names, levels, surprise)
