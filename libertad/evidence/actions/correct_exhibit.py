"""Correct what was written of an exhibit when it was taken. Its custody is settled elsewhere."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.evidence.actions._case import exhibit_row, signed_as
from libertad.evidence.actions.seize import cash_by_denomination
from libertad.evidence.fold import EXHIBIT
from libertad.vocabulary.exhibit_kinds import not_of
from libertad.vocabulary.values import Cash
from libertad.vocabulary.verbs.evidence import ExhibitCount, ExhibitSeize


@action("exhibit.seize", "exhibit.count")
def correct_exhibit(
    act: Act,
    /,
    *,
    exhibit: str,
    reasons: str,
    cash: Sequence[Cash | Mapping[str, Any]] | None = None,
    **given: Any,
) -> str:
    """Returns the entry's hash. Takes the fields of `fold.EXHIBIT`; only the authority that took it.

    A corrected kind is told to the anonymous count as well, so that the totals follow, and empties what only
    other kinds have.
    """
    row = exhibit_row(act, exhibit)
    if cash is not None:
        given["cash"] = cash_by_denomination(cash)
    if "kind" in given:
        defaults = dict(ExhibitSeize.defaults())
        given |= {name: defaults[name] for name in not_of(given["kind"])}
    change = correction(act, row, ExhibitSeize, given, reasons, EXHIBIT)
    ExhibitSeize(**change.whole, **{name: row[name] for name in ("reference", "counting", "country")})
    content = ExhibitSeize(**change.said, by=signed_as(act), correction=reasons)
    entry = act.say(row["compartment"], content, subject=exhibit, supersedes=change.supersedes)
    if "kind" in change.said:
        count = ExhibitCount(kind=change.said["kind"], country=row["country"], corrected=True)
        act.say(act.operation_compartment, count, subject=row["counting"], supersedes={})
    return entry
