"""Return an exhibit to its owner: custody ends."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.verbs.evidence import ExhibitReturn


@action("exhibit.return")
def return_exhibit(act: Act, *, exhibit: str, to_person: str = "", signed: str, witness: str = "") -> str:
    """Returns the entry's hash. `signed`: 'yes' or 'no', whether the owner signed for it."""
    row = exhibit_row(act, exhibit)
    present_holder(act, row, marked("return it"))
    happened = after(act, row["moved_at"], marked("you took it over"))
    what = ExhibitReturn(to_person=to_person, signed=signed, witness=witness, by=signed_as(act))
    return act.say(row["compartment"], what, subject=exhibit, happened=happened)
