"""Pages about who interprets for a person."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of
from libertad.care import queries_interpreters
from libertad.care.actions.assign_interpreter import assign_interpreter, end_interpreter
from libertad.care.forms_interpreter import EndInterpreterForm, InterpreterForm
from libertad.care.pages import find, now_of
from libertad.care.queries_interpreters import InterpreterSeen
from libertad.care.screens_forms import back_to, form_page, save
from libertad.look.page_objects import FormPage
from libertad.look.words import words


def interpreter_new(request: HttpRequest, person: str) -> HttpResponse:
    """Say who interprets; of one who has been briefed since (`entry`), with what is on file."""
    file = find(request, person)
    standing = _standing(request, person, request.GET.get("entry", ""))
    initial = (
        {
            "name": standing.name,
            "language": standing.language,
            "way": standing.way,
            "note": standing.note,
            "briefed": "yes",
        }
        if standing
        else None
    )
    form = InterpreterForm(request.POST or None, now=now_of(request), initial=initial)
    if save(request, form, assign_interpreter, person=person):
        return redirect("care-safety", person)
    page = FormPage(
        title=_("The interpreter has been briefed") if standing else _("Assign an interpreter"),
        button=_("Record it") if standing else _("Assign the interpreter"),
        reference=file.reference,
        back=back_to(file, "care-safety", _("Needs and safety")),
        wont=_("Only caseworkers read this. The interpreter is told nothing by it."),
    )
    return form_page(request, file, form, page)


def interpreter_end(request: HttpRequest, person: str, entry: str) -> HttpResponse:
    """Say that one interprets no more."""
    file = find(request, person)
    standing = _standing(request, person, entry)
    if standing is None:
        raise Http404
    form = EndInterpreterForm(request.POST or None, now=now_of(request))
    if save(request, form, end_interpreter, person=person, entry=entry):
        return redirect("care-safety", person)
    page = FormPage(
        title=_("An interpreter does not go on"),
        button=_("Record it"),
        reference=file.reference,
        back=back_to(file, "care-safety", _("Needs and safety")),
        intro=f"{standing.name}, {words('languages', standing.language)}",
        wont=_("What was said through this interpreter stays as it is."),
    )
    return form_page(request, file, form, page)


def _standing(request: HttpRequest, person: str, entry: str) -> InterpreterSeen | None:
    """Who interprets by this entry, and has not ended."""
    listed = queries_interpreters.interpreters(actor_of(request), person)
    return next((seen for seen in listed if seen.entry == entry and not seen.ended), None)
