"""Pages that correct a site, a visit, a database check, a lead or a team; and the words of their fields."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from datetime import datetime
from functools import partial
from typing import Any

import msgspec
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import Forbidden
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.entries import said_of
from libertad.access.matrix import matrix
from libertad.access.queries import officer_names
from libertad.access.screens_correcting import correct, correcting_page, correction_lines
from libertad.journal.corrections import why
from libertad.journal.folding import Said
from libertad.look.corrections import CorrectionLine
from libertad.look.fields import offer
from libertad.look.page_objects import Link
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations import queries
from libertad.operations.actions.correct_check import correct_check
from libertad.operations.actions.correct_lead import correct_lead
from libertad.operations.actions.correct_site import correct_site
from libertad.operations.actions.correct_team import correct_team
from libertad.operations.actions.correct_visit import correct_visit
from libertad.operations.corrected import LEAD, SITE, TEAM, VISIT
from libertad.operations.forms import LEAD_FACTS
from libertad.operations.forms_correcting import (
    CorrectCheckForm,
    CorrectLeadForm,
    CorrectSiteForm,
    CorrectTeamForm,
    CorrectVisitForm,
)
from libertad.operations.forms_planning import in_zone
from libertad.operations.models import Lead, Site, Team, Visit
from libertad.operations.parts import said_at
from libertad.operations.presenters import LeadSeen
from libertad.vocabulary.values import Place
from libertad.vocabulary.verbs.operations import LeadReport

CODES = {
    "workplace": "workplaces",
    "outcome": "visit-outcomes",
    "database": "databases",
    "about": "check-subjects",
    "answer": "check-answers",
    "document_country": "countries",
    "access": "site-access",
    "origin": "lead-origins",
    "conditions": "indicators-ilo-11",
    "conditions_absent": "indicators-ilo-11",
    "measured": "measuring-ways",
    "lock": "room-locks",
    "water": "room-water",
    "light": "room-light",
    "path": "site-access",
}


# Whose it must be, as the matrix says of the verb (`about`): of the reader's own authority, or of the country
# whose police that is. None of theirs: the same as not being there, for the link and for the page.
RESPONSIBLE = {
    "site": True,
    "team": True,
    "visit": True,
    "room": True,
    "way-in": True,
    "check": False,
    "lead": False,
}


def may_correct(actor: Actor, kind: str, country: str, owner: str, key: str = "") -> bool:
    """Whether to show the link: `kind` is a key of `RESPONSIBLE`; `owner` the id of an authority.

    A visit has no owner but its country's police. `key`: of a lead, which whoever reported it corrects too.
    """
    if not matrix().may_ask(actor.role, f"{kind}-correct", "post"):
        return False
    if kind == "lead" and not matrix().may_supersede(actor.role, LeadReport.VERB):
        return owner == actor.authority and any(not why(entry) for entry in own_reports(actor, key))
    if owner and owner == actor.authority:
        return True
    return RESPONSIBLE[kind] and bool(country) and queries.own_country(actor) == country


def own_reports(actor: Actor, key: str) -> list[Said]:
    """What this officer said of a lead's words: the report, and corrections of it."""
    return [
        entry
        for entry in said_of(actor, Lead._meta.label, [key])[key]
        if isinstance(entry.content, LeadReport)
        and (entry.officer, entry.authority) == (actor.officer, actor.authority)
    ]


def refuse_others(actor: Actor, kind: str, country: str, owner: str, key: str = "") -> None:
    """Forbidden before anybody fills in a form that could not be saved."""
    if may_correct(actor, kind, country, owner, key):
        return
    if key and owner == actor.authority:
        raise Forbidden("your role corrects here its own words alone, of what it began")
    raise Forbidden("your authority may not correct this: it belongs to another")


def lead_labels() -> Mapping[str, str]:
    return {**labels(), **LEAD_FACTS}


def labels() -> Mapping[str, str]:
    return {
        **LEAD_FACTS,
        "name": _("Name"),
        "workplace": _("Workplace"),
        "workplace_words": _("Kind of place, in words"),
        "place": _("Where it lies"),
        "network": _("Telephone network"),
        "living_space_m2": _("Living space"),
        "living_space_people": _("People who live there"),
        "team": _("Team"),
        "outcome": _("Outcome"),
        "people": _("People met"),
        "note": _("Note"),
        "database": _("Database"),
        "about": _("Asked about"),
        "answer": _("Answer"),
        "document_ends": _("The document's number ends in"),
        "document_country": _("Country that issued it"),
        "access": _("How it is reached"),
        "lead": _("Leads behind it"),
        "summary": _("What was reported"),
        "origin": _("Where it comes from"),
        "site": _("Site"),
        "member": _("Who is in it"),
        "others": _("Members without an account"),
        "officers": _("Others, not named"),
        "task": _("What it is to do"),
        "window": _("Window"),
        "first_check_in": _("First check-in no later than"),
        "every_minutes": _("Minutes between check-ins"),
        "silent_until": _("Silent by plan until"),
        "silent_why": _("Why silent"),
        "taken_back": _("There is such a team"),
        "hours_a_day": _("Hours worked in a day"),
        "days_a_week": _("Days worked in a week"),
        "conditions": _("Found there"),
        "conditions_absent": _("Looked for, and not found"),
        "label": _("Room"),
        "length_m": _("Length in metres"),
        "width_m": _("Width in metres"),
        "height_m": _("Height in metres"),
        "measured": _("How it was measured"),
        "sleeping": _("People who sleep in it"),
        "lock": _("Lock"),
        "water": _("Water"),
        "light": _("Light"),
        "path": _("How one gets there"),
        "last_network": _("Last place with a telephone network"),
        "seen_coming": _("Who is seen coming, and from where"),
        "closed": _("This route is closed"),
    }


def disputed(versions: Mapping[str, Sequence[Any]], named: Mapping[str, str] | None = None) -> list[str]:
    """'People met: 5 or 6' for each field of which two corrections are on file. `named`: teams by id."""
    return [
        _("%(field)s: %(values)s. Two corrections are on file; correct it once more.")
        % {
            "field": labels().get(name, name),
            "values": _(" or ").join(value_words(name, value, named or {}) for value in values),
        }
        for name, values in versions.items()
    ]


def value_words(name: str, value: Any, named: Mapping[str, str]) -> str:
    """A value of a field that may be corrected, as a person reads it."""
    if name in CODES:
        return words(CODES[name], value)
    if name == "taken_back":
        return _("no") if value else _("yes")
    if name == "closed":
        return _("yes") if value else _("no")
    if isinstance(value, float):
        return f"{value:g}"
    if isinstance(value, datetime):
        return when(value)
    if isinstance(value, Place):
        value = msgspec.to_builtins(value)
    if isinstance(value, dict):
        spot = f"{value['lat']}, {value['lon']}" if value.get("lat") is not None else ""
        return f"{value['words']} ({spot})" if value.get("words") and spot else value.get("words") or spot
    return named.get(str(value), str(value)) or _("nothing")


def site_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was registered of a site."""
    actor = actor_of(request)
    site = queries.site(actor, key)
    if site is None:
        raise Http404
    refuse_others(actor, "site", site.country, site.owner)
    names = (
        "name",
        "workplace",
        "workplace_words",
        "place",
        "lat",
        "lon",
        "within_m",
        "access",
        "network",
        "living_space_m2",
        "living_space_people",
    )
    initial = {name: getattr(site, name) for name in names}
    form = CorrectSiteForm(
        request.POST or None, initial=initial | {"lead": site.leads, "shown": json.dumps(site.shown)}
    )
    leads = queries.leads_offered(actor, site.leads, site.country)
    offer(form, "lead", [(lead.id, f"{lead.reference} {lead.summary[:80]}") for lead in leads])
    if not leads:
        del form.fields["lead"]
    page = correcting_page(
        _("Correct this site"),
        site.reference,
        Link(site.reference, reverse("site", args=[key])),
        _("Visits and teams stay as they are. The site is counted once."),
        " ".join(disputed(site.versions)),
    )
    return correct(request, form, correct_site, page, reverse("site", args=[key]), site=key)


def visit_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was recorded of a visit."""
    actor = actor_of(request)
    visit = queries.visit(actor, key)
    if visit is None:
        raise Http404
    refuse_others(actor, "visit", visit.country, "")
    initial = {
        "team": visit.team,
        "outcome": visit.outcome,
        "people": visit.people or "",
        "note": visit.note,
        "living_space_m2": visit.living_space_m2,
        "living_space_people": visit.living_space_people,
        "hours_a_day": visit.hours_a_day,
        "days_a_week": visit.days_a_week,
        "conditions": visit.conditions,
        "conditions_absent": visit.conditions_absent,
        "shown": json.dumps(visit.shown),
    }
    initial = {name: "" if value is None else value for name, value in initial.items()}
    form = CorrectVisitForm(request.POST or None, initial=initial)
    teams = {team.id: f"{team.reference}, {team.site_reference}" for team in queries.teams(actor)}
    offer(form, "team", list(teams.items()))
    back = reverse("site", args=[visit.site])
    page = correcting_page(
        _("Correct this visit"),
        visit.site_reference,
        Link(visit.site_reference, back),
        _("Nobody becomes a potential victim by this number: each person who was met has a file."),
        " ".join(disputed(visit.versions, teams)),
    )
    return correct(request, form, correct_visit, page, back, visit=key)


def check_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was recorded of a database check."""
    actor = actor_of(request)
    check = queries.check(actor, key)
    if check is None:
        raise Http404
    refuse_others(actor, "check", check.country, check.owner)
    names = ("database", "about", "answer", "document_ends", "document_country", "note")
    initial = {name: getattr(check, name) for name in names} | {"shown": json.dumps(check.shown)}
    form = CorrectCheckForm(request.POST or None, initial=initial)
    back = reverse("checks")
    page = correcting_page(
        _("Correct this check"),
        words("databases", check.database),
        Link(_("Database checks"), back),
        _("The count of hits follows: a hit that was none is taken back from it."),
        " ".join(disputed(check.versions)),
    )
    return correct(request, form, correct_check, page, back, check=key)


def lead_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct the words of a lead."""
    actor = actor_of(request)
    lead = queries.lead(actor, key)
    if lead is None:
        raise Http404
    refuse_others(actor, "lead", lead.country, lead.owner, key)
    initial = {name: getattr(lead, name) for name in LEAD} | {"shown": json.dumps(lead.shown)}
    form = CorrectLeadForm(request.POST or None, initial=initial)
    places = [
        (site.id, f"{site.reference} {site.name}") for site in queries.sites(actor, country=lead.country)
    ]
    offer(form, "site", [("", _("None")), *places])
    intro = _leave_out(actor, form, lead)
    back = reverse("lead", args=[key])
    page = correcting_page(
        _("Correct this lead"),
        lead.reference,
        Link(lead.reference, back),
        _("Its grades stay as they are: regrade it where they change."),
        intro,
    )
    return correct(request, form, correct_lead, page, back, lead=key)


def _leave_out(actor: Actor, form: CorrectLeadForm, lead: LeadSeen) -> str:
    """Takes out of the form what whoever reported the lead may not take back; returns what to say of it."""
    if matrix().may_supersede(actor.role, LeadReport.VERB):
        return ""
    own = {entry.id for entry in own_reports(actor, lead.id)}
    by_others = [name for name in LEAD if not own.issuperset(lead.shown.get(name, ()))]
    for name in by_others:
        del form.fields[name]
    if not by_others:
        return ""
    return _("Another officer has corrected: %(names)s. Ask your national lead where that is wrong.") % {
        "names": ", ".join(lead_labels()[name].lower() for name in by_others)
    }


def team_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was said of a team, or take it back."""
    actor = actor_of(request)
    team = queries.team(actor, key)
    if team is None:
        raise Http404
    refuse_others(actor, "team", team.country, team.owner)
    zone = team.zone
    initial: dict[str, Any] = {
        name: getattr(team, name) for name in TEAM if name not in ("member", "officers")
    }
    initial |= {"member": [member.officer for member in team.members], "officers": team.unnamed}
    initial["shown"] = json.dumps(team.shown)
    for name in ("first_check_in", "silent_until"):
        initial[name] = said_at(initial[name], zone) if initial[name] else None
    form = CorrectTeamForm(request.POST or None, initial=initial | {"taken_back": team.taken_back})
    in_zone(form, ("first_check_in", "silent_until"), zone)
    windows = [(window.id, window.name) for window in queries.windows(actor)]
    offer(form, "window", [("", _("None")), *windows])
    offer(form, "member", queries.officers_to_name(actor, team.country))
    back = reverse("team", args=[key])
    page = correcting_page(
        _("Correct this team"),
        team.reference,
        Link(team.reference, back),
        _("What changes asks each officer named to acknowledge it again. Its check-ins stay."),
    )
    return correct(request, form, correct_team, page, back, team=key)


def site_words(actor: Actor, name: str, value: Any) -> str:
    """A value of a field of these rooms' things, with the references that this actor may read."""
    if name == "member" and value:
        return officer_names(actor, [str(value)]).get(str(value)) or _("an officer")
    if name in ("lead", "site", "window", "team") and value:
        return _reference_of(actor, name, str(value))
    return value_words(name, value, {})


def _reference_of(actor: Actor, name: str, key: str) -> str:
    row: Any = None
    if name == "lead":
        row = queries.lead(actor, key)
    elif name == "site":
        row = queries.site(actor, key)
    elif name == "team":
        row = queries.team(actor, key)
    else:
        return next(
            (window.name for window in queries.windows(actor) if window.id == key), _("another window")
        )
    return row.reference if row else _("one that you do not read")


def corrected_site(actor: Actor, key: str) -> list[CorrectionLine]:
    return correction_lines(actor, Site._meta.label, key, SITE, labels(), partial(site_words, actor))


def corrected_visit(actor: Actor, key: str) -> list[CorrectionLine]:
    return correction_lines(actor, Visit._meta.label, key, VISIT, labels(), partial(site_words, actor))


def corrected_lead(actor: Actor, key: str) -> list[CorrectionLine]:
    return correction_lines(actor, Lead._meta.label, key, LEAD, lead_labels(), partial(site_words, actor))


def corrected_team(actor: Actor, key: str) -> list[CorrectionLine]:
    return correction_lines(
        actor, Team._meta.label, key, (*TEAM, "taken_back"), labels(), partial(site_words, actor)
    )
