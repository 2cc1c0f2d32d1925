"""Fields of read models: moments as epoch milliseconds, JSON as text, sealed blobs."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec
from django.core.exceptions import FieldError
from django.db import models

SORTED = msgspec.json.Encoder(order="sorted")


class MomentField(models.BigIntegerField):  # type: ignore[type-arg]
    """A moment in UTC, kept as milliseconds since 1970: the same on SQLite and PostgreSQL."""

    def from_db_value(self, value: int | None, *_: object) -> datetime | None:
        return None if value is None else from_ms(value)

    def to_python(self, value: Any) -> Any:
        return value if isinstance(value, datetime) or value is None else from_ms(int(value))

    def get_prep_value(self, value: Any) -> int | None:
        return moment_value(value)


class JsonText(models.TextField):  # type: ignore[type-arg]
    """A small JSON value as text in one deterministic form (sorted keys), for comparing rebuilds."""

    def from_db_value(self, value: str | None, *_: object) -> Any:
        return None if value is None else msgspec.json.decode(value)

    def get_prep_value(self, value: Any) -> str | None:
        return json_value(value)


class SealedField(models.BinaryField):  # type: ignore[type-arg]
    """Identifying columns, sealed under the compartment's key. Refuses every look-up but isnull."""

    def get_lookup(self, lookup_name: str) -> Any:
        if lookup_name != "isnull":
            raise FieldError(f"a sealed column can only be asked for isnull, not {lookup_name}")
        return super().get_lookup(lookup_name)

    def get_transform(self, lookup_name: str) -> Any:
        raise FieldError("a sealed column has no transforms")


def moment_value(value: Any) -> int | None:
    """A moment as its column keeps it; a number or None as it is."""
    if isinstance(value, datetime):
        return round(value.timestamp() * 1000)
    number: int | None = value
    return number


def json_value(value: Any) -> str | None:
    """A JSON value as its column keeps it."""
    return None if value is None else SORTED.encode(value).decode()


def to_ms(value: datetime) -> int:
    return round(value.timestamp() * 1000)


def from_ms(value: int) -> datetime:
    return datetime.fromtimestamp(value / 1000, UTC)
