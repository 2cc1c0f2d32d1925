"""The score: Fellegi and Sunter's weights in bits.

For each way of being alike, the weight is log2(m / u): `m` how often two records of one person are so, `u`
how often those of two persons are. Where values differ in how common they are, u is the value's own (Maria
says little, Yulimar much). What tables teach of m and u: `estimation`.
I. P. Fellegi and A. B. Sunter, A Theory for Record Linkage, JASA 64 (1969).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.facts import UNKNOWN, Alike, Born
from libertad.hits.matching.lexicon import Floats, Ints
from libertad.hits.matching.name_alignment import Aligned
from libertad.hits.matching.record import NUMBERED, TEXTS, Kind

Bits = NDArray[np.float32]
RELATIVES = 3.0  # how many relatives a person has in a register, until it tells
# What relatives share, less the bits that it costs them: a town seldom differs, a telephone often.
SHARED: Mapping[Kind, float] = {"address": 0.0, "nationality": 0.0, "place": 0.3, "phone": 2.5, "handle": 4.0}
SURNAMES = 1.0  # and of one's relatives half bear other surnames
TWINS = 7.0  # bits that it costs relatives to be born on one day: of a hundred people two have a twin
# Of strangers 12 in a hundred are born at most five years apart, of relatives, half of whom are brothers and
# sisters, 30.
SIBLINGS = 1.3
# Bits that documents which follow each other cost relatives: of eight pairs one has such. Of those who share
# a telephone too, most: they live together, and what that costs is counted already.
ISSUED = 3.0
WHERE: tuple[Kind, ...] = ("address", "place", "nationality")


FIRMLY = 100.0  # so many pairs that were seen say as much as what is believed before
OWN = 1.0  # in place of u where each value has its own


@dataclass(frozen=True)
class Field:
    """`m` and `u` of each level; u is `OWN` where the surprise of the value itself takes its place.

    `vague`: levels of pairs of which one is told less precisely, an age instead of a day.
    """

    m: Floats
    u: Floats
    vague: tuple[int, ...] = ()

    @classmethod
    def of(cls, m: list[float], u: list[float], vague: tuple[int, ...] = ()) -> Field:
        return cls(np.array(m), np.array(u), vague)

    @cached_property
    def weights(self) -> Floats:
        """How precisely something is told says nothing of whose it is: where u is the value's own, m counts
        among the pairs that are told as precisely."""
        share = self.m[self._is_vague].sum()
        precision_share = np.where(self._is_vague, share, 1.0 - share)
        with np.errstate(divide="ignore"):
            bits: Floats = np.log2(self.m / np.where(self.u == OWN, precision_share, self.u))
        return bits

    @cached_property
    def by_level(self) -> Bits:
        """The weights, and none of `UNKNOWN`, which comes last."""
        return np.append(self.weights, 0.0).astype(np.float32)

    def with_u(self, level: NDArray[np.int8]) -> Field:
        """With the u of pairs at random. Not of the vague levels: how many pairs are so says how many births
        are told vaguely, not how alike those are."""
        level = level[level != UNKNOWN]
        smoothed = (np.bincount(level, minlength=len(self.u)) + FIRMLY * self.u) / (len(level) + FIRMLY)
        return replace(self, u=np.where((self.u == OWN) | self._is_vague, self.u, smoothed))

    def with_m(self, m: Floats) -> Field:
        """With another m. As many of others are taken to be told vaguely as of one person."""
        ratio = m[self._is_vague].sum() / max(self.m[self._is_vague].sum(), 1e-9)
        return replace(self, m=m, u=np.where((self.u != OWN) & self._is_vague, self.u * ratio, self.u))

    @property
    def _is_vague(self) -> NDArray[np.bool_]:
        return np.isin(np.arange(len(self.m)), self.vague)


@dataclass(frozen=True)
class Compared:
    """Pairs as the model needs them: how they are alike, field by field, and how surprising it is.

    `people`: whether both records tell of a person (a name, a birth or a sex): only people have relatives.
    `follow`: whether their documents follow each other.
    """

    names: Aligned
    levels: Mapping[str, NDArray[np.int8]]
    surprise: Mapping[str, Bits]
    people: NDArray[np.bool_]
    follow: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.names.surprise)

    def rows(self, of: Ints) -> Compared:
        """Some of the pairs."""
        names = Aligned.empty(len(of))
        names.copy_rows(np.arange(len(of)), self.names, of)
        return Compared(
            names,
            {name: level[of] for name, level in self.levels.items()},
            {name: bits[of] for name, bits in self.surprise.items()},
            self.people[of],
            self.follow[of],
        )


# An initial is no evidence by itself: its weight is that of the letter, given that there is one.
NAMES = Field.of([0.78, 0.06, 0.04, 0.05, 0.03, 0.95, 0.04], [OWN] * 6 + [0.97])
# In the order of `Born`. That the year alone is quite another, and how far apart births are, is from the sets
# of bench/_unseen.py that are for changing: of pairs of one person .0015 to .006 have the year alone so, of
# others .0022 to .0027; births apart in more than that are at most five years apart in .005 to .010 of the
# first and .10 to .22 of the others.
BIRTH = Field.of(
    [0.741, 0.02, 0.07, 0.003, 0.13, 0.01, 0.015, 0.005, 0.006],
    [OWN, 2e-4, 2.5e-3, 2.4e-3, OWN, 0.015, 0.04, 0.12, 0.82],
    vague=(Born.OVERLAP, Born.NEAR_YEAR),
)
SEX = Field.of([0.97, 0.0, 0.0, 0.03], [OWN, OWN, OWN, 0.5])
NUMBER = Field.of([0.72, 0.10, 0.03, 0.15], [OWN, 2e-5, 2e-4, 0.99])
TEXT = Field.of([0.60, 0.12, 0.08, 0.20], [OWN, 2e-3, 0.03, 0.96])


class Prior(NamedTuple):
    """Log-odds in bits, against strangers, that any two records are of one person, or of relatives."""

    same: float
    kin: float

    @classmethod
    def of(cls, expected: float, records: int) -> Prior:
        """Where `expected` of so many records are of the person asked for."""
        size = max(records, 1)
        return cls(float(np.log2(expected / size)), float(np.log2(RELATIVES / size)))


@dataclass(frozen=True)
class Model:
    """What is believed of each field before two records are compared.

    `swapped`: bits where words are in the other's place (a surname as a given name), one slip however many
    they are; `missing`: for each word that only one side has.
    """

    names: Field = NAMES
    fields: Mapping[str, Field] = field(
        default_factory=lambda: {
            "birth": BIRTH,
            "sex": SEX,
            **dict.fromkeys(NUMBERED, NUMBER),
            **dict.fromkeys(TEXTS, TEXT),
        }
    )
    swapped: float = -2.0
    missing: float = -0.3

    @cached_property
    def words(self) -> Floats:
        """Bits of each thing that `Aligned.counts` counts, without the words' own surprise."""
        return np.append(self.names.weights, [self.swapped, self.missing])

    def by_field(self, pairs: Compared) -> dict[str, Bits]:
        """Bits of evidence by field; evidence that says the same twice is damped."""
        field_bits = {"name": (pairs.names.counts @ self.words + pairs.names.surprise).astype(np.float32)}
        for name, level in pairs.levels.items():
            field_bits[name] = self.fields[name].by_level[level] + pairs.surprise[name]
        if "sex" in field_bits:  # who bears the same given name is mostly of one sex
            field_bits["sex"] = np.where(
                pairs.names.given, np.minimum(field_bits["sex"], 0.1), field_bits["sex"]
            )
        self._places(field_bits)
        return field_bits

    def _places(self, field_bits: dict[str, Bits]) -> None:
        """An address lies in its town and a town in its country: only the best counts whole."""
        kinds = [kind for kind in WHERE if kind in field_bits]
        if len(kinds) < 2:
            return
        best = np.max([field_bits[kind] for kind in kinds], axis=0)
        for kind in kinds:
            bits = field_bits[kind]
            field_bits[kind] = np.where((bits > 0) & (bits < best), bits * 0.5, bits)

    def kin(self, pairs: Compared, field_bits: Mapping[str, Bits], prior: Prior) -> Bits:
        """What it takes from the score that relatives are alike too, as are people who were taken together.

        They share surnames, address, place, nationality and often a telephone; twins their birth; documents
        that were issued one after the other; but given names no more than strangers do. Where only what they
        share agrees, the score ends near that of one of a few relatives, however rare the surname.
        """
        called = pairs.names.kin @ self.names.weights + pairs.names.kin_told
        shared = np.maximum(called - SURNAMES, 0.0)
        if "birth" in field_bits:  # who was born with one bears one's surnames
            twin = (pairs.levels["birth"] == Born.SAME) & (field_bits["birth"] > TWINS)
            shared = np.where(twin, called + field_bits["birth"] - TWINS, shared)
            shared = shared + SIBLINGS * (pairs.levels["birth"] == Born.SOME_YEARS)
        if "document" in field_bits:  # the passports of a family
            one_home = pairs.levels.get("phone", pairs.levels["document"]) == Alike.SAME
            cost = np.where(one_home, ISSUED - SHARED["phone"], ISSUED)
            shared = shared + np.where(pairs.follow, np.maximum(field_bits["document"] - cost, 0.0), 0.0)
        for kind, seldom in SHARED.items():
            if kind in field_bits:
                shared = shared + np.maximum(field_bits[kind] - seldom, 0.0)
        lost: Bits = -np.logaddexp2(0.0, shared + prior.kin).astype(np.float32)
        # Two texts with one telephone have no relatives; with two that are nearly the same, as the telephones
        # of one farm are, they say no more than relatives' would.
        same = np.zeros_like(pairs.people)
        for kind in SHARED:
            if kind in pairs.levels:
                same |= pairs.levels[kind] == Alike.SAME
        return np.where(pairs.people | ~same, lost, np.float32(0.0))

    def score(self, pairs: Compared, prior: Prior) -> Bits:
        """Log-odds in bits of one person against strangers and relatives."""
        field_bits = self.by_field(pairs)
        evidence: Bits = np.sum(list(field_bits.values()), axis=0, dtype=np.float32)
        return evidence + np.float32(prior.same) + self.kin(pairs, field_bits, prior)


def probability(bits: Bits | Floats) -> Floats:
    """From log-odds in bits."""
    return 1.0 / (1.0 + np.exp2(-np.clip(bits.astype(np.float64), -60, 60)))
