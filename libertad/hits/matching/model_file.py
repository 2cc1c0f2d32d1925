"""A model that was learnt from a table, as a file that a person can read and check: `hits train` writes it.

Each level of each field is named in words, with how often records of one person are so alike (m), how often
those of others are (u), and what that weighs in bits. Nothing of any record is in it.
"""

from __future__ import annotations

import math
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from enum import IntEnum
from pathlib import Path

import msgspec
import numpy as np

from libertad.hits.matching.facts import Alike, Born
from libertad.hits.matching.lexicon import How
from libertad.hits.matching.linking import Linked
from libertad.hits.matching.model import OWN, Field, Model, Prior
from libertad.vocabulary.decoding import prepared

FORMAT = "libertad-hits-model-2"
ITSELF = "as often as the value itself"
LARGEST = 1_000_000  # bytes; ours have some ten thousand
WORDS: Mapping[type[IntEnum], Mapping[IntEnum, str]] = {
    How: {
        How.SAME: "the same word",
        How.SPELLING: "two spellings of one name",
        How.NICKNAME: "a name and its nickname",
        How.CLOSE: "a letter apart",
        How.NEAR: "nearly alike",
        How.INITIAL: "an initial and a name that begins so",
        How.DIFFERENT: "different words",
    },
    Born: {
        Born.SAME: "the same day",
        Born.SWAPPED: "day and month changed places",
        Born.ONE_PART: "one of day, month and year differs",
        Born.YEAR: "day and month the same, the year quite another",
        Born.OVERLAP: "both can hold, such as an age and a day",
        Born.SAME_YEAR: "the same year",
        Born.NEAR_YEAR: "years beside each other",
        Born.SOME_YEARS: "at most five years apart",
        Born.DIFFERENT: "different births",
    },
    Alike: {
        Alike.SAME: "the same value",
        Alike.CLOSE: "a figure or letter apart",
        Alike.PART: "in part the same",
        Alike.DIFFERENT: "different values",
    },
}
READ = (
    "bits = log2(one_person / others) of each level; where others is 'as often as the value itself', the "
    "value's own rarity is added, and one_person counts among births told as precisely. Before anything is "
    "compared, the odds are of_the_person against the size of the table."
)


class Unusable(ValueError):
    """The file is no model, or not whole, or of another version; says what to do."""


class Level(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """`bits`: None where it never happens."""

    level: str
    one_person: float
    others: float | str
    bits: float | None


class Before(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Of all records that one is compared with, how many are of its person, and of a relative."""

    of_the_person: float
    relatives: float


class Document(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    format: str
    how_to_read: str
    records: int
    pairs_compared: int
    before: Before
    name_word_in_the_others_place: float
    name_word_missing: float
    fields: dict[str, list[Level]]


@dataclass(frozen=True)
class Trained:
    """A model, and how many records of one person and of relatives there are to each record."""

    model: Model
    expected: float
    relatives: float
    records: int = 0
    pairs: int = 0

    @classmethod
    def of(cls, linked: Linked) -> Trained:
        """What linking these tables has learnt."""
        other_records = compared_with(linked)
        same, kin = (float(np.exp2(bits)) * other_records for bits in linked.prior)
        records = len(linked.left) + (0 if linked.alone else len(linked.right))
        return cls(linked.model, same, kin, records, len(linked.one))

    def prior(self, other_records: int) -> Prior:
        """For a record that is compared with so many others."""
        size = max(other_records, 1)
        return Prior(math.log2(self.expected / size), math.log2(self.relatives / size))


def compared_with(linked: Linked) -> int:
    """With how many others each record is compared."""
    return max(len(linked.right) - linked.alone, 1)


def write(path: Path, trained: Trained) -> None:
    """Whole or not at all. Raises OSError."""
    model = trained.model
    fields = {"name": model.names, **model.fields}
    document = Document(
        format=FORMAT,
        how_to_read=READ,
        records=trained.records,
        pairs_compared=trained.pairs,
        before=Before(trained.expected, trained.relatives),
        name_word_in_the_others_place=model.swapped,
        name_word_missing=model.missing,
        fields={name: _levels(levels_of(name), field) for name, field in fields.items()},
    )
    temporary = path.with_name(path.name + ".part")
    try:
        temporary.write_bytes(msgspec.json.format(msgspec.json.encode(document)) + b"\n")
        os.replace(temporary, path)
    finally:
        temporary.unlink(missing_ok=True)


def levels_of(name: str) -> list[str]:
    """The ways in which a field is alike, in words, in the model's order."""
    kind = {"name": How, "birth": Born}.get(name, Alike)
    return [WORDS[kind][level] for level in kind]


def _levels(levels: Sequence[str], field: Field) -> list[Level]:
    return [
        Level(level, m, ITSELF if u == OWN else u, round(bits, 4) if m else None)
        for level, m, u, bits in zip(
            levels, field.m.tolist(), field.u.tolist(), field.weights.tolist(), strict=True
        )
    ]


def read(path: Path) -> Trained:
    """A model that `write` made, perhaps changed by hand. Raises Unusable."""
    try:
        if path.stat().st_size > LARGEST:
            raise Unusable(f"{path}: larger than any model; use a file of hits train.")
        document = msgspec.json.decode(path.read_bytes(), type=prepared(Document))
    except OSError as why:
        raise Unusable(f"{path}: cannot be read: {why.strerror}.") from why
    except (msgspec.DecodeError, UnicodeDecodeError) as why:
        raise Unusable(f"{path}: no model of hits train, or damaged: {why}. Train it anew.") from why
    if document.format != FORMAT:
        raise Unusable(f"{path}: a model of another version ({document.format[:40]!r}). Train it anew.")
    try:
        return _parse_document(document)
    except _Wrong as why:
        raise Unusable(f"{path}: {why}. Mend it or train it anew.") from why


class _Wrong(ValueError):
    """What does not fit."""


def _parse_document(document: Document) -> Trained:
    usual = Model()
    known = {"name": usual.names, **usual.fields}
    if document.fields.keys() != known.keys():
        odd = sorted(document.fields.keys() ^ known.keys())
        raise _Wrong(f"fields that are missing or not known: {', '.join(odd)[:200]}")
    before = document.before
    if not all(0 < number < 1e9 for number in (before.of_the_person, before.relatives)):
        raise _Wrong("before: both numbers must be above 0")
    bits = (document.name_word_in_the_others_place, document.name_word_missing)
    if not all(-60 <= weight <= 60 for weight in bits):
        raise _Wrong("weights of name words must lie between -60 and 60 bits")
    fields = {name: _field(name, document.fields[name], field) for name, field in known.items()}
    names = fields.pop("name")
    model = replace(usual, names=names, fields=fields, swapped=bits[0], missing=bits[1])
    return Trained(model, before.of_the_person, before.relatives, document.records, document.pairs_compared)


def _field(name: str, level_rows: Sequence[Level], usual: Field) -> Field:
    levels = levels_of(name)
    if [level.level for level in level_rows] != levels:
        raise _Wrong(f"{name}: the levels are {'; '.join(levels)}, in this order")
    m, u = [], []
    for row, before in zip(level_rows, usual.u.tolist(), strict=True):
        other_share = OWN if row.others == ITSELF else row.others
        if (
            (before == OWN) != (row.others == ITSELF)
            or isinstance(other_share, str)
            or not 0 < other_share <= 1
        ):
            expected = repr(ITSELF) if before == OWN else "a number above 0, at most 1"
            raise _Wrong(f"{name}, {row.level}: 'others' must be {expected}")
        if not 0 <= row.one_person <= 1:
            raise _Wrong(f"{name}, {row.level}: 'one_person' must lie between 0 and 1")
        m.append(row.one_person)
        u.append(other_share)
    # An initial's m stands by itself: how often a name begins so, given that there is one.
    whole = sum(m) - (m[How.INITIAL] if name == "name" else 0.0)
    if abs(whole - 1) > 1e-3:
        raise _Wrong(f"{name}: 'one_person' of all levels must come to 1, not {whole:.4f}")
    field = replace(usual, m=np.array(m), u=np.array(u))
    for row, weight in zip(level_rows, field.weights.tolist(), strict=True):
        bits = weight if row.one_person else None
        if (bits is None) != (row.bits is None) or abs((bits or 0.0) - (row.bits or 0.0)) > 0.01:
            computed = "null" if bits is None else f"{bits:.4f}"
            raise _Wrong(f"{name}, {row.level}: 'bits' does not follow from the others; it is {computed}")
    return field
