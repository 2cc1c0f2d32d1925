"""Records in columns that plain SQL compares, made by our own normalisation, and how common each value is.

A column is a function of its record alone, so parts of a table can be prepared apart. What needs the whole
is how common values are: the matcher's own shares, told to Splink as tables of term frequencies.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import duckdb
import numpy as np

from libertad.hits.matching import facts
from libertad.hits.matching.columns import Said
from libertad.hits.matching.frequencies import often, region
from libertad.hits.matching.nicknames import known_as
from libertad.hits.matching.record import NUMBERED, TEXTS, Birth, Kind, Record
from libertad.hits.matching.record_table import EPOCH, FAMILY, GIVEN, SEXES, Words, name_rows, tabulate
from libertad.hits.matching.spelling import fold
from libertad.hits.matching.text import split_document, value_of

SLOTS = ("given", "given2", "family", "family2")
FORMS = ("", "_sound", "_called", "_letter")  # of a word: itself, as it sounds, whose nickname, its initial
NUMBERS = ("unique_id", "born_from", "born_to", "born_month", "born_day", "sex")  # the others are texts
BORN = ("born", "born_from", "born_to", "born_year", "born_month", "born_day")
FACTS: tuple[Kind, ...] = (*NUMBERED, *TEXTS)
COUNTRY = "document_country"
COLUMNS = ("unique_id", *(slot + form for slot in SLOTS for form in FORMS), *BORN, "sex", *FACTS, COUNTRY)
# So many other values are believed to be about, as in `facts.values`.
UNSEEN = {kind: 50_000.0 if kind in NUMBERED else 20.0 for kind in FACTS}
Value = str | int | None
Row = dict[str, Value]


@cache
def called(word: str) -> str:
    """The commonest name of the region that the word may stand for, and that one's: pepe -> jose."""
    share = region()
    best = max((word, *known_as(word)), key=lambda name: (share.get(name, 0.0), name))
    return word if best == word else called(best)


def row(number: int, record: Record) -> Row:
    """One record, by its number: of several names the first, of several values of a fact the first."""
    row: Row = dict.fromkeys(COLUMNS)
    row["unique_id"] = number
    names = name_rows(record)
    for slot, word in zip(SLOTS, slots(*names[0]) if names else (), strict=False):
        if word:
            row |= {slot: word, f"{slot}_sound": fold(word), f"{slot}_called": called(word)}
            row[f"{slot}_letter"] = word[0]
    if record.birth is not None:
        row |= _born(record.birth)
    row["sex"] = SEXES.get(record.sex.strip().casefold())
    for kind in FACTS:
        row[kind] = next((value for text in record.all(kind) if (value := value_of(kind, text))), None)
    country, document = split_document(str(row["document"] or ""))
    row |= {"document": document or None, COUNTRY: country or None}
    return row


def slots(words: Sequence[str], roles: Sequence[int]) -> tuple[str, str, str, str]:
    """Two given names and two surnames; '' where there is none. Where nobody says which is which, one word of
    two or three is a given name, and two of more."""
    given_names = [word for word, role in zip(words, roles, strict=True) if role == GIVEN]
    family_names = [word for word, role in zip(words, roles, strict=True) if role == FAMILY]
    loose = [word for word, role in zip(words, roles, strict=True) if role not in (GIVEN, FAMILY)]
    if not given_names and not family_names:
        cut = 1 if len(loose) <= 3 else 2
        given_names, family_names = loose[:cut], loose[cut:]
    elif family_names:
        given_names += loose
    else:
        family_names = loose
    return (*(given_names + ["", ""])[:2], *(family_names + ["", ""])[:2])  # type: ignore[return-value]


def _born(birth: Birth) -> Row:
    """Days since year 1; 1 January that may be a placeholder is its whole year."""
    first, last = birth.earliest, birth.latest
    if birth.placeholder:
        first, last = first.replace(month=1, day=1), first.replace(month=12, day=31)
    earliest = birth.earliest
    return {
        "born": earliest.isoformat() if birth.exact else None,
        "born_from": first.toordinal() - EPOCH,
        "born_to": last.toordinal() - EPOCH,
        "born_year": f"{earliest.year:04}",
        "born_month": earliest.month,
        "born_day": earliest.day,
    }


@dataclass(frozen=True)
class Prepared:
    """Tables as Parquet, and for each column with a frequency of its own the table of it. Records are
    numbered: those of the left table, then those of the right one."""

    tables: tuple[Path, ...]
    frequencies: Mapping[str, Path]
    filled: Mapping[str, float]  # columns that say something in every table: the share of pairs where both do
    pairs: int  # how many pairs of records there are


def prepared(folder: Path, left: Said, right: Said | None) -> Prepared:
    """Write what Splink reads into `folder`. It says what the tables say. Raises OSError."""
    sides = [left] if right is None else [left, right]
    filled, counts = dict.fromkeys(COLUMNS, 1.0), {column: Counter[Value]() for column in COLUMNS[1:]}
    paths = []
    for name, records, first in zip(("people", "others"), sides, (0, len(left)), strict=False):
        rows = [row(first + at, record) for at, record in enumerate(records.records())]
        for column, counted in counts.items():
            here = Counter(row[column] for row in rows if row[column] is not None)
            counted.update(here)
            filled[column] *= here.total() / max(len(rows), 1)
        paths.append(_write_parquet(folder / f"{name}.parquet", COLUMNS, ([*row.values()] for row in rows)))
    pairs = len(left) * (len(left) - 1) // 2 if right is None else len(left) * len(right)
    if right is None:
        filled = {column: share**2 for column, share in filled.items()}
    filled = {column: share for column, share in filled.items() if share and pairs}
    shares = {column: of for column, of in _shares(counts, sides).items() if column in filled}
    common = {
        column: _write_parquet(
            folder / f"common_{column}.parquet", (column, f"tf_{column}"), shares[column].items()
        )
        for column in sorted(shares)
    }
    return Prepared(tuple(paths), common, filled, pairs)


def _shares(counts: Mapping[str, Counter[Value]], sides: Sequence[Said]) -> dict[str, dict[Value, float]]:
    """How common each value is, as the matcher believes it."""
    words: Counter[str] = Counter()
    for slot in SLOTS:
        words.update({str(word): n for word, n in counts[slot].items()})
    distinct = list(words)
    share = dict(zip(distinct, often(distinct, [words[word] for word in distinct]).tolist(), strict=True))
    shares: dict[str, dict[Value, float]] = {}
    forms: tuple[Callable[[str], str], ...] = (str, fold, called, lambda word: word[0])
    for form, make in zip(FORMS, forms, strict=True):
        mass: dict[Value, float] = {}
        for word, word_share in share.items():
            mass[make(word)] = mass.get(make(word), 0.0) + word_share
        shares |= {slot + form: {value: mass[value] for value in counts[slot + form]} for slot in SLOTS}
    for kind in FACTS:
        total = counts[kind].total() + UNSEEN[kind]
        shares[kind] = {value: (n + 0.5) / total for value, n in counts[kind].items()}
    sexes = counts["sex"].total() + 4.0
    shares["sex"] = {value: (n + 1.0) / sexes for value, n in counts["sex"].items()}
    shared = Words()
    ages = facts.Ages.of(*(tabulate(records, shared) for records in sides))
    days = list(counts["born"])
    number = (np.array(days, "datetime64[D]") - np.datetime64("0001-01-01")).astype(np.int32)
    shares["born"] = dict(zip(days, np.maximum(ages.mass(number, number), 1e-6).tolist(), strict=True))
    return shares


def _write_parquet(path: Path, columns: Sequence[str], rows: Iterable[Sequence[object]]) -> Path:
    """As Parquet."""
    cells = np.empty((0, len(columns)), object)
    texts = [[None if cell is None else str(cell) for cell in row] for row in rows]
    if texts:
        cells = np.array(texts, object)
    with duckdb.connect() as base:
        base.register("told", {name: cells[:, at] for at, name in enumerate(columns)})
        base.table("told").project(
            ", ".join(f"cast({name} as {_type(name)}) as {name}" for name in columns)
        ).write_parquet(str(path))
    return path


def _type(column: str) -> str:
    if column.startswith("tf_"):
        return "DOUBLE"
    return "INTEGER" if column in NUMBERS else "VARCHAR"
