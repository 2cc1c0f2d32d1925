"""See a person as a potential victim, or not: a first view, with reasons. Care decides the rest."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from libertad.access.acting import Act, action
from libertad.people.actions._person import open_tally, person_at_hand
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.people import PersonAssess, TallySeen


@action("person.assess", "tally.seen")
def assess_person(act: Act, *, person: str, seen_as: str, reasons: str) -> None:
    """Dated; what was seen before stays on file.

    Counted by whoever met the person. It answers and does the same whatever care has decided: otherwise the
    difference would tell police of the decision.
    """
    if seen_as == "not-assessed":
        raise Refused("seen_as", "say what you think: a potential victim, or not")
    row = person_at_hand(act, person)
    act.say(row["compartment"], PersonAssess(seen_as=seen_as, reasons=reasons), subject=person, supersedes={})
    count_view(act, row, seen_as)


def count_view(act: Act, row: Mapping[str, Any], seen_as: str) -> None:
    """Count a first view, without a name, of somebody whom the actor's authority met."""
    if row["authority"] != act.actor.authority or not open_tally(act, row["counting"]):
        return
    act.say(
        act.operation_compartment,
        TallySeen(seen_as=seen_as, country=row["country"]),
        subject=row["counting"],
        supersedes={},
    )
