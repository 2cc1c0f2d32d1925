"""Carry out a change that two authorities signed and whose notice is over."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, action
from libertad.access.actions.remove_reader import remove_reader
from libertad.access.models import OperationChange
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import AuthorityInvite, CompartmentRemove
from libertad.vocabulary.verbs.changes import ChangeDone, ChangeSign
from libertad.vocabulary.verbs.operations import OperationOpen


@action(
    "change.done", "authority.invite", "operation.open", "operation.clock", "operation.close",
    "operation.reopen",
)  # fmt: skip
def carry_out_change(act: Act, *, change: str) -> str:
    """Returns the hash of the entry that changes it; it names the change, by which every node finds the
    two signatures. Forbidden while it is not signed, was refused, or its notice runs."""
    row = act.get(OperationChange, change)
    if row is None or row["operation"] != act.actor.operation or row["change"] == changes.UNDO:
        raise Refused("change", "there is no such change to be carried out")
    if row["done"]:
        raise Refused("change", "it was carried out already")
    what = changes.decode(row["change"], act.opened(OperationChange, row)["content"])
    if what is None:
        raise Refused("change", "what it would say is not known here: propose it anew")
    place = act.operation_compartment
    if isinstance(what, CompartmentRemove):
        remove_reader(act, compartment=row["about"], readers=what.reader, reason=what.reason, change=change)
        (entry, *_) = [one.id for one in reversed(act.tx.appended) if one.body.proof == change]
    else:
        signed = [
            one.id
            for one in act.tx.known(f"access.OperationChange:{change}")
            if isinstance(one.content, ChangeSign)
        ]
        after = None  # else after all that is known of it
        rows = {AuthorityInvite: "access.Authority", OperationOpen: "operations.Operation"}
        if type(what) in rows:
            after = act.later(*(one.at for one in act.tx.known(f"{rows[type(what)]}:{row['about']}")))
        entry = act.say(
            place, what, subject=row["about"], source="decision", supersedes={}, depends=signed,
            happened=after, proof=change,
        )  # fmt: skip
    act.say(place, ChangeDone(entry=entry), subject=change, source="decision", supersedes={})
    return entry
