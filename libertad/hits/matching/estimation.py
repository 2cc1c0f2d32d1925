"""What tables teach without labels, bounded by what is believed beforehand.

Expectation and maximisation in two steps. First only how many pairs are of one person and of relatives, with
every m as believed: that has one best answer. Then m as well, of which a third stays as believed, and levels
keep their order; relatives are at least half as many as believed. What was learnt is kept only if it tells
the pairs better than what was believed, and parts them hardly worse: where relatives and namesakes are many,
more freedom makes persons of them, and then nearly all pairs are in doubt. There names and the other facts
are learnt once more with births as believed, which tell a person from relatives best. u is from pairs at
random and stays.
G. J. McLachlan and T. Krishnan, The EM Algorithm and Extensions (2008).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from libertad.hits.matching.facts import UNKNOWN
from libertad.hits.matching.lexicon import Floats, How
from libertad.hits.matching.model import (
    FIRMLY,
    OWN,
    RELATIVES,
    Bits,
    Compared,
    Field,
    Model,
    Prior,
    probability,
)

BELIEVED = 0.5  # pairs' worth of what is believed for each pair that was seen, beside FIRMLY
# Relatives that a person has in a register, at least and at most. The least is half of what is believed, for
# only pairs that share something rare are counted: brothers of a common surname are not among them, so that
# each round would find fewer than the one before, until none are left and twins are taken for one person.
KIN = (RELATIVES / 2, 30.0)
ROUNDS = 25
ENOUGH = 0.005  # bits by which the prior still moves when it is settled
DOUBT = 1.1  # times the doubt that learning may leave
WORTH = 0.3  # bits for each pair of one person by which learning has to tell the pairs better
GROWTH = 2.0  # times the persons that learning may find
HELD: tuple[tuple[str, ...], ...] = (
    (),
    ("birth",),
)  # what stays as believed, at first and if that is refused
MANY = "it took {times:,.1f} times as many pairs for one person each as were believed"
BLURRED = "relatives and namesakes among the pairs were taken for the persons"
LITTLE = "it tells the pairs hardly better than what is believed ({bits:.2f} bits a pair)"
TURNED = "{name}: values that differ would speak for one person"


@dataclass(frozen=True)
class Estimate:
    """The model and prior to use. `refused`: why not all that was learnt beyond the prior was kept; '' if it
    was."""

    model: Model
    prior: Prior
    refused: str = ""


def estimated(
    usual: Model,
    pairs: Compared,
    random: Compared,
    total: float,
    maximum: float,
    other_records: int,
    prior: Prior,
    worth: float = WORTH,
) -> Estimate:
    """The model that explains these candidates best, within bounds, and the prior in bits.

    `random`: pairs at random, of which (nearly) none is one person. `total`: how many pairs there are, of
    which at most `maximum` are of one person. `other_records`: with how many records each is compared.
    `prior`: what is believed of them beforehand. `worth`: bits by which what is learnt has to tell each pair
    of one person better.
    """
    fields = {n: f.with_u(random.levels[n]) if n in random.levels else f for n, f in usual.fields.items()}
    believed, total = replace(usual, fields=fields), max(total, 2.0)
    # The persons first: with too many of them none is left to be a relative.
    prior = _converge_prior(believed, pairs, prior, total, maximum, other_records, kin=False)
    prior = _converge_prior(believed, pairs, prior, total, maximum, other_records)
    refused = ""
    for held in HELD:
        model, last = believed, prior
        for _ in range(ROUNDS):
            model = _maximised(believed, pairs, probability(model.score(pairs, last)), held)
            last, before = _again(model, pairs, last, total, maximum, other_records), last
            if abs(last.same - before.same) < ENOUGH:
                break
        why = _why_not((believed, prior), (model, last), pairs, total, worth)
        if not why:
            return Estimate(model, last, refused)
        refused = refused or why
    return Estimate(believed, prior, refused)


def _converge_prior(
    model: Model,
    pairs: Compared,
    prior: Prior,
    total: float,
    maximum: float,
    other_records: int,
    kin: bool = True,
) -> Prior:
    """The prior with which the pairs' chances come to it."""
    for _ in range(ROUNDS):
        before, prior = prior, _again(model, pairs, prior, total, maximum, other_records, kin)
        if abs(prior.same - before.same) + abs(prior.kin - before.kin) < ENOUGH:
            break
    return prior


def _again(
    model: Model,
    pairs: Compared,
    prior: Prior,
    total: float,
    maximum: float,
    other_records: int,
    kin: bool = True,
) -> Prior:
    """How many pairs are of one person, by their chances, and how many of relatives."""
    chance = probability(model.score(pairs, prior))
    same = min(max(float(chance.sum()), 1.0), maximum)
    relatives = _relatives(model, pairs, prior, chance, total, other_records) if kin else prior.kin
    return Prior(float(np.log2(same / total)), relatives)


def recounted(prior: Prior, bits: Bits, total: float) -> tuple[Prior, Bits]:
    """The prior with which the chances of all pairs come to it, and their bits with it.

    In a large table few pairs of one person are among those that the model was learnt from, so that how many
    there are is hardly known. `bits`: with `prior`; `total`: how many pairs there are.
    """
    same = prior.same
    for _ in range(ROUNDS):
        expected = probability(bits + np.float32(same - prior.same)).sum()
        before, same = same, float(np.log2(max(expected, 1.0) / total))
        if abs(same - before) < ENOUGH:
            break
    return prior._replace(same=same), bits + np.float32(same - prior.same)


def _relatives(
    model: Model, pairs: Compared, prior: Prior, chance: Floats, total: float, other_records: int
) -> float:
    """From the pairs whose births are known: without births a relative and a person who is called otherwise
    are not told apart, and each would learn to be the other."""
    born = pairs.levels["birth"] != UNKNOWN
    if chance[born].sum() < FIRMLY:
        return prior.kin
    kin = (1.0 - chance) * (1.0 - np.exp2(model.kin(pairs, model.by_field(pairs), prior)))
    expected_kin = kin[born].sum() * chance.sum() / chance[born].sum()
    minimum, maximum = (float(np.log2(bound / max(other_records, 1))) for bound in KIN)
    return min(max(float(np.log2(max(expected_kin, 1.0) / total)), minimum), maximum)


def _maximised(believed: Model, pairs: Compared, chance: Floats, held: tuple[str, ...]) -> Model:
    """m from the candidates, each counting by its chance, beside what is believed; of fields that are `held`
    as believed alone."""
    own = np.arange(len(How)) != How.INITIAL  # whose m stands by itself
    counts = (chance @ pairs.names.counts[:, : len(How)]) * own
    usual = believed.names.m
    names = replace(believed.names, m=np.where(own, _mixed(counts, usual * own), usual))
    fields = dict(believed.fields)
    for name in pairs.levels.keys() - set(held):
        level, field = pairs.levels[name], fields[name]
        known = level != UNKNOWN
        counts = np.bincount(level[known], chance[known], len(field.m)).astype(np.float64)
        fields[name] = ordered(field.with_m(_mixed(counts, field.m)))
    return replace(believed, names=names, fields=fields)


def _mixed(counts: Floats, believed: Floats) -> Floats:
    """Shares of what was seen and of what is believed, which is never less than a third."""
    combined = counts + (FIRMLY + BELIEVED * counts.sum()) * believed / believed.sum()
    mixed: Floats = combined / combined.sum()
    return mixed


def ordered(field: Field) -> Field:
    """With no level that speaks more for one person than one before it: such are taken together. Levels whose
    u is the value's own stay."""
    own = field.u == OWN
    blocks: list[list[int]] = []
    m = field.m.copy()

    def ratio(block: list[int]) -> float:
        return float(field.m[block].sum() / field.u[block].sum())

    for at in np.flatnonzero(~own).tolist():
        blocks.append([at])
        while len(blocks) > 1 and ratio(blocks[-2]) < ratio(blocks[-1]):
            blocks[-2:] = [blocks[-2] + blocks[-1]]
    for block in blocks:
        if len(block) > 1:
            m[block] = field.u[block] * ratio(block)
    return replace(field, m=m)


def _why_not(
    believed: tuple[Model, Prior], learnt: tuple[Model, Prior], pairs: Compared, total: float, worth: float
) -> str:
    """Why what was learnt is not to be kept, in words; '' if it is."""
    for name, field in learnt[0].fields.items():
        if name in pairs.levels and field.m[-1] >= field.u[-1]:
            return TURNED.format(name=name)
    before, after = (float(np.exp2(prior.same)) * total for _, prior in (believed, learnt))
    if after > GROWTH * max(before, FIRMLY / 10):
        return MANY.format(times=after / max(before, 1e-9))
    (was, now) = (doubt(*estimate, pairs) for estimate in (believed, learnt))
    if now > was * DOUBT:
        return BLURRED
    better = gain(believed, learnt[0], pairs)
    return LITTLE.format(bits=better) if better < worth else ""


def gain(believed: tuple[Model, Prior], learnt: Model, pairs: Compared) -> float:
    """By how many bits, for each pair of one person, the pairs are likelier with the learnt weights than with
    those believed. Both with the believed prior, so that the number of pairs says nothing.

    Where it is little, the weights differ by chance alone, and one and the same pair would have another
    chance in `link` than where an index is asked.
    """
    model, prior = believed
    before = model.score(pairs, prior).astype(np.float64)
    after = learnt.score(pairs, prior).astype(np.float64)
    likelier = np.logaddexp2(0.0, after) - np.logaddexp2(0.0, before)
    return float(likelier.sum() / max(probability(before).sum(), 1.0))


def doubt(model: Model, prior: Prior, pairs: Compared) -> float:
    """How unsure the pairs that may be of one person are: 0 where every chance is 0 or 1."""
    chance = probability(model.score(pairs, prior))
    return float((chance * (1 - chance)).sum() / max(chance.sum(), 1e-9))
