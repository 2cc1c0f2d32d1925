"""Pages of sites and visits."""

from __future__ import annotations

from typing import Any

from django.forms import HiddenInput
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import whereabouts
from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, clock_now
from libertad.look.fields import offer
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    FilePage,
    Filter,
    FormPage,
    Link,
    ListPage,
    Row,
    StatusCell,
    Table,
    Timeline,
)
from libertad.look.paging import show_list
from libertad.look.times import day
from libertad.look.words import choices, choosing, country_choices, words, zone_choices
from libertad.operations import queries
from libertad.operations.actions.record_visit import record_visit
from libertad.operations.actions.register_site import register_site
from libertad.operations.forms import SiteForm, VisitForm
from libertad.operations.forms_planning import in_zone
from libertad.operations.on_site_parts import on_site, on_site_corrections
from libertad.operations.parts import Part, police_see, said_at
from libertad.operations.presenters import SiteSeen, TeamSeen
from libertad.operations.screens_correcting import corrected_site, corrected_visit
from libertad.operations.site_parts import (
    at_work,
    conditions,
    correct,
    corrections,
    met_here,
    newest_measured,
    suspects,
    visited,
    where,
)
from libertad.operations.words import (
    SITE_SHAPES,
    graded,
    heads_counted,
    needing,
    officers,
    site_status,
    site_statuses,
    space_each,
    team_due,
    team_state,
    workplace,
)
from libertad.vocabulary.zones import zones


def sites(request: HttpRequest) -> HttpResponse:
    """Sites by reference."""
    actor = actor_of(request)
    filters = {name: request.GET.get(name, "") for name in ("country", "workplace", "status")}
    sites = queries.sites(actor, **filters)
    register = Action(_("Register a site"), reverse("site-new")) if can_say(actor, "site.register") else None
    rows = []
    for site in sites:
        label, shape = site_status(site)
        rows.append(
            Row(
                [
                    Cell(site.reference, reverse("site", args=[site.id]), provenance=site.provenance),
                    Cell(site.name, second=words("countries", site.country)),
                    Cell(workplace(site)),
                    Cell(label, code=shape, second=heads_counted(site.people) if site.visits else ""),
                    Cell(day(said_at(site.visited_at, site.zone)) if site.visited_at else ""),
                    Cell(space_each(site)),
                ]
            )
        )
    page = ListPage(
        title=_("Sites"),
        second=_("%(shown)s of %(all)s sites of the whole operation.")
        % {"shown": len(sites), "all": queries.site_counts(actor).total},
        action=register,
        filters=[
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", queries.countries(actor), _("All"))(),
                filters["country"],
            ),
            Filter(
                "workplace", _("Workplace"), choices("workplaces", blank=_("All"))(), filters["workplace"]
            ),
            Filter("status", _("Status"), [("", _("All")), *site_statuses().items()], filters["status"]),
        ],
        table=Table(
            _("Sites"),
            [
                Column(_("Site")),
                Column(_("Name")),
                Column(_("Workplace")),
                Column(_("Status")),
                Column(_("Last visit")),
                Column(_("Living space")),
            ],
            rows,
        ),
        empty=Empty(
            _("No site here"),
            _("Register a site from a lead, or choose fewer filters."),
            register or Action(_("See the leads"), reverse("leads")),
        ),
    )
    return show_list(request, page)


def known_site(actor: Actor, key: str) -> SiteSeen:
    site = queries.site(actor, key)
    if site is None:
        raise Http404
    return site


def site(request: HttpRequest, key: str) -> HttpResponse:
    """One site."""
    actor = actor_of(request)
    site = known_site(actor, key)
    (label, met), shape = met_here(actor, site), SITE_SHAPES.get(site.status, "not-visited")
    teams = queries.teams(actor, site=key)
    visits = queries.visits(actor, site=key)
    late = [team for team in teams if team.overdue is not None or team.danger]
    references = {team.id: team.reference for team in teams}
    action = None
    links = []
    if can_say(actor, "visit.record") and site.country == queries.own_country(actor):
        action = Action(_("Record a visit"), reverse("visit-new", args=[key]))
    if can_say(actor, "team.assign"):
        links.append(Link(_("Assign a team"), reverse("team-new", args=[key])))
    here = at_work(actor, site)
    space = newest_measured(site)
    page = FilePage(
        kind=_("Site"),
        reference=site.reference,
        title=site.name,
        second=f"{workplace(site)}, {words('countries', site.country)}",
        provenance=site.provenance,
        action=action,
        statuses=[
            StatusCell(_("Registered"), "", said_at(site.registered_at, site.zone), site.authority),
            StatusCell(
                label,
                shape,
                said_at(site.visited_at, site.zone) if site.visited_at else "",
                met,
            ),
            StatusCell(
                _("Teams"),
                "",
                str(len(teams)),
                needing(len(late)),
                needs=bool(late),
                danger=any(team.danger for team in teams),
            ),
            StatusCell(_("Living space"), "", space_each(site) or space, space if site.space_each else ""),
        ],
        side=[police_see(_("kind, country and what was found only")), *suspects(actor, key)],
    )
    team_rows = []
    for team in teams:
        state, mark = team_state(team)
        team_rows.append(
            Row(
                [
                    Cell(team.reference, reverse("team", args=[team.id]), provenance=team.provenance),
                    Cell(state, code=mark),
                    Cell(team_due(team)),
                    Cell(officers(team.officers)),
                ]
            )
        )
    parts = [
        Part(
            _("Teams"),
            Table(
                _("Teams"),
                [Column(_("Team")), Column(_("State")), Column(_("Check-in")), Column(_("Officers"))],
                team_rows,
            ),
            _("No team is assigned yet."),
            links=links,
        ),
        Part(
            _("Leads behind it"),
            Table(
                _("Leads behind it"),
                [Column(_("Lead")), Column(_("What was reported")), Column(_("Source and information"))],
                [
                    Row(
                        [
                            Cell(lead.reference, reverse("lead", args=[lead.id]), provenance=lead.provenance),
                            Cell(lead.summary, second=words("lead-standings", lead.standing)),
                            Cell(f"{lead.source_grade} {lead.information_grade}", second=graded(lead)),
                        ]
                    )
                    for lead in queries.leads_of_site(actor, key, site.leads)
                ],
            ),
            _("No lead is named for this site."),
        ),
        *on_site(actor, site, references),
        *conditions(visits, references),
        Part(_("Where it lies"), pairs=where(site), links=correct(actor, site)),
        *corrections(site),
    ]
    if here:
        parts.append(Part(_("At this site"), links=here))
    timeline = Timeline(
        _("Visits"),
        [visited(actor, visit, references) for visit in visits],
        len(visits),
    )
    correction_lines = corrected_site(actor, key) + [
        line for visit in visits for line in corrected_visit(actor, visit.id)
    ]
    correction_lines += on_site_corrections(actor, site)
    context = {"page": page, "parts": parts, "timeline": timeline, "corrections": correction_lines}
    return render(request, "operations/file.html", context)


def site_new(request: HttpRequest) -> HttpResponse:
    """Register a site; `?lead=` chooses the lead that it comes from."""
    actor = actor_of(request)
    origin = queries.lead(actor, request.GET.get("lead", ""))
    initial: dict[str, Any] = {"country": queries.own_country(actor)}
    named = request.POST.getlist("lead")
    if origin is not None:
        initial = {"country": origin.country, "workplace": origin.workplace, "lead": [origin.id]}
        named = [*named, origin.id]
    leads = queries.leads_offered(actor, named, origin.country if origin else "")
    form = SiteForm(request.POST or None, initial=initial)
    countries = queries.countries(actor)
    offer(form, "country", country_choices(countries))
    several = [country for country in countries if len(zones(country)) > 1]
    if several:  # elsewhere there is nothing to choose
        usual = _("The usual one of the country or territory")
        offer(form, "zone", zone_choices(several, blank=usual)())
    else:
        form.fields["zone"].widget = HiddenInput()
    offer(form, "lead", [(lead.id, f"{lead.reference} {lead.summary[:80]}") for lead in leads])
    if not leads:
        del form.fields["lead"]
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        for name in ("lat", "lon", "within_m"):
            values.pop(name)
        done, key = try_perform(request, form, register_site, **values)
        if done:
            return redirect("site", key)
    page = FormPage(
        title=_("Register a site"),
        button=_("Register the site"),
        back=Link(_("Sites"), reverse("sites")),
        wont=_(
            "Where it lies is read by the police of this country and the operation's centres. "
            "All others see only that there is one more site of this kind."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def teams_for(actor: Actor, place: SiteSeen) -> list[TeamSeen]:
    """Teams that are at a site; only where none is, those of its country, for one may have been near."""
    every = sorted(queries.teams(actor, country=place.country), key=lambda team: team.reference)
    return [team for team in every if team.site == place.id] or every


def visit_new(request: HttpRequest, key: str) -> HttpResponse:
    """Record a visit to a site."""
    actor = actor_of(request)
    site = known_site(actor, key)
    teams = teams_for(actor, site)
    form = VisitForm(
        request.POST or None,
        initial={
            "happened": said_at(clock_now(actor.operation), actor.zone),
        },
    )
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    offer(form, "team", choosing((team.id, f"{team.reference}, {team.site_reference}") for team in teams))
    if request.method == "POST" and form.is_valid():
        done, visit = try_perform(request, form, record_visit, site=key, **form.cleaned_data)
        if done:
            whereabouts.remember(request, key, visit or "")
            return redirect("site", key)
    page = FormPage(
        title=_("Record a visit"),
        reference=site.reference,
        button=_("Record the visit"),
        back=Link(site.reference, reverse("site", args=[key])),
        intro=site.name,
        wont=_("Nobody becomes a potential victim by this number: each person who was met has a file."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
