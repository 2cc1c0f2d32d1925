"""Reading the journal whole: stored entries, opened entries, and rows as they stand in the tables."""

from __future__ import annotations

import gc
import random
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from decimal import Decimal
from typing import TYPE_CHECKING, Any, NamedTuple

from libertad.journal import folding
from libertad.journal.sql import Sql

if TYPE_CHECKING:
    from libertad.journal.node import Node

Rows = dict[str, tuple[Any, ...]]
ByLabel = dict[str, dict[str, list[folding.Said]]]  # entries by projection, and by key within each
NO_END = 1 << 62
SAME = frozenset((str, int, bytes, float, type(None)))


class Stored(NamedTuple):
    """A row of journal_entry, as bytes."""

    idx: int
    hash: bytes
    device: bytes
    compartment: str
    seq: int
    header: bytes
    signature: bytes
    body: bytes | None
    place: int | None = None


def stored(sql: Sql, start: int = 0, end: int | None = None, size: int = 2000) -> Iterator[Stored]:
    """Entries by index in [start, end), read in pieces so that memory stays small."""
    last = NO_END if end is None else end
    while start < last:
        rows = sql.all(
            "select idx, hash, device, compartment, seq, header, signature, body, place from journal_entry "
            "where idx >= ? and idx < ? order by idx limit ?",
            (start, last, size),
        )
        if sql.postgres:
            rows = [tuple(bytes(v) if v.__class__ is memoryview else v for v in row) for row in rows]
        yield from map(Stored._make, rows)
        if len(rows) < size:
            return
        start = rows[-1][0] + 1


def held_indices(sql: Sql) -> frozenset[int]:
    """Indices of the entries that are folded into no row."""
    return frozenset(row[0] for row in sql.all("select idx from journal_held"))


def open_entries(node: Node, entries: Iterable[Stored]) -> Iterator[tuple[int, folding.Said]]:
    """Entries that a ring of this node opens and this version knows, with their index."""
    for entry in entries:
        opened_entry = node.understand(entry.header, entry.body)
        if opened_entry is not None:
            yield entry.idx, opened_entry


@contextmanager
def calm() -> Iterator[None]:
    """Without the garbage collector's walks over what is only growing: a third faster on whole journals."""
    was = gc.isenabled()
    gc.disable()
    try:
        yield
    finally:
        if was:
            gc.enable()


def comparable(value: Any) -> Any:
    """One form of a column's value, whichever database it comes from."""
    if value.__class__ in SAME:
        return value
    if isinstance(value, (bytearray, memoryview)):
        return bytes(value)
    if isinstance(value, (bool, Decimal)):
        return int(value) if isinstance(value, bool) else str(value)
    return value


def table(sql: Sql, projection: folding.Projection) -> Rows:
    """A read model's rows by id, in column order."""
    columns = folding.quoted(projection.columns)
    records = sql.all(f"select {columns} from {projection.model._meta.db_table}")
    at = projection.columns.index("id")
    return {row[at]: tuple(comparable(value) for value in row) for row in records}


def tables(sql: Sql) -> dict[str, Rows]:
    """Every read model's rows, by the projection's label."""
    return {p.label: table(sql, p) for p in folding.PROJECTIONS}


def computed(node: Node, entries: Iterable[folding.Said]) -> dict[str, Rows]:
    """What the tables should hold, computed from the entries alone."""
    return rows(node, folding.group(entries))


def rows(node: Node, groups: folding.Groups) -> dict[str, Rows]:
    """The rows of entries that are grouped already."""
    known = folding.by_label()
    by_label: dict[str, Rows] = {label: {} for label in known}
    for (label, key), entries in groups.items():
        values = folding.compute(
            known[label], key, entries, node.rings.sealing_key, node.rings.authorities, node.owner
        )
        if values is not None:
            by_label[label][key] = tuple(comparable(value) for value in values)
    return by_label


def differences(expected: dict[str, Rows], actual: dict[str, Rows]) -> list[str]:
    """Rows that differ, one line each: 'people.Person:<id>: column name', never a value."""
    known = folding.by_label()
    lines: list[str] = []
    for label, rows in expected.items():
        actual_rows = actual.get(label, {})
        for key in sorted(rows.keys() | actual_rows.keys()):
            if key not in actual_rows:
                lines.append(f"{label}:{key}: row is missing")
            elif key not in rows:
                lines.append(f"{label}:{key}: row without an entry")
            elif rows[key] != actual_rows[key]:
                columns = [
                    name
                    for name, expected_value, two in zip(
                        known[label].columns, rows[key], actual_rows[key], strict=True
                    )
                    if expected_value != two
                ]
                lines.append(f"{label}:{key}: {', '.join(columns)}")
    return lines


def mismatches(node: Node, sql: Sql, groups: ByLabel) -> tuple[int, list[str]]:
    """How many rows the tables hold, and where they differ from what the entries of `groups` say."""
    count, lines = 0, []
    find = node.rings.sealing_key
    for projection in folding.PROJECTIONS:
        label, at = projection.label, projection.place["id"]
        columns = folding.quoted(projection.columns)
        stored_rows = {
            row[at]: row for row in sql.all(f"select {columns} from {projection.model._meta.db_table}")
        }
        count += len(stored_rows)
        wrong: Rows = {}
        for key, entries in groups.get(label, {}).items():
            values = folding.compute(projection, key, entries, find, node.rings.authorities, node.owner)
            row = stored_rows.get(key)
            if values == row:
                stored_rows.pop(key, None)
            elif values is not None:
                wrong[key] = tuple(comparable(value) for value in values)
        rest = {key: tuple(comparable(value) for value in row) for key, row in stored_rows.items()}
        lines += differences({label: wrong}, {label: rest})
    return count, lines


def causal_order(entries: Sequence[Stored], rng: random.Random) -> list[Stored]:
    """A random order in which every entry comes after those that its header names."""
    from libertad.journal import header

    waits: dict[bytes, set[bytes]] = {}
    followers: dict[bytes, list[bytes]] = {}
    by_hash = {entry.hash: entry for entry in entries}
    for entry in entries:
        head = header.decode(entry.header)
        needs = {name for name in (head.previous, *head.depends) if name in by_hash}
        waits[entry.hash] = needs
        for name in needs:
            followers.setdefault(name, []).append(entry.hash)
    ready = [name for name, needs in waits.items() if not needs]
    order: list[Stored] = []
    while ready:
        place = rng.randrange(len(ready))
        ready[place], ready[-1] = ready[-1], ready[place]
        name = ready.pop()
        order.append(by_hash[name])
        for follower in followers.get(name, ()):
            waits[follower].discard(name)
            if not waits[follower]:
                ready.append(follower)
    return order
