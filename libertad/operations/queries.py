"""Reading operations for screens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from libertad.access.acting import Actor
from libertad.access.models import Authority, Compartment, Reader
from libertad.access.queries import authority_names, opened, readable
from libertad.operations.models import Lead, Operation


@dataclass(frozen=True)
class LeadSeen:
    """A lead as its reader sees it."""

    id: str
    reference: str
    country: str
    summary: str
    source_grade: str
    information_grade: str
    handling: str
    handling_conditions: str
    origin: str
    workplace: str
    site: str
    authority: str
    reported_at: datetime
    zone: str
    provenance: str
    compartment: str


def operation(actor: Actor) -> Operation | None:
    """The actor's operation."""
    return readable(actor, Operation).filter(pk=actor.operation).first()


def leads(actor: Actor, *, country: str = "", workplace: str = "") -> list[LeadSeen]:
    """Leads that the actor may read, newest first."""
    rows = readable(actor, Lead).order_by("-reported_at", "id")
    if country:
        rows = rows.filter(country=country)
    if workplace:
        rows = rows.filter(workplace=workplace)
    return _seen(actor, list(rows))


def lead(actor: Actor, key: str) -> LeadSeen | None:
    """One lead; None alike for one that does not exist and one that the actor may not know of."""
    found = _seen(actor, list(readable(actor, Lead).filter(pk=key)))
    return found[0] if found else None


def _seen(actor: Actor, rows: list[Lead]) -> list[LeadSeen]:
    names = authority_names([row.authority for row in rows])
    seen = []
    for row in rows:
        words = opened(actor, row)
        seen.append(
            LeadSeen(
                id=row.pk,
                reference=row.reference,
                country=row.country,
                summary=words.get("summary", ""),
                source_grade=row.source_grade,
                information_grade=row.information_grade,
                handling=row.handling,
                handling_conditions=words.get("handling_conditions", ""),
                origin=row.origin,
                workplace=row.workplace,
                site=row.site,
                authority=names.get(row.authority, ""),
                reported_at=row.reported_at,
                zone=row.zone,
                provenance=row.provenance,
                compartment=row.compartment,
            )
        )
    return seen


def countries(actor: Actor) -> list[str]:
    """Countries and territories whose police files the actor's authority reads, by code."""
    found = Reader.objects.filter(authority=actor.authority, kind="police").values("compartment")
    about = Compartment.objects.filter(pk__in=found).values_list("about", flat=True)
    codes = {value.rpartition(":")[2] for value in about}
    own = Authority.objects.filter(pk=actor.authority).values_list("country", "kind").first()
    if own and own[1] == "police":
        codes.add(own[0])
    if own and own[1] == "centre":
        here = operation(actor)
        codes.update(here.countries if here else ())
    return sorted(codes)
