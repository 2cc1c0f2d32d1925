"""The list of care: my people, missing and in danger first, then who is overdue, then the last changed."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import actor_of, may_open
from libertad.care import queries, queue_words
from libertad.care.pages import DECIDED, action, link, now_of
from libertad.care.presenters import CareTodo, FileSeen, front_route, person_of
from libertad.care.queue import INTAKE, Place
from libertad.look.page_objects import Cell, Column, Empty, Filter, ListPage, Row, Table
from libertad.look.paging import SIZE, page_number, pages, show_list
from libertad.look.times import day, when
from libertad.look.words import choices, words
from libertad.people import queries as people
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened

SEEN = ("potential-victim", "not-assessed", "not-a-victim")


def care(request: HttpRequest) -> HttpResponse:
    """My people: status, what is next, and when. Closed files are listed by their own filter, and with the
    others while a danger is open."""
    actor, now = actor_of(request), now_of(request).at
    filters = {"status": request.GET.get("status", "")}
    states = _states(actor)
    buckets = _buckets(filters["status"])
    number = page_number(request.GET.get("page", ""))
    listed, total = queries.people_page(actor, buckets, now, (number - 1) * SIZE, SIZE)
    unopened = queries.counted(actor, queries.UNOPENED) if may_open(actor, "care-open") else 0
    without = unopened if queries.UNOPENED in buckets else 0
    start = link(request, _("People"), "people")
    second = ngettext(
        "%(count)d protection file. Police do not read it.",
        "%(count)d protection files. Police do not read them.",
        total - without,
    ) % {"count": total - without}
    if without:
        without_file = ngettext("%(count)d person has none yet.", "%(count)d people have none yet.", without)
        second += " " + without_file % {"count": without}
    page = ListPage(
        title=_("My people"),
        second=second,
        table=_table(actor, listed, now),
        action=action(request, _("The team"), "care-team")
        or action(request, _("Everybody, by what is due"), "care-everybody"),
        filters=[Filter("status", _("Status"), states, filters["status"])],
        pages=pages(number, total, SIZE, filters),
        empty=Empty(
            _("No protection file here"),
            _("A file is opened from a person's page, with the first thing that is recorded for the person."),
            action(request, start.label, "people") if start else None,
        ),
    )
    return show_list(request, page)


def _states(actor: Actor) -> list[tuple[str, str]]:
    states = [("", _("All")), (queries.NONE, _("Not yet identified"))]
    if may_open(actor, "care-open"):
        states.insert(1, (queries.UNOPENED, _("No protection file")))
    return [*states, *choices("identification-statuses")(), (queries.CLOSED, _("Closed"))]


def _buckets(status: str) -> list[str]:
    """Whom a filter lists: who has no protection file is not identified either, and nobody in danger is left
    out of all because the file was closed."""
    if not status:
        return [queries.NONE, queries.UNOPENED, queries.ALARM, *codelist("identification-statuses")]
    return [queries.NONE, queries.UNOPENED] if status == queries.NONE else [status]


def _table(actor: Actor, listed: list[str], now: datetime) -> Table:
    """Rows in this order; of who has gone from the actor's sight since there is none."""
    files = {file.key: file for file in queries.files(actor, listed)}
    met = {
        person.id: person for person in people.people(actor, ids=[key for key in listed if key not in files])
    }
    persons = [person_of(key) for key in listed]
    danger = queries.dangers(actor, people.people(actor, ids=persons), persons)
    next_of: dict[str, CareTodo] = {}
    for todo in queries.care_todos(actor, files):
        next_of.setdefault(todo.person + todo.query, todo)
    places = queries.places(actor, listed)
    titles = queue_words.titles(places)
    running = {key: _running(place, titles[key], now, actor.zone) for key, place in places.items()}
    missing, rows = queries.missing_among(actor, listed), []
    for key in listed:
        person = person_of(key)
        endangered = person in danger and bool(danger[person].open_now)
        if key in files:
            following = next_of.get(person + files[key].query)
            undated = following is not None and following.due is None
            not_taken = key in places and places[key].queue == INTAKE
            until = running.get(key) if undated or not_taken else None
            row = _row(actor, files[key], following, endangered, until or _due(following, now))
        elif key in met:
            row = _unopened(met[key], endangered, running.get(key, Cell("")))
        else:
            continue
        if key in missing:
            step = _("In danger now") if endangered else ""
            done = Cell(_("Say what was done"), reverse("care-task", args=[key]), second=step)
            row = replace(row, cells=[*row.cells[:-2], done, Cell(_("Missing"), tone="danger")])
        rows.append(row)
    columns = [
        Column(_("Reference")),
        Column(_("Name")),
        Column(_("Status")),
        Column(_("Since")),
        Column(_("Next")),
        Column(_("When")),
    ]
    return Table(_("My people"), columns, rows)


def _due(todo: CareTodo | None, now: datetime) -> Cell:
    if todo is None:
        return Cell("")
    if todo.due is None:
        return Cell(_("No date"))
    return _overdue() if todo.due < now else Cell(day(Happened(at=todo.due, zone=todo.zone)))


def _overdue(why: str = "") -> Cell:
    return Cell(_("Overdue"), tone="needs", second=why)


def _running(place: Place, title: str, now: datetime, zone: str) -> Cell:
    """The limit that runs for a person, and why it does."""
    return _overdue(title) if place.due < now else Cell(when(Happened(at=place.due, zone=zone)), second=title)


def _row(actor: Actor, file: FileSeen, todo: CareTodo | None, endangered: bool, until: Cell) -> Row:
    status = words("identification-statuses", file.status) or _("Not yet identified")
    code = file.status if file.status in DECIDED else "not-assessed"
    here = reverse(front_route(actor), args=[file.person]) + file.query
    step = Cell(todo.title if todo else _("Nothing due"), todo.href if todo else "")
    holds = [_("Closed")] if file.closed is not None else []
    holds += [_("Rules for a child apply")] if file.child else []
    return Row(
        [
            Cell(file.reference, here, second=kept_by(file), provenance=file.provenance),
            Cell(file.name),
            Cell(status, code=code, second=". ".join(holds)),
            Cell(day(file.status_when or file.opened)),
            Cell(_("In danger now"), here, second=todo.title if todo else "") if endangered else step,
            Cell(_("Now"), tone="danger") if endangered else until,
        ]
    )


def kept_by(file: FileSeen) -> str:
    """Of several files of one person, whose this is."""
    return _("Kept by %(office)s") % {"office": file.kept_by} if file.kept_by else ""


def _unopened(person: people.PersonSeen, endangered: bool, until: Cell) -> Row:
    """Somebody whose identity file this care authority reads and who has no protection file yet."""
    seen_as = person.seen_as if person.seen_as in SEEN else "not-assessed"
    start = reverse("care-open", args=[person.id])
    second = _("Rules for a child apply") if person.child else ""
    if person.twice:
        second = _("Recorded twice, as those who met the person say")
    step = Cell(_("Open a protection file"), start)
    if endangered:
        step = Cell(_("In danger now"), reverse("person", args=[person.id]), second=step.text)
    return Row(
        [
            Cell(person.reference, start, provenance=person.provenance),
            Cell(person.name),
            Cell(words("tally-statuses", seen_as), code=seen_as, second=second),
            Cell(day(Happened(at=person.seen_at, zone=person.zone))),
            step,
            Cell(_("Now"), tone="danger") if endangered else until,
        ]
    )
