"""Let an exhibit go without an acceptance: from here nobody is recorded as holding it, and it shows."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import after, exhibit_row, present_holder, signed_as
from libertad.evidence.seals import seal_number
from libertad.vocabulary.codelists import marked
from libertad.vocabulary.verbs.evidence import CustodyRelease


@action("custody.release")
def release_custody(
    act: Act, *, exhibit: str, to_whom: str = "", place: str = "", seal_read: str = ""
) -> str:
    """Returns the entry's hash. An offer that waits ends with it."""
    row = exhibit_row(act, exhibit)
    present_holder(act, row, marked("release it"))
    happened = after(act, row["moved_at"], marked("you took it over"))
    content = CustodyRelease(
        to_whom=to_whom, place=place, seal_read=seal_number(seal_read), by=signed_as(act)
    )
    return act.say(row["compartment"], content, subject=exhibit, happened=happened)
