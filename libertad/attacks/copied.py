"""Somebody who has a copy of care's database, an evening, and no key."""

from __future__ import annotations

import re
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

from libertad.attacks.registry import Result, attack, broken, not_applicable, withstood
from libertad.attacks.target import Target

# What tells nothing by itself: ids, hashes, references, and the mark of what was generated.
OPAQUE = re.compile(r"[0-9a-f]{32}|[0-9a-f]{48}|[0-9a-f]{64}|[A-Z]-[A-Z]{2}(-[A-Z0-9]+)?-\d+|generated|")
ROOM, FILE = "care_", "compartment"
MOMENTS = range(1_000_000_000_000, 5_000_000_000_000)  # from 2001 on, in ms, as a number
DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


def rows_of(copy: sqlite3.Connection, table: str) -> Iterator[dict[str, Any]]:
    cursor = copy.execute(f'select * from "{table}"')  # noqa: S608 - a name out of the copy itself
    names = [column[0] for column in cursor.description]
    for row in cursor:
        yield dict(zip(names, row, strict=True))


def tells(value: Any) -> bool:
    """Whether a cell of care's own says anything to who reads it."""
    if value is None or isinstance(value, bytes):
        return False
    return not isinstance(value, str) or OPAQUE.fullmatch(value) is None


def is_moment(value: Any) -> bool:
    """Whether a cell is a date or a time."""
    return value in MOMENTS if isinstance(value, int) else bool(DAY.match(str(value)))


def gather(path: Path) -> tuple[Mapping[str, int], list[str]]:
    """How many rows each of care's tables has, and what is told of a protection file: by a cell of them in
    the clear, or by a date in any row of any table that names the file."""
    told: dict[str, set[str]] = defaultdict(set)
    counts: dict[str, int] = {}
    files: set[str] = set()
    with closing(sqlite3.connect(f"file:{path}?mode=ro", uri=True)) as copy:
        tables = [str(row[0]) for row in copy.execute("select name from sqlite_master where type = 'table'")]
        # What care keeps of nobody (its list of services) lies in the authority's own file, with much else.
        kept = copy.execute("select id from access_compartment where kind = 'authority'")
        own = {str(row[0]) for row in kept}
        for table in tables:
            if table.startswith(ROOM):
                counts[table] = 0
                for row in rows_of(copy, table):
                    counts[table] += 1
                    files.add(str(row[FILE]))
                    for name in (name for name, value in row.items() if tells(value)):
                        told[f"{table}.{name}"].add(str(row[name]))
        files -= own
        for table in set(tables) - counts.keys():
            for row in rows_of(copy, table):
                if files.intersection(value for value in row.values() if isinstance(value, str)):
                    for name in (name for name, value in row.items() if is_moment(value)):
                        told[f"{table}.{name}"].add(str(row[name]))
    return counts, [
        f"{name}: {', '.join(sorted(values)[:3])} ({len(values)})" for name, values in sorted(told.items())
    ]


@attack(
    "copied-care-files",
    "does a copy of the database tell a status, wish, decision, agreement, service or date of anybody?",
    needs=("home",),
)
def copied_care_files(target: Target) -> Result:
    path = target.home / "libertad.sqlite3" if target.home is not None else None
    if path is None or not path.exists():
        return not_applicable("the demo's database is not in that folder")
    counts, told = gather(path)
    if not any(counts.values()):
        return not_applicable("there is no protection file in it")
    if told:
        return broken("; ".join(told))
    listed = ", ".join(f"{count} in {table}" for table, count in sorted(counts.items()) if count)
    return withstood(f"how many rows there are is all that they tell: {listed}")
