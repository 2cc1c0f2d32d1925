"""Records in columns, so that many pairs are compared at once. Several frames share one `Words`."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching import text
from libertad.hits.matching.lexicon import Ints, Lexicon
from libertad.hits.matching.record import NUMBERED, TEXTS, Birth, Kind, Record

MOST_WORDS = 6
EPOCH = date(1, 1, 1).toordinal()
SEXES = {"m": 1, "male": 1, "man": 1, "masculino": 1, "hombre": 1, "homme": 1, "boy": 1,
         "f": 2, "female": 2, "woman": 2, "femenino": 2, "mujer": 2, "femme": 2, "girl": 2,
         "x": 3, "other": 3, "intersex": 3}  # fmt: skip
GIVEN, FAMILY = 1, 2


@dataclass
class Words:
    """The lexicons that frames share: one of names' words, one of the values of each kind of fact."""

    names: Lexicon = field(default_factory=Lexicon)
    values: dict[Kind, Lexicon] = field(default_factory=dict)

    def of(self, kind: Kind) -> Lexicon:
        return self.values.setdefault(kind, Lexicon())


@dataclass(frozen=True)
class Many:
    """Several numbers a record: those of record r are `value[start[r]:start[r + 1]]`."""

    start: NDArray[np.integer]
    value: NDArray[np.integer]

    @property
    def count(self) -> Ints:
        return np.diff(self.start)

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where the numbers of these records begin, and how many they are."""
        start = self.start[rows].astype(np.int64)
        return start, self.start[rows + 1].astype(np.int64) - start


@dataclass(frozen=True)
class Frame:
    """`names`: each record's rows of `words` (padded with -1) and `roles`; births as days since year 1."""

    ids: list[str]
    words: NDArray[np.int32]
    roles: NDArray[np.int8]
    names: Many
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    placeholder: NDArray[np.bool_]
    sex: NDArray[np.int8]
    facts: dict[Kind, Many]

    def __len__(self) -> int:
        return len(self.earliest)

    @cached_property
    def sexes(self) -> NDArray[np.int64]:
        """How many records say each sex."""
        return np.bincount(self.sex, minlength=4)


def value_of(kind: Kind, said: str) -> str:
    """A fact as it is compared: numbers without blanks, texts in plain words; '' for a placeholder."""
    if kind == "phone":
        return text.phone(said)
    if kind == "handle":
        return "" if text.empty(said) else said.strip().casefold()
    if kind in NUMBERED:
        return text.number(said)
    return "" if text.empty(said) else text.plain(said)


def named(record: Record) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The words of each of its names with their roles, once each."""
    found = {}
    for name in record.names:
        given, family, full = text.tokens(name.given), text.tokens(name.family), text.tokens(name.full)
        parts = dict.fromkeys(family, FAMILY) | dict.fromkeys(given, GIVEN)
        if not parts.keys() <= set(full):  # the parts say something else, or there is no full name
            found[(given + family)[:MOST_WORDS]] = ((GIVEN,) * len(given) + (FAMILY,) * len(family))[
                :MOST_WORDS
            ]
        if full:
            found.setdefault(full[:MOST_WORDS], tuple(parts.get(word, 0) for word in full[:MOST_WORDS]))
    return [(said, roles) for said, roles in found.items() if said and not text.empty(" ".join(said))]


def framed(records: Iterable[Record], shared: Words) -> Frame:
    """Records as columns; their words and values are numbered in `shared`."""
    ids: list[str] = []
    words: list[list[int]] = []
    roles: list[list[int]] = []
    starts, births, sexes = [0], [], []
    facts: dict[Kind, tuple[list[int], list[int]]] = {kind: ([0], []) for kind in (*NUMBERED, *TEXTS)}
    lexicon = shared.names
    for record in records:
        ids.append(record.id)
        for said, told in named(record):
            gap = MOST_WORDS - len(said)
            words.append([lexicon.put(word) for word in said] + [-1] * gap)
            roles.append([*told, *[0] * gap])
        starts.append(len(words))
        births.append(_days(record.birth))
        sexes.append(SEXES.get(record.sex.strip().casefold(), 0))
        seen: set[tuple[Kind, int]] = set()
        for kind, said_so in record.facts:
            value = value_of(kind, said_so)
            if value and (kind, number := shared.of(kind).put(value)) not in seen:
                seen.add((kind, number))
                facts[kind][1].append(number)
        for start, values in facts.values():
            start.append(len(values))
    days = np.array(births, np.int32).reshape(-1, 3)
    return Frame(
        ids,
        np.array(words, np.int32).reshape(-1, MOST_WORDS),
        np.array(roles, np.int8).reshape(-1, MOST_WORDS),
        Many(np.array(starts), np.arange(len(words))),
        days[:, 0], days[:, 1], days[:, 2].astype(bool),
        np.array(sexes, np.int8),
        {kind: Many(np.array(s), np.array(v, np.int64)) for kind, (s, v) in facts.items() if v},
    )  # fmt: skip


def _days(birth: Birth | None) -> tuple[int, int, bool]:
    if birth is None:
        return -1, -1, False
    return birth.earliest.toordinal() - EPOCH, birth.latest.toordinal() - EPOCH, birth.placeholder
