"""Pages of this room. They read by `queries` and write by actions."""

from __future__ import annotations

import json

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access import screens_attachments as pictures
from libertad.access.asking import actor_of
from libertad.access.attaching import attached
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say
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
    Pair,
    Row,
    StatusCell,
    Table,
)
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.times import date_words, day
from libertad.look.words import choices, country_choices, words
from libertad.operations import queries
from libertad.operations.actions.grade_lead import grade_lead
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.forms import LEAD_FACTS, LeadForm, RegradeForm
from libertad.operations.parts import Part, police_see
from libertad.operations.presenters import LeadSeen
from libertad.operations.screens_correcting import corrected_lead, may_correct
from libertad.operations.screens_standing import crossing
from libertad.operations.words import STANDINGS, graded, site_status
from libertad.vocabulary.values import Happened


def leads(request: HttpRequest) -> HttpResponse:
    """Leads, newest first."""
    actor = actor_of(request)
    country, workplace = request.GET.get("country", ""), request.GET.get("workplace", "")
    number = page_number(request.GET.get("page", ""))
    listed, total = queries.leads_page(actor, number, SIZE, country=country, workplace=workplace)
    report = Action(_("Report a lead"), reverse("lead-new")) if can_say(actor, "lead.report") else None
    table = Table(
        caption=_("Leads"),
        columns=[
            Column(_("Reference")),
            Column(_("Reported")),
            Column(_("What was reported")),
            Column(_("Workplace")),
            Column(_("Source and information")),
            Column(_("Handling")),
        ],
        rows=[
            Row(
                [
                    Cell(lead.reference, reverse("lead", args=[lead.id]), provenance=lead.provenance),
                    Cell(day(Happened(at=lead.reported_at, zone=lead.zone))),
                    Cell(lead.summary, second=lead.authority),
                    Cell(
                        words("workplaces", lead.workplace) or _("Not known"),
                        second=words("lead-standings", lead.standing),
                    ),
                    Cell(f"{lead.source_grade} {lead.information_grade}", second=graded(lead)),
                    Cell(lead.handling, second=words("handling-codes", lead.handling)),
                ]
            )
            for lead in listed
        ],
    )
    empty = Empty(
        _("No lead yet"), _("A lead is what somebody told, saw or found. Report the first."), report
    )
    countries = queries.countries(actor)
    page = ListPage(
        title=_("Leads"),
        second=_("Source and information are graded separately."),
        table=table,
        action=report,
        filters=[
            Filter(
                "country", _("Country or territory"), choices("countries", countries, _("All"))(), country
            ),
            Filter("workplace", _("Workplace"), choices("workplaces", blank=_("All"))(), workplace),
        ],
        pages=pages(number, total, SIZE, {"country": country, "workplace": workplace}),
        empty=empty,
    )
    return show_list(request, page)


def lead_new(request: HttpRequest) -> HttpResponse:
    """Report a lead."""
    actor = actor_of(request)
    form = LeadForm(request.POST or None)
    if request.method != "POST":
        form.initial["country"] = queries.own_country(actor)
    offer(form, "country", country_choices(queries.countries(actor)))
    # Asked for only when a site is chosen or the form is shown.
    offer(
        form,
        "site",
        lambda: [
            ("", _("None")),
            *((site.id, f"{site.reference} {site.name}") for site in queries.sites(actor)),
        ],
    )
    if request.method == "POST" and form.is_valid():
        done, lead = try_perform(request, form, report_lead, source="said", **form.cleaned_data)
        if done:
            return redirect("lead", lead)
    page = FormPage(
        title=_("Report a lead"),
        button=_("Report the lead"),
        back=Link(_("Leads"), reverse("leads")),
        wont=_("Nobody outside the police of this country and the operation's centres will read it."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def known_lead(request: HttpRequest, key: str) -> LeadSeen:
    lead = queries.lead(actor_of(request), key)
    if lead is None:
        raise Http404
    return lead


def lead(request: HttpRequest, key: str) -> HttpResponse:
    """One lead."""
    actor = actor_of(request)
    lead = known_lead(request, key)
    disputed = _("Two are on file; the more careful one holds")
    action = None
    if can_say(actor, "site.register"):
        action = Action(_("Register a site from this lead"), reverse("site-new") + f"?lead={key}")
    page = FilePage(
        kind=_("Lead"),
        reference=lead.reference,
        title=words("workplaces", lead.workplace) or _("Lead"),
        second=words("countries", lead.country),
        provenance=lead.provenance,
        action=action,
        statuses=[
            StatusCell(_("Reported"), "", Happened(at=lead.reported_at, zone=lead.zone), lead.authority),
            *standing(lead),
            *(
                StatusCell(
                    label,
                    "",
                    getattr(lead, name),
                    disputed if name in lead.disputed else words(codes, getattr(lead, name)),
                    needs=name in lead.disputed,
                )
                for name, label, codes in (
                    ("source_grade", _("Source"), "source-grades"),
                    ("information_grade", _("Information"), "information-grades"),
                    ("handling", _("Handling"), "handling-codes"),
                )
            ),
        ],
        side=[police_see()],
    )
    about = [
        Pair(_("What was reported"), lead.summary),
        Pair(_("Where it comes from"), words("lead-origins", lead.origin) or _("Not known")),
    ]
    about += [
        Pair(str(label), date_words(lead.heard) if name == "heard" else "; ".join(getattr(lead, name)))
        for name, label in LEAD_FACTS.items()
        if getattr(lead, name)
    ]
    if lead.handling_conditions:
        about.append(Pair(_("Conditions"), lead.handling_conditions))
    if lead.reasons:
        about.append(Pair(_("Why it was regraded"), lead.reasons))
    links = []
    if can_say(actor, "lead.grade"):
        links.append(Link(_("Regrade this lead"), reverse("lead-grade", args=[key])))
    if may_correct(actor, "lead", lead.country, lead.owner, key):
        links.append(Link(_("Correct this lead"), reverse("lead-correct", args=[key])))
    sites = [
        site
        for site in queries.sites(actor, country=lead.country)
        if key in site.leads or site.id == lead.site
    ]
    parts = [
        *crossing(actor, lead),
        Part(_("The lead"), pairs=about, links=links),
        Part(
            _("Sites registered from it"),
            Table(
                _("Sites registered from it"),
                [Column(_("Site")), Column(_("Name")), Column(_("Status"))],
                [
                    Row(
                        [
                            Cell(site.reference, reverse("site", args=[site.id])),
                            Cell(site.name),
                            Cell(site_status(site)[0], code=site_status(site)[1]),
                        ]
                    )
                    for site in sites
                ],
            ),
            _("None yet."),
        ),
    ]
    corrections = corrected_lead(actor, key)
    context = {
        "page": page,
        "parts": parts,
        "corrections": corrections,
        "attached": pictures.table(actor, attached(actor, key), actor.zone),
        "attach": pictures.add_link(actor, "lead", key),
    }
    return render(request, "operations/file.html", context)


def standing(lead: LeadSeen) -> list[StatusCell]:
    """Whether the lead still holds, once something bears on it."""
    if not lead.standing or lead.standing_at is None:
        return []
    since = Happened(at=lead.standing_at, zone=lead.zone)
    note = lead.because or words("standing-grounds", lead.ground)
    label = words("lead-standings", lead.standing)
    return [StatusCell(label, STANDINGS.get(lead.standing, ""), since, note, prefix=_("since"))]


def lead_grade(request: HttpRequest, key: str) -> HttpResponse:
    """Regrade a lead."""
    lead = known_lead(request, key)
    names = ("source_grade", "information_grade", "handling", "handling_conditions")
    initial = {name: getattr(lead, name) for name in names} | {"shown": json.dumps(lead.shown)}
    form = RegradeForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        values = dict(form.cleaned_data)
        superseded = values.pop("shown")
        done, _lead = try_perform(request, form, grade_lead, lead=key, supersedes=superseded, **values)
        if done:
            return redirect("lead", key)
    page = FormPage(
        title=_("Regrade a lead"),
        reference=lead.reference,
        button=_("Grade the lead"),
        back=Link(lead.reference, reverse("lead", args=[key])),
        intro=lead.summary,
    )
    return render(request, "web/form.html", {"page": page, "form": form})
