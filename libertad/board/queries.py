"""The board of one reader, whole: what the page, the table and the live stream draw."""

from __future__ import annotations

from datetime import datetime
from typing import NamedTuple
from zoneinfo import ZoneInfo

from django.db.models import Max
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from libertad.access.actor import Actor
from libertad.access.closed import closed_at
from libertad.access.queries import can_say, officer_names
from libertad.board import alarms, picture, timeline
from libertad.board.counters import counters
from libertad.board.cursor import Sealer
from libertad.board.facts import Facts, facts
from libertad.board.fold import KINDS
from libertad.board.lines import MOST, feed
from libertad.board.links import link
from libertad.board.page_objects import Board, Clock, NavItem
from libertad.journal.models import Entry
from libertad.look.addresses import address_of
from libertad.look.times import offset


def board(
    actor: Actor,
    account: int = 0,
    *,
    kind: str = "",
    current: str = "board",
    with_feed: bool = True,
    limit: int = MOST,
) -> Board:
    """Everything that this reader's board shows. `kind` narrows the feed, live as well."""
    kind = kind if kind in KINDS else ""
    # Before the facts are read, so that an entry between is sent again rather than lost.
    cursor = Sealer(account).seal(newest()) if account else ""
    board_facts = facts(actor)
    authority = board_facts.authority
    return Board(
        operation=board_facts.operation.name if board_facts.operation else "",
        day=_day(board_facts),
        clock=clock(board_facts),
        who=officer_names(actor, [actor.officer]).get(actor.officer, ""),
        authority=authority.name if authority else "",
        counters=counters(board_facts),
        overdue=alarms.overdue(board_facts),
        overdue_title=alarms.title(board_facts),
        danger_title=alarms.people_in_danger(board_facts),
        in_touch=alarms.in_touch(board_facts),
        feed=feed(actor, kind, limit) if with_feed else (),
        map=picture.draw(board_facts),
        days=timeline.days(board_facts),
        legend=picture.legend(board_facts),
        nav=rooms(actor, current) if with_feed else (),
        filters=filters(kind),
        operation_href=link(actor, "operation"),
        change_href=_change(),
        table_href=link(actor, "board-table"),
        live_href=link(actor, "board-live", **({"feed": kind} if kind else {})),
        cursor=cursor,
        mark=board_facts.mark,
        first_site_href=link(actor, "site-new") if can_say(actor, "site.register") else "",
        table=picture.table(board_facts),
    )


def newest() -> int:
    """Index of the newest entry of the journal, -1 before the first."""
    index = Entry.objects.aggregate(at=Max("idx"))["at"]
    return -1 if index is None else int(index)


def clock(facts: Facts) -> Clock:
    """The operation's clock, and the reader's own zone."""
    now, here = facts.now, facts.here
    return Clock(
        reads=now,
        rate=facts.rate,
        utc=f"{now:%H:%M}",
        date=date_format(now, "l j F Y"),
        local=local_words(now, here),
        offset_minutes=_minutes(here),
        place=facts.actor.zone.rpartition("/")[2].replace("_", " "),
        zone=offset(here),
    )


def local_words(now: datetime, here: datetime) -> str:
    """'18:52'; with its day, 'Tue 22:52', where that is not the day in UTC."""
    time = f"{here:%H:%M}"
    return time if here.date() == now.date() else f"{date_format(here, 'D')} {time}"


def _minutes(local: datetime) -> int:
    shift = local.utcoffset()
    return int(shift.total_seconds() // 60) if shift else 0


def _day(facts: Facts) -> str:
    """'day 7 of 7', in the operation's own zone."""
    operation = facts.operation
    if operation is None:
        return ""
    if closed_at(operation.pk) is not None:
        return _("closed")
    first, last = (datetime.fromisoformat(text).date() for text in (operation.first_day, operation.last_day))
    today = facts.now.astimezone(ZoneInfo(operation.zone)).date()
    if today < first:
        return _("begins %(day)s") % {"day": date_format(first, "j F Y")}
    if today > last:
        return _("after its last day")
    return _("day %(n)d of %(all)d") % {"n": (today - first).days + 1, "all": (last - first).days + 1}


class Room(NamedTuple):
    """A room's route and words."""

    route: str
    words: str


def rooms(actor: Actor, current: str = "board") -> tuple[NavItem, ...]:
    """The rooms that this role may open, in the order of the bar."""
    every = (
        Room("board", _("Board")),
        Room("sites", _("Sites")),
        Room("people", _("People")),
        Room("exhibits", _("Exhibits")),
        Room("hits", _("Hits")),
        Room("figures", _("Figures")),
    )
    links = ((room, link(actor, room.route)) for room in every)
    return tuple(NavItem(room.words, href, room.route == current) for room, href in links if href)


def filters(kind: str) -> tuple[NavItem, ...]:
    """The feed by kind, in the address."""
    names = {
        "": _("All"),
        "sites": _("Sites"),
        "people": _("People"),
        "exhibits": _("Exhibits"),
        "hits": _("Hits"),
    }
    return tuple(
        NavItem(words, f"?feed={code}" if code else "?", code == kind) for code, words in names.items()
    )


def _change() -> str:
    return address_of("demo") or address_of("account_logout")
