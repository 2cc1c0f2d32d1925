"""What needs me today: gathered from the rooms by what this role may open, sorted by time left.

A source gives `Waiting` items; this page sorts them into overdue, before midnight, next two days, later.
Adding a source is one function and one line in SOURCES.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from libertad.access.actor import Actor
from libertad.access.asking import may
from libertad.access.conflicting import conflicts
from libertad.access.queries import can_say, clock_now
from libertad.care.queries import care_todos, files
from libertad.evidence.queries import asked_of, exhibits
from libertad.exchange.queries import names
from libertad.exchange.queries_held import alarms, promises
from libertad.hits import queries as hits
from libertad.hits.wording import kind_title, kinds_words, odds_words, record_words, weak
from libertad.look.looks import (
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
from libertad.look.times import when
from libertad.look.words import words
from libertad.operations.queries import leads, sites, teams
from libertad.people.queries import people
from libertad.vocabulary.values import Happened

SHOWN = 6
LATE = 8
MINE = 7
MOST_HITS = 20  # the rest is in the queue


@dataclass(frozen=True)
class Waiting:
    """Something that waits: what, why, whom it concerns, the act, and by when (None: no hour is set).

    `rank`: of what is due at once, the lower first.
    """

    title: str
    why: str
    href: str
    button: str
    due: datetime | None = None
    reference: str = ""
    name: str = ""
    rank: float = 0.0


def _teams(actor: Actor) -> Iterator[Waiting]:
    if not may(actor, "team"):
        return
    for team in teams(actor):
        href = reverse("team", args=[team.id])
        if team.danger:
            yield Waiting(
                _("Danger to life: team %(team)s") % {"team": team.reference}, _("The team asks for help."),
                href, _("Open the team"), team.last_check_in, team.site_reference,
            )  # fmt: skip
        elif team.overdue is not None:
            yield Waiting(
                _("Team %(team)s has not checked in") % {"team": team.reference},
                _("Ask by another way; if nobody answers, send help."), href, _("Open the team"), team.due,
                team.site_reference,
            )  # fmt: skip
        elif actor.role == "officer" and team.left is not None and team.state == "on-site":
            yield Waiting(
                _("Team %(team)s checks in") % {"team": team.reference},
                _("Next check-in of a team on site."), href, _("Check in"), team.due, team.site_reference,
            )  # fmt: skip


def _exhibits(actor: Actor) -> Iterator[Waiting]:
    if not may(actor, "exhibit"):
        return
    for found in exhibits(actor, state="to-me"):
        yield Waiting(
            _("Custody is offered to you"), _("Read the seal, then accept."),
            reverse("exhibit-accept", args=[found.id]), _("Accept custody"), None, found.reference,
        )  # fmt: skip
    if can_say(actor, "custody.statement"):
        for found in exhibits(actor, state="gap"):
            asks = asked_of(actor, found)
            for gap, one in asks:
                asked = urlencode({"from": gap.since.isoformat()})
                mine = one.to_officer in ("", actor.officer)
                yield Waiting(
                    _("A statement on a gap is asked of you") if mine
                    else _("A statement on a gap is asked of %(name)s") % {"name": one.to_name},
                    one.words or _("%(name)s asks what is known about it.") % {"name": one.by},
                    f"{reverse('exhibit-statement', args=[found.id])}?{asked}",
                    _("Add a statement"), None, found.reference,
                )  # fmt: skip
            if found.unexplained and not asks and actor.role in ("exhibits-officer", "prosecutor"):
                yield Waiting(
                    _("A gap in custody is not explained"),
                    _("A statement explains a gap and never closes it."),
                    reverse("exhibit", args=[found.id]), _("Add a statement"), None, found.reference,
                )  # fmt: skip


def _people(actor: Actor) -> Iterator[Waiting]:
    if not may(actor, "person") or not can_say(actor, "person.state"):
        return
    for person in people(actor, conflict=True):
        child = _("Until it is settled the rules for a child apply.") if person.child else ""
        yield Waiting(
            _("Two birth years") if "birth" in person.conflicts else _("Two values of one field"), child,
            reverse("person", args=[person.id]), _("Settle"), None, person.reference, person.name,
        )  # fmt: skip


def _care(actor: Actor) -> Iterator[Waiting]:
    if not may(actor, "care"):
        return
    for todo in care_todos(actor):
        yield Waiting(todo.title, todo.why, todo.href, todo.button, todo.due, todo.reference, todo.name)


def _leads(actor: Actor) -> Iterator[Waiting]:
    if not (may(actor, "lead") and can_say(actor, "site.register")) or actor.role == "officer":
        return
    known = {lead for site in sites(actor) for lead in site.leads}
    for lead in leads(actor):
        if not lead.site and lead.id not in known:
            yield Waiting(
                _("A lead without a site"), lead.summary, reverse("lead", args=[lead.id]), _("Read the lead"),
                None, lead.reference,
            )  # fmt: skip


def _hits(actor: Actor) -> Iterator[Waiting]:
    """Records that may be of one person, questions to answer, and in the field what was confirmed."""
    if not may(actor, "hits"):
        return
    for asked in hits.asked_of(actor):
        yield Waiting(
            _("%(authority)s asks about a record of yours") % {"authority": asked.asked_by_name}, asked.words,
            reverse("hit-answer", args=[asked.id]), _("Answer"), None,
            asked.subject.reference if asked.subject else "",
        )  # fmt: skip
    if can_say(actor, "hit.confirm"):
        listed, _total = hits.hits_page(actor, 1, MOST_HITS, state="to-decide")
        for place, found in enumerate(listed):
            second = found.state == "waiting"
            odds = odds_words(found.probability)
            why = _("%(odds)s, weak: %(kinds)s") if weak(found) else _("%(odds)s: %(kinds)s")
            yield Waiting(
                _("A hit waits for a second reader") if second else kind_title(found),
                why % {"odds": odds, "kinds": kinds_words(found)},
                reverse("hit", args=[found.id]), _("Read it") if second else _("Compare them"), None,
                found.reference, rank=place / MOST_HITS + weak(found),
            )  # fmt: skip
    if actor.role in ("officer", "exhibits-officer", "national-lead"):
        for found in hits.confirmed_since(actor):
            yield Waiting(
                _("Confirmed: %(what)s") % {"what": record_words(found.left)}, record_words(found.right),
                reverse("hit", args=[found.id]), _("Read the hit"), None, found.reference,
            )  # fmt: skip


def _conflicts(actor: Actor) -> Iterator[Waiting]:
    """Double values outside people's files, which have their own line."""
    if not may(actor, "conflicts"):
        return
    for one in conflicts(actor, but=("people",)):
        if one.settle:
            yield Waiting(
                _("Two values on file: %(field)s") % {"field": one.field},
                " / ".join(value.value for value in one.values), one.settle, one.button, None, one.reference,
            )  # fmt: skip


def _alarms(actor: Actor) -> Iterator[Waiting]:
    if not may(actor, "exchange-alarm-settle"):
        return
    found = [alarm for alarm in alarms() if alarm.settled is None]
    offices = names([one for alarm in found for one in alarm.authorities])
    for alarm in found:
        yield Waiting(
            _("A node showed two histories")
            if alarm.kind == "node"
            else _("A device wrote two histories"),
            _("Call its authority before you rely on what it sends."),
            reverse("exchange-alarm", args=[alarm.id]), _("Read the alarm"), None,
            ", ".join(filter(None, map(offices.get, alarm.authorities))) or alarm.who,
        )  # fmt: skip


def _erasures(actor: Actor) -> Iterator[Waiting]:
    """Requests to erase that this authority owes an answer; when they were made is real time, so no hour."""
    if not may(actor, "exchange-erasure"):
        return
    for one in promises(actor):
        if one.answered is None and one.authority == actor.authority:
            yield Waiting(
                _("A request to erase waits for your answer"),
                _("Another authority erased a person's files and asks you to erase your copy."),
                reverse("exchange-erasure", args=[one.request]), _("Answer"),
            )  # fmt: skip


SOURCES: tuple[Callable[[Actor], Iterator[Waiting]], ...] = (
    _alarms, _teams, _hits, _exhibits, _people, _conflicts, _erasures, _care, _leads,
)  # fmt: skip


def waiting(actor: Actor) -> list[Waiting]:
    """Everything that waits for this actor, the earliest first, without an hour last."""
    found = [item for source in SOURCES for item in source(actor)]
    far = clock_now(actor.operation) + timedelta(days=3650)
    return sorted(found, key=lambda item: (item.due or far, item.rank, item.reference, item.title))


def _todo(item: Waiting, now: datetime, zone: ZoneInfo) -> Todo:
    here = item.due.astimezone(zone) if item.due else None
    today = here is not None and here.date() == now.astimezone(zone).date()
    due = "" if here is None else f"{here:%H:%M}" if today else f"{here.day} {_month(here)}"
    late = now - item.due if item.due and item.due < now else None
    left = item.due - now if item.due and item.due >= now and today else None
    return Todo(
        due=due or _("No hour set"), title=item.title, href=item.href, action=Action(item.button, item.href),
        late=late, left=left, due_note="" if today or here is None else f"{here:%H:%M}", why=item.why,
        reference=item.reference, name=item.name,
    )  # fmt: skip


def _month(at: datetime) -> str:
    from django.utils.dates import MONTHS

    return str(MONTHS[at.month])


def groups(actor: Actor, now: datetime, found: list[Waiting], whole: bool) -> list[TodoGroup]:
    """Overdue, before midnight, the next two days, later and without an hour."""
    zone = ZoneInfo(actor.zone)
    midnight = now.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    parts: dict[str, list[Todo]] = {"overdue": [], "today": [], "open": [], "soon": [], "later": []}
    for item in found:
        if item.due is None:
            part = "open"
        elif item.due < now:
            part = "overdue"
        elif item.due < midnight:
            part = "today"
        else:
            part = "soon" if item.due < midnight + timedelta(days=2) else "later"
        parts[part].append(_todo(item, now, zone))
    titles = {
        "overdue": _("Overdue"), "today": _("Before midnight"), "open": _("As soon as you can"),
        "soon": _("Next two days"), "later": _("Later"),
    }  # fmt: skip
    return [
        TodoGroup(
            titles[part],
            todos if whole else todos[: LATE if part == "overdue" else SHOWN],
            overdue=part == "overdue",
            more=None if whole else _more(len(todos), LATE if part == "overdue" else SHOWN),
        )
        for part, todos in parts.items()
        if todos
    ]


def _more(count: int, shown: int) -> Link | None:
    if count <= shown:
        return None
    rest = count - shown
    return Link(ngettext("Show %(rest)d more", "Show %(rest)d more", rest) % {"rest": rest}, "?all=1")


def count(actor: Actor) -> int:
    """How many things wait: the badge in the bar."""
    return len(waiting(actor))


ACTIONS: dict[str, tuple[str, Callable[[], str]]] = {
    "caseworker": ("person-new", lambda: _("Record a person met")),
    "officer": ("person-new", lambda: _("Record a person met")),
    "exhibits-officer": ("exhibit-new", lambda: _("Take an exhibit")),
    "national-lead": ("sites", lambda: _("Open the sites")),
    "analyst": ("lead-new", lambda: _("Report a lead")),
    "coordinator": ("board", lambda: _("Open the board")),
    "press": ("release-new", lambda: _("Prepare a release")),
    "administrator": ("officers", lambda: _("Appoint or withdraw")),
    "prosecutor": ("detentions", lambda: _("Open detentions")),
    "deciding-authority": ("care", lambda: _("Open the files")),
}


def _action(actor: Actor) -> Action | None:
    from django.urls import NoReverseMatch

    route, label = ACTIONS.get(actor.role, ("", str))
    if not route or not may(actor, route):
        return None
    try:
        return Action(label(), reverse(route))
    except NoReverseMatch:
        return None


def _mine(actor: Actor) -> Table | None:
    """The people of a caseworker or deciding officer, with where each stands."""
    if not may(actor, "care"):
        return None
    rows = [
        Row(
            [
                Cell(file.reference, reverse("care-file", args=[file.person]), provenance=file.provenance),  # type: ignore[arg-type]
                Cell(file.name),
                Cell(
                    words("identification-statuses", file.status) or _("Potential victim"),
                    code=file.status or "potential-victim",
                ),
                Cell(when(file.status_when or file.opened)),
                Cell(_("Rules for a child") if file.child else ""),
            ]
        )
        for file in files(actor)[:MINE]
    ]
    columns = [
        Column(_("Reference")), Column(_("Name")), Column(_("Status")), Column(_("Since")),
        Column(_("What holds")),
    ]  # fmt: skip
    return Table(_("My people"), columns, rows) if rows else None


def _side(actor: Actor) -> list[SideBlock]:
    """What the role's work rests on: counts of what it reads, each opening to its list."""
    pairs = []
    counts: list[tuple[str, str, Callable[[], int]]] = [
        ("people", _("People on file"), lambda: len(people(actor))),
        ("sites", _("Sites"), lambda: len(sites(actor))),
        ("teams", _("Teams"), lambda: len(teams(actor))),
        ("exhibits", _("Exhibits"), lambda: len(exhibits(actor))),
        ("care", _("Protection files"), lambda: len(files(actor))),
    ]
    for route, label, number in counts:
        if may(actor, route):
            pairs.append(Pair(label, str(number()), link=Link(_("Open"), reverse(route))))
    blocks = [SideBlock(_("What you read"), pairs=pairs, split=True)] if pairs else []
    blocks.append(
        SideBlock(
            _("What is recorded"),
            lead=_("Opening a person's file or an exhibit is recorded before you see it. So is each search."),
        )
    )
    return blocks


def today(actor: Actor, whole: bool = False) -> HomePage:
    """The page; `whole` shows every item instead of the first of each group."""
    now = clock_now(actor.operation)
    items = waiting(actor)
    found = groups(actor, now, items, whole)
    total = len(items)
    late = sum(1 for item in items if item.due is not None and item.due < now)
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
    search = may(actor, "people")
    return HomePage(
        title=_("What needs me today"),
        second=second,
        groups=found,
        action=_action(actor),
        search_href=reverse("people") if search else "",
        search_label=_("Find a person or file") if search else "",
        search_note=_("By name or reference. Each search is recorded.") if search else "",
        empty=Empty(
            _("Nothing waits for you"), _("What needs you appears here by itself, the earliest first.")
        ),
        mine=_mine(actor),
        mine_all=Link(_("All"), reverse("care")) if may(actor, "care") else None,
        side=_side(actor),
    )
