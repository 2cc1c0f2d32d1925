"""Reading sites, teams, check-ins and visits."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db.models import QuerySet

from libertad.access.actor import Actor
from libertad.access.queries import authority_names, clock_now, officer_names, open_row, readable
from libertad.journal.fields import from_ms
from libertad.journal.models import ReadModel
from libertad.operations.models import CheckIn, Site, Team, Visit
from libertad.operations.presenters import (
    CheckInSeen,
    ContactSeen,
    DangerClosed,
    Measure,
    SiteSeen,
    TeamDanger,
    TeamSeen,
    VisitSeen,
)
from libertad.operations.queries_tasking import members_seen
from libertad.vocabulary.values import LATEST, Happened
from libertad.vocabulary.written import read_reference

# After every team that is due.
NEVER = LATEST
M = TypeVar("M", bound=ReadModel)


def here(actor: Actor, model: type[M], ids: Iterable[str] | None = None) -> QuerySet[M]:
    """Rows of the actor's operation that the actor may read; `ids`: of these alone."""
    return readable(actor, model, ids).filter(operation=actor.operation)


def sites(
    actor: Actor,
    *,
    country: str = "",
    workplace: str = "",
    status: str = "",
    ids: Sequence[str] | None = None,
) -> list[SiteSeen]:
    """Sites by reference."""
    equal = {"country": country, "workplace": workplace, "status": status}
    rows = list(
        here(actor, Site, ids)
        .filter(**{name: value for name, value in equal.items() if value})
        .order_by("country", "reference")
    )
    names = authority_names([row.authority for row in rows])
    return [_site(actor, row, names.get(row.authority, "")) for row in rows]


def sites_count(actor: Actor) -> int:
    """How many sites the actor reads."""
    return here(actor, Site).count()


def first_site(actor: Actor) -> str:
    """Id of the site with the lowest reference; '' where the actor reads none."""
    keys = here(actor, Site).order_by("country", "reference").values_list("pk", flat=True)
    return keys.first() or ""


def any_team(actor: Actor) -> bool:
    """Whether a team was sent that the actor reads."""
    return here(actor, Team).filter(taken_back=False).exists()


def site(actor: Actor, key: str) -> SiteSeen | None:
    """One site; None alike for one that does not exist and one that the actor may not know of."""
    row = here(actor, Site, [key]).first()
    return None if row is None else _site(actor, row, authority_names([row.authority]).get(row.authority, ""))


def site_by_reference(actor: Actor, reference: str) -> SiteSeen | None:
    """The site of a reference as a human writes it; None for none, and where it is of two."""
    keys = here(actor, Site).filter(reference=read_reference(reference)).values_list("pk", flat=True)[:2]
    matches = sites(actor, ids=list(keys))
    return matches[0] if len(matches) == 1 else None


def _site(actor: Actor, row: Site, authority: str) -> SiteSeen:
    words = open_row(actor, row)
    return SiteSeen(
        id=row.pk,
        reference=row.reference,
        country=row.country,
        name=words.get("name", ""),
        workplace=row.workplace,
        zone=row.zone,
        access=row.access,
        network=words.get("network", ""),
        place=words.get("place", ""),
        lat=words.get("lat"),
        lon=words.get("lon"),
        within_m=words.get("within_m"),
        living_space_m2=row.living_space_m2,
        living_space_people=row.living_space_people,
        leads=row.leads,
        authority=authority,
        owner=row.authority,
        registered_at=row.registered_at,
        status=row.status,
        visited_at=row.visited_at,
        people=row.people,
        visits=row.visits,
        on_site=row.on_site,
        shown=row.shown,
        versions=words.get("versions", {}),
        corrections=words.get("corrections", []),
        provenance=row.provenance,
        compartment=row.compartment,
        visit_measure=_measure(words.get("measured", ())),
        workplace_words=words.get("workplace_words", ""),
    )


def _measure(stored: Sequence[Any]) -> Measure | None:
    if not stored:
        return None
    area, people, ms, zone = stored[:4]
    return Measure(area, people, Happened(at=from_ms(ms), zone=zone))


def teams(actor: Actor, *, country: str = "", site: str = "", taken_back: bool = False) -> list[TeamSeen]:
    """Teams: in danger first, then the longest overdue, then by when they are due.

    `taken_back`: also those of which somebody said that there is no such team.
    """
    equal = {"country": country, "site": site}
    rows = here(actor, Team)
    if not taken_back:
        rows = rows.filter(taken_back=False)
    rows = rows.filter(**{name: value for name, value in equal.items() if value})
    listed = _teams(actor, list(rows))
    late = timedelta()
    return sorted(
        listed,
        key=lambda team: (
            not team.danger,
            -(team.overdue or late),
            team.due or NEVER,
            team.reference,
        ),
    )


def team(actor: Actor, key: str) -> TeamSeen | None:
    """One team, or None."""
    teams = _teams(actor, list(here(actor, Team, [key])))
    return teams[0] if teams else None


def due_at(next_due: datetime | None, silent_until: datetime | None) -> datetime | None:
    """When a team speaks next: a planned silence moves it, a returned team is not due."""
    if next_due is None or silent_until is None:
        return next_due
    return max(next_due, silent_until)


def _teams(actor: Actor, rows: list[Team]) -> list[TeamSeen]:
    now = clock_now(actor.operation)
    names = authority_names([row.authority for row in rows])
    places = dict(here(actor, Site, {row.site for row in rows}).values_list("id", "reference"))
    teams = []
    opened = [open_row(actor, row) for row in rows]
    members = members_seen(actor, [words.get("tasking", {}) for words in opened])
    for row, words, named in zip(rows, opened, members, strict=True):
        tasking = words.get("tasking", {})
        due = due_at(row.next_due, row.silent_until)
        silent = row.state != "returned" and row.silent_until is not None and now < row.silent_until
        teams.append(
            TeamSeen(
                id=row.pk,
                reference=row.reference,
                country=row.country,
                officers=row.officers,
                site=row.site,
                site_reference=places.get(row.site, ""),
                window=row.window,
                state=row.state,
                last_check_in=row.last_check_in,
                first_check_in=row.first_check_in,
                every_minutes=row.every_minutes,
                due=due,
                overdue=now - due if due is not None and now > due else None,
                left=due - now if due is not None and now <= due else None,
                silent=silent,
                silent_until=row.silent_until,
                silent_why=words.get("silent_why", ""),
                danger=row.danger,
                danger_at=danger_since(row, words),
                dangers=[
                    TeamDanger(Happened(at=from_ms(ms), zone=zone), *alarm)
                    for ms, zone, *alarm in words.get("dangers", ())
                ],
                danger_closed=[
                    DangerClosed(Happened(at=from_ms(ms), zone=zone), *closing)
                    for ms, zone, *closing in words.get("danger_closed", ())
                ],
                contacts=[_contact(contact) for contact in words.get("contacts", ())],
                check_ins=row.check_ins,
                zone=row.zone,
                assigned_at=row.assigned_at,
                authority=names.get(row.authority, ""),
                owner=row.authority,
                provenance=row.provenance,
                compartment=row.compartment,
                taken_back=row.taken_back,
                shown=row.shown,
                tasking=tasking.get("entries", ()),
                tasked_at=from_ms(tasking["at"]) if tasking else None,
                tasking_changed=tasking.get("changed", False),
                members=named,
                others=tasking.get("others", ()),
                unnamed=tasking.get("unnamed", 0),
                task=tasking.get("task", ""),
            )
        )
    return teams


def _contact(contact: Mapping[str, Any]) -> ContactSeen:
    names = ("officer", "authority", "how", "outcome", "agreed", "site", "since")
    due = contact["next_due"]
    return ContactSeen(
        Happened(at=from_ms(contact["at"]), zone=contact["zone"]),
        next_due=None if due is None else from_ms(due),
        **{name: contact[name] for name in names},
    )


def danger_since(row: Team, words: Mapping[str, Any]) -> datetime | None:
    """When the oldest danger still open was said; a row of 0.1 knows only when the team last spoke."""
    if not row.danger:
        return None
    return from_ms(words["danger_at"]) if "danger_at" in words else row.last_check_in


def check_ins(actor: Actor, *, team: str = "", site: str = "") -> list[CheckInSeen]:
    """Check-ins, newest first."""
    equal = {"team": team, "site": site}
    rows = list(
        here(actor, CheckIn)
        .filter(**{name: value for name, value in equal.items() if value})
        .order_by("-at", "id")
    )
    authorities = authority_names([row.authority for row in rows])
    officers = officer_names(actor, [row.officer for row in rows])
    return [
        CheckInSeen(
            id=row.pk,
            team=row.team,
            site=row.site,
            state=row.state,
            note=open_row(actor, row).get("note", ""),
            danger=row.danger,
            next_due=row.next_due,
            at=row.at,
            zone=row.zone,
            officer=officers.get(row.officer, ""),
            authority=authorities.get(row.authority, ""),
            provenance=row.provenance,
        )
        for row in rows
    ]


def visit(actor: Actor, key: str) -> VisitSeen | None:
    """One visit; None alike for one that does not exist and one that the actor may not know of."""
    visits = _visits(actor, list(here(actor, Visit, [key])))
    return visits[0] if visits else None


def visits(actor: Actor, *, site: str = "", country: str = "") -> list[VisitSeen]:
    """Visits, newest first."""
    equal = {"site": site, "country": country}
    rows = list(
        here(actor, Visit)
        .filter(**{name: value for name, value in equal.items() if value})
        .order_by("-at", "id")
    )
    return _visits(actor, rows)


def _visits(actor: Actor, rows: list[Visit]) -> list[VisitSeen]:
    authorities = authority_names([row.authority for row in rows])
    officers = officer_names(actor, [row.officer for row in rows])
    places = dict(here(actor, Site, {row.site for row in rows}).values_list("id", "reference"))
    opened_rows = [(row, open_row(actor, row)) for row in rows]
    return [
        VisitSeen(
            id=row.pk,
            site=row.site,
            site_reference=places.get(row.site, ""),
            team=row.team,
            country=row.country,
            outcome=row.outcome,
            people=row.people,
            note=words.get("note", ""),
            living_space_m2=words.get("living_space_m2"),
            living_space_people=words.get("living_space_people"),
            hours_a_day=words.get("hours_a_day"),
            days_a_week=words.get("days_a_week"),
            conditions=words.get("conditions", ()),
            conditions_absent=words.get("conditions_absent", ()),
            at=row.at,
            zone=row.zone,
            officer=officers.get(row.officer, ""),
            authority=authorities.get(row.authority, ""),
            shown=row.shown,
            versions=words.get("versions", {}),
            corrections=words.get("corrections", []),
            provenance=row.provenance,
            compartment=row.compartment,
        )
        for row, words in opened_rows
    ]
