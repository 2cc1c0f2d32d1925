"""Second reading of a return decision: only if another officer agrees does it count."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.actions._reading import check_reading
from libertad.care.models import ReturnDecision
from libertad.vocabulary.verbs.care import ReturnRead


@action("return.read")
def read_return(act: Act, *, decision: str, agrees: str, reasons: str = "", shown: str = "") -> None:
    """Not by the officer who decided; once. `shown`: the entry that the page showed."""
    row = part(act, ReturnDecision, decision, "decision", "return.read")
    decisions = act.find(ReturnDecision, compartment=row["compartment"])
    entry = check_reading(act, row, "decision", decisions, shown)
    content = ReturnRead(person=row["person"], agrees=agrees, reasons=reasons, decision=entry)
    act.say(row["compartment"], content, subject=decision, supersedes={}, source="decision")
