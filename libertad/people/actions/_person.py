"""What the actions of this room share: the person at hand, as the actor's authority may know it."""

from __future__ import annotations

from typing import Any

from libertad.access.acting import Act
from libertad.access.models import Authority
from libertad.people.models import Person
from libertad.vocabulary.values import Refused


def person_at_hand(act: Act, person: str, field: str = "person") -> dict[str, Any]:
    """The person's row with its sealed columns; Refused alike if there is none and if it is not ours."""
    row = act.get(Person, person)
    if row is None or row["operation"] != act.actor.operation or not act.reads(row["compartment"]):
        raise Refused(field, "there is no such file")
    return {**row, **act.opened(Person, row)}


def case_file(act: Act, country: str) -> str:
    """The case file of a country or territory, opened at first use by its police or its prosecution."""
    key = f"{act.actor.operation}:{country}"
    found = act.find_compartment("case", key)
    if found is not None and act.reads(found):
        return found
    members = act.find(Authority, operation=act.actor.operation, country=country)
    readers = [m["id"] for m in members if m["kind"] in ("police", "prosecution")]
    if found is not None or act.actor.authority not in readers:
        raise Refused("country", "your authority keeps no case file there; the police of that country does")
    return act.open("case", key, readers)
