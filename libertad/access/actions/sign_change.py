"""Countersign a change that another authority proposed."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.access.models import OperationChange
from libertad.access.suspending import LAPSED, noted
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.changes import ChangeSign


@action("change.sign")
def sign_change(act: Act, *, change: str, proposal: str = "") -> str:
    """Returns the entry's hash. `proposal`: the entry that was read, where the page names it.

    Forbidden for who proposed it, for another of that authority (unless the operation has no other), and for
    the authority that the change is about: `about_changes.judge_sign`.
    """
    row = act.get(OperationChange, change)
    if row is None or row["operation"] != act.actor.operation:
        raise Refused("change", "there is no such change, or it is not here yet")
    if proposal and proposal != row["entry"]:
        raise Refused("proposal", "the proposal is another than you have read: read it again, then sign")
    if row["refused_by"]:
        raise Refused("change", "it was refused: whoever proposed it may propose it anew")
    if row["signed_by"]:
        raise Refused("change", "it is countersigned already")
    if any(suspension.state == LAPSED for suspension in noted(act.tx.sql, change=change)):
        raise Refused("change", "it lapsed, since nobody confirmed it within a day: suspend it anew")
    return act.say(
        act.operation_compartment,
        ChangeSign(proposal=row["entry"]),
        subject=change,
        source="decision",
        supersedes={},
        depends=[row["entry"]],
    )
