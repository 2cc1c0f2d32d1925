"""What care did about what a service answered, and about needs that were said at the meeting."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.access.form_actions import try_perform
from libertad.care import queue
from libertad.care.actions.settle import settle_answer, settle_need
from libertad.care.answered import MEMBER
from libertad.care.answered_words import AnsweredSeen, answers_of
from libertad.care.desk_pages import find_task
from libertad.care.forms_desk import SettleForm
from libertad.care.pages import after_writing
from libertad.care.queries_desk import TaskSeen
from libertad.care.queries_needs import needs_of
from libertad.look.danger import DangerPanel
from libertad.look.page_objects import Action, FormPage, Link, Pair
from libertad.look.times import when
from libertad.look.words import words
from libertad.vocabulary.values import Happened

OF_ANSWER = ("spoken", "elsewhere", "arranged")
OF_NEED = ("met", "arranged", "not-needed")


@dataclass(frozen=True)
class NeedItem:
    """A need as 'Needs and safety' lists it."""

    label: str
    outcome: str
    words: str
    by: str
    happened: Happened | None
    href: str


def need_items(request: HttpRequest, person: str) -> list[NeedItem]:
    """What was said when the person was met, each with the way to answer it."""
    return [
        NeedItem(
            words("needs", seen.need),
            words("settle-outcomes", seen.outcome) if seen.outcome else "",
            seen.words,
            seen.by,
            seen.happened,
            reverse("care-settle-need", args=[person, seen.need]),
        )
        for seen in needs_of(actor_of(request), person)
    ]


def answer_panels(actor: Actor, person: str) -> list[tuple[DangerPanel | None, AnsweredSeen]]:
    """For the protection file's page: what services answered and nobody settled; a danger as a panel."""
    return [(_panel(actor, seen) if seen.is_danger else None, seen) for seen in answers_of(actor, person)]


def _panel(actor: Actor, seen: AnsweredSeen) -> DangerPanel:
    since = Happened(at=seen.answer.at, zone=actor.zone)
    return DangerPanel(seen.title, since, seen.why, action=Action(_("Say what was done"), seen.href))


def answer(request: HttpRequest, person: str, entry: str) -> HttpResponse:
    """What was done about what a service answered: by whoever has the person, or anybody on duty."""
    task, actor = find_task(request, person), actor_of(request)
    seen = next((seen for seen in answers_of(actor, person) if seen.answer.entry == entry), None)
    if seen is None:
        return redirect("care-task", person)  # somebody has settled it meanwhile
    form = SettleForm(request.POST or None, outcomes=OF_ANSWER)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(
            request, form, settle_answer, person=person, answer=entry, **form.cleaned_data
        )
        if done:
            messages.success(request, _("Recorded. It waits for nobody any more."))
            return after_writing(request, person, "care-file")
    told = when(Happened(at=seen.answer.at, zone=actor.zone))
    missing = Link(_("The person is missing"), reverse("care-missing", args=[person]))
    links = [*_behind(person, seen), *([] if task.place.queue == queue.MISSING else [missing])]
    return _form(
        request,
        task,
        form,
        _("What was done?"),
        [Pair(seen.title, told, seen.why, strong=True)],
        links,
        _("Saving telephones nobody. If nobody knows where the person is, say that the person is missing."),
    )


def _behind(person: str, seen: AnsweredSeen) -> list[Link]:
    """The page on which the service's own words stand."""
    if not seen.answer.part:
        return []
    route = "care-disclosure" if seen.answer.way == MEMBER else "care-referral"
    return [Link(_("What the service said"), reverse(route, args=[person, seen.answer.part]))]


def need(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """What was done about a need."""
    task = find_task(request, person)
    if key not in [seen.need for seen in needs_of(actor_of(request), person)]:
        raise Http404
    form = SettleForm(request.POST or None, outcomes=OF_NEED)
    if request.method == "POST" and form.is_valid():
        done, _entry = try_perform(request, form, settle_need, person=person, need=key, **form.cleaned_data)
        if done:
            messages.success(request, _("Recorded."))
            return after_writing(request, person, "care-safety")
    return _form(
        request,
        task,
        form,
        words("needs", key),
        [],
        [],
        _("Care alone reads it. Police see the need as it was said, and never whether it was answered."),
    )


def _form(
    request: HttpRequest,
    task: TaskSeen,
    form: SettleForm,
    title: str,
    facts: list[Pair],
    links: list[Link],
    wont: str,
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=_("Record it"),
        back=Link(_("Whose task"), reverse("care-task", args=[task.person])),
        reference=task.reference,
        provenance=task.provenance,
        intro=task.name,
        facts=facts,
        links=links,
        wont=wont,
    )
    return render(request, "web/form.html", {"page": page, "form": form})
