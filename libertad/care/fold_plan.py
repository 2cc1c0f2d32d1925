"""Entries -> the goals of a case plan, and what of it waits for a second reader."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

from libertad.care.plan import plan_of
from libertad.care.plan_models import PlanGoal, PlanUnread
from libertad.journal.causal import acted, as_said
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.journal.subjects import content_of
from libertad.vocabulary.verbs.plans import VERBS, PlanRead, PlanRecord


@project(
    PlanGoal,
    verbs=(PlanRecord.VERB,),
    key=lambda entry: (cast(PlanRecord, entry.content).corrects or entry.id,),
    joined=True,
    begins=lambda entry: not cast(PlanRecord, entry.content).corrects,
    own=(PlanRecord.VERB,),
)
def goal_row(key: str, entries: Sequence[Said]) -> Row | None:
    """A further word about a goal counts at the same desk; none does by itself."""
    ordered = as_said(entries, acted)
    first = next((entry for entry in ordered if entry.id == key), None)
    if first is None:
        return None
    same = [entry for entry in ordered if entry.compartment == first.compartment]
    content = cast(PlanRecord, same[-1].content)
    columns = {
        "person": first.subject,
        "officer": same[-1].officer,
        "last": same[-1].id,
        "area": content.area,
        "until": content.until,
        "progress": content.progress,
    }
    return Row(first.compartment, columns, {"words": [_version(entry) for entry in reversed(same)]})


@project(
    PlanUnread,
    verbs=VERBS,
    key=lambda entry: (entry.compartment,),
    begins=content_of(PlanRecord),
    own=VERBS,
)
def unread_row(key: str, entries: Sequence[Said]) -> Row | None:
    """None once all of it was read."""
    ordered = as_said(entries, acted)
    plan = plan_of(ordered)
    if not plan.unread:
        return None
    objection = plan.objection
    columns = {
        "person": ordered[0].subject,
        "unread": [entry.id for entry in plan.unread],
        "authors": plan.authors,
        "since": min(entry.at for entry in plan.unread),
        "objector": objection.officer if objection is not None else "",
    }
    words = cast(PlanRead, objection.content).words if objection is not None else ""
    return Row(key, columns, {"words": words})


def _version(entry: Said) -> dict[str, Any]:
    content = cast(PlanRecord, entry.content)
    return {
        "entry": entry.id,
        "officer": entry.officer,
        "at": to_ms(entry.at),
        "zone": entry.happened.zone,
        "area": content.area,
        "goal": content.goal,
        "doing": content.doing,
        "until": content.until,
        "progress": content.progress,
        "note": content.note,
    }
