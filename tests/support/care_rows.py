"""Rows of care's read models, opened by whichever ring of this node opens them."""

from __future__ import annotations

from typing import Any, TypeVar

from libertad.access.sealed import open_columns
from libertad.journal.models import ReadModel
from libertad.journal.node import node

M = TypeVar("M", bound=ReadModel)


def care_rows(model: type[M], **equal: Any) -> list[M]:
    """Rows of these plain columns, in order of id."""
    opened = []
    node().rings.refresh()  # what a served process wrote
    for row in model.objects.filter(**equal).order_by("pk"):
        for authority in node().rings.open:
            columns = open_columns(node(), authority, model, row.pk, row.sealed)
            if columns is not None and row.opened_for is None:
                row.opened_for = (authority, columns)
        assert row.opened_for is not None, f"no ring of this node opens {row.pk}"
        opened.append(row)
    return opened


def care_row(model: type[M], **equal: Any) -> M:
    """The only one."""
    (only,) = care_rows(model, **equal)
    return only
