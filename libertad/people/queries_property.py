"""Reading what was taken from people, for screens. `queries` offers it to the other rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.lookup import Lookup
from libertad.access.queries import open_row, readable
from libertad.people.models import Property


@dataclass(frozen=True)
class PropertySeen:
    """Something taken, and where it is."""

    id: str
    person: str
    kind: str
    state: str
    taken_at: datetime
    state_at: datetime
    zone: str
    exhibit: str
    due_back: str
    description: str
    amount: str
    currency: str
    taken_by: str
    signed: str
    note: str
    crossed: Sequence[str]


def properties(actor: Actor, person: str) -> list[PropertySeen]:
    """What was taken from a person, oldest first."""
    listed = []
    for row in readable(actor, Property).filter(person=person).order_by("taken_at", "id"):
        words = open_row(actor, row)
        plain = ("id", "person", "kind", "state", "taken_at", "state_at", "zone", "exhibit", "due_back")
        sealed = ("description", "amount", "currency", "taken_by", "signed", "note")
        listed.append(
            PropertySeen(
                **{name: getattr(row, name) for name in (*plain, "crossed")},
                **{name: words.get(name, "") for name in sealed},
            )
        )
    return listed


def property_out(actor: Actor) -> int:
    """How many things are not back with their owners, in files that the actor reads."""
    return readable(actor, Property).filter(operation=actor.operation).exclude(state="returned").count()


def property_of_exhibit(act: Lookup, exhibit: str) -> list[dict[str, Any]]:
    """Property that was recorded as this exhibit, in files that the actor's authority reads."""
    return [row for row in act.find(Property, exhibit=exhibit) if act.reads(row["compartment"])]


def owned_as(actor: Actor, exhibit: str) -> list[PropertySeen]:
    """Property that was recorded as this exhibit, in files that the actor reads."""
    owners = readable(actor, Property).filter(exhibit=exhibit).values_list("person", flat=True)
    return [
        one for person in sorted(set(owners)) for one in properties(actor, person) if one.exhibit == exhibit
    ]


def property_of(actor: Actor, key: str) -> PropertySeen | None:
    """One piece of property, None alike for none and for one that is not ours."""
    row = readable(actor, Property, [key]).first()
    if row is None:
        return None
    return next((p for p in properties(actor, row.person) if p.id == key), None)
