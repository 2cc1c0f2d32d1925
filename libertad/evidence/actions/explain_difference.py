"""Explain a difference of an audit: found again, or how else it came out. It stays on file."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import signed_as
from libertad.evidence.models import StoreAudit
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.store import StoreExplain


@action("store.explain")
def explain_difference(act: Act, *, audit: str, about: str, outcome: str, reasons: str) -> str:
    """Returns the entry's hash. Said again, the later word holds and the earlier stays on file."""
    row = act.get(StoreAudit, audit)
    if row is None or row["operation"] != act.actor.operation or row["authority"] != act.actor.authority:
        raise Refused("audit", "there is no such audit of your store")
    content = StoreExplain(about=about, outcome=outcome, reasons=reasons, by=signed_as(act))
    if about not in act.open_row(StoreAudit, row).get("found", ()):
        raise Refused("about", "the audit found no such difference; load the page again")
    return act.say(row["compartment"], content, subject=audit)
