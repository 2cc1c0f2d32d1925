"""Second reading of an identification: only if another officer agrees does the status count."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.care.actions._file import part
from libertad.care.actions._reading import check_reading
from libertad.care.models import CareFile, Identification
from libertad.vocabulary.verbs.care import IdentificationRead
from libertad.vocabulary.verbs.people import TallyStatus


@action("identification.read", "tally.status")
def read_identification(act: Act, *, identification: str, agrees: str, reasons: str = "") -> None:
    """With 'yes' the status is counted, anonymously, in the operation's figures."""
    row = part(act, Identification, identification, "identification", "identification.read")
    check_reading(act, row, "identification", act.find(Identification, person=row["person"]))
    what = IdentificationRead(person=row["person"], agrees=agrees, reasons=reasons)
    act.say(row["compartment"], what, subject=identification, supersedes={}, source="decision")
    if agrees != "yes":
        return
    file = act.get(CareFile, row["person"])
    counting = act.opened(CareFile, file)["counting"] if file else ""
    if counting:
        act.say(
            act.operation_compartment, TallyStatus(status=row["status"]), subject=counting,
            supersedes={}, source="decision",
        )  # fmt: skip
