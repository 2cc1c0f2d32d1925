"""Whose file opens at once however many an officer has opened: of whom police's word of a danger is open."""

from __future__ import annotations

from libertad.access.acting import Act
from libertad.access.amount_pace import ENDANGERED
from libertad.people.models import Person


def in_danger(act: Act, person: str) -> bool:
    """Whether the identity file says so, where the actor's authority reads it."""
    row = act.get(Person, person)
    return row is not None and act.reads(row["compartment"]) and row["danger"] == "open"


def endangered(act: Act, person: str) -> bool:
    """Whether a danger of the person is open by what the actor reads, in any room."""
    return any(is_open(act, person) for is_open in ENDANGERED)
