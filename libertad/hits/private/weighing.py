"""The score of `matching.model` where all that is known of the other record is which values are equal.

The ways of being alike that no equality shows (a near spelling, an address in part) are not told from being
different; all else weighs as it does in the open.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping
from functools import cache

import msgspec

from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.frequencies import WEIGHT, region
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.model import BIRTH, NAMES, NUMBER, SEX, TEXT, Field, Model
from libertad.hits.matching.record import NUMBERED, Record
from libertad.hits.private.tokens import sound, words

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


@cache
def _sounds() -> dict[str, float]:
    """How common a sound is among the words of the region's names, each country counting the same."""
    found: dict[str, float] = {}
    for word, share in region().items():
        found[sound(word)] = found.get(sound(word), 0.0) + share
    return found


class Shares:
    """How often words of names sound alike: counted over the records read here, beside the region's names."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.counts: Counter[str] = Counter()
        for record in records:
            self.counts.update(words(record))
        self.total = self.counts.total()

    def bits(self, word: str) -> float:
        """Surprise that another person bears a word that sounds like this one."""
        known = max(_sounds().get(word, 0.0), RARE)
        return -math.log2((self.counts[word] + WEIGHT * known) / (self.total + WEIGHT))


def weigh(
    mine: Iterable[tuple[str, str]], has: Mapping[str, int], same: frozenset[tuple[str, str]], known: Shares,
    model: Model | None = None,
) -> list[Weight]:  # fmt: skip
    """Weights by kind. `mine`: our fields; `has`: how many of each the other has; `same`: which agree."""
    model = model or Model()
    ours: dict[str, list[str]] = {}
    for kind, value in mine:
        ours.setdefault(kind, []).append(value)
    met: dict[str, list[str]] = {}
    for kind, value in same:
        met.setdefault(kind, []).append(value)
    found = [_names(ours.get("name", []), has.get("name", 0), met.get("name", []), known, model)]
    found.append(_birth(ours, has, met, model.fields.get("birth", BIRTH)))
    for kind in ("sex", *NUMBERED, "nationality", "place"):
        if kind in ours and has.get(kind):
            found.append(_fact(kind, bool(met.get(kind)), model))
    return [one for one in found if one is not None]


def _names(ours: list[str], theirs: int, met: list[str], known: Shares, model: Model) -> Weight | None:
    if not ours or not theirs:
        return None
    bits = sum(known.bits(word) + math.log2(NAMES.m[How.SAME] + NAMES.m[How.SPELLING]) for word in met)
    bits += _bits(model.names, How.DIFFERENT) * (min(len(ours), theirs) - len(met))
    bits += model.missing * abs(len(ours) - theirs)
    return Weight("name", round(float(bits), 2), "same" if met else "different")


def _birth(
    ours: Mapping[str, list[str]], has: Mapping[str, int], met: Mapping[str, list[str]], field: Field
) -> Weight | None:
    if "year" not in ours or not has.get("year"):
        return None
    if "birthday" not in ours or not has.get("birthday"):
        years = max(len(ours["year"]), has["year"])
        if "year" not in met:
            return _as("birth", field, Born.DIFFERENT, "different")
        return _as("birth", field, Born.OVERLAP, "overlaps", math.log2(SPAN / (365.25 * years)))
    if "birthday" in met and "year" in met:
        return _as("birth", field, Born.SAME, "same", math.log2(SPAN))
    if "turned" in met:
        return _as("birth", field, Born.SWAPPED, "swapped")
    if "birthday" in met or "month" in met:
        return _as("birth", field, Born.ONE_PART, "close")
    if "year" in met:
        return _as("birth", field, Born.SAME_YEAR, "overlaps")
    return _as("birth", field, Born.DIFFERENT, "different")


def _fact(kind: str, same: bool, model: Model) -> Weight:
    defaults: dict[str, Field] = {"sex": SEX, **dict.fromkeys(NUMBERED, NUMBER)}
    known: Mapping[str, Field] = {**model.fields}
    field = known.get(kind, defaults.get(kind, TEXT))
    if same:
        return _as(kind, field, Alike.SAME, "same", math.log2(SAME.get(kind, NUMBERS)))
    return _as(kind, field, Alike.DIFFERENT, "different")


def _as(kind: str, field: Field, level: int, how: str, surprise: float = 0.0) -> Weight:
    return Weight(kind, round(_bits(field, level) + surprise, 2), how)


def _bits(field: Field, level: int) -> float:
    return math.log2(float(field.m[level]) / float(field.u[level]))
