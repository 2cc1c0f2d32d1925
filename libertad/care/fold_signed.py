"""Entries -> which decisions of a protection file their officers' passkeys confirmed."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.access.confirmed import DECISIONS
from libertad.access.fold_passkeys import signed_columns, signed_keys
from libertad.care.signed_models import SignedDecision
from libertad.journal.folding import Row, Said, project


@project(SignedDecision, verbs=(*sorted(DECISIONS), "entry.vouch"), key=signed_keys)
def signed_row(key: str, entries: Sequence[Said]) -> Row | None:
    folded = signed_columns(entries)
    if folded is None or folded[0].verb not in DECISIONS:
        return None
    signed, columns = folded
    return Row(signed.compartment, {"person": cast(Any, signed.content).person, **columns})
