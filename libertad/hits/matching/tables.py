"""Tables of people as files: which column says what, rows as records, and pairs written for whoever reads on.

CSV, TSV or Parquet, read by DuckDB. Columns are recognised by their names in the region's languages, or told
with `--map 'document=Passport No'`. What is not recognised is not compared, and is said.
"""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cache
from io import TextIOWrapper
from itertools import islice
from pathlib import Path

import duckdb

from libertad.hits.matching.columns import Said
from libertad.hits.matching.datafiles import FOLDER
from libertad.hits.matching.dates import month_first
from libertad.hits.matching.encodings import WINDOWS, encoding_of
from libertad.hits.matching.linking import Linked
from libertad.hits.matching.reasons import words
from libertad.hits.matching.record import Reason, Record
from libertad.hits.matching.table_reader import Taken
from libertad.hits.matching.text import normalise_text
from libertad.vocabulary import yamlfile
from libertad.vocabulary.tables import Rows

MAPPABLE = (
    "id",
    "name",
    "given_name",
    "family_name",
    "birth_date",
    "age",
    "sex",
    "nationality",
    "document",
    "phone",
    "address",
    "place",
    "country",
    "device",
    "vehicle",
    "vessel",
    "handle",
    "other",
)
PART = 2000  # rows that are read at a time


@cache
def known_columns() -> dict[str, str]:
    """Plain column name -> field."""
    data = yamlfile.read(FOLDER / "columns.yaml")
    return {name: field for field, names in data.items() for name in names.split()}


class Unreadable(ValueError):
    """The table or the map cannot be used; says what to do."""


@dataclass(frozen=True)
class Columns:
    """Which columns of a file say what: `of` a field, in the file's order; `rest` are not compared.

    `month_first`: whether its dates of birth are written so, as in the United States.
    """

    of: Mapping[str, Sequence[str]]
    rest: Sequence[str]
    month_first: bool = False


def recognised(names: Sequence[str], mapping: Mapping[str, str] | None = None) -> Columns:
    """The columns by their names; `mapping` (field -> column) comes first. Raises `Unreadable`."""
    mapping = mapping or {}
    of: dict[str, list[str]] = {}
    for field, column in mapping.items():
        if field not in MAPPABLE:
            raise Unreadable(f"--map {field}=...: the fields are {', '.join(MAPPABLE)}.")
        if column not in names:
            raise Unreadable(f"--map {field}={column}: the table has the columns {', '.join(names)}.")
        of.setdefault(field, []).append(column)
    rest: list[str] = []
    for name in names:
        if name in mapping.values():
            continue
        called = normalise_text(name.replace("°", "º")).replace(" ", "")  # N° and Nº are written alike
        known_field = known_columns().get(called) or known_columns().get(called.rstrip("0123456789"))
        if known_field is None or (known_field == "id" and "id" in of):
            rest.append(name)
        else:
            of.setdefault(known_field, []).append(name)
    if not any(field in of for field in MAPPABLE[1:]):
        raise Unreadable(
            f"No column says a name or anything else to compare ({', '.join(names)}); use --map name=COLUMN."
        )
    return Columns(of, rest)


def columns_of(path: Path, mapping: Mapping[str, str] | None = None) -> Columns:
    """The columns of a file. How dates are written is seen from its first rows."""
    if not path.is_file():
        raise Unreadable(f"{path}: there is no such file.")
    names, parts = _open_table(path)
    columns = recognised(names, mapping)
    births = _places(names, columns).get("birth_date", ())
    if births and (first := next(parts, None)):
        return replace(columns, month_first=month_first(row[at] for row in first.rows for at in births))
    return columns


def read_table(path: Path, columns: Columns, so_far: Callable[[int], None] = lambda rows: None) -> Said:
    """What the rows of a file say. A row without an id is called by its number from 1.

    Raises `Unreadable`.
    """
    names, parts = _open_table(path)
    collector = Taken(_places(names, columns), columns.month_first)
    for part in parts:
        collector.take(part.rows, part.before)
        so_far(len(collector))
    return collector.to_columns()


def rows(path: Path, columns: Columns) -> Iterator[Record]:
    """The rows of a file as records, one after the other."""
    names, parts = _open_table(path)
    for part in parts:
        collector = Taken(_places(names, columns), columns.month_first)
        collector.take(part.rows, part.before)
        yield from collector.to_columns().records()


def _places(names: Sequence[str], columns: Columns) -> dict[str, list[int]]:
    return {field: [names.index(column) for column in group] for field, group in columns.of.items()}


@dataclass(frozen=True)
class Part:
    """Some rows, each at least as long as the columns, and how many came before."""

    rows: Sequence[Sequence[str]]
    before: int


def _open_table(path: Path) -> tuple[list[str], Iterator[Part]]:
    """A table's columns and its rows, some at a time."""
    return _parquet(path) if path.suffix == ".parquet" else _csv(path)


def _parquet(path: Path) -> tuple[list[str], Iterator[Part]]:
    try:
        cursor = duckdb.connect().execute("from read_parquet(?)", [str(path)])
    except duckdb.Error as why:
        raise Unreadable(f"{path}: not a table that can be read: {str(why).splitlines()[0]}") from why

    def parts() -> Iterator[Part]:
        before = 0
        while part := cursor.fetchmany(PART):
            yield Part([["" if cell is None else str(cell) for cell in row] for row in part], before)
            before += len(part)

    return [str(column[0]) for column in cursor.description or ()], parts()


def _csv(path: Path) -> tuple[list[str], Iterator[Part]]:
    """By whatever parts the first line's names, and in whichever encoding."""
    with path.open("rb") as raw:
        encoding = encoding_of(raw.read(2))
    with path.open(encoding=encoding, errors=WINDOWS, newline="") as file:
        head = file.readline()
    delimiter = max(",;\t|", key=head.count)
    names = next(csv.reader([head], delimiter=delimiter), [])
    wide = len(names)

    def parts() -> Iterator[Part]:
        with path.open("rb") as raw, TextIOWrapper(raw, encoding, WINDOWS, newline="") as file:
            reader = csv.reader((line.replace("\0", "") for line in file), delimiter=delimiter)
            next(reader, None)
            before = 0
            try:
                while part := list(islice(reader, PART)):
                    rows = [
                        row if len(row) >= wide else row + [""] * (wide - len(row)) for row in part if row
                    ]
                    yield Part(rows, before)
                    before += len(rows)
            except csv.Error as why:
                raise Unreadable(f"{path}: line {reader.line_num}: {why}. Mend that line.") from why

    return names, parts()


def write_pairs(
    path: Path, linked: Linked, minimum_probability: float, with_clusters: bool, because: bool = True
) -> int:
    """Write the pairs from `minimum_probability` on, the best first; returns how many."""
    group = linked.clustered() if with_clusters else None
    if group is not None:
        linked = linked.completed(group)
    chance = linked.probability
    chosen = chance >= minimum_probability
    shift = 0 if linked.alone else len(linked.left)
    if group is not None:
        chosen |= group[linked.one] == group[linked.other + shift]
    numbers = chosen.nonzero()[0]
    numbers = numbers[(-linked.bits[numbers]).argsort(kind="stable")]
    with path.open("w", encoding="utf-8", newline="") as file:
        out = Rows(file)
        out.writerow(
            [
                "left_id",
                "right_id",
                "bits",
                "probability",
                "explanation",
                *(["cluster"] if with_clusters else []),
            ]
        )
        for start in range(0, len(numbers), 50_000):
            part = numbers[start : start + 50_000]
            reasons = linked.reasons(part) if because else [()] * len(part)
            for at, why in zip(part.tolist(), reasons, strict=True):
                left_row, right_row = int(linked.one[at]), int(linked.other[at])
                line = [
                    linked.left.ids[left_row],
                    linked.right.ids[right_row],
                    f"{linked.bits[at]:.2f}",
                    f"{chance[at]:.4f}",
                    explained(why),
                ]
                if group is not None:
                    same = group[left_row] == group[right_row + shift]
                    line.append(_id(linked, int(group[left_row])) if same else "")
                out.writerow(line)
    return len(numbers)


def _id(linked: Linked, number: int) -> str:
    """A cluster is called by its first record."""
    size = len(linked.left)
    return linked.left.ids[number] if number < size else linked.right.ids[number - size]


def explained(reasons: Sequence[Reason]) -> str:
    """All weights in one line."""
    return "; ".join(words(reason) for reason in reasons)
