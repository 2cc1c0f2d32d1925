"""A service's own acts about somebody whom care disclosed to it."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.asking import actor_of, may_open
from libertad.access.form_actions import try_perform
from libertad.access.queries import clock_now
from libertad.look.page_objects import Cell, Column, FormPage, Link, Row, Table
from libertad.look.times import when
from libertad.look.words import words
from libertad.people.actions.answer_service import (
    answer_service,
    record_arrival,
    record_leaving,
    tell_concern,
)
from libertad.people.forms_serving import (
    ServiceAnswerForm,
    ServiceArrivedForm,
    ServiceConcernForm,
    ServiceLeftForm,
)
from libertad.people.queries_disclosed import DisclosedSeen, disclosed
from libertad.people.serving import STEPS
from libertad.people.serving_words import stage_words


def _view(request: HttpRequest, key: str, verb: str) -> DisclosedSeen:
    """What was disclosed, where this step follows from how it stands; 404 alike for none."""
    view = next(iter(disclosed(actor_of(request), [key])), None)
    if view is None or view.served is None or not view.may_answer or view.served.stage not in STEPS[verb]:
        raise Http404
    return view


def _step(
    request: HttpRequest,
    view: DisclosedSeen,
    form: forms.Form,
    step: Callable[..., Any],
    page: tuple[str, str, str],
    done_words: str,
) -> HttpResponse:
    """A step's page; saved, it goes back to what was disclosed."""
    if request.method == "POST" and form.is_valid():
        done, _none = try_perform(request, form, step, file=view.id, **form.cleaned_data)
        if done:
            messages.success(request, done_words)
            return redirect("disclosed-file", view.id)
    title, button, wont = page
    form_object = FormPage(
        title=title,
        button=button,
        reference=view.reference,
        provenance=view.provenance,
        back=Link(_("What was disclosed"), reverse("disclosed-file", args=[view.id])),
        intro=f"{words('disclosure-purposes', view.purpose)}. {view.giver}.",
        wont=wont,
    )
    return render(request, "web/form.html", {"page": form_object, "form": form})


def answer(request: HttpRequest, key: str) -> HttpResponse:
    """Whether the service can."""
    view = _view(request, key, "service.answer")
    page = (_("Answer care"), _("Send the answer"), _("Nobody but the care authority reads it."))
    form = ServiceAnswerForm(request.POST or None)
    return _step(request, view, form, answer_service, page, _("Recorded. Care reads it."))


def arrived(request: HttpRequest, key: str) -> HttpResponse:
    """The person is there."""
    view, actor = _view(request, key, "service.arrived"), actor_of(request)
    page = (_("The person has arrived"), _("Record the arrival"), _("Only the care authority reads it."))
    form = ServiceArrivedForm(request.POST or None, zone=actor.zone, now=clock_now(actor.operation))
    return _step(request, view, form, record_arrival, page, _("Recorded. Care reads it."))


def leaving(request: HttpRequest, key: str) -> HttpResponse:
    """The person is there no more."""
    view, actor = _view(request, key, "service.left"), actor_of(request)
    page = (_("The person has left"), _("Record it"), _("Only the care authority reads it."))
    form = ServiceLeftForm(request.POST or None, zone=actor.zone, now=clock_now(actor.operation))
    return _step(request, view, form, record_leaving, page, _("Recorded. Care reads it."))


def concern(request: HttpRequest, key: str) -> HttpResponse:
    """A danger or a need."""
    view = _view(request, key, "service.concern")
    wont = _("Saving telephones nobody. Where a life is in danger, call for help first, then care.")
    page = (_("Tell care of a danger or a need"), _("Tell care"), wont)
    form = ServiceConcernForm(request.POST or None)
    return _step(request, view, form, tell_concern, page, _("Recorded. It stands at care until answered."))


STEP_ROUTES = {
    "service.answer": "service-answer",
    "service.arrived": "service-arrived",
    "service.left": "service-left",
    "service.concern": "service-concern",
}


def steps(request: HttpRequest, view: DisclosedSeen) -> list[Link]:
    """The acts that follow from how it stands, the next one first."""
    if view.served is None or not view.may_answer or not may_open(actor_of(request), "service-answer"):
        return []
    labels = {
        "service.answer": _("Answer care"),
        "service.arrived": _("The person has arrived"),
        "service.left": _("The person has left"),
        "service.concern": _("Tell care of a danger or a need"),
    }
    order = ["service.arrived", "service.left", "service.answer", "service.concern"]
    return [
        Link(labels[verb], reverse(STEP_ROUTES[verb], args=[view.id]))
        for verb in order
        if view.served.stage in STEPS[verb]
    ]


def people_table(views: list[DisclosedSeen]) -> Table | None:
    """Who is there, who is expected, and who left: for the service's Today."""
    order = {"here": 0, "expected": 1, "left": 2}
    listed = [view for view in views if view.served is not None and view.served.stage in order]
    rows = []
    for view in sorted(listed, key=lambda v: order[v.served.stage] if v.served else 0):
        if view.served is None:
            continue
        text, tone = stage_words(view.served)
        moment = view.served.left or view.served.arrived or view.served.answered
        rows.append(
            Row(
                [
                    Cell(
                        view.reference,
                        reverse("disclosed-file", args=[view.id]),
                        second=words("disclosure-purposes", view.purpose),
                        provenance=view.provenance,
                    ),
                    Cell(view.name),
                    Cell(text, tone=tone),
                    Cell(when(moment) if moment is not None else ""),
                ]
            )
        )
    columns = [Column(_("Reference")), Column(_("Name")), Column(_("How it stands")), Column(_("Since"))]
    return Table(_("With us, expected, and left"), columns, rows) if rows else None
