"""Sealed columns of a read model, opened by one authority's ring."""

from __future__ import annotations

from typing import Any

import msgspec

from libertad.journal import sealing
from libertad.journal.folding import COLUMNS
from libertad.journal.models import ReadModel, sealed_columns, unpacked
from libertad.journal.node import Node
from libertad.journal.seals import RowChanged


def open_sealed(at: Node, authority: str, label: str, key: str, sealed: Any) -> dict[str, Any]:
    """Open sealed columns with one authority's ring and no other; {} when it does not hold the key.
    RowChanged where they are not those that this node sealed for this row."""
    if sealed is None:
        return {}
    blob = bytes(sealed)
    epoch = at.rings.key(authority, blob[:16])
    if epoch is None:
        return {}
    try:
        plain = sealing.open_columns(blob, epoch, f"{label}:{key}".encode())
    except sealing.CannotOpen as why:
        raise RowChanged(label, key) from why
    columns: dict[str, Any] = msgspec.json.decode(plain)
    return columns


def open_columns(
    at: Node, authority: str, model: type[ReadModel], key: str, sealed: Any
) -> dict[str, Any] | None:
    """As `open_sealed`, with the model's sealed columns among the others, moments as such; None where it has
    such columns and the authority does not hold the key: then nothing is known of the row."""
    opened = open_sealed(at, authority, model._meta.label, key, sealed)
    if not sealed_columns(model):
        return opened
    kept = opened.pop(COLUMNS, None)
    return None if kept is None else opened | unpacked(model, kept)
