"""What care disclosed is erased as care asks, unless a legal hold forbids it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act
from libertad.access.legal_holds import under_hold
from libertad.people.disclosed_models import Disclosed
from libertad.vocabulary.values import Refused


def refuse_held(act: Act, file: Mapping[str, Any]) -> None:
    """Refused under a hold on the person, or on the disclosure by its own reference."""
    row = act.get(Disclosed, file["id"])
    references = (str(row["reference"]),) if row is not None else ()
    if under_hold(act, file["about"], references):
        raise Refused("request", "a legal hold forbids erasing: refuse it, or ask who placed the hold")
