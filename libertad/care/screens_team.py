"""The supervisor's page: who has nobody, what is being handed over, and whose people are past their hour."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of
from libertad.care import queries, queue, queue_words
from libertad.care.pages import now_of
from libertad.care.queue_words import Caseload
from libertad.care.screens_everybody import todo_of
from libertad.look.page_objects import Cell, Column, Empty, Link, Row, Table, TodoGroup
from libertad.look.times import when

FIRST = 8  # of each list; the rest is on 'Everybody'


@dataclass(frozen=True)
class TeamPage:
    title: str
    second: str
    note: str
    assumed: bool
    groups: Sequence[TodoGroup]
    caseload: Table
    links: Sequence[Link]
    empty: Empty


def team(request: HttpRequest) -> HttpResponse:
    """Missing, not taken and handed over, each by the hour; then the caseload of every officer."""
    actor, now = actor_of(request), now_of(request)
    zone = ZoneInfo(actor.zone)
    groups = [
        _group(actor, name, title, now.at, zone)
        for name, title in (
            (queue.MISSING, _("Missing")),
            (queue.ANSWERED, _("Answers of services")),
            (queue.INTAKE, _("Nobody has taken these yet")),
            (queue.HANDING, _("Being handed over")),
        )
    ]
    counts = queries.queue_counts(actor, now.at)
    page = TeamPage(
        title=_("The team"),
        second=f"{when(now)}. {_sentence(counts)}",
        assumed=queries.limits().assumed,
        groups=[group for group in groups if group.todos],
        caseload=_caseload(queries.caseloads(actor, now.at), now.at, zone),
        links=[
            Link(_("Everybody, by what is due"), reverse("care-everybody")),
            Link(_("Change of shift"), reverse("care-shift")),
            Link(_("My tasks"), reverse("care-mine")),
            Link(_("My people"), reverse("care")),
        ],
        empty=Empty(
            _("Everybody has somebody"), _("Nobody is missing, waits to be taken or is being handed over.")
        ),
        note=_("Who offers a person answers until it is accepted; after %(span)s it is yours to settle.")
        % {"span": queue_words.span(queries.limits().handover)},
    )
    return render(request, "care/team.html", {"page": page})


def _sentence(counts: dict[str, queries.Counted]) -> str:
    """Everybody in one sentence, and its parts: those with somebody, and those without."""
    ours = {name: counts[name].people for name in queue.OURS}
    alone = ours[queue.INTAKE] + ours[queue.MISSING]
    total = sum(ours.values())
    return ngettext(
        "%(n)d person: %(alone)d not taken or missing, %(handed)d being handed over, %(closed)d closed with "
        "a date, %(rest)d at work.",
        "%(n)d people: %(alone)d not taken or missing, %(handed)d being handed over, %(closed)d closed with "
        "a date, %(rest)d at work.",
        total,
    ) % {
        "n": total,
        "alone": alone,
        "handed": ours[queue.HANDING],
        "closed": ours[queue.ENDED],
        "rest": total - alone - ours[queue.HANDING] - ours[queue.ENDED],
    }


def _group(actor: Actor, name: str, title: str, now: datetime, zone: ZoneInfo) -> TodoGroup:
    listed, total = queries.everybody(actor, (name,), 0, FIRST)
    more = (
        Link(_("Open the list"), f"{reverse('care-everybody')}?queue={name}") if total > len(listed) else None
    )
    return TodoGroup(
        title,
        [todo_of(standing, now, zone) for standing in listed],
        name != queue.MISSING and any(standing.overdue(now) for standing in listed),
        more,
        name == queue.MISSING,
        total - len(listed),
    )


def _caseload(loads: Sequence[Caseload], now: datetime, zone: ZoneInfo) -> Table:
    columns = [
        Column(_("Whose task")),
        Column(_("People"), numeric=True),
        Column(_("First of them")),
        Column(_("Due")),
    ]
    return Table(_("Caseload"), columns, [Row(_cells(load, now, zone)) for load in loads])


def _cells(load: Caseload, now: datetime, zone: ZoneInfo) -> list[Cell]:
    notes = [
        ngettext("%(n)d in danger", "%(n)d in danger", load.counted.danger) % {"n": load.counted.danger}
        if load.counted.danger
        else "",
        ngettext("%(n)d overdue", "%(n)d overdue", load.counted.overdue) % {"n": load.counted.overdue}
        if load.counted.overdue
        else "",
    ]
    officer = (
        Cell(load.name)
        if load.officer
        else Cell(_("Nobody's yet"), second=_("Somebody was at work in their files; nobody has taken them."))
    )
    people = Cell(str(load.counted.people), second=", ".join(filter(None, notes)))
    if load.first is None:
        return [officer, people, Cell(_("Nobody is this officer's task")), Cell("")]
    todo = todo_of(load.first, now, zone)
    due = " ".join(filter(None, (todo.due, todo.due_note)))
    person, is_late = load.first.todo.person, load.first.overdue(now)
    tone = "danger" if load.first.place.danger else "needs" if is_late else ""
    return [
        officer,
        people,
        Cell(todo.reference, href=reverse("care-task", args=[person]), second=f"{todo.title}. {todo.name}"),
        Cell(due, second=_("overdue") if is_late else "", tone=tone),
    ]
