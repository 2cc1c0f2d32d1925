"""What Splink learns of our levels, read back as a model of `hits train`; refused where it makes no sense.

Splink estimates u from pairs at random and m by expectation and maximisation, each field from pairs that
agree in others. What it does not know stays as it is usually: relatives, an initial, words in each other's
place. A hundred pairs' worth of what is believed beforehand stays in every m and u, as when we learn
ourselves. How many are of one person includes the relatives whom Splink takes for one.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

import numpy as np

from libertad.hits.beside.columns import SLOTS
from libertad.hits.beside.settings import BY_END, ELSEWHERE, Senseless, Settings, agree, needs, settings
from libertad.hits.beside.splinked import Splink
from libertad.hits.matching.lexicon import Floats, How
from libertad.hits.matching.model import FIRMLY, OWN, RELATIVES, Field, Model, probability
from libertad.hits.matching.model_file import Trained, levels_of
from libertad.hits.matching.record import NUMBERED

# Pairs that agree so teach what the other columns are like.
TEACHING = (("given_sound", "family_sound"), ("born",), *((kind,) for kind in NUMBERED), ("address",))
LEAST = -20.0  # bits from which a pair counts towards how many are of one person
FEWEST = 20.0  # pairs of one person, below which nothing is learnt


def taught(splink: Splink, sizes: tuple[int, ...]) -> tuple[Trained, list[str]]:
    """A model learnt by Splink, and the fields that it could not learn. `sizes`: how many records each table
    has. Raises Senseless."""
    filled, two = splink.prepared.filled, len(sizes) == 2
    chance = min(1.0 / max(sizes[-1], 2), 0.1)
    start = splink.sampled(unfix_parameters(settings(Model(), filled, chance, two)))
    learnt_settings, used = splink.learnt(
        start, [agree(rule) for rule in TEACHING if filled.keys() >= set(rule)]
    )
    if not used:
        raise Senseless(
            "no two records agree in a name, a birth, a number or an address: nothing to learn from"
        )
    pairs = splink.scored(learnt_settings, LEAST)
    match_count = matches(
        pairs.bits, learnt_settings["probability_two_random_records_match"], splink.prepared.pairs, sizes
    )
    other_records = max(sizes[-1] - (not two), 1)
    records = sum(sizes)
    expected = match_count / splink.prepared.pairs * other_records
    known = learnt_from(learnt_settings, used)
    model = modelled(Model(), learnt_settings, known, filled, match_count, splink.at_random)
    sensible(model, known, match_count)
    fields = {"name" if name in SLOTS else name for name in by_name(learnt_settings)}
    unlearnt = sorted(fields - {"name" if name in SLOTS else name for name in known})
    return Trained(model, expected, RELATIVES, records, len(pairs.one)), unlearnt


def unfix_parameters(settings: Settings) -> Settings:
    """Settings of which all m and u are to be estimated, but those of initials."""
    for comparison in settings["comparisons"]:
        for level in comparison["comparison_levels"]:
            level.pop("u_probability", None)
            level.pop("fix_u_probability", None)
            if level["label_for_charts"] == ELSEWHERE:
                level["fix_m_probability"] = False
    return settings


def matches(bits: Floats, chance: float, total: int, sizes: tuple[int, ...]) -> float:
    """How many pairs are of one person: the number that, taken for the prior, makes the pairs' chances come
    to it. In the other table nobody is more than twice."""
    evidence = bits - math.log2(chance / (1 - chance))
    maximum = 2.0 * min(sizes) if len(sizes) == 2 else float(total)
    match_count = max(chance * total, 1.0)
    for _ in range(20):
        match_count = min(
            max(float(probability(evidence + math.log2(match_count / total)).sum()), 1.0), maximum
        )
    return match_count


def by_name(settings: Settings) -> dict[str, dict[str, dict[str, Any]]]:
    """Splink's comparisons: their levels by what they are called."""
    return {
        comparison["output_column_name"]: {
            level["label_for_charts"]: level for level in comparison["comparison_levels"]
        }
        for comparison in settings["comparisons"]
    }


def learnt_from(settings: Settings, used: Iterable[str]) -> set[str]:
    """The comparisons that share no column with some rule: these were learnt from its pairs."""
    known = set()
    for name, levels in by_name(settings).items():
        columns = {
            column
            for level in levels.values()
            for column in re.findall(r"(\w+)_[lr]\b", level["sql_condition"])
        }
        if any(columns.isdisjoint(re.findall(r"l\.(\w+)", rule)) for rule in used):
            known.add(name)
    return known


def modelled(
    usual: Model, settings: Settings, known: set[str], filled: Mapping[str, float], many: float, random: float
) -> Model:
    """`known`: comparisons that were learnt. `many` pairs are of one person, `random` are at random."""
    comparisons = by_name(settings)
    fields = {
        name: _field(name, field, [comparisons[name]], [1.0], many * filled[needs(name)], random)
        if name in known
        else field
        for name, field in usual.fields.items()
    }
    words = [slot for slot in SLOTS if slot in known]
    weights = [filled[slot] for slot in words]
    names = (
        _field("name", usual.names, [comparisons[slot] for slot in words], weights, many, random)
        if words
        else usual.names
    )
    return replace(usual, names=names, fields=fields)


def _field(
    name: str,
    usual: Field,
    comparisons: list[dict[str, dict[str, Any]]],
    weights: list[float],
    match_count: float,
    random: float,
) -> Field:
    """One field from Splink's comparisons of it, by how often both records say it."""
    m, u = (_mean(name, comparisons, weights, of) for of in ("m_probability", "u_probability"))
    counted = np.array(
        [name != "name" or at != How.INITIAL for at in range(len(m))]
    )  # its m stands by itself
    m = (match_count * m / max(m[counted].sum(), 1e-9) + FIRMLY * usual.m) * counted
    m = np.where(counted, m / m.sum(), usual.m)
    own = usual.u == OWN
    u = np.where(own, OWN, (random * u + FIRMLY * usual.u) / (random + FIRMLY))
    return replace(usual, m=m, u=u)


def _mean(name: str, comparisons: list[dict[str, dict[str, Any]]], weights: list[float], of: str) -> Floats:
    levels = levels_of(name)
    our_levels = {ELSEWHERE: levels[0], BY_END: levels[0]}  # which of ours Splink's further levels are
    shares = np.zeros(len(levels))
    for by_label, weight in zip(comparisons, weights, strict=True):
        for label, level in by_label.items():
            if not level.get("is_null_level"):
                shares[levels.index(our_levels.get(label, label))] += weight * level.get(of, 0.0)
    return shares / sum(weights)


def sensible(model: Model, known: set[str], match_count: float) -> None:
    """Raises Senseless where what was learnt is upside down: expectation and maximisation can find other
    groups than persons."""
    if match_count < FEWEST:
        raise Senseless(f"only about {match_count:.0f} pairs are of one person: too few to learn from")
    fields = {"name": model.names} if known & set(SLOTS) else {}
    fields |= {name: model.fields[name] for name in sorted(known - set(SLOTS))}
    for name, field in fields.items():
        if not (np.isfinite(field.m).all() and np.isfinite(field.u).all() and (field.u > 0).all()):
            raise Senseless(f"{name}: shares that are no numbers")
        if field.m[-1] >= field.u[-1]:
            raise Senseless(f"{name}: where values differ, it would speak for one person")
        if name in ("name", "birth", "sex") and field.m[0] <= field.m[-1]:
            raise Senseless(f"{name}: records of one person would differ more often than agree")
