"""Reading complaints about staff: those that an officer recorded, and those that reach the officer.

Nothing here counts or names one to whoever may not read it: whom it is about gets the pages of somebody of
whom nobody complained.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.appointments import Staff, settled_rows
from libertad.access.complaint_models import ComplaintRow
from libertad.access.complaints import (
    KIND,
    Complaint,
    due,
    holder,
    may_read,
    receivers,
    same_persons,
    second_readers,
)
from libertad.access.fold_complaints import complaint_from
from libertad.access.queries import FILE_GUARDS, open_row, readable
from libertad.access.queries_appointments import staff_of
from libertad.journal.fields import from_ms
from libertad.journal.node import node

TABLE = ComplaintRow._meta.db_table


@dataclass(frozen=True)
class ComplaintSeen:
    """A complaint, for somebody who reads it. `holder`: who answers it, '' for nobody; `reached`: by officer
    the role, whom it reaches now. `is_mine`: the actor recorded it. `looked`: when the actor opened it last.
    """

    id: str
    view: Complaint
    holder: str
    reached: Mapping[str, str]
    is_mine: bool
    may_take: bool
    may_answer: bool
    may_read_closing: bool
    may_erase: bool
    looked: datetime | None
    words: tuple[Mapping[str, Any], ...] = field(default=(), repr=False)
    openings: Mapping[str, datetime] = field(default_factory=dict, repr=False)

    @property
    def due(self) -> datetime:
        return due(self.view)

    @property
    def short(self) -> str:
        """How a list calls it: no number, which would tell how many there are."""
        return self.id[:6].upper()


def complaints(actor: Actor) -> list[ComplaintSeen]:
    """Those that the actor reads, the newest first."""
    rows = _rows(actor)
    if not rows:
        return []
    staff = staff_of(actor, actor.authority)
    views = [view for row in rows if (view := _view(actor, row, staff)) is not None]
    return sorted(views, key=lambda view: (view.view.recorded, view.id), reverse=True)


def complaint(actor: Actor, key: str) -> ComplaintSeen | None:
    """One of them; None alike where there is none, and for whoever may not read it."""
    return next((view for view in complaints(actor) if view.id == key), None)


def reached(actor: Actor, officers: Collection[str]) -> dict[str, str]:
    """By officer the role, of whom a complaint of the actor about these officers would reach."""
    return receivers(staff_of(actor, actor.authority), officers, actor.officer)


def may_open_file(actor: Actor, compartment: str) -> bool:
    """Whether an officer reads the file of a complaint, and so one entry in it."""
    staff = staff_of(actor, actor.authority)
    return any(_view(actor, row, staff) is not None for row in _rows(actor, [compartment]))


FILE_GUARDS[KIND] = may_open_file


def waits_for_confirmation(actor: Actor) -> bool:
    """Whether something that this officer recorded, or that reached the officer, is read by nobody until a
    second person has confirmed the officer's appointment: whoever it is about appointed anew, alone, all who
    could read it. What it is is not told: whoever made that appointment may hold the account."""
    staff = staff_of(actor, actor.authority)
    if actor.officer not in staff.unconfirmed:
        return False
    for row in _rows(actor):
        view = complaint_from(open_row(actor, row))
        if view.over or actor.officer in same_persons(staff, view.officers) or _has_reader(staff, view):
            continue
        meant = replace(staff, unconfirmed={})
        if actor.officer == view.recorder or actor.officer in receivers(meant, view.officers, view.recorder):
            return True
    return False


def _has_reader(staff: Staff, view: Complaint) -> bool:
    return bool(holder(staff, view) or receivers(staff, view.officers, view.recorder))


def _rows(actor: Actor, ids: Collection[str] | None = None) -> list[ComplaintRow]:
    """Without those that somebody else than this node wrote, or put back as they stood before."""
    _settled, wrong = settled_rows(node().sql(), TABLE)
    return [row for row in readable(actor, ComplaintRow, ids) if row.pk not in wrong]


def _view(actor: Actor, row: ComplaintRow, staff: Staff) -> ComplaintSeen | None:
    columns = open_row(actor, row)
    view, me = complaint_from(columns), actor.officer
    if not may_read(staff, view, me):
        return None
    answers, listed = holder(staff, view), receivers(staff, view.officers, view.recorder)
    looked = {officer: from_ms(at) for officer, at in columns.get("looked", {}).items()}
    return ComplaintSeen(
        id=columns["complaint"],
        view=view,
        holder=answers,
        reached=listed,
        is_mine=view.recorder == me,
        may_take=not view.over and not answers and me in listed,
        may_answer=not view.over and answers == me and not view.closing,
        may_read_closing=not view.over and bool(view.closing) and me in second_readers(staff, view),
        may_erase=view.over and (me in listed or me == view.read_by),
        looked=looked.get(me),
        words=tuple(columns.get("words", ())),
        openings=looked,
    )
