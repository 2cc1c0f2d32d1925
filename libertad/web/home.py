"""The page of today: what waits, sorted into overdue, due now, before midnight, next two days, later."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may_open
from libertad.access.closed import closed_at
from libertad.access.queries import clock_now
from libertad.access.queries_amounts import reads_openings
from libertad.care import queries as care
from libertad.evidence import queries as evidence
from libertad.evidence import queries_store as store
from libertad.look.page_objects import (
    Action,
    Cell,
    Column,
    Empty,
    HomePage,
    Link,
    Pair,
    Row,
    SideBlock,
    Table,
    Todo,
    TodoGroup,
)
from libertad.look.times import MINUTE, span, when
from libertad.look.words import words
from libertad.operations.queries import sites_count, teams
from libertad.operations.screens_capacity import places_block
from libertad.people import queries as people
from libertad.people.queries_disclosed import disclosed
from libertad.people.screens_serving import people_table
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.values import Happened
from libertad.web.finding import searches
from libertad.web.first_steps import countries_block, first_steps
from libertad.web.todo_item import Waiting
from libertad.web.waiting import in_danger, nights, waiting

SHOWN = 6
LATE = 8
MINE = 7


def _todo(item: Waiting, now: datetime, zone: ZoneInfo) -> Todo:
    if item.danger:
        return _endangered(item, now, zone)
    here = item.due.astimezone(zone) if item.due else None
    today = here is not None and here.date() == now.astimezone(zone).date()
    due = "" if here is None else f"{here:%H:%M}" if today else f"{here.day} {_month(here)}"
    late = now - item.due if item.due and item.due < now else None
    left = item.due - now if item.due and item.due >= now and today else None
    return Todo(
        due=due or _("No hour set"),
        title=item.title,
        href=item.href,
        action=Action(item.button, item.href),
        late=late,
        left=left,
        due_note="" if today or here is None else f"{here:%H:%M}",
        why=item.why,
        reference=item.reference,
        name=item.name,
        tag=item.tag,
        tone="danger" if item.alarm == "passed" else "needs",
    )


def _endangered(item: Waiting, now: datetime, zone: ZoneInfo) -> Todo:
    """Since when, and for how long: a danger has no hour by which it is due."""
    since = item.since.astimezone(zone) if item.since else None
    today = since is not None and since.date() == now.astimezone(zone).date()
    time_text = (
        "" if since is None else f"{since:%H:%M}" if today else f"{since.day} {_month(since)}, {since:%H:%M}"
    )
    ago = _("%(span)s ago") % {"span": span(now - item.since)} if item.since and item.since <= now else ""
    return Todo(
        due=time_text or _("Now"),
        title=item.title,
        href=item.href,
        action=Action(item.button, item.href),
        due_note=ago,
        why=item.why,
        reference=item.reference,
        name=item.name,
        rings=item.rings,
    )


def _month(at: datetime) -> str:
    from django.utils.dates import MONTHS

    return str(MONTHS[at.month])


def groups(actor: Actor, now: datetime, items_found: list[Waiting], whole: bool) -> list[TodoGroup]:
    """In danger (always whole), overdue, due now, before midnight, two days, later and without an hour."""
    zone = ZoneInfo(actor.zone)
    midnight, soon = nights(actor, now)
    parts: dict[str, list[Waiting]] = {
        "danger": [],
        "first": [],
        "overdue": [],
        "now": [],
        "today": [],
        "open": [],
        "soon": [],
        "later": [],
    }
    behind = dict.fromkeys(parts, 0)
    for item in items_found:
        if item.danger:
            part = "danger"
        elif item.first:
            part = "first"
        elif item.due is None:
            part = "open"
        elif abs(item.due - now) < MINUTE:
            part = "now"
        elif item.due < now:
            part = "overdue"
        elif item.due < midnight:
            part = "today"
        else:
            part = "soon" if item.due < soon else "later"
        parts[part].append(item)
        behind[part] += item.more
    titles = {
        "danger": _("In danger now"),
        "first": _("Before all else"),
        "overdue": _("Overdue"),
        "now": _("Due now"),
        "today": _("Before midnight"),
        "open": _("As soon as you can"),
        "soon": _("Next two days"),
        "later": _("Later"),
    }
    found_groups = []
    for part, items in parts.items():
        limit = len(items) if whole or part in ("danger", "first") else LATE if part == "overdue" else SHOWN
        todos = [_todo(item, now, zone) for n, item in enumerate(items) if n < limit or item.asked]
        rest = len(items) - len(todos) + behind[part]
        if todos:
            rest_link = _rest_link(rest, whole) if rest else None
            found_groups.append(
                TodoGroup(titles[part], todos, part == "overdue", rest_link, part == "danger", rest)
            )
    return found_groups


def danger_now(actor: Actor) -> list[TodoGroup]:
    """The group of those in danger alone; [] where nobody is."""
    return groups(actor, clock_now(actor.operation), in_danger(actor), True)


def _rest_link(rest: int, whole: bool) -> Link:
    """Where the rest is: on the whole page, or what is too many even there in the list of care."""
    if whole:
        label = ngettext("%(rest)d more in my people", "%(rest)d more in my people", rest)
        return Link(label % {"rest": rest}, reverse("care"))
    return Link(ngettext("Show %(rest)d more", "Show %(rest)d more", rest) % {"rest": rest}, "?all=1")


ACTIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "caseworker": ("person-new", lambda: _("Record a person met")),
    "supervisor": ("care-team", lambda: _("Open the team")),
    "officer": ("person-new", lambda: _("Record a person met")),
    "exhibits-officer": ("exhibit-new", lambda: _("Take an exhibit")),
    "national-lead": ("sites", lambda: _("Open the sites")),
    "analyst": ("lead-new", lambda: _("Report a lead")),
    "coordinator": ("board", lambda: _("Open the board")),
    "press": ("release-new", lambda: _("Prepare a release")),
    "administrator": ("officers", lambda: _("Appoint or withdraw")),
    "prosecutor": ("detentions", lambda: _("Open detentions")),
    "deciding-authority": ("care", lambda: _("Open the files")),
    "partner": ("disclosed", lambda: _("Open what was disclosed")),
}


def _action(actor: Actor) -> Action | None:
    route, label = ACTIONS.get(actor.role, ("", str))
    if not route or not may_open(actor, route):
        return None
    return Action(label(), reverse(route))


def _people_table(actor: Actor, now: datetime) -> Table | None:
    """The first people of a caseworker's or deciding officer's list, with where each stands."""
    if not may_open(actor, "care"):
        return None
    states = [care.NONE, care.ALARM, *codelist("identification-statuses")]
    listed, _total = care.people_page(actor, states, now, 0, MINE)
    known = {file.key: file for file in care.files(actor, listed)}
    rows = [
        Row(
            [
                Cell(
                    file.reference,
                    reverse(care.front_route(actor), args=[file.person]) + file.query,
                    second=file.kept_by,
                    provenance=file.provenance,
                ),
                Cell(file.name),
                Cell(
                    words("identification-statuses", file.status) or _("Not yet identified"),
                    code=file.status or "not-assessed",
                ),
                Cell(when(file.status_when or file.opened)),
                Cell(_("Rules for a child") if file.child else ""),
            ]
        )
        for file in (known[key] for key in listed if key in known)
    ]
    columns = [
        Column(_("Reference")),
        Column(_("Name")),
        Column(_("Status")),
        Column(_("Since")),
        Column(_("What holds")),
    ]
    return Table(_("My people"), columns, rows) if rows else None


def _served_table(actor: Actor) -> Table | None:
    """Who is with a service, expected there, and left."""
    return people_table(disclosed(actor)) if may_open(actor, "service-answer") else None


def _side(actor: Actor) -> list[SideBlock]:
    """What the role's work rests on: counts of what it reads, each opening to its list."""
    pairs = []
    counts: list[tuple[str, str, Callable[[], int]]] = [
        ("people", _("People on file"), lambda: people.count(actor)),
        ("sites", _("Sites"), lambda: sites_count(actor)),
        ("teams", _("Teams"), lambda: len(teams(actor))),
        ("exhibits", _("Exhibits"), lambda: evidence.count(actor)),
        ("store", _("Places in the exhibit store"), lambda: store.count(actor)),
        ("care", _("Protection files"), lambda: care.count(actor)),
        ("care-mine", _("My tasks"), lambda: _own_tasks(actor)),
    ]
    for route, label, number in counts:
        if may_open(actor, route):
            pairs.append(Pair(label, str(number()), link=Link(_("Open"), reverse(route))))
    blocks = [SideBlock(_("What you read"), pairs=pairs, split=True)] if pairs else []
    if block := places_block(actor):
        blocks.append(block)
    if searches(actor):
        notice = _("Opening a person's file or an exhibit is recorded before you see it. So is each search.")
        blocks.append(SideBlock(_("What is recorded"), lead=notice, links=_openings(actor)))
    elif links := _openings(actor):
        blocks.append(SideBlock(_("What is recorded"), links=links))
    if may_open(actor, "complaints"):
        lead = _("If somebody of your authority harmed or used a person, or asked anything of one for help.")
        way = Link(_("Complaints about staff"), reverse("complaints"))
        blocks.append(SideBlock(_("Complaints"), lead=lead, links=[way]))
    return blocks


def _openings(actor: Actor) -> list[Link]:
    """For a second person the way to what the officers of the own authority opened."""
    if not (may_open(actor, "openings") and reads_openings(actor)):
        return []
    return [Link(_("Files opened this week"), reverse("openings"))]


def _own_tasks(actor: Actor) -> int:
    _listed, counted = care.own_people(actor, clock_now(actor.operation), 0, 0)
    return counted.people


def today(actor: Actor, whole: bool = False) -> HomePage:
    """The page; `whole` shows every item instead of the first of each group."""
    now = clock_now(actor.operation)
    items = waiting(actor, whole)
    todo_groups = groups(actor, now, items, whole)
    total = sum(1 + item.more for item in items)
    late = sum(1 + item.more for item in items if item.due is not None and now - item.due >= MINUTE)
    danger = sum(item.danger for item in items)
    second = when(Happened(at=now, zone=actor.zone)) + ". "
    second += (
        ngettext("%(total)d thing", "%(total)d things", total) % {"total": total}
        if total
        else _("Nothing waits")
    )
    second += (
        ngettext(", %(late)d of them overdue.", ", %(late)d of them overdue.", late) % {"late": late}
        if late
        else "."
    )
    if closed_at(actor.operation) is not None:
        second += " " + _("The operation is closed. What is open here goes on until it is done.")
    if danger:
        second += " " + ngettext(
            "%(n)d is about danger to life.", "%(n)d are about danger to life.", danger
        ) % {"n": danger}
    search, steps = searches(actor), first_steps(actor)
    return HomePage(
        title=_("What needs me today"),
        second=second,
        groups=todo_groups,
        action=_action(actor),
        search_href=reverse("find") if search else "",
        search_label=_("Find a person or file") if may_open(actor, "people") else _("Find") if search else "",
        search_note=_("By reference, name, number or words, in what you may read. Each search is recorded.")
        if search
        else "",
        empty=None
        if steps
        else Empty(
            _("Nothing waits for you"), _("What needs you appears here by itself, the earliest first.")
        ),
        mine=_people_table(actor, now) or _served_table(actor),
        mine_all=Link(_("All"), reverse("care")) if may_open(actor, "care") else None,
        first=steps,
        side=([block] if steps and (block := countries_block(actor)) else []) + _side(actor),
    )
