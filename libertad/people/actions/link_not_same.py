"""Two records are not of one person: ends a link, with reasons."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonNotSame, TallyLink


@action("person.not_same", "tally.link")
def link_not_same(act: Act, *, person: str, other: str, reasons: str) -> None:
    """Said in both files; what was said before stays on file."""
    row, other_row = person_at_hand(act, person), person_at_hand(act, other, "other")
    if person == other:
        raise Refused("other", "this is the same record; choose another")
    act.say(row["compartment"], PersonNotSame(other=other, reasons=reasons), subject=person, supersedes={})
    act.say(
        other_row["compartment"], PersonNotSame(other=person, reasons=reasons), subject=other, supersedes={}
    )
    if open_tally(act, row["counting"]) and open_tally(act, other_row["counting"]):
        link = TallyLink(other=other_row["counting"], same=False)
        act.say(act.operation_compartment, link, subject=row["counting"], supersedes={})
