"""All pairs of a table, or of two tables, that may be one person: no labels, no tuning.

The model is learnt from the tables themselves (`estimation`), from the same defaults each time and with a
fixed seed, so the same tables give the same pairs.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from libertad.hits.matching import blocking
from libertad.hits.matching.calibration import competing, first, linked, rival_chances
from libertad.hits.matching.clustering import clusters
from libertad.hits.matching.columns import Said
from libertad.hits.matching.comparison import Context
from libertad.hits.matching.estimation import WORTH, Estimate, estimated, recounted
from libertad.hits.matching.lexicon import Ints
from libertad.hits.matching.matcher import EXPECTED
from libertad.hits.matching.model import FIRMLY, RELATIVES, Bits, Compared, Model, Prior
from libertad.hits.matching.reasons import reasons
from libertad.hits.matching.record import Reason, Record
from libertad.hits.matching.record_table import Frame, Words, build_frame

if TYPE_CHECKING:
    from libertad.hits.matching.model_file import Trained

SEED = 2018
SAMPLE = 300_000  # pairs that the model is learnt from, and as many at random
CHUNK = 200_000
Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Linked:
    """Pairs that were compared, as record numbers of `left` and `right` (the same frame where there is one
    table), with log-odds in bits. `refused`: why not all that the tables taught was kept (`estimation`)."""

    left: Frame
    right: Frame
    one: Ints
    other: Ints
    bits: Bits
    model: Model
    prior: Prior
    context: Context
    alone: bool
    refused: str = ""

    @cached_property
    def probability(self) -> Bits:
        """How likely each pair is one person.

        Within a table, by its own bits and a curve that was measured on tables of several makers, one of
        learnt and one of believed weights; then beside the other pairs of its records, which a table whose
        people are in it twice at most leaves little. From one table to the other by the curve of an index as
        large as the larger, which gives a question the same chance. There a record is of one or of nobody:
        what one of them surely is the others are not, and where nearly all records of a table are of somebody
        in the other, one that is not yet is likelier to be of whom is left.
        """
        if self.alone:
            chance = linked(self.doubles, self.learnt)(self.bits.astype(np.float64))
            return rival_chances(chance, self.one, self.other, self.doubles).astype(np.float32)
        chance = first(max(len(self.left), len(self.right)))(self.bits.astype(np.float64)).clip(
            1e-9, 1 - 1e-9
        )
        odds = chance / (1 - chance)
        rivals = -2 * odds
        for table, place in ((self.left, self.one), (self.right, self.other)):
            rivals += np.bincount(place, weights=odds, minlength=len(table))[place]
        left = self._nobody
        return competing(odds / left, rivals / left, odds).astype(np.float32)

    @property
    def doubles(self) -> float:
        """How many others of its person a record of the one table is believed to have."""
        return float(np.exp2(self.prior.same)) * (len(self.left) - 1)

    @property
    def learnt(self) -> bool:
        """Whether all weights may be other than those believed. Where births stay as believed, bits say too
        much, as they do where nothing is learnt."""
        return self.taught and not self.refused

    @property
    def taught(self) -> bool:
        """Whether any weight is other than believed: these tables taught it, or those of `--model`."""
        usual = Model()
        pairs = [(self.model.names, usual.names)]
        pairs += [(self.model.fields[name], field) for name, field in usual.fields.items()]
        return any(not np.allclose(field.m, believed.m) for field, believed in pairs)

    @property
    def _nobody(self) -> float:
        """How likely two records are of nobody in the other table, beside how likely the curve takes that to
        be: of each as many as were not found to be of somebody, beside what is believed before."""
        expected_pairs = np.exp2(self.prior.same) * len(self.left) * len(self.right)
        shares = [
            (max(len(table) - expected_pairs, 0.0) + FIRMLY * (1 - EXPECTED)) / (len(table) + FIRMLY)
            for table in (self.left, self.right)
        ]
        return float(np.prod(shares)) / (1 - EXPECTED)

    def clustered(self) -> Ints:
        """The group of each record: those of `left`, then those of `right` where there are two tables."""
        size = len(self.left) + (0 if self.alone else len(self.right))
        shift = 0 if self.alone else len(self.left)
        bits = self.bits
        if self.alone:
            chance = self.probability.astype(np.float64).clip(1e-9, 1 - 1e-9)
            bits = np.log2(chance / (1 - chance)).astype(np.float32)
        return clusters(size, self.one, self.other + shift, bits)

    def completed(self, group: Ints) -> Linked:
        """With every pair of records of one group, those that share no key among them too."""
        shift = 0 if self.alone else len(self.left)
        size = len(group)
        order = np.argsort(group, kind="stable")
        starts = np.flatnonzero(np.append(True, np.diff(group[order]) != 0))
        groups = np.split(order, starts[1:])
        pairs = np.concatenate([m[np.stack(np.triu_indices(len(m), 1))] for m in groups], axis=1)
        first, second = np.minimum(*pairs), np.maximum(*pairs)
        if not self.alone:  # only from one table to the other
            across = (first < shift) & (second >= shift)
            first, second = first[across], second[across]
        new = ~np.isin(first * size + second, self.one * size + self.other + shift)
        left_rows, right_rows = first[new], second[new] - shift
        compared = self.context.compare(self.left, self.right, left_rows, right_rows, self.model)
        return replace(
            self,
            one=np.concatenate([self.one, left_rows]),
            other=np.concatenate([self.other, right_rows]),
            bits=np.concatenate([self.bits, self.model.score(compared, self.prior)]),
        )

    def reasons(self, rows: Ints) -> list[tuple[Reason, ...]]:
        """Why, for some of the pairs."""
        left_rows, right_rows = self.one[rows], self.other[rows]
        compared = self.context.compare(self.left, self.right, left_rows, right_rows, self.model)
        return reasons(
            compared, self.left, self.right, left_rows, right_rows, self.context.words, self.model, self.prior
        )


def link(
    left: Sequence[Record] | Said,
    right: Sequence[Record] | Said | None = None,
    progress: Progress = lambda done, of: None,
    model: Model | None = None,
    trained: Trained | None = None,
    worth: float = WORTH,
) -> Linked:
    """Compare every pair worth comparing. Odd records raise nothing: what says nothing matches nothing.

    `trained`: a model to use as it is, instead of one learnt from these tables. `worth`: bits by which what
    is learnt has to tell each pair of one person better, else it is not kept.
    """
    words = Words()
    if right is None:
        left_frame = right_frame = build_frame(left, words)
        context = Context.within(words, left_frame)
    else:  # the larger table says how common words and values are, as an index does that is asked
        larger = len(left) > len(right)
        register = build_frame(left if larger else right, words)
        counts = words.counts()
        questions = build_frame(right if larger else left, words)
        words.count_as(counts)
        left_frame, right_frame = (register, questions) if larger else (questions, register)
        context = Context.of(words, register)
    usual = blocking.usual(words, context.names.near)
    left_rows, right_rows = blocking.pairs(left_frame, None if right is None else right_frame, words, usual)
    chance = np.random.default_rng(SEED)
    total = (
        len(left_frame) * (len(left_frame) - 1) / 2 if right is None else len(left_frame) * len(right_frame)
    )
    if trained is not None:
        known = Estimate(trained.model, trained.prior(len(right_frame) - (right is None)))
    else:
        known = _learnt(
            left_frame, right_frame, left_rows, right_rows, context, total, chance, model or Model(), worth
        )
    model, prior = known.model, known.prior
    bits = np.zeros(len(left_rows), np.float32)
    for at in range(0, len(left_rows), CHUNK):
        part = slice(at, at + CHUNK)
        bits[part] = model.score(
            context.compare(left_frame, right_frame, left_rows[part], right_rows[part], model), prior
        )
        progress(min(at + CHUNK, len(left_rows)), len(left_rows))
    # The prior is of all pairs, not of a sample.
    if trained is None and right is None and len(left_rows) > SAMPLE:
        prior, bits = recounted(prior, bits, total)
    return Linked(
        left_frame,
        right_frame,
        left_rows,
        right_rows,
        bits,
        model,
        prior,
        context,
        right is None,
        known.refused,
    )


def _learnt(
    left: Frame,
    right: Frame,
    left_rows: Ints,
    right_rows: Ints,
    context: Context,
    total: float,
    chance: np.random.Generator,
    model: Model,
    worth: float,
) -> Estimate:
    other_records = max(len(left), len(right)) - (left is right)
    if not len(left_rows):
        return Estimate(model, Prior.of(EXPECTED, other_records))
    prior = Prior.of(EXPECTED, other_records)
    if left is not right:  # of two tables neither may be a register of whole families
        prior = prior._replace(kin=float(np.log2(RELATIVES * np.sqrt(2 / total))))
    sampled = chance.permutation(len(left_rows))[:SAMPLE]
    sample = context.compare(left, right, left_rows[sampled], right_rows[sampled], model)
    tries = min(SAMPLE, 20 * len(left) * len(right))
    i, j = chance.integers(0, len(left), tries), chance.integers(0, len(right), tries)
    apart = (i != j) if left is right else np.full(tries, True)
    random: Compared = context.compare(left, right, i[apart], j[apart], model)
    share = len(sampled) / len(left_rows)
    # Nobody is twice in the other table, but for doubles in either; in one table somebody may be many times.
    maximum = total if left is right else 2.0 * min(len(left), len(right))
    maximum = max(maximum * share, 1.0)
    known = estimated(model, sample, random, total * share, maximum, other_records, prior, worth)
    if left is not right and known.refused:  # as whoever asks an index of the larger table
        return replace(
            known, model=model, prior=Prior(known.prior.same, Prior.of(EXPECTED, other_records).kin)
        )
    return known
