"""The form of several exhibits at once."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access import whereabouts
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.access.queries import clock_now
from libertad.access.queries_members import home_country
from libertad.evidence.actions.seize_several import seize_several
from libertad.evidence.forms_several import (
    ADDS,
    MoreRows,
    NoMoreRows,
    SeveralForm,
    ThingRows,
    more_rows,
    typed_rows,
)
from libertad.look.errors import ErrorAt
from libertad.look.page_objects import FormPage, Link
from libertad.operations import queries as operations
from libertad.vocabulary.values import Happened


def exhibits_new(request: HttpRequest) -> HttpResponse:
    """Take several exhibits; `?site=` chooses the site, else the one at which the officer is at work.

    The buttons `add` make more rows and save nothing: what was typed is kept.
    """
    actor = actor_of(request)
    country = home_country(actor)
    sites = [
        (site.id, f"{site.reference} {site.name}".strip())
        for site in operations.sites(actor, country=country)
    ]
    started = {"site": request.GET.get("site") or whereabouts.remembered(request).site}
    adding = request.method == "POST" and request.POST.get("add") in ADDS
    form = SeveralForm(
        None if adding else request.POST or None,
        sites=sites,
        initial=started,
        now=Happened(at=clock_now(actor.operation), zone=actor.zone),
    )
    message = ""
    if adding:
        rows, message = _with_more_rows(request, form)
    else:
        rows = ThingRows(request.POST or None, prefix="thing")
    if request.method == "POST" and not adding and all([form.is_valid(), _rows_complete(form, rows)]):
        initial = [
            row.cleaned_data | {"row": number} for number, row in enumerate(rows, 1) if row.has_changed()
        ]
        done, exhibits = try_perform(
            request, form, seize_several, country=country, things=initial, source="saw", **form.shared()
        )
        if done and exhibits is not None:
            whereabouts.remember(request, form.cleaned_data["site"])
            notice = ngettext("%(n)d exhibit is taken.", "%(n)d exhibits are taken.", len(exhibits))
            messages.success(request, notice % {"n": len(exhibits)})
            return redirect(f"{reverse('exhibits')}?state=mine")
    page = FormPage(
        title=_("Take several exhibits"),
        button=_("Take these exhibits"),
        back=Link(_("Exhibits"), reverse("exhibits")),
        intro=_("One row each. Leave rows empty that you do not need. Cash is counted on a form of its own."),
        wont=_("You hold each of them from this time on, until another officer accepts it from you."),
    )
    return render(
        request, "evidence/several.html", {"page": page, "form": form, "rows": rows, "said": message}
    )


def _with_more_rows(request: HttpRequest, form: SeveralForm) -> tuple[Any, str]:
    """(rows, why there are no more of them or ''). The form takes over what was typed; nothing is saved."""
    data = request.POST
    happened = form.fields["happened"]
    with suppress(forms.ValidationError):
        happened.initial = happened.clean(
            happened.widget.value_from_datadict(data, request.FILES, "happened")
        )
    form.initial.update((name, data.get(name, "")) for name in form.fields if name != "happened")
    try:
        rows, message = more_rows(data), ""
    except NoMoreRows as why:
        rows, message = typed_rows(data), str(why)
    if not message and data.get("add") == "seals":
        form.initial["seals"] = ""  # they stand in the rows now
    return MoreRows(prefix="thing", initial=rows), message


def _rows_complete(form: SeveralForm, rows: Any) -> bool:
    """Whether each row that was begun is complete; what is wrong is said in the summary, row by row."""
    whole = bool(rows.is_valid())
    for error in rows.non_form_errors():
        form.add_error(None, error)
    for number, row in enumerate(rows, 1):
        for name, errors in row.errors.items():
            label = row.fields[name].label if name in row.fields else ""
            for error in errors:
                whole = False
                values = {"row": number, "label": label, "error": error}
                text = _("Thing %(row)d, %(label)s: %(error)s") % values
                anchor = row[name].auto_id if name in row.fields else row["kind"].auto_id
                form.add_error(None, ErrorAt(text, anchor))
    return whole
