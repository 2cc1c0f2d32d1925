"""What the actions of this room share: the person at hand, as the actor's authority may know it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.access.models import Compartment
from libertad.people.models import Person, Tally
from libertad.vocabulary.values import Refused


def person_at_hand(act: Act, person: str, field: str = "person") -> dict[str, Any]:
    """The person's row with its sealed columns; Refused alike if there is none and if it is not ours."""
    row = act.get(Person, person)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused(field, "there is no such file")
    return {**row, **act.open_row(Person, row)}


def open_tally(act: Act, counting: str) -> bool:
    """Whether a counting id is on the open side: not that of somebody whom care alone met."""
    row = act.get(Tally, counting)
    return row is not None


def own_person(act: Act, person: str) -> dict[str, Any]:
    """As `person_at_hand`, of a file that the actor's own authority opened; Refused of any other."""
    row = person_at_hand(act, person)
    place = act.get(Compartment, row["compartment"])
    if place is None or place["owner"] != act.actor.authority:
        raise Refused("person", "another authority opened this file: it says how long it is kept")
    return row
