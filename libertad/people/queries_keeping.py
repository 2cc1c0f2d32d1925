"""How long identity files are kept, as pages show it. The rules are in `keeping`."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from libertad.access.actor import Actor
from libertad.access.models import Compartment
from libertad.access.queries import clock_now, open_row, readable
from libertad.people.keeping import Kept, retention_id
from libertad.people.keeping_models import Keeping, Retention
from libertad.people.models import Person
from libertad.people.queries import PersonSeen, people

MOST = 200  # files on one page; the rest follows when these are decided


def keeping_of(actor: Actor, person: str) -> Kept:
    """Until when one identity file is kept, and the request to erase it that stands."""
    row = readable(actor, Keeping, [person]).first()
    own = row.keep_until if row is not None else ""
    request = open_row(actor, row).get("request") if row is not None and row.asked else None
    return Kept(own or (day.keep_until if (day := retention_of(actor)) is not None else ""), request)


def retention_of(actor: Actor) -> Retention | None:
    """The day that the actor's authority set for the operation worked in."""
    key = retention_id(actor.operation, actor.authority)
    row: Retention | None = readable(actor, Retention, [key]).first()
    return row


def last_days(actor: Actor, people_ids: Sequence[str]) -> dict[str, str]:
    """Until when each of these files is kept, '' where nobody said; by two questions for all."""
    retention = retention_of(actor)
    own = dict(readable(actor, Keeping, people_ids).values_list("pk", "keep_until"))
    default = retention.keep_until if retention is not None else ""
    return {key: own.get(key) or default for key in people_ids}


def today(actor: Actor) -> date:
    return clock_now(actor.operation).date()


def erasure_requests(actor: Actor) -> list[tuple[PersonSeen, dict[str, Any]]]:
    """People whose identity file the own authority opened and of which an erasure is asked for, each with the
    request; by two questions for all."""
    rows = readable(actor, Keeping).filter(authority=actor.authority, asked=True).order_by("pk")[:MOST]
    requests = {row.pk: open_row(actor, row).get("request") for row in rows}
    listed = people(actor, ids=list(requests)) if requests else []
    return [(person, request) for person in listed if (request := requests[person.id]) is not None]


def late_files(actor: Actor) -> list[PersonSeen]:
    """Of the own authority's identity files the first `MOST` whose last day has gone by; those of which the
    erasure is asked for are among them."""
    keys = list(_late(actor).order_by("met_at", "pk").values_list("pk", flat=True)[:MOST])
    return people(actor, ids=keys) if keys else []


def has_late_files(actor: Actor) -> bool:
    """Whether there is one; by indexes, however many people there are."""
    return _late(actor).exists()


def _late(actor: Actor) -> QuerySet[Person, Person]:
    day = today(actor).isoformat()
    spoken = readable(actor, Keeping).exclude(keep_until="")
    late = Q(pk__in=spoken.filter(keep_until__lt=day).values("pk"))
    retention = retention_of(actor)
    if retention is not None and retention.keep_until < day:
        late |= ~Q(pk__in=spoken.values("pk"))
    own = Compartment.objects.filter(kind="person", owner=actor.authority, operation=actor.operation)
    rows: QuerySet[Person, Person] = readable(actor, Person).filter(late)
    return rows.filter(authority=actor.authority, compartment__in=own.values("pk"))


def retention_words(actor: Actor) -> Sequence[dict[str, Any]]:
    """What the own authority said of the day, the last word first: keep_until, reasons, officer, at, zone."""
    row = retention_of(actor)
    return tuple(reversed(open_row(actor, row)["words"])) if row is not None else ()
