"""Rows whose columns lie sealed, opened by whichever ring of this node does."""

from __future__ import annotations

from typing import Any, TypeVar

from libertad.access.sealed import open_columns
from libertad.journal.models import ReadModel
from libertad.journal.node import node

M = TypeVar("M", bound=ReadModel)


def opened(model: type[M], **equal: Any) -> list[M]:
    """All of a model whose columns, the sealed ones too, have these values."""
    here, rows = node(), []
    for row in model._default_manager.order_by("pk"):
        for authority in here.rings.open:
            columns = open_columns(here, authority, model, str(row.pk), row.sealed)
            if columns is not None:
                row.opened_for = (authority, columns)
                break
        assert row.opened_for is not None, f"no ring of this node opens {row.pk}"
        if all(getattr(row, name) == value for name, value in equal.items()):
            rows.append(row)
    return rows
