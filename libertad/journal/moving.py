"""Rows of a database's tables, for moving them into another: which tables, in batches, in what form."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime
from functools import cache
from typing import Any

import msgspec
from django.apps import apps
from django.db.models import Model

from libertad.journal import folding

Row = tuple[Any, ...]
HEAD = "journal_head"
SORTED = msgspec.json.Encoder(order="sorted")
MODULUS = 1 << 256


@cache
def tables() -> list[type[Model]]:
    """Every model with a table, those that others refer to before them; the journal's head last of all.

    A cut-off copy has no head, so nobody can take it for a whole journal.
    """
    waiting = [
        model
        for model in apps.get_models(include_auto_created=True)
        if model._meta.managed and not model._meta.proxy
    ]
    ordered: list[type[Model]] = []
    while waiting:
        free = [m for m in waiting if not (_refers(m) & set(waiting)) - {m}]
        if not free:
            raise TypeError(f"tables refer to each other in a ring: {waiting}")
        ordered += free
        waiting = [m for m in waiting if m not in free]
    return sorted(ordered, key=lambda model: model._meta.db_table == HEAD)


def _refers(model: type[Model]) -> set[Any]:
    return {f.remote_field.model for f in model._meta.concrete_fields if f.remote_field is not None}


def batches(model: type[Model], alias: str, size: int) -> Iterator[list[Row]]:
    """All rows in lists of at most `size`, each read where the one before ended; column order."""
    names = [field.attname for field in model._meta.concrete_fields]
    keys = [names.index(field.attname) for field in model._meta.pk_fields]
    rows = model._base_manager.using(alias).order_by("pk").values_list(*names)
    last: Any = None
    while True:
        batch = list((rows if last is None else rows.filter(pk__gt=last))[:size])
        if batch:
            yield batch
        if len(batch) < size:
            return
        last = batch[-1][keys[0]] if len(keys) == 1 else tuple(batch[-1][key] for key in keys)


def insert(model: type[Model]) -> str:
    """SQL that puts one row, as `prepared` gives it."""
    columns = [str(field.column) for field in model._meta.concrete_fields]
    marks = ", ".join("?" * len(columns))
    return f'insert into "{model._meta.db_table}" ({folding.quoted(columns)}) values ({marks})'


def prepared(model: type[Model], rows: Iterable[Sequence[Any]], connection: Any) -> list[Row]:
    """Rows as the driver of `connection` takes them."""
    puts = [field.get_db_prep_save for field in model._meta.concrete_fields]
    return [tuple(prepare(v, connection) for prepare, v in zip(puts, row, strict=True)) for row in rows]


def added(digest: int, rows: Iterable[Sequence[Any]]) -> int:
    """The digest with these rows added: the same whatever their order, which differs between databases."""
    for row in rows:
        exact = repr(tuple(_comparable(value) for value in row)).encode()
        digest += int.from_bytes(hashlib.sha256(exact).digest(), "big")
    return digest % MODULUS


def _comparable(value: Any) -> Any:
    if isinstance(value, (memoryview, bytearray)):
        return bytes(value)
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat()
    if isinstance(value, (dict, list)):
        return SORTED.encode(value)
    return value
