"""Say what you know about a gap. It explains the gap and never closes it."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.evidence.actions._case import exhibit_row, signed_as, which_gap
from libertad.journal.fields import from_ms
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.evidence import CustodyStatement


@action("custody.statement")
def statement_on_gap(act: Act, *, exhibit: str, words: str, about_from: str = "") -> str:
    """Returns the entry's hash. `about_from`: when the gap began, ISO 8601; '' = the last gap."""
    row = exhibit_row(act, exhibit)
    starts = [from_ms(gap[0]) for gap in row["gaps"]]
    if not starts:
        raise Refused("exhibit", "its custody has no gap that a statement could explain")
    content = CustodyStatement(
        words=words, about_from=which_gap(about_from, starts).isoformat(), by=signed_as(act)
    )
    return act.say(row["compartment"], content, subject=exhibit, source="said")
