"""How long an identity file is kept: until the day that its authority set for the operation, or a later one
of its own. Nothing is erased by a clock: what is over its day is shown, one officer asks, another erases."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db.models import Q, QuerySet

from libertad.access.acting import Act
from libertad.access.actor import Actor
from libertad.access.models import Compartment
from libertad.access.queries import clock_now, open_row, readable
from libertad.people.keeping_models import Keeping, Retention
from libertad.people.models import Person
from libertad.people.queries import PersonSeen, people
from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Refused, span

NO_DAY = marked("no day says until when this file is kept: your authority sets one for the operation")
ALREADY = marked("its erasure is asked for already; another officer decides")
HELD = marked("a legal hold forbids erasing; whoever placed it must lift it first")
MOST = 200  # files on one page; the rest follows when these are decided


@dataclass(frozen=True)
class Kept:
    """Until when an identity file is kept ('' where nobody said), and the request to erase it that stands:
    `entry`, `officer`, `reasons`, `at` (ms) and `zone`."""

    until: str
    request: dict[str, Any] | None = None


def retention_id(operation: str, authority: str) -> str:
    return f"{operation}:{authority}"


def refuse_early(until: str, today: date) -> Refused | None:
    """Why nobody asks for the erasure yet; None where the last day has gone by."""
    if not until:
        return Refused("person", NO_DAY)
    if span(until)[1] >= today:
        return Refused("person", "this file is kept until %(day)s", day=PartialDate(until))
    return None


def believed_keeping(act: Act, person: str) -> Kept:
    """As an action finds it, by rows of which it is known that this node wrote them."""
    act.believe_all(Retention)
    act.believe_all(Keeping)
    day = act.get(Retention, retention_id(act.actor.operation, act.actor.authority))
    row = act.get(Keeping, person)
    own = row["keep_until"] if row is not None else ""
    request = act.open_row(Keeping, row).get("request") if row is not None and row["asked"] else None
    return Kept(own or (day["keep_until"] if day is not None else ""), request)


def keeping(actor: Actor, person: str) -> Kept:
    """As a page shows it."""
    row = readable(actor, Keeping, [person]).first()
    own = row.keep_until if row is not None else ""
    request = open_row(actor, row).get("request") if row is not None and row.asked else None
    return Kept(own or (retention.keep_until if (retention := standing(actor)) is not None else ""), request)


def standing(actor: Actor) -> Retention | None:
    """The day that the actor's authority set for the operation worked in."""
    key = retention_id(actor.operation, actor.authority)
    row: Retention | None = readable(actor, Retention, [key]).first()
    return row


def last_days(actor: Actor, people_ids: Sequence[str]) -> dict[str, str]:
    """Until when each of these files is kept, '' where nobody said; by two questions for all."""
    retention = standing(actor)
    own = dict(readable(actor, Keeping, people_ids).values_list("pk", "keep_until"))
    default = retention.keep_until if retention is not None else ""
    return {key: own.get(key) or default for key in people_ids}


def today(actor: Actor) -> date:
    return clock_now(actor.operation).date()


def asked_for(actor: Actor) -> list[PersonSeen]:
    """People whose identity file the own authority opened and of which an erasure is asked for."""
    keys = readable(actor, Keeping).filter(authority=actor.authority, asked=True).values_list("pk", flat=True)
    return people(actor, ids=sorted(keys)[:MOST]) if keys else []


def over(actor: Actor) -> list[PersonSeen]:
    """Of the own authority's identity files the first `MOST` whose last day has gone by; those asked for are
    among them."""
    keys = list(_over(actor).order_by("met_at", "pk").values_list("pk", flat=True)[:MOST])
    return people(actor, ids=keys) if keys else []


def any_over(actor: Actor) -> bool:
    """Whether there is one; by indexes, however many people there are."""
    return _over(actor).exists()


def _over(actor: Actor) -> QuerySet[Person, Person]:
    day = today(actor).isoformat()
    spoken = readable(actor, Keeping).exclude(keep_until="")
    late = Q(pk__in=spoken.filter(keep_until__lt=day).values("pk"))
    retention = standing(actor)
    if retention is not None and retention.keep_until < day:
        late |= ~Q(pk__in=spoken.values("pk"))
    own = Compartment.objects.filter(kind="person", owner=actor.authority, operation=actor.operation)
    rows: QuerySet[Person, Person] = readable(actor, Person).filter(late)
    return rows.filter(authority=actor.authority, compartment__in=own.values("pk"))


def earlier(actor: Actor) -> Sequence[dict[str, Any]]:
    """What the own authority said of the day, the last word first: keep_until, reasons, officer, at, zone."""
    row = standing(actor)
    return tuple(reversed(open_row(actor, row)["words"])) if row is not None else ()
