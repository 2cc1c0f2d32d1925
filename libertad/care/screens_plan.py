"""The case plan: its goals, one of them, and the second officer's reading."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from libertad.access.acting import perform
from libertad.access.actions.open_file import open_file
from libertad.access.asking import Instead, actor_of
from libertad.access.form_actions import try_perform
from libertad.care import queries
from libertad.care.actions.record_plan import read_plan, record_goal
from libertad.care.assignment import reading_of
from libertad.care.colleague_page import of_colleague
from libertad.care.desk_pages import find_task
from libertad.care.forms_plan import GoalForm, PlanReadForm
from libertad.care.pages import after_reading, after_writing, opens_anew, tabs
from libertad.care.queries_desk import TaskSeen
from libertad.care.queries_plan import GoalSeen, GoalWords, UnreadSeen, goals, unread
from libertad.care.queue import SUPERVISOR
from libertad.look.page_objects import Action, FormPage, Link, Pair, Provenance
from libertad.look.times import date_words, when
from libertad.look.words import words


@dataclass(frozen=True)
class GoalItem:
    """One goal as the page shows it. `change`: the way to it, '' where it is not the reader's."""

    title: str
    progress: str
    waits: bool
    pairs: Sequence[Pair]
    by: str
    before: Sequence[str]
    change: str


@dataclass(frozen=True)
class PlanPage:
    title: str
    name: str
    reference: str
    provenance: Provenance
    second: str
    tabs: Sequence[Link]
    back: Link | None
    main: Action | None
    links: Sequence[Link]
    state: str
    goals: Sequence[GoalItem]


def case_plan(request: HttpRequest, person: str) -> HttpResponse:
    """All goals, those that are not over first, by their date."""
    actor, row = actor_of(request), find_task(request, person)
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, row, reading))
    listed: list[GoalSeen] = []
    plan = None
    if row.compartment:
        perform(actor, open_file, compartment=row.compartment, subject=person, page="plan")
        listed, plan = goals(actor, person, row.compartment), unread(actor, row.compartment)
    file = queries.file(actor, person) if row.opened else None
    is_writer = (file is None or file.closed is None) and bool(row.worker)
    is_writer = is_writer and (row.worker == actor.officer or actor.role == SUPERVISOR)
    links = [Link(_("Whose task"), reverse("care-task", args=[person]))]
    if row.worker == actor.officer:
        links.append(Link(_("Name the day of the next review"), reverse("care-next", args=[person])))
    if plan is not None and plan.may_read:
        links.append(Link(_("Read it as the second reader"), reverse("care-plan-read", args=[person])))
    page = PlanPage(
        title=_("Case plan"),
        name=row.name,
        reference=row.reference,
        provenance=row.provenance,
        second=_("Made with the person. Caseworkers and supervisors of your authority alone read it."),
        tabs=tabs(request, person, "care-plan") if row.opened else [],
        back=None
        if row.opened
        else Link(_("File %(reference)s") % {"reference": row.reference}, reverse("person", args=[person])),
        main=Action(_("Add a goal"), reverse("care-plan-goal", args=[person])) if is_writer else None,
        links=links,
        state=_state(plan, bool(listed), bool(row.worker)),
        goals=[_item(goal, person if is_writer else "") for goal in listed],
    )
    return render(request, "care/plan.html", {"page": page})


def _state(plan: UnreadSeen | None, has_goals: bool, has_worker: bool) -> str:
    if plan is None:
        if has_goals:
            return _("A second officer has read all of it.")
        return "" if has_worker else _("Nobody has taken the person: who does writes the plan.")
    if plan.objector:
        return _('%(name)s does not agree: "%(words)s"') % {"name": plan.objector, "words": plan.words}
    if not plan.has_reader:
        return _("Nobody second is at work here who could read it. It holds all the same.")
    return _("It holds, and waits for a second officer to read it.")


def _item(goal: GoalSeen, person: str) -> GoalItem:
    now = goal.now
    return GoalItem(
        title=words("plan-areas", now.area),
        progress=words("plan-progress", now.progress),
        waits=goal.waits,
        pairs=_pairs(now),
        by=_("%(name)s, %(when)s") % {"name": now.by or _("An officer"), "when": when(now.recorded)},
        before=[_before(version) for version in goal.before],
        change=reverse("care-plan-change", args=[person, goal.id]) if person else "",
    )


def _pairs(now: GoalWords) -> list[Pair]:
    pairs = [
        Pair(_("Goal"), now.goal, strong=True),
        Pair(_("Who does what"), now.doing),
        Pair(_("Until"), date_words(now.until)),
    ]
    return [*pairs, Pair(_("What came of it"), now.note)] if now.note else pairs


def _before(version: GoalWords) -> str:
    parts = [
        version.goal,
        version.doing,
        date_words(version.until),
        words("plan-progress", version.progress),
        version.note,
    ]
    return f"{when(version.recorded)}: {'. '.join(filter(None, parts))}"


def new_goal(request: HttpRequest, person: str) -> HttpResponse:
    """Write a goal."""
    return _fill(request, find_task(request, person), _("Add a goal"), "", {})


def change_goal(request: HttpRequest, person: str, key: str) -> HttpResponse:
    """Change a goal, or say how far it has come: what it said before stays to be read."""
    actor, row = actor_of(request), find_task(request, person)
    reading = reading_of(actor, person)
    if not reading.is_allowed:
        raise Instead(of_colleague(request, row, reading))
    listed = goals(actor, person, row.compartment) if row.compartment else []
    goal = next((goal for goal in listed if goal.id == key), None)
    if goal is None:
        raise Http404
    if opens_anew(request, person):
        perform(actor, open_file, compartment=row.compartment, subject=person, page="plan")
    now = goal.now
    initial = {name: getattr(now, name) for name in ("area", "goal", "doing", "until", "progress", "note")}
    return _fill(request, row, _("Change a goal, or how far it is"), key, initial | {"version": now.entry})


def _fill(
    request: HttpRequest, row: TaskSeen, title: str, corrects: str, initial: dict[str, Any]
) -> HttpResponse:
    page = FormPage(
        title=title,
        button=_("Save the goal"),
        back=Link(_("Case plan"), reverse("care-plan", args=[row.person])),
        reference=row.reference,
        intro=row.name,
        provenance=row.provenance,
        wont=_(
            "Nothing is told to a service by it, and police and who decides on return or stay never read it. "
            "What a goal said before stays. A second officer of your authority reads it; it holds before."
        ),
    )
    form = GoalForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(
            request, form, record_goal, person=row.person, corrects=corrects, **form.cleaned_data
        )
        if is_done:
            messages.success(request, _("The goal is saved."))
            return after_writing(request, row.person, "care-plan")
    return render(request, "web/form.html", {"page": page, "form": form})


def read_second(request: HttpRequest, person: str) -> HttpResponse:
    """What of the plan waits, for its second reader: a supervisor, else another caseworker."""
    actor, row = actor_of(request), find_task(request, person)
    plan = unread(actor, row.compartment) if row.compartment else None
    form = PlanReadForm(request.POST or None, initial={"goals": " ".join(plan.entries) if plan else ""})
    if request.method == "POST" and form.is_valid():
        is_done, _entry = try_perform(request, form, read_plan, person=person, **form.cleaned_data)
        if is_done:
            return after_reading(request, person, redirect("care-plan", person))
    if plan is None or not plan.may_read:
        raise Http404
    if opens_anew(request, person):
        perform(actor, open_file, compartment=row.compartment, subject=person, page="plan")
    waiting = [goal for goal in goals(actor, person, row.compartment) if goal.waits]
    page = FormPage(
        title=_("Read a case plan"),
        button=_("Save your reading"),
        reference=row.reference,
        intro=row.name,
        provenance=row.provenance,
        back=Link(_("Whose task"), reverse("care-task", args=[person])),
        facts=[pair for goal in waiting for pair in _facts(goal)],
        wont=_("It holds whether you agree or not: who wrote it reads what you say, and decides."),
    )
    return render(request, "web/form.html", {"page": page, "form": form})


def _facts(goal: GoalSeen) -> list[Pair]:
    progress = words("plan-progress", goal.now.progress)
    return [Pair(words("plan-areas", goal.now.area), progress, strong=True), *_pairs(goal.now)]
