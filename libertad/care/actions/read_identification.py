"""Second reading of an identification: only if another officer agrees does the status count."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.actions._reading import check_reading
from libertad.care.models import Identification
from libertad.vocabulary.verbs.care import IdentificationRead


@action("identification.read")
def read_identification(
    act: Act, *, identification: str, agrees: str, reasons: str = "", shown: str = ""
) -> None:
    """Only with 'yes' does it count. Nothing of it is said outside the protection file: the authority's node
    counts it with its other people (`figures.actions.count_day`). `shown`: the entry that the page showed."""
    row = part(act, Identification, identification, "identification", "identification.read")
    decisions = act.find(Identification, compartment=row["compartment"])
    decision = check_reading(act, row, "identification", decisions, shown)
    content = IdentificationRead(person=row["person"], agrees=agrees, reasons=reasons, decision=decision)
    act.say(row["compartment"], content, subject=identification, supersedes={}, source="decision")
