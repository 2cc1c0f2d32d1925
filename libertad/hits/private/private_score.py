"""The score of `matching.model` where all that is known of the other record is which values are equal.

The ways of being alike that no equality shows (a near spelling, an address in part) are not told from being
different; all else weighs as it does in the open.
"""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from functools import cache

import msgspec

from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.frequencies import AMONG, GUESSED, MIDDLING, WEIGHT, countries, region
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import BIRTH, NAMES, NUMBER, SEX, TEXT, Field, Model
from libertad.hits.matching.nationality_frequencies import FEW
from libertad.hits.matching.record import NUMBERED, Record
from libertad.hits.private.tokens import nationalities, sound, words

SPAN = 70 * 365.25  # days within which people were born, most of them evenly
# How often a value of another person is the same, where nothing better is known: 1 in so many.
SAME = {"sex": 2, "nationality": 6, "place": 24}
NUMBERS = 2**22
RARE = 1e-4  # share of a sound that no list has


class Weight(msgspec.Struct, frozen=True):
    """What a kind of fact weighs in bits, and how it compares: same, swapped, close, overlaps, different."""

    kind: str
    bits: float
    how: str


def _sound_shares(words: Mapping[str, float]) -> dict[str, float]:
    """Shares of sounds, from those of words."""
    shares: dict[str, float] = defaultdict(float)
    for word, share in words.items():
        shares[sound(word)] += share
    return dict(shares)


@cache
def _sounds() -> dict[str, float]:
    """How common a sound is among the words of the region's names, each country counting the same."""
    return _sound_shares(region())


@cache
def _sounds_of(nation: str) -> tuple[dict[str, float], float, float]:
    """As `frequencies.countries`, of sounds."""
    words, floor, weight = countries().get(nation, ({}, MIDDLING, GUESSED))
    return _sound_shares(words), max(floor, RARE), weight


class Among(StrEnum):
    """Among whom a word of a name agrees by chance: those of the nationality that both say, or whoever has it
    most, for two may be of one people whatever they say; or nobody has said."""

    OWN = "own"
    ANY = "any"
    UNSAID = "unsaid"


class Shares:
    """How often words of names sound alike: counted over the records read here, beside the region's names;
    and over those of one nationality, beside the names of its country
    (`matching.nationality_frequencies`)."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.counts: Counter[str] = Counter()
        self.peoples: dict[str, Counter[str]] = defaultdict(Counter)
        for record in records:
            sounds = words(record)
            self.counts.update(sounds)
            for nation in nationalities(record)[:1]:
                self.peoples[nation].update(sounds)
        self.total = self.counts.total()
        self.totals = {nation: counts.total() for nation, counts in self.peoples.items()}
        self.most = self._highest_shares()

    def bits(self, sounds: Sequence[str], nations: Sequence[str], population: Among) -> list[float]:
        """Surprise that another person bears words that sound like these, of people who say the nationalities
        `nations`. As `matching.frequencies` and `matching.nationality_frequencies` have it of words."""
        everyone = [self._everyone(word) for word in sounds]
        if not nations and not self.peoples:
            return [-math.log2(share) for share in everyone]
        own = [self._own(word, nations, share) for word, share in zip(sounds, everyone, strict=True)]
        if population != Among.OWN:
            own = [max(share, self.most.get(word, 0.0)) for word, share in zip(sounds, own, strict=True)]
        surprises = [-math.log2(share) for share in own]
        if population == Among.UNSAID and surprises:  # the word that most marks a people is told as among all
            excesses = [-math.log2(share) - bits for share, bits in zip(everyone, surprises, strict=True)]
            surprises[excesses.index(max(excesses))] += max(excesses)
        return surprises

    def _everyone(self, word: str) -> float:
        known = max(_sounds().get(word, 0.0), RARE)
        return (self.counts[word] + WEIGHT * known) / (self.total + WEIGHT)

    def _own(self, word: str, nations: Sequence[str], everyone: float) -> float:
        share = everyone
        for nation in nations:
            listed, floor, weight = _sounds_of(nation)
            known = max(listed.get(word, floor), _sounds().get(word, 0.0))
            here = self.peoples[nation][word] if nation in self.peoples else 0
            share = max(share, (here + weight * known) / (self.totals.get(nation, 0) + weight))
        return share

    def _highest_shares(self) -> dict[str, float]:
        """The share of each word among those people here who have it most, of whom more than one does."""
        maxima: dict[str, float] = defaultdict(float)
        for nation, counts in self.peoples.items():
            for word, count in counts.items():
                if count >= FEW:
                    share = (count + AMONG * self._everyone(word)) / (self.totals[nation] + AMONG)
                    maxima[word] = max(maxima[word], share)
        return dict(maxima)


def weigh(
    own: Iterable[tuple[str, str]],
    has: Mapping[str, int],
    same: frozenset[tuple[str, str]],
    known: Shares,
    model: Model | None = None,
    near: frozenset[tuple[str, str]] = frozenset(),
) -> list[Weight]:
    """Weights by kind. `own`: our fields; `has`: how many of each the other has; `same`: which agree,
    of ours and of `near`, the years beside ours."""
    model = model or Model()
    own_values: dict[str, list[str]] = {}
    for kind, value in own:
        own_values.setdefault(kind, []).append(value)
    met: dict[str, list[str]] = {}
    for kind, value in same - near:
        met.setdefault(kind, []).append(value)
    nations, population = own_values.get("nationality", []), Among.UNSAID
    if nations and has.get("nationality"):
        population = Among.OWN if met.get("nationality") else Among.ANY
    bits = known.bits(met.get("name", []), nations, population)
    weights = [_names(len(own_values.get("name", [])), has.get("name", 0), bits, model)]
    is_near = bool(same & near) if near else None
    weights.append(_birth(own_values, has, met, model.fields.get("birth", BIRTH), is_near))
    for kind in ("sex", *NUMBERED, "nationality", "place"):
        if kind in own_values and has.get(kind):
            weights.append(_fact(kind, bool(met.get(kind)), model))
    return [weight for weight in weights if weight is not None]


def _names(own_count: int, other_count: int, surprises: list[float], model: Model) -> Weight | None:
    """`surprises`: the surprise of each word that both have."""
    if not own_count or not other_count:
        return None
    bits = sum(surprises) + len(surprises) * math.log2(NAMES.m[How.SAME] + NAMES.m[How.SPELLING])
    bits += _bits(model.names, How.DIFFERENT) * (min(own_count, other_count) - len(surprises))
    bits += model.missing * abs(own_count - other_count)
    return Weight("name", round(float(bits), 2), "same" if surprises else "different")


def _birth(
    own_values: Mapping[str, list[str]],
    has: Mapping[str, int],
    met: Mapping[str, list[str]],
    field: Field,
    is_near: bool | None,
) -> Weight | None:
    """`is_near`: whether the other's year is next to ours; None where that was not asked."""
    if "year" not in own_values or not has.get("year"):
        return None
    if "birthday" not in own_values or not has.get("birthday"):
        years = max(len(own_values["year"]), has["year"])
        if "year" not in met and is_near:
            return _as("birth", field, Born.NEAR_YEAR, "close")
        if "year" not in met:
            return _as("birth", field, Born.DIFFERENT, "different")
        return _as("birth", field, Born.OVERLAP, "overlaps", math.log2(SPAN / (365.25 * years)))
    if "birthday" in met and "year" in met:
        return _as("birth", field, Born.SAME, "same", math.log2(SPAN))
    if "turned" in met:
        return _as("birth", field, Born.SWAPPED, "swapped")
    if "month" in met or ("birthday" in met and is_near is not False):
        return _as("birth", field, Born.ONE_PART, "close")
    if "birthday" in met:
        return _as("birth", field, Born.YEAR, "different")
    if "year" in met:
        return _as("birth", field, Born.SAME_YEAR, "overlaps")
    if is_near:
        return _as("birth", field, Born.SOME_YEARS, "different")
    return _as("birth", field, Born.DIFFERENT, "different")


def _fact(kind: str, same: bool, model: Model) -> Weight:
    defaults: dict[str, Field] = {"sex": SEX, **dict.fromkeys(NUMBERED, NUMBER)}
    known: Mapping[str, Field] = {**model.fields}
    field = known.get(kind, defaults.get(kind, TEXT))
    if same:
        return _as(kind, field, Alike.SAME, "same", math.log2(SAME.get(kind, NUMBERS)))
    return _as(kind, field, Alike.DIFFERENT, "different")


def _as(kind: str, field: Field, level: int, label: str, surprise: float = 0.0) -> Weight:
    return Weight(kind, round(_bits(field, level) + surprise, 2), label)


def _bits(field: Field, level: int) -> float:
    return float(field.weights[level])
