"""A copy of what is costly to make, for each test that asks for it: a node's home, and the rows beside it.

It is made once a process, in a home of its own, and read out when its node is closed. Who gets a copy has
the same keys and ids as the test before; what a process remembers by them is forgotten here.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp
from typing import Any, Generic, TypeVar

from django.core.cache import cache
from django.db import connection, transaction

from libertad.field import endpoints
from libertad.figures import daily, hourly
from tests.support import cost
from tests.support.databases import deferred_keys, emptied, filled_tables
from tests.support.played import home_of_its_own

T = TypeVar("T")
FRESH = 300.0  # seconds; then it is made anew: to rules that count minutes it happened just now


@dataclass
class Table:
    insert: str
    rows: list[tuple[Any, ...]]


class Original(Generic[T]):
    """What `make` makes in an empty database and the home that it is given."""

    def __init__(self, make: Callable[[Path], T]) -> None:
        self._make = make
        self._home: Path | None = None  # once it is whole
        self._made_at = 0.0
        self._tables: list[Table] = []
        self._made: T

    def copy(self, home: Path) -> T:
        """A copy in `home` and in the database, which are empty."""
        if self._home is None or time.monotonic() - self._made_at > FRESH:
            with cost.shared():
                self._home = self._keep(Path(mkdtemp(prefix="libertad-original-")) / "node")
        shutil.copytree(self._home, home, dirs_exist_ok=True)
        with deferred_keys() as cursor:
            for table in self._tables:
                cursor.executemany(table.insert, table.rows)
        forget()
        return deepcopy(self._made)

    def _keep(self, home: Path) -> Path:
        with home_of_its_own(home):
            home.chmod(0o700)  # as a node makes it
            self._made = self._make(home)
        with transaction.atomic(), connection.cursor() as cursor:
            self._tables = [_read(cursor, name) for name in filled_tables()]
        emptied()
        self._made_at = time.monotonic()
        return home


def _read(cursor: Any, name: str) -> Table:
    cursor.execute(f'select * from "{name}"')
    columns = [column[0] for column in cursor.description]
    names = ", ".join(f'"{column}"' for column in columns)
    marks = ", ".join(["%s"] * len(columns))
    return Table(
        f'insert into "{name}" ({names}) values ({marks})', [tuple(row) for row in cursor.fetchall()]
    )


def forget() -> None:
    """What the process remembers by an officer, an account or a file, whatever node is open."""
    cache.clear()
    hourly.HOURS.clear()
    daily.TOLD_OF.clear()
    endpoints.STRANGERS.left.clear()
    for answers in _bounded():
        answers.cache_clear()


def _bounded() -> list[Any]:
    """Functions of ours that keep some answers, by what was asked: by ids and how many entries there were.
    Those that keep all are of files that nobody writes."""
    modules = [module for name, module in sys.modules.items() if name.startswith("libertad.")]
    if len(modules) != _known[0]:
        found = {
            id(value): value
            for module in modules
            for value in vars(module).values()
            if hasattr(value, "cache_parameters") and value.cache_parameters()["maxsize"] is not None
        }
        _known[:] = [len(modules), list(found.values())]
    bounded: list[Any] = _known[1]
    return bounded


_known: list[Any] = [0, []]  # how many modules there were, and what was found in them
