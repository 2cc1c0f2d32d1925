"""What was taken and is not back, and what is owed and not paid: the ledger, and what is due of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from pathlib import Path

from django.db.models import QuerySet

from libertad.access.actor import Actor
from libertad.access.queries import readable
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.people import queries
from libertad.people.models import Property
from libertad.people.owing import CLAIMS, NEVER
from libertad.people.queries import PersonSeen, PropertySeen
from libertad.people.queries_property import present
from libertad.people.side import standing
from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("owed.yaml")
LONGEST = 60  # days
LATE, SOON, NO_DAY = "late", "soon", "none"
MOST_SUMMED = 500  # amounts: they lie sealed, and each is opened


@dataclass(frozen=True)
class Owed:
    """A line of the ledger, with whose it is."""

    belonging: PropertySeen
    person: PersonSeen

    def late(self, now: datetime) -> bool:
        """Whether the last day by which it was due is over."""
        return self.belonging.due_at <= now


def read(path: Path) -> int:
    """How many days before its day something is due soon. Raises ValueError, which names what is wrong."""
    return yamlfile.numbers(path, {"soon_days": LONGEST})["soon_days"]


@cache
def soon_days() -> int:
    """How many days before its day something stands on Today."""
    return read(FILE)


def horizon(now: datetime) -> datetime:
    """What is due until then is due soon: a thing's day ends with `due_at`, and is counted itself."""
    return now + timedelta(days=soon_days() + 1)


def ledger(
    actor: Actor, now: datetime, page: int, size: int, *, kind: str = "", state: str = "", due: str = ""
) -> tuple[list[Owed], int]:
    """One page of what is not back, late first, then by the day, then without one; and how many in all."""
    rows = _open(actor, now, kind=kind, state=state, due=due)
    return _listed(actor, rows[(page - 1) * size : page * size]), rows.count()


def late_count(actor: Actor, now: datetime) -> int:
    """How many of all that is not back are late."""
    return _open(actor, now, due=LATE).count()


def sums(
    actor: Actor, now: datetime, *, kind: str = "", state: str = "", due: str = ""
) -> dict[str, str] | None:
    """What is left of the amounts, by currency and never across; None where they are too many to open."""
    rows = _open(actor, now, kind=kind, state=state, due=due).filter(money=True)
    listed = list(rows[: MOST_SUMMED + 1])
    if len(listed) > MOST_SUMMED:
        return None
    by_currency: dict[str, Decimal] = {}
    for row in listed:
        belonging = present(actor, row)
        if belonging.amount:
            left = max(Decimal(belonging.remaining), Decimal(0))
            by_currency[belonging.currency] = by_currency.get(belonging.currency, Decimal(0)) + left
    return {currency: f"{by_currency[currency]:f}" for currency in sorted(by_currency)}


def _open(
    actor: Actor, now: datetime, *, kind: str = "", state: str = "", due: str = ""
) -> QuerySet[Property]:
    rows = readable(actor, Property).filter(operation=actor.operation, settled=False)
    if kind:
        rows = rows.filter(kind=kind)
    if state:
        rows = rows.filter(state=state)
    if due == LATE:
        rows = rows.filter(due_at__lte=now)
    elif due == SOON:
        rows = rows.filter(due_at__gt=now, due_at__lte=horizon(now))
    elif due == NO_DAY:
        rows = rows.filter(due_at__gte=NEVER)
    return rows.order_by("due_at", "taken_at", "id")


def _listed(actor: Actor, rows: Sequence[Property] | QuerySet[Property]) -> list[Owed]:
    belongings = [present(actor, row) for row in rows]
    people = {
        person.id: person
        for person in queries.people(actor, ids=sorted({belonging.person for belonging in belongings}))
    }
    ids = sorted({belonging.exhibit for belonging in belongings if belonging.exhibit})
    exhibits = {exhibit.id: exhibit for exhibit in evidence.exhibits(actor, ids=ids)} if ids else {}
    return [
        Owed(standing(belonging, exhibits.get(belonging.exhibit)), people[belonging.person])
        for belonging in belongings
        if belonging.person in people
    ]


def due(actor: Actor, now: datetime, limit: int) -> tuple[list[Owed], int]:
    """What the actor has to see to that is late or due soon: the first, and how many there are.

    Of what the own authority recorded. Whose it is to see to: police's lead all of it, who keeps exhibits the
    things, an officer what the officer recorded; in care whose task the person is, who recorded it while that
    is nobody, and the supervisor what is late.
    """
    rows = readable(actor, Property).filter(
        operation=actor.operation, authority=actor.authority, settled=False, due_at__lte=horizon(now)
    )
    if actor.role == care.SUPERVISOR:
        rows = rows.filter(due_at__lte=now)
    elif actor.role == "exhibits-officer":
        rows = rows.exclude(kind__in=CLAIMS)
    elif actor.role == "officer":
        rows = rows.filter(officer=actor.officer)
    rows = rows.order_by("due_at", "taken_at", "id")
    if actor.role == "caseworker":
        ids = _of_caseworker(actor, rows)
        first = readable(actor, Property, ids[:limit]).order_by("due_at", "taken_at", "id")
        return _not_back(_listed(actor, first)), len(ids)
    return _not_back(_listed(actor, rows[:limit])), rows.count()


def _of_caseworker(actor: Actor, rows: QuerySet[Property]) -> list[str]:
    lines = list(rows.values_list("pk", "person", "officer"))
    places = care.places(actor, sorted({person for _key, person, _officer in lines})) if lines else {}
    settles = not care.has_supervisor(actor.authority)

    def own(person: str, recorded_by: str) -> bool:
        place = places.get(person)
        if place is not None and place.assigned:
            return place.officer == actor.officer
        return recorded_by == actor.officer or settles

    return [key for key, person, officer in lines if own(person, officer)]


def _not_back(listed: Collection[Owed]) -> list[Owed]:
    """Without what its custody says was returned, where the owner's file was not told."""
    return [owed for owed in listed if owed.belonging.state != "returned"]
