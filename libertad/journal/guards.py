"""Which rows of the database decide what somebody may do, and what of each is sealed (`seals.py`).

A room declares its tables with `guard` (rows that it writes itself) or `guard_model` (read models whose
rows decide). Columns that decide nothing, such as counters and times of contact, are left out.
"""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cache, cached_property
from hashlib import blake2b
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libertad.journal.models import ReadModel
    from libertad.journal.sql import Sql

Values = tuple[Any, ...]


@dataclass(frozen=True)
class Guard:
    """A guarded table. `key` and `columns` are sealed, in this order; a column is 'name' or 'name:kind' with
    kind 'moment' or 'json'. `group` is the column by which rows belong together (the factors of an account):
    a check of the group finds rows that were added or taken away. `where` leaves out rows without a say.
    `mend` says what an administrator does. `small`: few enough rows to be compared whole when one is written.
    `members`: as many rows as members, all compared often, and nothing secret in them: seals stay in memory.
    """

    table: str
    key: tuple[str, ...]
    columns: tuple[str, ...]
    mend: str
    group: str = ""
    where: str = ""
    small: bool = True
    members: bool = False

    @cached_property
    def names(self) -> tuple[str, ...]:
        return tuple(column.partition(":")[0] for column in self.key + self.columns)

    @cached_property
    def kinds(self) -> tuple[str, ...]:
        return tuple(column.partition(":")[2] for column in self.key + self.columns)

    @cached_property
    def select(self) -> str:
        """The statement that reads all guarded rows; with ' and ...' behind it, some of them."""
        columns = ", ".join(f'"{name}"' for name in self.names)
        return f"select {columns} from {self.table} where {self.where or '1 = 1'}"

    @cached_property
    def shape(self) -> str:
        """What is sealed, as it is kept beside the seals: a later version may seal more."""
        return json.dumps([self.key, self.columns, self.group, self.where])

    def shaped(self, shape: str) -> Guard:
        """This guard as it was when `shape` was kept."""
        key, columns, group, where = json.loads(shape)
        return replace(self, key=tuple(key), columns=tuple(columns), group=group, where=where)

    def name(self, row: Sequence[Any]) -> str:
        """A row's name in the seals: the values of its key."""
        return ":".join(_text(value) for value in row[: len(self.key)])

    def group_of(self, row: Sequence[Any]) -> str:
        return _text(row[self.names.index(self.group)]) if self.group else ""

    def digest(self, secret: bytes, row: Sequence[Any]) -> bytes:
        """A MAC over table, key and columns: no row's seal fits another row, or another table's."""
        mac = blake2b(self.table.encode(), digest_size=16, key=secret, person=b"libertad row v1")
        for value, kind in zip(row, self.kinds, strict=True):
            part = canonical(value, kind)
            mac.update(len(part).to_bytes(8, "big") + part)
        return mac.digest()


def _text(value: Any) -> str:
    return bytes(value).hex() if isinstance(value, (bytes, bytearray, memoryview)) else str(value)


def canonical(value: Any, kind: str = "") -> bytes:
    """One form of a column's value, whether it comes from SQLite, from PostgreSQL or from a model."""
    if value is None:
        return b"none"
    if kind == "moment":
        moment = datetime.fromisoformat(value) if isinstance(value, str) else value
        if moment.tzinfo is not None:
            moment = moment.astimezone(UTC).replace(tzinfo=None)
        return b"t" + moment.isoformat(timespec="microseconds").encode()
    if kind == "json":
        value = json.loads(value) if isinstance(value, str) else value
        return b"j" + json.dumps(value, sort_keys=True, separators=(",", ":")).encode()
    if isinstance(value, (bytes, bytearray, memoryview)):
        return b"b" + bytes(value)
    if isinstance(value, (bool, int)):
        return b"i" + str(int(value)).encode()
    return b"s" + (repr(value) if isinstance(value, float) else str(value)).encode()


GUARDS: dict[str, Guard] = {}
# Guards of read models by the projection's label, with the places of the sealed columns in its records.
MODELS: dict[str, tuple[Guard, tuple[int, ...]]] = {}
REBUILD = "run libertad journal rebuild, which makes the row anew from the signed entries"


def guard(table: str, key: Sequence[str], columns: Sequence[str], mend: str, **options: Any) -> Guard:
    """Declare a table whose rows decide."""
    declared = GUARDS[table] = Guard(table, tuple(key), tuple(columns), mend, **options)
    guard_of_statement.cache_clear()
    return declared


def guard_model(model: type[ReadModel], *columns: str) -> Guard:
    """Declare a read model whose rows decide; folds seal what they compute. Of sealed columns it tells
    which of the states that a row ever had is its last."""
    fields = [field.attname for field in model._meta.concrete_fields]
    names = columns or tuple(n for n in fields if n not in ("id", "sealed", "provenance"))
    declared = guard(model._meta.db_table, ("id",), names, REBUILD, small=False)
    MODELS[model._meta.label] = declared, tuple(fields.index(name) for name in declared.names)
    _guard_touches()
    return declared


TOUCH = "journal_touch"


def _guard_touches() -> None:
    """Guard which entries make up the rows of guarded read models: one that is left out would change what
    the row says when it is next computed."""
    where = " or ".join(f"key like '{label}:%'" for label in sorted(MODELS))
    guard(TOUCH, ["key", "entry"], [], REBUILD, group="key", where=f"({where})", small=False)


WRITES = re.compile(r'\s*(insert into|update|delete from)\s+"?(\w+)"?(.*)', re.IGNORECASE | re.DOTALL)
SETS = re.compile(r'"?(\w+)"?\s*=(?!=)')


@cache
def guard_of_statement(text: str) -> Guard | None:
    """The small guarded table whose sealed columns a statement may change; None for all other statements."""
    match = WRITES.match(text)
    if match is None:
        return None
    verb, table, rest = match.groups()
    guard = GUARDS.get(table)
    if guard is None or not guard.small:
        return None
    if verb.lower() == "update":
        sets = re.split(r"\bwhere\b", rest, maxsplit=1, flags=re.IGNORECASE)[0]
        if not set(SETS.findall(sets)) & set(guard.names):
            return None
    return guard


@cache
def written_table(text: str) -> str:
    """The table that a statement may change; '' for one that changes none."""
    match = WRITES.match(text)
    return "" if match is None else match.group(2)


def rows(sql: Sql, guard: Guard, rest: str = "", params: Sequence[Any] = ()) -> list[Values]:
    """Guarded rows as the database has them; `rest` begins with ' and'."""
    return sql.all(guard.select + rest, params)


def triggers(sql: Sql) -> list[tuple[str, str]]:
    """Triggers on guarded tables: Libertad makes none, and one would change what the node writes."""
    if sql.postgres:
        listed = sql.all(
            "select c.relname, t.tgname from pg_trigger t join pg_class c on c.oid = t.tgrelid "
            "where not t.tgisinternal"
        )
    else:
        listed = sql.all("select tbl_name, name from sqlite_master where type = 'trigger'")
    return [(table, name) for table, name in listed if table in GUARDS]
