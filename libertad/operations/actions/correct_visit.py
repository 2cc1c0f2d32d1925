"""Correct what was recorded of a visit. What was said before stays on file, superseded."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act, action
from libertad.access.actions._correcting import correction
from libertad.operations.corrected import VISIT
from libertad.operations.models import Team, Visit
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.operations import VisitRecord


@action("visit.record")
def correct_visit(act: Act, /, *, visit: str, reasons: str, **values: Any) -> str:
    """Returns the entry's hash. Takes the fields of `corrected.VISIT`; outcome and people go together."""
    row = act.get(Visit, visit)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused("visit", "there is no such visit")
    change = correction(act, row, VisitRecord, values, reasons, VISIT, ("outcome", "people"))
    VisitRecord(**change.whole, site=row["site"], country=row["country"])
    if "team" in change.said:
        team = act.get(Team, change.said["team"])
        if team is None or team["compartment"] != row["compartment"]:
            raise Refused("team", "there is no such team")
    content = VisitRecord(**change.said, site=row["site"], reasons=reasons)
    return act.say(row["compartment"], content, subject=visit, supersedes=change.supersedes)
