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
    "change.done",
    "authority.invite",
    "operation.open",
    "operation.clock",
    "operation.close",
    "operation.reopen",
)
def carry_out_change(act: Act, *, change: str) -> str:
    """Returns the hash of the entry that changes it; it names the change, by which every node finds the
    two signatures. Forbidden while it is not signed, was refused, or its notice runs."""
    row = act.get(OperationChange, change)
    if row is None or row["operation"] != act.actor.operation or row["change"] == changes.UNDO:
        raise Refused("change", "there is no such change to be carried out")
    if row["done"]:
        raise Refused("change", "it was carried out already")
    content = changes.decode(row["change"], act.open_row(OperationChange, row)["content"])
    if content is None:
        raise Refused("change", "what it would say is not known here: propose it anew")
    place = act.operation_compartment
    if isinstance(content, CompartmentRemove):
        remove_reader(
            act, compartment=row["about"], readers=content.reader, reason=content.reason, change=change
        )
        (entry, *_) = [
            appended_entry.id
            for appended_entry in reversed(act.tx.appended)
            if appended_entry.body.proof == change
        ]
    else:
        signed = [
            signature.id
            for signature in act.tx.entries_touching(f"access.OperationChange:{change}")
            if isinstance(signature.content, ChangeSign)
        ]
        after = None  # else after all that is known of it
        rows = {AuthorityInvite: "access.Authority", OperationOpen: "operations.Operation"}
        if type(content) in rows:
            after = act.later(
                *(earlier.at for earlier in act.tx.entries_touching(f"{rows[type(content)]}:{row['about']}"))
            )
        entry = act.say(
            place,
            content,
            subject=row["about"],
            source="decision",
            supersedes={},
            depends=signed,
            happened=after,
            proof=change,
        )
    act.say(place, ChangeDone(entry=entry), subject=change, source="decision", supersedes={})
    return entry
