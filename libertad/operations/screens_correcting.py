"""Pages that correct a site, a visit or a database check; and how corrections are told."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import who
from libertad.access.matrix import matrix
from libertad.access.trying import try_perform
from libertad.look.looks import FormPage, Link
from libertad.look.words import words
from libertad.operations import queries
from libertad.operations.actions.correct_check import correct_check
from libertad.operations.actions.correct_site import correct_site
from libertad.operations.actions.correct_visit import correct_visit
from libertad.operations.forms_correcting import (
    CorrectCheckForm,
    CorrectForm,
    CorrectSiteForm,
    CorrectVisitForm,
)

CODES = {
    "workplace": "workplaces", "outcome": "visit-outcomes", "database": "databases",
    "about": "check-subjects", "answer": "check-answers", "document_country": "countries",
}  # fmt: skip


def may_correct(role: str, what: str) -> bool:
    """Whether to show the link: `what` is site, visit or check."""
    return matrix().may_ask(role, f"{what}-correct", "post")


def labels() -> Mapping[str, str]:
    return {
        "name": _("Name"), "workplace": _("Workplace"), "place": _("Where it lies"),
        "network": _("Telephone network"), "living_space_m2": _("Living space"),
        "living_space_people": _("People who live there"), "team": _("Team"), "outcome": _("Outcome"),
        "people": _("People met"), "note": _("Note"), "database": _("Database"), "about": _("Asked about"),
        "answer": _("Answer"), "document_ends": _("The document's number ends in"),
        "document_country": _("Country that issued it"),
    }  # fmt: skip


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
    if isinstance(value, dict):
        spot = f"{value.get('lat')}, {value.get('lon')}"
        return f"{value['words']} ({spot})" if value.get("words") else spot
    return named.get(str(value), str(value)) or _("nothing")


def _correct(
    request: HttpRequest,
    form: CorrectForm,
    action: Callable[..., Any],
    page: FormPage,
    back: str,
    **what: str,
) -> HttpResponse:
    if request.method == "POST" and form.is_valid():
        data = form.cleaned_data
        done, _entry = try_perform(
            request, form, action, supersedes=data["shown"], reasons=data["reasons"], **what, **form.given()
        )
        if done:
            return redirect(back)
    return render(request, "web/form.html", {"page": page, "form": form})


def _page(title: str, reference: str, back: Link, versions: Sequence[str], wont: str) -> FormPage:
    return FormPage(
        title=title, reference=reference, button=_("Record the correction"), back=back,
        intro=" ".join(versions),
        wont=_("Nothing is deleted: what was said before stays on file, marked as superseded.") + " " + wont,
    )  # fmt: skip


def site_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was registered of a site."""
    actor = who(request)
    found = queries.site(actor, key)
    if found is None:
        raise Http404
    names = (
        "name", "workplace", "place", "lat", "lon", "within_m", "access", "network", "living_space_m2",
        "living_space_people",
    )  # fmt: skip
    initial = {name: getattr(found, name) for name in names}
    form = CorrectSiteForm(
        request.POST or None, initial=initial | {"lead": found.leads, "shown": json.dumps(found.shown)}
    )
    leads = queries.leads(actor, country=found.country)
    listed = [lead for n, lead in enumerate(leads) if n < 30 or lead.id in found.leads]
    form.fields["lead"].choices = [(lead.id, f"{lead.reference} {lead.summary[:80]}") for lead in listed]  # type: ignore[attr-defined]
    if not leads:
        del form.fields["lead"]
    page = _page(
        _("Correct this site"), found.reference, Link(found.reference, reverse("site", args=[key])),
        disputed(found.versions), _("Visits and teams stay as they are. The site is counted once."),
    )  # fmt: skip
    return _correct(request, form, correct_site, page, reverse("site", args=[key]), site=key)


def visit_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was recorded of a visit."""
    actor = who(request)
    found = queries.visit(actor, key)
    if found is None:
        raise Http404
    initial = {
        "team": found.team, "outcome": found.outcome, "people": found.people or "", "note": found.note,
        "living_space_m2": found.living_space_m2, "living_space_people": found.living_space_people,
        "shown": json.dumps(found.shown),
    }  # fmt: skip
    form = CorrectVisitForm(request.POST or None, initial=initial)
    teams = {team.id: f"{team.reference}, {team.site_reference}" for team in queries.teams(actor)}
    form.fields["team"].choices = list(teams.items())  # type: ignore[attr-defined]
    back = reverse("site", args=[found.site])
    page = _page(
        _("Correct this visit"), found.site_reference, Link(found.site_reference, back),
        disputed(found.versions, teams),
        _("Nobody becomes a potential victim by this number: each person who was met has a file."),
    )  # fmt: skip
    return _correct(request, form, correct_visit, page, back, visit=key)


def check_correct(request: HttpRequest, key: str) -> HttpResponse:
    """Correct what was recorded of a database check."""
    found = queries.check(who(request), key)
    if found is None:
        raise Http404
    names = ("database", "about", "answer", "document_ends", "document_country", "note")
    initial = {name: getattr(found, name) for name in names} | {"shown": json.dumps(found.shown)}
    form = CorrectCheckForm(request.POST or None, initial=initial)
    back = reverse("checks")
    page = _page(
        _("Correct this check"), words("databases", found.database), Link(_("Hits"), back),
        disputed(found.versions),
        _("The count of hits follows: a hit that was none is taken back from it."),
    )  # fmt: skip
    return _correct(request, form, correct_check, page, back, check=key)
