"""Close an operation, and open it again. What was said stays, and goes on to its end."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.closed import closed_since
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.closing import OperationClose, OperationReopen


@action("operation.close")
def close_operation(act: Act, *, reasons: str) -> str:
    """Returns the entry's hash. Forbidden to one authority alone once the operation has begun."""
    place = act.operation_compartment
    if closed_since(act) is not None:
        raise Refused("reason", "the operation is closed already")
    content = OperationClose(reasons=reasons)
    return act.say(place, content, subject=act.actor.operation, source="decision", supersedes={})


@action("operation.reopen")
def reopen_operation(act: Act, *, reasons: str) -> str:
    """Returns the entry's hash. Forbidden to one authority alone once the operation has begun."""
    place = act.operation_compartment
    if closed_since(act) is None:
        raise Refused("reason", "the operation is not closed")
    content = OperationReopen(reasons=reasons)
    return act.say(place, content, subject=act.actor.operation, source="decision", supersedes={})
