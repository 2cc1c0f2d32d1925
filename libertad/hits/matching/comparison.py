"""Pairs of records, compared field by field in one go."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from libertad.hits.matching import facts
from libertad.hits.matching.compound_words import Together
from libertad.hits.matching.frequencies import ALL, UNSAID
from libertad.hits.matching.lexicon import Ints, ordered
from libertad.hits.matching.model import Compared, Model
from libertad.hits.matching.name_alignment import Rarity, best_names, rarity
from libertad.hits.matching.nationality_frequencies import Tables
from libertad.hits.matching.record_table import Frame, Words


@dataclass(frozen=True)
class Context:
    """What a comparison needs beside the records: how common words, values and birth years are.

    `row`: for the number of each nationality, the row of `names` in which words are as common as among its
    people; None where nobody says one.
    """

    words: Words
    names: Rarity
    ages: facts.Ages
    row: Ints | None = None

    @classmethod
    def of(cls, words: Words, *frames: Frame) -> Context:
        """For comparing any records of these frames."""
        lexicon = words.names
        tables = Tables.of(words, *frames)
        known = rarity(lexicon, lexicon.near(), tables.share)
        return cls(words, known, facts.Ages.of(*frames), tables.row)

    @classmethod
    def within(cls, words: Words, frame: Frame) -> Context:
        """For comparing the records of one table with each other, which shows what words go together."""
        context = cls.of(words, frame)
        together = Together.of(frame, max(len(words.names), 1))
        return replace(context, names=replace(context.names, together=together))

    @classmethod
    def of_pairs(cls, words: Words, left: Frame, right: Frame, tables: Tables) -> Context:
        """Only for comparing each record of `left` with that beside it; `tables` of words that may be
        elsewhere."""
        lexicon = words.names
        pair = np.repeat(np.arange(len(left)), left.names.count)
        start, count = right.names.of(pair)
        which = np.repeat(np.arange(len(pair)), count)
        turn = np.arange(len(which)) - np.repeat(np.cumsum(count) - count, count)
        left_words, right_words = (
            left.words[which].astype(np.int64),
            right.words[start[which] + turn].astype(np.int64),
        )
        a, b = np.broadcast_arrays(left_words[:, :, None], right_words[:, None, :])
        comparable = (a >= 0) & (b >= 0) & (a != b)
        size = max(len(lexicon), 1)
        code = ordered(np.minimum(a, b)[comparable] * size + np.maximum(a, b)[comparable])
        near = lexicon.near_of(code, lexicon.promises(code // size, code % size))
        known = rarity(lexicon, near, tables.share, counted=False)
        return cls(words, known, facts.Ages.of(left, right), tables.row)

    def compare(self, left: Frame, right: Frame, left_rows: Ints, right_rows: Ints, model: Model) -> Compared:
        """Record `left_rows[k]` of `left` with record `right_rows[k]` of `right`, for every k."""
        levels, surprise = {}, {}
        levels["birth"], surprise["birth"] = facts.births(left, right, left_rows, right_rows, self.ages)
        levels["sex"], surprise["sex"] = facts.sexes(left, right, left_rows, right_rows)
        follow = np.zeros(len(left_rows), np.bool_)
        for kind in [kind for kind in left.facts if kind in right.facts]:
            levels[kind], surprise[kind], next_to = facts.values(
                left.facts[kind], right.facts[kind], left_rows, right_rows, self.words.of(kind), kind
            )
            follow |= next_to
        share_rows = self._share_rows(left, left_rows, levels.get("nationality"))
        names = best_names(left, right, left_rows, right_rows, self.names, model.words, share_rows)
        return Compared(names, levels, surprise, left.people(left_rows) & right.people(right_rows), follow)

    def _share_rows(self, left: Frame, left_rows: Ints, nationality: facts.Levels | None) -> Ints:
        """Among which people words agree by chance: those of the nationality that both say; where they say
        two, whoever has the words most."""
        last = len(self.names.own) - 1
        if self.row is None or nationality is None:
            return np.full(len(left_rows), UNSAID if last else ALL)
        ragged = left.facts["nationality"]
        first = ragged.value[np.minimum(ragged.start[left_rows], len(ragged.value) - 1)]
        share_rows = np.where(nationality == facts.Alike.SAME, self.row[first], last)
        return np.where(nationality == facts.UNKNOWN, UNSAID, share_rows)
