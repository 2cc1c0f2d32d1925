"""The score: Fellegi and Sunter's weights in bits, learnt without labels.

For each way of being alike, the weight is log2(m / u): `m` how often two records of one person are so, `u`
how often those of two persons are. Where values differ in how common they are, u is the value's own (Maria
says little, Yulimar much). m is learnt by expectation and maximisation, u from pairs at random.
I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.aligning import COUNTS, MISSING, SWAPPED, Aligned
from libertad.hits.matching.facts import UNKNOWN, Alike, Born
from libertad.hits.matching.lexicon import Floats, How, Ints
from libertad.hits.matching.record import NUMBERED, TEXTS, Kind

Bits = NDArray[np.float32]
WHERE: tuple[Kind, ...] = ("address", "place", "nationality")


FIRMLY = 100.0  # so many pairs that were seen say as much as what is believed before
OWN = 1.0  # in place of u where each value has its own


@dataclass(frozen=True)
class Field:
    """`m` and `u` of each level; u is `OWN` where the surprise of the value itself takes its place."""

    m: Floats
    u: Floats

    @classmethod
    def of(cls, m: list[float], u: list[float]) -> Field:
        return cls(np.array(m), np.array(u))

    @property
    def weights(self) -> Floats:
        return np.log2(self.m / self.u)

    def with_m(self, level: NDArray[np.int8], chance: Floats, firmly: float = FIRMLY) -> Field:
        known = level != UNKNOWN
        seen = np.bincount(level[known], weights=chance[known], minlength=len(self.m)) + firmly * self.m
        return replace(self, m=seen / seen.sum())

    def with_u(self, level: NDArray[np.int8], firmly: float = FIRMLY) -> Field:
        level = level[level != UNKNOWN]
        own = self.u == OWN
        seen = (np.bincount(level, minlength=len(self.u)) + firmly * self.u) / (len(level) + firmly)
        return replace(self, u=np.where(own, OWN, seen))


@dataclass(frozen=True)
class Compared:
    """Pairs as the model needs them: how they are alike, field by field, and how surprising it is."""

    names: Aligned
    levels: Mapping[str, NDArray[np.int8]]
    surprise: Mapping[str, Bits]

    def __len__(self) -> int:
        return len(self.names.surprise)

    def rows(self, of: Ints) -> Compared:
        """Some of the pairs."""
        names = Aligned.empty(len(of))
        names.put(np.arange(len(of)), self.names, of)
        return Compared(
            names,
            {name: level[of] for name, level in self.levels.items()},
            {name: bits[of] for name, bits in self.surprise.items()},
        )


NAMES = Field.of([0.76, 0.06, 0.04, 0.05, 0.03, 0.03, 0.03], [OWN] * 6 + [0.97])
BIRTH = Field.of([0.70, 0.02, 0.08, 0.10, 0.03, 0.04, 0.03], [OWN, 2e-4, 4e-3, OWN, 0.015, 0.04, 0.94])
SEX = Field.of([0.97, 0.0, 0.0, 0.03], [OWN, OWN, OWN, 0.5])
NUMBER = Field.of([0.72, 0.10, 0.03, 0.15], [OWN, 2e-5, 2e-4, 0.99])
TEXT = Field.of([0.60, 0.12, 0.08, 0.20], [OWN, 2e-3, 0.03, 0.96])


@dataclass(frozen=True)
class Model:
    """What is believed of each field before two records are compared.

    `swapped` and `missing`: bits for each word in the other's place (a surname as a given name) and for each
    that only one side has.
    """

    names: Field = NAMES
    fields: Mapping[str, Field] = field(
        default_factory=lambda: {
            "birth": BIRTH, "sex": SEX, **dict.fromkeys(NUMBERED, NUMBER), **dict.fromkeys(TEXTS, TEXT)
        }
    )  # fmt: skip
    swapped: float = -2.0
    missing: float = -0.3

    @cached_property
    def words(self) -> Floats:
        """Bits of each thing that `Aligned.counts` counts, without the words' own surprise."""
        return np.append(self.names.weights, [self.swapped, self.missing])

    def by_field(self, pairs: Compared) -> dict[str, Bits]:
        """Bits of evidence by field; evidence that says the same twice is damped."""
        found = {"name": (pairs.names.counts @ self.words + pairs.names.surprise).astype(np.float32)}
        for name, level in pairs.levels.items():
            with np.errstate(divide="ignore"):
                weights = np.append(self.fields[name].weights, 0.0)  # the last is UNKNOWN's
            found[name] = (weights[level] + pairs.surprise[name]).astype(np.float32)
        if "sex" in found:  # who bears the same given name is mostly of one sex
            found["sex"] = np.where(pairs.names.given, np.minimum(found["sex"], 0.1), found["sex"])
        self._places(found)
        return found

    def _places(self, found: dict[str, Bits]) -> None:
        """An address lies in its town and a town in its country: only the best counts whole."""
        kinds = [kind for kind in WHERE if kind in found]
        if len(kinds) < 2:
            return
        best = np.max([found[kind] for kind in kinds], axis=0)
        for kind in kinds:
            bits = found[kind]
            found[kind] = np.where((bits > 0) & (bits < best), bits * 0.5, bits)

    def bits(self, pairs: Compared) -> Bits:
        """All evidence of each pair, in bits, without the prior."""
        found: Bits = np.sum(list(self.by_field(pairs).values()), axis=0, dtype=np.float32)
        return found

    def learnt(
        self, pairs: Compared, random: Compared, total: float, most: float, rounds: int = 12
    ) -> tuple[Model, float]:
        """The model that explains these candidates best, and the prior in bits.

        `random`: pairs at random, of which (nearly) none is one person. `total`: how many pairs there are, of
        which at most `most` are of one person.
        """
        model = replace(
            self,
            fields={
                n: f.with_u(random.levels[n]) if n in random.levels else f for n, f in self.fields.items()
            },
        )
        prior = float(np.log2(max(len(pairs) * 0.05, 1.0) / max(total, 2.0)))
        for _ in range(rounds):
            chance = probability(model.bits(pairs) + prior)
            prior = float(np.log2(min(max(chance.sum(), 1.0), most) / max(total, 2.0)))
            model = self._maximised(model, pairs, chance)
        return model, prior

    def _maximised(self, model: Model, pairs: Compared, chance: Floats) -> Model:
        """m from the candidates, each counting by its chance, beside the default."""
        seen = chance @ pairs.names.counts[:, : len(How)] + FIRMLY * self.names.m
        names = replace(self.names, m=seen / seen.sum())
        fields = dict(model.fields)
        for name, level in pairs.levels.items():
            fields[name] = replace(self.fields[name], u=fields[name].u).with_m(level, chance)
        return replace(model, names=names, fields=fields)


def probability(bits: Bits | Floats) -> Floats:
    """From log-odds in bits."""
    return 1.0 / (1.0 + np.exp2(-np.clip(bits.astype(np.float64), -60, 60)))


__all__ = [
    "COUNTS",
    "MISSING",
    "SWAPPED",
    "Alike",
    "Bits",
    "Born",
    "Compared",
    "Field",
    "Model",
    "probability",
]
