"""See a person as a potential victim, or not: a first view, with reasons. Care decides the rest."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import person_at_hand
from libertad.vocabulary.verbs.people import PersonAssess, TallyStatus


@action("person.assess", "tally.status")
def assess_person(act: Act, *, person: str, seen_as: str, reasons: str) -> None:
    """Dated; what was seen before stays on file."""
    row = person_at_hand(act, person)
    act.say(row["compartment"], PersonAssess(seen_as=seen_as, reasons=reasons), subject=person, supersedes={})
    act.say(
        act.operation_compartment, TallyStatus(status=seen_as, country=row["country"]), subject=row["counting"],
        supersedes={},
    )  # fmt: skip
