"""Entries -> which acts of custody their officers' passkeys confirmed."""

from __future__ import annotations

from collections.abc import Sequence

from libertad.access.confirmed import CUSTODY
from libertad.access.fold_passkeys import signed_columns, signed_keys
from libertad.evidence.signed_models import SignedCustody
from libertad.journal.folding import Row, Said, project


@project(SignedCustody, verbs=(*sorted(CUSTODY), "entry.vouch"), key=signed_keys)
def signed_row(key: str, entries: Sequence[Said]) -> Row | None:
    folded = signed_columns(entries)
    if folded is None or folded[0].verb not in CUSTODY:
        return None
    return Row(folded[0].compartment, folded[1])
