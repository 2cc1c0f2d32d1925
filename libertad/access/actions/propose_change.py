"""Propose a change of the operation for another authority to countersign."""

from __future__ import annotations

from libertad.access import changes
from libertad.access.acting import Act, Forbidden, action
from libertad.access.models import OperationChange
from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.access import DeviceEnrol, NodeAnnounce
from libertad.vocabulary.verbs.changes import ChangePropose


@action("change.propose")
def propose_change(act: Act, *, about: str, reason: str, what: Verb | None = None) -> str:
    """Returns the change's id. `what`: what the change will say of `about` once it is signed and shown.

    Without it `about` is the hash of an entry by which keys were vouched for: two authorities take it back.
    Nothing is changed by a proposal. Refused while another about the same waits.
    """
    if what is not None and what.VERB not in changes.KINDS:
        raise Refused("change", "this needs no second signature")
    if what is not None and act.actor.role != "coordinator":
        raise Forbidden("only a coordinator proposes this")
    if what is None:
        entry = act.find_entry(about) if len(about) == 64 else None
        if (
            entry is None
            or not isinstance(entry.content, (DeviceEnrol, NodeAnnounce))
            or entry.subject == entry.authority
        ):
            raise Refused("about", "this vouched for nobody's keys")
        if entry.subject == act.actor.authority:
            raise Refused("about", "it is about your own keys: another authority takes it back")
    change = changes.KINDS[what.VERB] if what is not None else changes.UNDO
    for row in act.find(OperationChange, operation=act.actor.operation, about=about, change=change):
        if not row["done"] and not row["refused_by"]:
            raise Refused("change", "a change of the same waits already: sign it, or refuse it first")
    content = ChangePropose(
        change=change, about=about, content=changes.encode(what) if what is not None else "", reason=reason
    )
    place = act.operation_compartment
    subject = act.new_id(place)
    act.say(place, content, subject=subject, source="decision", supersedes={})
    return subject
