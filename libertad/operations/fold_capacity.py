"""Entries -> places in care. The row is of whoever speaks, whatever its entry names."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

from libertad.journal.causal import as_said
from libertad.journal.folding import Row, Said, project
from libertad.operations.capacity_models import Capacity
from libertad.vocabulary.verbs.capacity import CapacitySet


@project(Capacity, verbs=("capacity.set",), key=lambda entry: (f"{entry.operation}:{entry.authority}",))
def capacity_row(key: str, entries: Sequence[Said]) -> Row:
    last = as_said(entries)[-1]  # dated after it is one that was said under a clock that was ahead
    content = cast(CapacitySet, last.content)
    return Row(
        last.compartment,
        {
            "authority": last.authority,
            "places": content.places,
            "at": last.at,
            "zone": last.happened.zone,
        },
    )
