"""Refuse a proposed change, or take back what was signed while its notice runs."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.models import OperationChange
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangeRefuse


@action("change.refuse")
def refuse_change(act: Act, *, change: str, reason: str) -> str:
    """Returns the entry's hash. Any member may, also who proposed or signed it: nothing is changed then.
    A suspension, and its lifting, only who proposed it takes back."""
    row = act.get(OperationChange, change)
    if row is None or row["operation"] != act.actor.operation:
        raise Refused("change", "there is no such change, or it is not here yet")
    if row["refused_by"]:
        raise Refused("change", "it was refused already")
    over = row["starts"] is not None and changes.now() >= row["starts"] + changes.notice_of(row["change"])
    if row["done"] or over or (row["signed_by"] and row["change"] in changes.ITSELF):
        raise Refused("change", "its notice is over: ask who coordinates to propose the opposite")
    return act.say(
        act.operation_compartment,
        ChangeRefuse(proposal=row["entry"], reason=reason),
        subject=change,
        source="decision",
        supersedes={},
        depends=[row["entry"]],
    )
