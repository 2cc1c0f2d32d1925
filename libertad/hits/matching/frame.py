"""Records in columns, so that many pairs are compared at once. Several frames share one `Words`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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
FEW = 1000  # records whose words are also tried as two


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


def named(record: Record) -> list[tuple[tuple[str, ...], tuple[int, ...]]]:
    """The words of each of its names with their roles, once each."""
    found = {}
    for name in record.names:
        given, family, full = text.tokens(name.given), text.tokens(name.family), text.tokens(name.full)
        parts = dict.fromkeys(family, FAMILY) | dict.fromkeys(given, GIVEN)
        if not parts.keys() <= set(full):  # the parts say something else, or there is no full name
            both = (GIVEN,) * len(given) + (FAMILY,) * len(family)
            found[(given + family)[:MOST_WORDS]] = both[:MOST_WORDS]
        if full:
            found.setdefault(full[:MOST_WORDS], tuple(parts.get(word, 0) for word in full[:MOST_WORDS]))
    return [(said, roles) for said, roles in found.items() if said and not text.empty(" ".join(said))]


def _otherwise(
    names: list[tuple[tuple[str, ...], tuple[int, ...]]], lexicon: Lexicon, apart: bool
) -> Iterator[tuple[tuple[str, ...], tuple[int, ...]]]:
    """A name with two words written as one that somebody has; `apart`: and one that is two of somebody's."""
    for told, roles in names:
        for at in range(len(told) - 1):
            if lexicon.known(told[at] + told[at + 1]):
                joined = (*told[:at], told[at] + told[at + 1], *told[at + 2 :])
                yield joined, (*roles[:at], max(roles[at : at + 2]), *roles[at + 2 :])
        for at, word in enumerate(told if apart and len(told) < MOST_WORDS else ()):
            for cut in range(3, len(word) - 2) if len(word) > 5 else ():
                if lexicon.known(word[:cut]) and lexicon.known(word[cut:]):
                    split = (*told[:at], word[:cut], word[cut:], *told[at + 1 :])
                    yield split, (*roles[:at], roles[at], roles[at], *roles[at + 1 :])


def framed(records: Iterable[Record], shared: Words) -> Frame:
    """Records as columns; their words and values are numbered in `shared`."""
    ids: list[str] = []
    words: list[list[int]] = []
    roles: list[list[int]] = []
    starts, births, sexes = [0], [], []
    facts: dict[Kind, tuple[list[int], list[int]]] = {kind: ([], []) for kind in (*NUMBERED, *TEXTS)}
    lexicon = shared.names
    said: list[list[tuple[tuple[str, ...], tuple[int, ...]]]] = []
    for record in records:
        ids.append(record.id)
        said.append(names := named(record))
        for told, _ in names:
            for word in told:
                lexicon.put(word)
        births.append(_days(record.birth))
        sexes.append(SEXES.get(record.sex.strip().casefold(), 0))
        seen: set[tuple[Kind, str]] = set()
        for kind, said_so in record.facts:
            value = text.value_of(kind, said_so)
            if value and (kind, value) not in seen:
                seen.add((kind, value))
                facts[kind][0].append(len(ids) - 1)
                facts[kind][1].append(shared.of(kind).put(value))
    for names in said:
        for told, parts in (*names, *_otherwise(names, lexicon, apart=len(said) <= FEW)):
            gap = MOST_WORDS - len(told)
            words.append([lexicon.put(word, 0) for word in told] + [-1] * gap)
            roles.append([*parts, *[0] * gap])
        starts.append(len(words))
    days = np.array(births, np.int32).reshape(-1, 3)
    return Frame(
        ids=ids,
        words=np.array(words, np.int32).reshape(-1, MOST_WORDS),
        roles=np.array(roles, np.int8).reshape(-1, MOST_WORDS),
        names=Many(np.array(starts), np.arange(len(words))),
        earliest=days[:, 0],
        latest=days[:, 1],
        placeholder=days[:, 2].astype(bool),
        sex=np.array(sexes, np.int8),
        facts={kind: _many(owner, value, len(ids)) for kind, (owner, value) in facts.items() if value},
    )


def _many(owner: list[int], value: list[int], size: int) -> Many:
    """Values of records in their order."""
    start = np.zeros(size + 1, np.int64)
    np.cumsum(np.bincount(owner, minlength=size), out=start[1:])
    return Many(start, np.array(value, np.int64))


def _days(birth: Birth | None) -> tuple[int, int, bool]:
    if birth is None:
        return -1, -1, False
    return birth.earliest.toordinal() - EPOCH, birth.latest.toordinal() - EPOCH, birth.placeholder
