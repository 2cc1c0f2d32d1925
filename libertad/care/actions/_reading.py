"""What a second reading must be: by another officer, once, of the decision that is still open."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.care.appeals import WAS_READ
from libertad.vocabulary.values import Refused


def check_reading(
    act: Act, row: dict[str, Any], field: str, later: list[dict[str, Any]], decision: str
) -> str:
    """The entry that is read, '' for a decision that nobody corrected (as every version says it).

    Refused for the officer who decided, for a second time, when a later decision counts already, and where
    the words on file are not those of the entry that the page showed (`decision`; '' where it names none).
    """
    if row.get("taken_back"):
        raise Refused(field, "it was taken back: nothing is decided, so there is nothing to read")
    if len(row["entries"]) > 1:
        raise Refused(field, "two corrections of it are on file; it is read once a third has settled them")
    if decision and decision != row["entries"][0]:
        raise Refused(field, "it was corrected while you read it; load the page again and read it anew")
    if row.get("corrected") and not decision:
        raise Refused(field, "it was corrected; load the page again and read it anew")
    if row["officer"] == act.actor.officer:
        raise Refused(field, "you decided this yourself: another officer is the second reader")
    if row["read"]:
        raise Refused(field, "a second reader has answered already; a new decision can be made instead")
    if any(decision["at"] > row["at"] and decision["read"] in WAS_READ for decision in later):
        raise Refused(field, "a later decision counts already; this one is overtaken")
    return decision if row.get("corrected") else ""
