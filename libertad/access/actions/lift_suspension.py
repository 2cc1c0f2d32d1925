"""Propose to lift a suspension: it is over once another authority signs that."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.models import OperationChange
from libertad.access.suspending import noted
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangePropose


@action("change.propose")
def lift_suspension(act: Act, *, change: str, reason: str) -> str:
    """Returns the id of the change by which it is lifted. `change`: the suspension. Forbidden for whom it is
    about. What was held is judged again then, and what was kept from the authority is given to it."""
    if all(suspension.over for suspension in noted(act.tx.sql, change=change)):
        raise Refused("change", "no such suspension stands")
    for row in act.find(OperationChange, operation=act.actor.operation, about=change, change=changes.LIFT):
        if not row["refused_by"]:
            raise Refused("change", "lifting it waits for a signature already")
    place = act.operation_compartment
    subject = act.new_id(place)
    content = ChangePropose(change=changes.LIFT, about=change, reason=reason)
    act.say(place, content, subject=subject, source="decision", supersedes={})
    return subject
