"""Two records are of one person: linked, with reasons. Nothing is merged, and the person is counted once."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonSame, TallyLink


@action("person.same", "tally.link")
def link_same(act: Act, *, person: str, other: str, reasons: str) -> None:
    """Said in both files; the counting ids are linked, so that figures count one person.

    Only between records of the open side: that care met somebody too is counted by care.
    """
    one, two = person_at_hand(act, person), person_at_hand(act, other, "other")
    if person == other:
        raise Refused("other", "this is the same record; choose another")
    act.say(one["compartment"], PersonSame(other=other, reasons=reasons), subject=person, supersedes={})
    act.say(two["compartment"], PersonSame(other=person, reasons=reasons), subject=other, supersedes={})
    if open_tally(act, one["counting"]) and open_tally(act, two["counting"]):
        link = TallyLink(other=two["counting"], same=True)
        act.say(act.operation_compartment, link, subject=one["counting"], supersedes={})
