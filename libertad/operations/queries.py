"""Reading operations for screens: the operation, its windows and leads, checks, anonymous counts.

Sites, teams and visits are in `queries_field` and are offered here too, for the other rooms.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

from django.db import connection
from django.db.models import Count, QuerySet

from libertad.access.actor import Actor
from libertad.access.crossed_words import crossed_words
from libertad.access.models import Authority, Member
from libertad.access.queries import authority_names, officer_names, open_row, readable
from libertad.access.queries_members import as_members
from libertad.journal.folding import Value
from libertad.operations.contact_words import agreed_words as agreed_words
from libertad.operations.contact_words import last_agreed as last_agreed
from libertad.operations.contact_words import tried_words as tried_words
from libertad.operations.endangered_panel import danger_lines as danger_lines
from libertad.operations.models import Check, HitCount, Lead, Operation, SiteCount, Window
from libertad.operations.models import Site as Site
from libertad.operations.presenters import CheckSeen, Counts, LeadSeen, WindowSeen
from libertad.operations.queries_field import any_team as any_team
from libertad.operations.queries_field import check_ins as check_ins
from libertad.operations.queries_field import first_site as first_site
from libertad.operations.queries_field import here
from libertad.operations.queries_field import site as site
from libertad.operations.queries_field import site_by_reference as site_by_reference
from libertad.operations.queries_field import sites as sites
from libertad.operations.queries_field import sites_count as sites_count
from libertad.operations.queries_field import team as team
from libertad.operations.queries_field import teams as teams
from libertad.operations.queries_field import visit as visit
from libertad.operations.queries_field import visits as visits
from libertad.operations.queries_find import FINDABLE as FINDABLE
from libertad.operations.queries_on_site import reckonings as reckonings
from libertad.operations.queries_on_site import site_notes as site_notes
from libertad.operations.queries_on_site import unexplained as unexplained
from libertad.operations.queries_on_site import ways_in as ways_in
from libertad.operations.queries_phone import team_of_officer as team_of_officer
from libertad.operations.queries_phone import teams_out as teams_out
from libertad.operations.queries_tasking import officers_to_name as officers_to_name
from libertad.vocabulary.verbs.operations import NAMED

OFFERED = 30  # leads to choose from in a form; an older one is chosen from its own page


def operation(actor: Actor) -> Operation | None:
    """The actor's operation."""
    return readable(actor, Operation, [actor.operation]).first()


def operation_names(ids: Sequence[str]) -> dict[str, str]:
    """Names of operations for this node's own pages and commands: also of one that its authority left."""
    return dict(Operation.objects.filter(pk__in=ids).values_list("pk", "name"))


def members(actor: Actor) -> list[Authority]:
    """The authorities of the actor's operation, coordination first."""
    order = {"centre": 0, "police": 1}
    authorities = as_members(readable(actor, Member).filter(operation=actor.operation))
    return sorted(authorities, key=lambda row: (order.get(row.kind, 2), row.country, row.name))


def windows(actor: Actor) -> list[WindowSeen]:
    """Windows in the order in which they open."""
    return [
        WindowSeen(
            id=row.pk,
            name=row.name,
            opens=row.opens,
            closes=row.closes,
            shown=row.shown,
            provenance=row.provenance,
        )
        for row in here(actor, Window).order_by("opens", "id")
    ]


def window(actor: Actor, key: str) -> WindowSeen | None:
    return next((window for window in windows(actor) if window.id == key), None)


def leads(
    actor: Actor,
    *,
    country: str = "",
    workplace: str = "",
    ids: Sequence[str] | None = None,
    limit: int | None = None,
) -> list[LeadSeen]:
    """Leads that the actor may read, newest first; the newest `limit` of them."""
    return _leads(actor, list(_filtered(here(actor, Lead, ids), country, workplace)[:limit]))


def leads_offered(actor: Actor, named: Sequence[str], country: str = "") -> list[LeadSeen]:
    """Leads to choose from in a form: those named, which stand first, and the newest."""
    first = leads(actor, ids=named) if named else []
    known = {lead.id for lead in first}
    return first + [lead for lead in leads(actor, country=country, limit=OFFERED) if lead.id not in known]


def leads_page(
    actor: Actor, page: int, size: int, *, country: str = "", workplace: str = ""
) -> tuple[list[LeadSeen], int]:
    """One page of leads, newest first, and how many there are in all."""
    rows = _filtered(here(actor, Lead), country, workplace)
    return _leads(actor, list(rows[(page - 1) * size : page * size])), rows.count()


def _filtered(rows: QuerySet[Lead], country: str, workplace: str) -> QuerySet[Lead]:
    equal = {"country": country, "workplace": workplace}
    return rows.filter(**{k: v for k, v in equal.items() if v}).order_by("-reported_at", "id")


def leads_without_site(actor: Actor) -> list[LeadSeen]:
    """Leads that name no site and from which none was registered, newest first."""
    known = {lead for listed in here(actor, Site).values_list("leads", flat=True) for lead in listed}
    rows = here(actor, Lead).filter(site="").order_by("-reported_at", "id")
    return _leads(actor, [row for row in rows if row.pk not in known])


def lead_keys(actor: Actor) -> list[str]:
    """Ids of the leads that the actor may read."""
    return list(here(actor, Lead).order_by("id").values_list("pk", flat=True))


def lead(actor: Actor, key: str) -> LeadSeen | None:
    """One lead; None alike for one that does not exist and one that the actor may not know of."""
    leads = _leads(actor, list(here(actor, Lead, [key])))
    return leads[0] if leads else None


def leads_of_site(actor: Actor, key: str, listed: Sequence[str]) -> list[LeadSeen]:
    """Leads behind a site: those it was registered from and those that name it since."""
    rows = here(actor, Lead).filter(pk__in=list(listed)) | here(actor, Lead).filter(site=key)
    return _leads(actor, list(rows.distinct().order_by("-reported_at", "id")))


def _leads(actor: Actor, rows: list[Lead]) -> list[LeadSeen]:
    names = authority_names([row.authority for row in rows])
    leads = []
    for row in rows:
        words = open_row(actor, row)
        leads.append(
            LeadSeen(
                id=row.pk,
                reference=row.reference,
                country=row.country,
                summary=words.get("summary", ""),
                source_grade=row.source_grade,
                information_grade=row.information_grade,
                handling=row.handling,
                handling_conditions=words.get("handling_conditions", ""),
                reasons=words.get("reasons", ""),
                heard=words.get("heard", ""),
                **{name: words.get(name, ()) for name in NAMED},
                origin=row.origin,
                workplace=row.workplace,
                site=row.site,
                authority=names.get(row.authority, ""),
                owner=row.authority,
                reported_at=row.reported_at,
                zone=row.zone,
                shown=row.shown,
                disputed=row.disputed,
                standing=row.standing,
                standing_at=row.standing_at,
                ground=row.ground,
                because=words.get("because", ""),
                provenance=row.provenance,
                compartment=row.compartment,
            )
        )
    return leads


def checks(
    actor: Actor, *, country: str = "", about: str = "", answer: str = "", person: str = "", exhibit: str = ""
) -> list[CheckSeen]:
    """Database checks in files that the actor's authority reads, newest first."""
    equal = {"country": country, "about": about, "answer": answer, "person": person, "exhibit": exhibit}
    rows = here(actor, Check).filter(**{name: value for name, value in equal.items() if value})
    return _checks(actor, list(rows.order_by("-at", "id")))


def check(actor: Actor, key: str) -> CheckSeen | None:
    """One check; None alike for one that does not exist and one that the actor may not know of."""
    checks = _checks(actor, list(here(actor, Check, [key])))
    return checks[0] if checks else None


def _checks(actor: Actor, rows: list[Check]) -> list[CheckSeen]:
    authorities = authority_names([row.authority for row in rows])
    officers = officer_names(actor, [row.officer for row in rows])
    checks = []
    for row in rows:
        words = open_row(actor, row)
        checks.append(
            CheckSeen(
                id=row.pk,
                database=row.database,
                about=row.about,
                answer=row.answer,
                country=row.country,
                person=row.person,
                exhibit=row.exhibit,
                document_ends=words.get("document_ends", ""),
                document_country=words.get("document_country", ""),
                note=words.get("note", ""),
                at=row.at,
                zone=row.zone,
                officer=officers.get(row.officer, ""),
                authority=authorities.get(row.authority, ""),
                owner=row.authority,
                shown=row.shown,
                versions=words.get("versions", {}),
                corrections=words.get("corrections", []),
                provenance=row.provenance,
                compartment=row.compartment,
            )
        )
    return checks


def site_counts(actor: Actor) -> Counts:
    """Sites of the whole operation, by country and kind of workplace, without where they are."""
    return _counts(here(actor, SiteCount), "workplace")


def hit_counts(actor: Actor) -> Counts:
    """Hits of the whole operation, by country and by what was asked about."""
    return _counts(here(actor, HitCount), "about")


def _counts(rows: QuerySet[Any], kind_of: str) -> Counts:
    by_country: Counter[str] = Counter()
    by_kind: Counter[str] = Counter()
    by_both: Counter[tuple[str, str]] = Counter()
    marks = set()
    groups = rows.order_by().values_list("country", kind_of, "provenance").annotate(Count("pk"))
    for country, kind, provenance, count in groups:
        by_country[country] += count
        by_kind[kind] += count
        by_both[country, kind] += count
        marks.add(provenance)
    return Counts(
        total=by_country.total(),
        by_country=dict(sorted(by_country.items())),
        by_kind=dict(sorted(by_kind.items())),
        by_country_and_kind=dict(sorted(by_both.items())),
        # One generated row makes the sum a generated figure.
        provenance="generated" if "generated" in marks else "",
    )


def countries(actor: Actor) -> list[str]:
    """Countries and territories whose police files the actor's authority reads, by code."""
    with connection.cursor() as cursor:
        cursor.execute(COUNTRIES, (actor.authority, actor.operation, f"{actor.operation}:{actor.authority}"))
        rows = cursor.fetchall()
    codes = {value.rpartition(":")[2] for value, kind in rows if not kind}
    codes.update(country for country, kind in rows if kind == "police")
    if any(kind == "centre" for _, kind in rows):
        found_here = operation(actor)
        codes.update(found_here.countries if found_here else ())
    return sorted(codes)


# One question instead of two, because every form of the field asks it.
COUNTRIES = (
    "select c.about, '' from access_compartment c join access_reader r on r.compartment = c.id "
    "where r.authority = %s and r.kind = 'police' and c.operation = %s "
    "union all select country, kind from access_member where id = %s"
)


def crossed_standings(actor: Actor, lead: LeadSeen) -> list[Value]:
    """The words that cross of whether a lead still holds; [] where none do."""
    row = readable(actor, Lead, [lead.id]).first() if "standing" in lead.disputed else None
    return crossed_words(actor, row, "standing") if row else []


def own_country(actor: Actor) -> str:
    """The country of the actor's authority, '' for a centre: it has none in the field."""
    own = Member.objects.filter(pk=f"{actor.operation}:{actor.authority}", kind="police")
    return own.values_list("country", flat=True).first() or ""
