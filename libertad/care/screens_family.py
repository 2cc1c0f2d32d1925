"""Pages about who decides beside a child, and who belongs to a person."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import queries
from libertad.care.actions.assign_guardian import assign_guardian, end_guardian
from libertad.care.actions.link_family import end_family, link_family
from libertad.care.clearing_words import contact
from libertad.care.family_words import together_words
from libertad.care.forms_family import EndForm, FamilyForm, GuardianForm
from libertad.care.pages import action, find, link, now_of, page
from libertad.care.presenters import FileSeen
from libertad.care.queries_clearings import ClearingSeen, clearings
from libertad.care.queries_family import GuardianSeen, RelativeSeen, family
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage
from libertad.look.times import date_words
from libertad.look.words import words


def family_page(request: HttpRequest, person: str) -> HttpResponse:
    """Guardians, and who belongs to the person, each with what was said last."""
    file = find(request, person)
    view = family(actor_of(request), person)
    is_open = file.closed is None
    cleared = {row.guardian: row for row in reversed(clearings(actor_of(request), person))}
    context = {
        "page": page(
            request,
            file,
            "care-family",
            action(request, _("Add one of the family"), "care-family-link", person) if is_open else None,
        ),
        "guardians": [_guardian(request, file, row, cleared.get(row.entry)) for row in view.guardians],
        "relatives": [_relative(request, file, row) for row in view.relatives],
        "lacks_guardian": file.child and not view.has_guardian,
        "assign": link(request, _("Add a guardian or representative"), "care-guardian", person)
        if is_open
        else None,
    }
    return render(request, "care/family.html", context)


def _guardian(
    request: HttpRequest, file: FileSeen, view: GuardianSeen, clearing: ClearingSeen | None
) -> Mapping[str, Any]:
    details = [
        _("Appointed by %(who)s") % {"who": view.appointed_by} if view.appointed_by else "",
        _("since %(day)s") % {"day": date_words(view.since)} if view.since else "",
        view.reach,
        view.note,
    ]
    end = None
    if not view.ended and file.closed is None:
        end = link(request, _("Guardian no longer"), "care-guardian-end", file.person, view.entry)
    return {
        "view": view,
        "kind": words("guardian-kinds", view.kind),
        "contact": contact(request, file, view, clearing),
        "details": " · ".join(part for part in details if part),
        "end": end,
    }


def _relative(request: HttpRequest, file: FileSeen, view: RelativeSeen) -> Mapping[str, Any]:
    end = None
    if not view.ended and file.closed is None:
        end = link(request, _("No longer, or a mistake"), "care-family-end", file.person, view.entry)
    return {
        "view": view,
        "title": view.name or view.reference or _("Somebody whose file is another authority's"),
        "relation": words("family-relations", view.relation),
        "together": together_words(view.together),
        "decided": decided_words(view),
        "file": link(request, view.reference, "care-file", view.relative_id) if view.relative_id else None,
        "end": end,
    }


def decided_words(view: RelativeSeen) -> str:
    """What was decided about the other, for who reads that one's file."""
    if view.file is None:
        return ""
    if not view.file.decision:
        return _("Nothing is decided about this one yet")
    return _("Decided about this one: %(what)s") % {"what": words("return-decisions", view.file.decision)}


def guardian_new(request: HttpRequest, person: str) -> HttpResponse:
    """Say who decides beside the child, or speaks for the person."""
    file = find(request, person)
    form = GuardianForm(request.POST or None, now=now_of(request))
    if save(request, form, assign_guardian, person=person):
        return redirect("care-family", person)
    form_object = FormPage(
        title=_("Add a guardian or representative"),
        button=_("Record it"),
        reference=file.reference,
        back=back_to(file, "care-family", _("Family and guardian")),
        wont=_("Nobody is told by it. It does not replace an agreement: that is recorded by itself."),
    )
    return form_page(request, file, form, form_object)


def guardian_end(request: HttpRequest, person: str, entry: str) -> HttpResponse:
    """Say that one is guardian no longer."""
    file = find(request, person)
    listed = family(actor_of(request), person).guardians
    view = next((row for row in listed if row.entry == entry and not row.ended), None)
    if view is None:
        raise Http404
    form = EndForm(request.POST or None, now=now_of(request))
    if save(request, form, end_guardian, person=person, entry=entry):
        return redirect("care-family", person)
    intro = f"{view.name}, {words('guardian-kinds', view.kind)}"
    return form_page(request, file, form, _end_page(file, _("Guardian no longer"), intro))


def family_new(request: HttpRequest, person: str) -> HttpResponse:
    """Say who belongs to the person."""
    file = find(request, person)
    actor = actor_of(request)
    form = FamilyForm(request.POST or None, now=now_of(request))
    form.find = lambda reference: queries.by_reference(actor, reference)
    if save(request, form, link_family, person=person):
        return redirect("care-family", person)
    form_object = FormPage(
        title=_("Add one of the family"),
        button=_("Record it"),
        reference=file.reference,
        back=back_to(file, "care-family", _("Family and guardian")),
        wont=_(
            "Neither is told of the other by it. Whoever decides about one sees that they belong together."
        ),
    )
    return form_page(request, file, form, form_object)


def family_end(request: HttpRequest, person: str, entry: str) -> HttpResponse:
    """Say that one belongs to the person no longer, or never did."""
    file = find(request, person)
    listed = family(actor_of(request), person).relatives
    view = next((row for row in listed if row.entry == entry and not row.ended), None)
    if view is None:
        raise Http404
    form = EndForm(request.POST or None, now=now_of(request))
    if save(request, form, end_family, person=person, entry=entry):
        return redirect("care-family", person)
    intro = f"{view.name or view.reference}, {words('family-relations', view.relation)}"
    return form_page(request, file, form, _end_page(file, _("No longer, or a mistake"), intro))


def _end_page(file: FileSeen, title: str, intro: str) -> FormPage:
    return FormPage(
        title=title,
        button=_("Record it"),
        reference=file.reference,
        back=back_to(file, "care-family", _("Family and guardian")),
        intro=intro,
        wont=_("What was said stays on file, marked as ended."),
    )
