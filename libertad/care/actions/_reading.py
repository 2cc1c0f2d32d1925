"""What a second reading must be: by another officer, once, of the decision that is still open."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.vocabulary.values import Refused


def check_reading(act: Act, row: dict[str, Any], field: str, later: list[dict[str, Any]]) -> None:
    """Refused for the officer who decided, for a second time, and when a later decision counts already."""
    if row["officer"] == act.actor.officer:
        raise Refused(field, "you decided this yourself: another officer is the second reader")
    if row["read"]:
        raise Refused(field, "a second reader has answered already; a new decision can be made instead")
    if any(other["at"] > row["at"] and other["read"] == "yes" for other in later):
        raise Refused(field, "a later decision counts already; this one is overtaken")
