"""Two records are of one person: linked, with reasons. Nothing is merged, and the person is counted once."""

from __future__ import annotations

from libertad.access.acting import Act, Forbidden, action
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonSame, TallyLink


@action("person.same", "tally.link")
def link_same(act: Act, *, person: str, other: str, reasons: str, recorded_twice: bool = False) -> None:
    """Said in both files; the counting ids are linked, so that figures count one person.

    `recorded_twice`: `person` was recorded by mistake a second time, and one goes on in `other`.

    Only between records of the open side: that care met somebody too is counted by care.
    """
    row, other_row = person_at_hand(act, person), person_at_hand(act, other, "other")
    if person == other:
        raise Refused("other", "this is the same record; choose another")
    if recorded_twice and row["authority"] != act.actor.authority:
        raise Forbidden("only the authority that made a record says that it was made twice")
    if recorded_twice and other_row.get("twice"):
        raise Refused("other", "that record was itself made twice; choose the one in which you go on")
    first = PersonSame(other=other, reasons=reasons, recorded_twice=recorded_twice)
    act.say(row["compartment"], first, subject=person, supersedes={})
    act.say(other_row["compartment"], PersonSame(other=person, reasons=reasons), subject=other, supersedes={})
    if open_tally(act, row["counting"]) and open_tally(act, other_row["counting"]):
        link = TallyLink(other=other_row["counting"], same=True)
        act.say(act.operation_compartment, link, subject=row["counting"], supersedes={})
