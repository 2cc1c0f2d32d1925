"""Everybody whom care knows: in which queue, whose task, and by when. In danger first, then by the hour."""

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

from libertad.access.asking import actor_of
from libertad.care import queries, queue
from libertad.care.pages import now_of
from libertad.care.queue_words import Standing, queue_names, span
from libertad.look.page_objects import Action, Empty, Link, Pages, Todo, TodoGroup
from libertad.look.paging import SIZE, page_number, pages
from libertad.look.times import when
from libertad.vocabulary.values import Happened

AT_SHIFT = 100  # of each list on the page for a change of shift


@dataclass(frozen=True)
class QueueCell:
    """One queue above the list: how many stand in it, as a link where somebody does."""

    label: str
    people: int
    href: str
    current: bool
    danger: int
    overdue: int


@dataclass(frozen=True)
class EverybodyPage:
    title: str
    second: str
    cells: Sequence[QueueCell]
    groups: Sequence[TodoGroup]
    note: str
    assumed: bool
    pages: Pages | None
    empty: Empty
    way: Link | None = None


def everybody(request: HttpRequest) -> HttpResponse:
    """The people of all queues or of one, fifty a page."""
    actor, now = actor_of(request), now_of(request)
    counts = queries.queue_counts(actor, now.at)
    chosen = request.GET.get("queue", "")
    names = [chosen] if chosen in queue.QUEUES else list(queue.QUEUES)
    number = page_number(request.GET.get("page", ""))
    listed, total = queries.everybody(actor, names, (number - 1) * SIZE, SIZE)
    people = sum(counted.people for counted in counts.values())
    danger = sum(counts[name].danger for name in names)
    overdue = sum(counts[name].overdue for name in names)
    page = EverybodyPage(
        title=_("Everybody"),
        second=" ".join([when(now) + ".", *_sentences(people, counts)]),
        cells=_cells(counts, names, people),
        groups=_groups(listed, now.at, ZoneInfo(actor.zone), (danger, overdue, total - danger - overdue)),
        note=_(
            "Who has taken a person is responsible. Where nobody has, whoever was last at work is named, and "
            "the duty desk answers."
        ),
        assumed=queries.limits().assumed,
        pages=pages(number, total, SIZE, {"queue": chosen if len(names) == 1 else ""}),
        empty=Empty(
            _("Nobody here"),
            _("Everybody whose identity file or protection file your authority reads stands in one queue."),
            Action(_("My people"), reverse("care")),
        ),
        way=Link(_("Change of shift"), reverse("care-shift")),
    )
    return render(request, "care/everybody.html", {"page": page})


def own_tasks(request: HttpRequest) -> HttpResponse:
    """Whom this officer has taken: in danger first, then by the hour."""
    actor, now = actor_of(request), now_of(request)
    number = page_number(request.GET.get("page", ""))
    listed, counted = queries.own_people(actor, now.at, (number - 1) * SIZE, SIZE)
    total, calm = counted.people, counted.people - counted.danger - counted.overdue
    second = ngettext("%(n)d person is your task.", "%(n)d people are your task.", total) % {"n": total}
    page = EverybodyPage(
        title=_("My tasks"),
        second=f"{when(now)}. {second}",
        cells=[],
        groups=_groups(listed, now.at, ZoneInfo(actor.zone), (counted.danger, counted.overdue, calm)),
        note=_("You stay responsible until a colleague accepts a hand-over, or you give the person back."),
        assumed=queries.limits().assumed,
        pages=pages(number, total, SIZE, {}),
        empty=Empty(
            _("Nobody is your task yet"),
            _("Take a person who stands in 'Not taken yet'."),
            Action(_("Everybody, by what is due"), reverse("care-everybody")),
        ),
    )
    return render(request, "care/everybody.html", {"page": page})


def shift(request: HttpRequest) -> HttpResponse:
    """What the next shift has to know: who is in danger or missing, what is overdue, and what is due before
    it ends, each with whose task it is."""
    actor, now = actor_of(request), now_of(request)
    zone, ends = ZoneInfo(actor.zone), now.at + queries.limits().shift
    counts = queries.queue_counts(actor, now.at)
    danger = sum(counts[name].danger for name in queue.OURS)
    overdue = sum(counts[name].overdue for name in queue.OURS)
    endangered, _total = queries.everybody(actor, queue.OURS, 0, min(danger, AT_SHIFT))
    due, total = queries.overdue(actor, queue.OURS, ends, AT_SHIFT)
    late = [standing for standing in due if standing.overdue(now.at)]
    page = EverybodyPage(
        title=_("Change of shift"),
        second=" ".join([when(now) + ".", _until(danger, overdue, total - overdue)]),
        cells=[],
        groups=[
            group
            for group in (
                _part(_("In danger now"), endangered, danger, now.at, zone, is_danger=True),
                _part(_("Overdue"), late, overdue, now.at, zone, is_late=True),
                _part(
                    _("Due before %(hour)s") % {"hour": when(Happened(at=ends, zone=actor.zone))},
                    due[len(late) :],
                    total - overdue,
                    now.at,
                    zone,
                ),
            )
            if group.todos
        ],
        note=_(
            "Read it together when one shift hands over to the next. Who has taken a person stays "
            "responsible: hand the person over by name to who is on duty."
        ),
        assumed=queries.limits().assumed,
        pages=None,
        empty=Empty(
            _("Nothing is due"),
            _("Nobody is in danger or missing, and nothing is due in this shift."),
            Action(_("Everybody, by what is due"), reverse("care-everybody")),
        ),
    )
    return render(request, "care/everybody.html", {"page": page})


def _until(danger: int, overdue: int, ahead: int) -> str:
    return _("%(danger)d in danger, %(overdue)d overdue, %(ahead)d due in the next %(span)s.") % {
        "danger": danger,
        "overdue": overdue,
        "ahead": ahead,
        "span": span(queries.limits().shift),
    }


def _part(
    title: str,
    listed: Sequence[Standing],
    total: int,
    now: datetime,
    zone: ZoneInfo,
    is_late: bool = False,
    is_danger: bool = False,
) -> TodoGroup:
    left = total - len(listed)
    more = Link(_("Everybody, by what is due"), reverse("care-everybody")) if left else None
    todos = [todo_of(standing, now, zone) for standing in listed]
    return TodoGroup(title, todos, is_late, more, is_danger, left)


def _sentences(people: int, counts: dict[str, queries.Counted]) -> list[str]:
    overdue = sum(counted.overdue for counted in counts.values())
    danger = sum(counted.danger for counted in counts.values())
    sentences = [
        ngettext(
            "%(n)d person, with somebody responsible and a date.",
            "%(n)d people, each with somebody responsible and a date.",
            people,
        )
        % {"n": people}
    ]
    if danger:
        sentences.append(ngettext("%(n)d in danger.", "%(n)d in danger.", danger) % {"n": danger})
    if overdue:
        sentences.append(ngettext("%(n)d overdue.", "%(n)d overdue.", overdue) % {"n": overdue})
    return sentences


def _cells(counts: dict[str, queries.Counted], names: list[str], people: int) -> list[QueueCell]:
    here = reverse("care-everybody")
    cells = []
    for name, label in queue_names().items():
        counted = counts[name]
        if counted.people or name in queue.OURS:
            cells.append(
                QueueCell(
                    label,
                    counted.people,
                    f"{here}?queue={name}" if counted.people else "",
                    names == [name],
                    counted.danger,
                    counted.overdue,
                )
            )
    return [QueueCell(_("All"), people, here, len(names) > 1, 0, 0), *cells]


def _groups(
    listed: Sequence[Standing], now: datetime, zone: ZoneInfo, totals: tuple[int, int, int]
) -> list[TodoGroup]:
    """Those in danger, those overdue, and all others, as far as this page shows them."""
    parts: list[list[Todo]] = [[], [], []]
    for standing in listed:
        part = 0 if standing.place.danger else 1 if standing.overdue(now) else 2
        parts[part].append(todo_of(standing, now, zone))
    titles = (_("In danger now"), _("Overdue"), _("By the hour that is set"))
    return [
        TodoGroup(title, todos, part == 1, None, part == 0, total - len(todos))
        for part, (title, todos, total) in enumerate(zip(titles, parts, totals, strict=True))
        if todos
    ]


def todo_of(standing: Standing, now: datetime, zone: ZoneInfo) -> Todo:
    """A person in a queue as a line of a list: by when, what and why, whose task."""
    todo = standing.todo
    here = standing.place.due.astimezone(zone)
    today = here.date() == now.astimezone(zone).date()
    return Todo(
        due=f"{here:%H:%M}" if today else _day(here, now),
        title=todo.title,
        href=todo.href,
        action=Action(todo.button, todo.href),
        late=now - here if standing.overdue(now) else None,
        left=here - now if here >= now and today else None,
        due_note="" if today else f"{here:%H:%M}",
        why=f"{todo.why} {standing.responsible}.{_offer(standing)}",
        reference=todo.reference,
        name=todo.name,
    )


def _offer(standing: Standing) -> str:
    return (
        " " + _("Offered to %(officer)s.") % {"officer": standing.offered_to} if standing.offered_to else ""
    )


def _day(here: datetime, now: datetime) -> str:
    from django.utils.dates import MONTHS

    return f"{here.day} {MONTHS[here.month]}" + (f" {here.year}" if here.year != now.year else "")
