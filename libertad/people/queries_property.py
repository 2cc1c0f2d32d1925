"""Reading what was taken from people, for screens. `queries` offers it to the other rooms."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from libertad.access.actor import Actor
from libertad.access.lookup import Lookup
from libertad.access.queries import open_row, readable
from libertad.journal.fields import from_ms
from libertad.people import owing
from libertad.people.models import Property
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.documents import DOCUMENT


@dataclass(frozen=True)
class PaymentSeen:
    """A payment of what is owed. `entry`: what a correction names; `authority`: who recorded it."""

    entry: str
    amount: str
    when: Happened
    authority: str
    signed: str


@dataclass(frozen=True)
class PropertySeen:
    """Something taken or owed, where it is, and what was paid of it. `due_at`: `NEVER` where no day is said.

    `settled`: it is back, or all of it was paid. `authority`, `officer`: who recorded it.
    """

    id: str
    person: str
    kind: str
    state: str
    taken_at: datetime
    state_at: datetime
    zone: str
    exhibit: str
    due_back: str
    due_at: datetime
    money: bool
    settled: bool
    authority: str
    officer: str
    description: str
    amount: str
    currency: str
    taken_by: str
    signed: str
    note: str
    document_number: str
    document_country: str
    document_expires: str
    document_holder: str
    crossed: Sequence[str]
    payments: Sequence[PaymentSeen] = ()

    @property
    def remaining(self) -> str:
        """What is left of the amount; '' without one, below 0 where more was paid than was owed."""
        return (
            owing.remaining(self.amount, [payment.amount for payment in self.payments]) if self.amount else ""
        )

    @property
    def paid(self) -> str:
        """The sum of what was paid; '0' where nothing was."""
        return f"{sum((Decimal(payment.amount) for payment in self.payments), Decimal(0)):f}"

    @property
    def paid_off(self) -> bool:
        """Whether payments alone settled it."""
        return self.settled and self.state != "returned"


PLAIN = (
    *("id", "person", "kind", "state", "taken_at", "state_at", "zone", "exhibit", "due_back", "due_at"),
    *("money", "settled", "authority", "officer", "crossed"),
)
SEALED = ("description", "amount", "currency", "taken_by", "signed", "note", *DOCUMENT)


def properties(actor: Actor, person: str) -> list[PropertySeen]:
    """What was taken from a person, or is owed, oldest first."""
    rows = readable(actor, Property).filter(person=person).order_by("taken_at", "id")
    return [present(actor, row) for row in rows]


def present(actor: Actor, row: Property) -> PropertySeen:
    """A row as its reader sees it."""
    words = open_row(actor, row)
    return PropertySeen(
        **{name: getattr(row, name) for name in PLAIN},
        **{name: words.get(name, "") for name in SEALED},
        payments=[
            PaymentSeen(entries[0], amount, Happened(at=from_ms(ms), zone=zone), authority, signed)
            for entries, amount, ms, zone, authority, signed in words.get("paid", ())
        ],
    )


def property_out(actor: Actor) -> int:
    """How many things are not back with their owners, and claims not paid, in files that the actor reads."""
    return readable(actor, Property).filter(operation=actor.operation, settled=False).count()


def documents_taken(actor: Actor, people: Sequence[str]) -> dict[str, list[tuple[str, str]]]:
    """By person, number and issuing country of each document that was taken from the person."""
    taken: dict[str, list[tuple[str, str]]] = {}
    for row in readable(actor, Property).filter(person__in=people).order_by("taken_at", "id"):
        words = open_row(actor, row)
        if number := words.get("document_number", ""):
            taken.setdefault(row.person, []).append((number, words.get("document_country", "")))
    return taken


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
