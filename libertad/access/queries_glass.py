"""What officers did alone because of danger to life, for whoever is told of it; and what it opens now."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libertad.access import amounts
from libertad.access.actor import Actor
from libertad.access.appointments import by_one, identity, settled_rows
from libertad.access.glass import NOT_RIGHT, glass_rules
from libertad.access.glass_models import BrokenGlass
from libertad.access.glass_reviewers import Reviewers
from libertad.access.models import Compartment, Officer
from libertad.access.queries import (
    authority_names,
    clock_now,
    may_read,
    officer_names,
    open_row,
    read_entries,
    readable,
)
from libertad.access.queries_amounts import roster_of
from libertad.access.second_persons import ADMINISTRATOR
from libertad.journal import clock, header
from libertad.journal.guards import GUARDS
from libertad.journal.models import Entry
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.vocabulary.verbs.glass import GlassBreak

TABLE = "access_brokenglass"


@dataclass(frozen=True)
class BrokenSeen:
    """One of them. `is_own`: by an officer of the actor's authority; `owns`: in a file of that authority.

    `at`: by the operation's clock. `reader`: the name of the authority that was let in. `verdict` '': nobody
    has said whether it was right, and `late` since a day. `reviewers`: the names of who says it;
    `may_review`: the actor is one of them; `is_second`: the actor's role is told where there is none, and of
    what is late.
    """

    entry: str
    person: str
    way: str
    reader: str
    officer: str
    name: str
    authority: str
    is_own: bool
    owns: bool
    at: datetime
    words: str
    late: bool
    reviewers: tuple[str, ...]
    may_review: bool
    is_second: bool
    verdict: str = ""
    review: str = ""
    reviewed_by: str = ""
    reviewed: datetime | None = None


def unreviewed(actor: Actor) -> list[BrokenSeen]:
    """Of all files that the actor's authority reads, the oldest first: what no second person has reviewed.
    Where somebody changed the row or took it away, the entry itself tells, as if it were not reviewed."""
    return [view for view in _read_views(actor) if not view.verdict]


def not_right(actor: Actor) -> list[BrokenSeen]:
    """For an administrator: what of the own officers was not right, as said within some days."""
    if actor.role != ADMINISTRATOR:
        return []
    since = clock_now(actor.operation) - timedelta(days=glass_rules().told)
    return [
        view
        for view in _read_views(actor)
        if view.is_own and view.verdict == NOT_RIGHT and view.reviewed is not None and view.reviewed >= since
    ]


def broken(actor: Actor, entry: str) -> BrokenSeen | None:
    """One of them; None alike for none and for one that the actor may not know of."""
    return next((view for view in _read_views(actor, [entry]) if view.entry == entry), None)


def broken_by_entry(actor: Actor, entries: Iterable[str]) -> dict[str, BrokenSeen]:
    """Of these entries those that the actor may know of."""
    wanted = set(entries)
    return {
        view.entry: view for view in (_read_views(actor, wanted) if wanted else ()) if view.entry in wanted
    }


def opened_until(actor: Actor, person: str) -> datetime | None:
    """Until when the person's protection file is open to the actor because of danger, by the operation's
    clock; None where it is not. It takes both the signed entry and the row that this node made of it."""
    here = node()
    sql = here.sql()
    ledger = amounts.take_up(here, sql).ledgers.get(actor.authority)
    if ledger is None:
        return None
    with amounts.GUARD:
        opening = ledger.glasses.opening(actor.officer, person, amounts.elapsed())
    left = [seconds for entry, seconds in opening.items() if _is_sound(sql, entry)]
    return clock_now(actor.operation) + timedelta(seconds=max(left)) if left else None


def _is_sound(sql: Sql, entry: str) -> bool:
    row = sql.first(f"{GUARDS[TABLE].select} and id = ?", (entry,))
    return row is not None and sql.believes(TABLE, row)


def _read_views(actor: Actor, ids: Iterable[str] | None = None) -> list[BrokenSeen]:
    """All, or these, and all whose rows are not right."""
    if not may_read(actor.role, BrokenGlass):
        return []
    _rows, wrong = settled_rows(node().sql(), TABLE)
    rows = {
        row.pk: (row, open_row(actor, row)) for row in readable(actor, BrokenGlass, ids).exclude(pk__in=wrong)
    }
    by_entry: dict[str, dict[str, Any]] = {
        entry: {
            **{name: getattr(row, name) for name in NAMES},
            "words": words.get("words", ""),
            "review": words.get("review", ""),
        }
        for entry, (row, words) in rows.items()
    }
    for entry in sorted(wrong):
        if (columns := _of_entry(actor, entry)) is not None:
            by_entry[entry] = columns
    if not by_entry:
        return []
    owners = dict(
        Compartment.objects.filter(
            pk__in={columns["compartment"] for columns in by_entry.values()}
        ).values_list("pk", "owner")
    )
    reviewers = _reviewers(actor)
    listed = [
        _view_of(actor, entry, columns, owners.get(columns["compartment"], ""), reviewers)
        for entry, columns in by_entry.items()
    ]
    return sorted(listed, key=lambda view: (view.at, view.entry))


NAMES = (
    "compartment",
    "person",
    "way",
    "reader",
    "officer",
    "authority",
    "at",
    "said",
    "verdict",
    "reviewed_by",
    "reviewed",
)


def _view_of(
    actor: Actor, entry: str, columns: dict[str, Any], owner: str, reviewers: Reviewers
) -> BrokenSeen:
    officer, is_own = columns["officer"], columns["authority"] == actor.authority
    able = reviewers.of(officer) if is_own else set()
    names = officer_names(actor, [officer, columns["reviewed_by"], *able])
    offices = authority_names([columns["authority"], columns["reader"]])
    seconds = reviewers.roster.seconds | ({ADMINISTRATOR} if is_own else set())
    limit = timedelta(hours=glass_rules().review)
    return BrokenSeen(
        entry,
        columns["person"],
        columns["way"],
        offices.get(columns["reader"], ""),
        officer,
        names.get(officer, ""),
        offices.get(columns["authority"], ""),
        is_own,
        owner == actor.authority,
        columns["at"],
        columns["words"],
        not columns["verdict"] and clock.now() - columns["said"] > limit,
        tuple(sorted(names.get(name, "") for name in able)),
        actor.officer in able and not columns["verdict"],
        actor.role in seconds,
        columns["verdict"],
        columns["review"],
        names.get(columns["reviewed_by"], ""),
        columns["reviewed"],
    )


def _reviewers(actor: Actor) -> Reviewers:
    rows = readable(actor, Officer).filter(authority=actor.authority)
    names = {row.pk: identity(open_row(actor, row)) for row in rows}
    return Reviewers(roster_of(actor), names, by_one(node().sql()))


def _of_entry(actor: Actor, entry: str) -> dict[str, Any] | None:
    """The columns of a row that is not right, as its signed entry says; None where that is not here."""
    try:
        rows = Entry.objects.filter(hash=bytes.fromhex(entry)).values_list("header", flat=True)
    except ValueError:
        return None
    places = [header.decode(bytes(exact)).compartment.hex() for exact in rows]
    for said in read_entries(actor, places[0]) if places else ():
        if said.id == entry and isinstance(said.content, GlassBreak):
            return {
                "compartment": said.compartment,
                "person": said.subject,
                "way": said.content.way,
                "reader": said.content.reader,
                "officer": said.officer,
                "authority": said.authority,
                "at": said.at,
                "said": said.clock,
                "verdict": "",
                "reviewed_by": "",
                "reviewed": None,
                "words": said.content.words,
                "review": "",
            }
    return None
