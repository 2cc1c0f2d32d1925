"""How long the files of a country are kept, as pages show it. The rules are in `keeping_files`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.access.actor import Actor
from libertad.access.closed import closed_at
from libertad.access.models import Compartment, Hold, Member, Reader, Removed
from libertad.access.queries import can_say, open_row, readable
from libertad.evidence.queries import Exhibit
from libertad.people.keeping import Kept
from libertad.people.keeping_files import Against, country_of, has_no_end
from libertad.people.keeping_models import FileKeeping
from libertad.people.queries_detentions import detentions
from libertad.people.queries_keeping import today

READ = {"police": ("case", "police"), "prosecution": ("case",)}  # by the authority's kind


@dataclass(frozen=True)
class CountryFile:
    """A file of the actor's own country. `words`: what was said of its day, the last word first (keep_until,
    reasons, officer, at, zone); `evidence`: a prosecution of the country reads it, and so decides."""

    id: str
    kind: str
    country: str
    kept: Kept
    words: Sequence[Mapping[str, Any]]
    evidence: bool


def country_files(actor: Actor, ids: Sequence[str] | None = None) -> list[CountryFile]:
    """The files that hold the part of the actor's own country in the operation worked in, as far as the
    actor's authority reads them."""
    member = _member(actor)
    if member is None or not can_read(actor):
        return []
    about = f"{actor.operation}:{member.country}"
    rows = readable(actor, Compartment, ids).filter(kind__in=READ.get(member.kind, ()), about=about)
    return [_seen(actor, row) for row in rows.order_by("kind", "pk")]


def can_read(actor: Actor) -> bool:
    """Whether the role says anything of these files' end."""
    return can_say(actor, "file.erasure") or can_say(actor, "file.erasure_refuse")


def country_file(actor: Actor, key: str) -> CountryFile | None:
    """One of them; None alike for none and for one that is not ours."""
    return next(iter(country_files(actor, [key])), None)


def may_decide(actor: Actor, file: CountryFile) -> bool:
    """Whether this officer decides on the request that stands."""
    member = _member(actor)
    return (
        file.kept.request is not None
        and file.kept.request["officer"] != actor.officer
        and can_say(actor, "file.erasure_refuse")
        and (not file.evidence or (member is not None and member.kind == "prosecution"))
    )


def is_over(actor: Actor, file: CountryFile) -> bool:
    """Whether its last day has gone by in an operation that is closed."""
    return Against(closed_at(actor.operation) is not None, file.kept.until).early(today(actor)) is None


def against(actor: Actor, file: CountryFile) -> Against:
    """What may forbid erasing it, as far as the actor reads: `refuse_erasing` asks the same of the act."""
    cases = Compartment.objects.filter(kind="case", about=f"{actor.operation}:{file.country}")
    exhibit = readable(actor, Exhibit).filter(compartment=file.id).exclude(state="returned").first()
    unended = (
        detention.reference
        for detention in detentions(actor)
        if detention.compartment == file.id
        and has_no_end(
            detention.state,
            bool(detention.crossed),
            detention.dates["charged"] is not None,
            ((stage.charge, stage.stage) for stage in detention.stages if stage.stands),
        )
    )
    return Against(
        closed_at(actor.operation) is not None,
        file.kept.until,
        readable(actor, Hold).filter(active=True, compartment__in=cases.values("pk")).exists(),
        next(unended, ""),
        exhibit.reference if exhibit is not None else "",
    )


def _member(actor: Actor) -> Member | None:
    return Member.objects.filter(operation=actor.operation, authority=actor.authority).first()


def _seen(actor: Actor, row: Compartment) -> CountryFile:
    said = readable(actor, FileKeeping, [row.pk]).first()
    words: dict[str, Any] = open_row(actor, said) if said is not None else {}
    request = words.get("request") if said is not None and said.asked else None
    country = country_of(row.about)
    return CountryFile(
        row.pk,
        row.kind,
        country,
        Kept(said.keep_until if said is not None else "", request),
        tuple(reversed(words.get("words", ()))),
        row.kind == "case" and _has_prosecution(row, country),
    )


def _has_prosecution(row: Compartment, country: str) -> bool:
    """As `keeping_files.has_prosecution`."""
    operation = Compartment.objects.filter(kind="operation", about=row.operation)
    members = Reader.objects.filter(compartment__in=operation.values("pk")).values("authority")
    listed = Member.objects.filter(
        operation=row.operation, kind="prosecution", country=country, authority__in=members
    ).values("authority")
    named = {"compartment": row.pk, "authority__in": listed}
    return Reader.objects.filter(**named).exists() or Removed.objects.filter(**named).exists()
