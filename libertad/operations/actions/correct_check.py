"""Correct what was recorded of a database check. What was said before stays on file, superseded."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.operations.corrected import CHECK
from libertad.operations.models import Check
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import CheckRecord, HitCount


@action("check.record", "hit.count")
def correct_check(act: Act, /, *, check: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.CHECK`.

    The anonymous count of hits follows: a hit that was none is taken back from it, a new one is added.
    """
    row = act.get(Check, check)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("check", "there is no such check")
    change = correction(act, row, CheckRecord, values, reasons, CHECK)
    CheckRecord(**change.whole, country=row["country"])
    counting = str(act.open_row(Check, row).get("counting", ""))
    fresh = "" if counting or change.whole["answer"] != "hit" or row["answer"] == "hit" else act.new_id()
    content = CheckRecord(**change.said, counting=fresh, reasons=reasons)
    entry = act.say(row["compartment"], content, subject=check, supersedes=change.supersedes)
    after = act.get(Check, check)
    if after is not None and (counting or fresh):
        _count(act, row, after, counting or fresh, corrected=not fresh)
    return entry


def _count(
    act: Act, before: dict[str, Any], after: dict[str, Any], counting: str, *, corrected: bool
) -> None:
    """The count says what the check now says, which of two corrections that cross is the more careful."""
    if all(before[name] == after[name] for name in ("about", "answer")):
        return
    count = HitCount(
        about=after["about"],
        country=after["country"],
        taken_back=after["answer"] != "hit",
        corrected=corrected,
    )
    act.say(act.operation_compartment, count, subject=counting, supersedes={})
