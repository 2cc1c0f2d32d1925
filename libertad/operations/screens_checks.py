"""Pages of database checks and their hits."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import can_say, clock_now
from libertad.look.addresses import address_of
from libertad.look.fields import offer
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    Filter,
    FormPage,
    Link,
    ListPage,
    Row,
    Table,
)
from libertad.look.paging import show_list
from libertad.look.times import when
from libertad.look.words import choices, country_choices, words
from libertad.operations import queries
from libertad.operations.actions.record_check import record_check
from libertad.operations.forms import CheckForm
from libertad.operations.forms_planning import in_zone
from libertad.operations.parts import said_at
from libertad.operations.presenters import CheckSeen
from libertad.operations.screens_correcting import disputed, may_correct


def checks(request: HttpRequest) -> HttpResponse:
    """Database checks, newest first."""
    actor = actor_of(request)
    filters = {name: request.GET.get(name, "") for name in ("country", "about", "answer")}
    checks = queries.checks(actor, **filters)
    hits = queries.hit_counts(actor)
    correct = {check.id for check in checks if may_correct(actor, "check", check.country, check.owner)}
    record = Action(_("Record a check"), reverse("check-new")) if can_say(actor, "check.record") else None
    page = ListPage(
        title=_("Database checks"),
        second=_(
            "Hits in the whole operation: %(hits)s, of them travel documents: %(documents)s. "
            "Checks that you may read: %(shown)s."
        )
        % {"hits": hits.total, "documents": hits.by_kind.get("travel-document", 0), "shown": len(checks)},
        provenance=hits.provenance,
        action=record,
        filters=[
            Filter(
                "country",
                _("Country or territory"),
                choices("countries", sorted({check.country for check in queries.checks(actor)}), _("All"))(),
                filters["country"],
            ),
            Filter("about", _("Asked about"), choices("check-subjects", blank=_("All"))(), filters["about"]),
            Filter("answer", _("Answer"), choices("check-answers", blank=_("All"))(), filters["answer"]),
        ],
        table=Table(
            _("Database checks"),
            [
                Column(_("Asked")),
                Column(_("Database")),
                Column(_("Asked about")),
                Column(_("Answer")),
                Column(_("Country or territory")),
                Column(_("Asked by")),
                *([Column(_("Correction"))] if correct else []),
            ],
            [_row(check, correct) for check in checks],
        ),
        empty=Empty(
            _("No check here"),
            _("Ask a database about a travel document or a telephone, then record what it answered."),
            record,
        ),
    )
    return show_list(request, page)


def _correct_cell(check: CheckSeen, correct: set[str]) -> Cell:
    if check.id not in correct:
        return Cell("")
    return Cell(_("Correct"), reverse("check-correct", args=[check.id]))


def _row(check: CheckSeen, correct: set[str]) -> Row:
    document = ""
    if check.document_ends:
        document = _("ends in %(ends)s") % {"ends": check.document_ends}
        if check.document_country:
            document += ", " + words("countries", check.document_country)
    notes = [
        *disputed(check.versions),
        *(_("Corrected: %(why)s") % {"why": why} for why in check.corrections),
    ]
    return Row(
        [
            Cell(
                when(said_at(check.at, check.zone)),
                address_of("person", check.person) if check.person else "",
                provenance=check.provenance,
            ),
            Cell(words("databases", check.database), second=check.note),
            Cell(words("check-subjects", check.about), second=document),
            Cell(
                words("check-answers", check.answer),
                tone="needs" if check.answer == "hit" else "plain",
                second=" ".join(notes),
            ),
            Cell(words("countries", check.country)),
            Cell(check.authority, second=check.officer),
            *([_correct_cell(check, correct)] if correct else []),
        ]
    )


def check_new(request: HttpRequest) -> HttpResponse:
    """Record a database check; `?person=` and `?exhibit=` are given by the files that link here."""
    actor = actor_of(request)
    own = queries.own_country(actor)
    form = CheckForm(
        request.POST or None,
        initial={
            "country": own,
            "person": request.GET.get("person", ""),
            "exhibit": request.GET.get("exhibit", ""),
            "happened": said_at(clock_now(actor.operation), actor.zone),
        },
    )
    in_zone(form, ("happened",), actor.zone, clock_now(actor.operation))
    offer(form, "country", country_choices(queries.countries(actor)))
    if request.method == "POST" and form.is_valid():
        done, _check = try_perform(request, form, record_check, source="database", **form.cleaned_data)
        if done:
            return redirect("checks")
    about_person = bool(form["person"].value())
    page = FormPage(
        title=_("Record a database check"),
        button=_("Record the check"),
        back=Link(_("Database checks"), reverse("checks")),
        intro=_("It goes into this person's file.")
        if about_person
        else _("It goes to the police of the country and the centres."),
        wont=_(
            "The database is not asked from here. "
            "A hit is counted for the operation without saying about whom."
        ),
    )
    return render(request, "web/form.html", {"page": page, "form": form})
