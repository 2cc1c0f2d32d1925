"""Pages of this room. They read by `queries` and write by actions."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.queries import can_say
from libertad.operations import queries
from libertad.operations.actions.report_lead import report_lead
from libertad.operations.forms import LeadForm
from libertad.vocabulary.values import Happened
from libertad.web.looks import (
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
    SideBlock,
    StatusCell,
    Table,
)
from libertad.web.words import choices, try_perform, words


def leads(request: HttpRequest) -> HttpResponse:
    """Leads, newest first."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    country, workplace = request.GET.get("country", ""), request.GET.get("workplace", "")
    found = queries.leads(actor, country=country, workplace=workplace)
    report = Action(_("Report a lead"), reverse("lead-new")) if can_say(actor, "lead.report") else None
    table = Table(
        caption=_("Leads"),
        columns=[
            Column(_("Reference")), Column(_("Reported")), Column(_("What was reported")),
            Column(_("Workplace")), Column(_("Source and information")), Column(_("Handling")),
        ],
        rows=[
            Row(
                [
                    Cell(lead.reference, reverse("lead", args=[lead.id])),
                    Cell(f"{lead.reported_at:%d %B %Y}".lstrip("0")),
                    Cell(lead.summary, second=lead.authority),
                    Cell(words("workplaces", lead.workplace) or _("Not known")),
                    Cell(f"{lead.source_grade} {lead.information_grade}"),
                    Cell(lead.handling),
                ]
            )
            for lead in found
        ],
    )  # fmt: skip
    empty = Empty(
        _("No lead yet"), _("A lead is what somebody told, saw or found. Report the first."), report
    )
    countries = queries.countries(actor)
    page = ListPage(
        title=_("Leads"),
        second=_("Source and information are graded apart."),
        table=table,
        action=report,
        filters=[
            Filter(
                "country", _("Country or territory"), choices("countries", countries, _("All"))(), country
            ),
            Filter("workplace", _("Workplace"), choices("workplaces", blank=_("All"))(), workplace),
        ],
        empty=empty,
    )
    return render(request, "web/list.html", {"page": page})


def lead_new(request: HttpRequest) -> HttpResponse:
    """Report a lead."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    form = LeadForm(request.POST or None)
    form.fields["country"].choices = choices("countries", queries.countries(actor))()  # type: ignore[attr-defined]
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


def lead(request: HttpRequest, key: str) -> HttpResponse:
    """One lead."""
    actor: Any = request.actor  # type: ignore[attr-defined]
    found = queries.lead(actor, key)
    if found is None:
        raise Http404
    page = FilePage(
        kind=_("Lead"),
        reference=found.reference,
        title=words("workplaces", found.workplace) or _("Lead"),
        second=found.summary,
        provenance=found.provenance,  # type: ignore[arg-type]
        statuses=[
            StatusCell(_("Reported"), "", Happened(at=found.reported_at, zone=found.zone), found.authority),
            StatusCell(_("Source"), "", found.source_grade, words("source-grades", found.source_grade)),
            StatusCell(
                _("Information"), "", found.information_grade,
                words("information-grades", found.information_grade),
            ),
            StatusCell(_("Handling"), "", found.handling, words("handling-codes", found.handling)),
        ],
        side=[
            SideBlock(
                _("Who can see this"),
                pairs=[
                    Pair(_("Police of this country"), _("Whole lead")),
                    Pair(_("The operation's centres"), _("Whole lead")),
                    Pair(_("All others"), _("Nothing"), _("not even that it exists")),
                ],
            )
        ],
    )  # fmt: skip
    return render(request, "web/file.html", {"page": page})
