"""See a person as a potential victim, or not: a first view, with reasons. Care decides the rest."""

from __future__ import annotations

from libertad.access.acting import Act, action
from libertad.people.actions._person import person_at_hand
from libertad.people.models import Tally
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonAssess, TallyStatus

DECIDED = ("presumed", "confirmed")


@action("person.assess", "tally.status")
def assess_person(act: Act, *, person: str, seen_as: str, reasons: str) -> None:
    """Dated; what was seen before stays on file.

    Once care has decided, a first view is kept in the file and no longer counted: it takes nothing back.
    """
    if seen_as == "not-assessed":
        raise Refused("seen_as", "say what you think: a potential victim, or not")
    row = person_at_hand(act, person)
    act.say(row["compartment"], PersonAssess(seen_as=seen_as, reasons=reasons), subject=person, supersedes={})
    counted = act.get(Tally, row["counting"])
    if counted is not None and counted["protection"] in DECIDED:
        return
    act.say(
        act.operation_compartment,
        TallyStatus(status=seen_as, country=row["country"]),
        subject=row["counting"],
        supersedes={},
    )
