"""Reading suspended officers: of the actor's own authority, and those for the coordination to answer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access import changes
from libertad.access.actor import Actor
from libertad.access.appointments import Staff
from libertad.access.models import Officer, OfficerSuspension
from libertad.access.officer_suspensions import (
    ALONE,
    LAPSED,
    LIFTED,
    STANDING,
    UPHELD,
    suspended,
    suspension_limits,
)
from libertad.access.queries import authority_names, called, can_say, open_row, readable
from libertad.access.queries_appointments import coordinates_here, own_identity, staff_of
from libertad.access.second_of_suspension import may_answer, seconds
from libertad.journal.node import node


@dataclass(frozen=True)
class SuspensionSeen:
    """A suspension as somebody sees it. `is_own`: of the actor's authority; of another one neither names nor
    reasons are given. `until`: of one by one, when it lapses. `by`, `upheld_by`, `ended_by`: names.
    `seconds`: who of the authority can answer; none where the coordination does."""

    officer: str
    entry: str
    state: str
    role: str
    authority: str
    is_own: bool
    name: str
    by_me: bool
    by: str
    at: datetime
    until: datetime
    upheld_by: str
    ended: datetime | None
    ended_by: str
    reason: str
    why: str
    seconds: tuple[str, ...]
    may_uphold: bool
    may_restore: bool

    @property
    def stands(self) -> bool:
        return self.state in STANDING


def suspensions_seen(actor: Actor) -> list[SuspensionSeen]:
    """Those that stand, and those that ended within the days that count, the newest first."""
    if not can_say(actor, "officer.suspend"):
        return []
    rows = [
        row
        for row in readable(actor, OfficerSuspension)
        if row.authority == actor.authority or row.operation == actor.operation
    ]
    coordinates = bool(rows) and actor.role == "coordinator" and coordinates_here(actor)
    me = own_identity(actor) if rows else frozenset()
    listed = []
    for authority in sorted({row.authority for row in rows}):
        if authority != actor.authority and not coordinates:
            continue
        staff = staff_of(actor, authority)
        names = _names_of(actor, authority) if authority == actor.authority else {}
        name = authority_names([authority]).get(authority, "")
        for row in rows:
            if row.authority == authority and (row.state in STANDING or _is_recent(row)):
                view = _view(actor, row, staff, me, name, names)
                if view.is_own or view.may_uphold:
                    listed.append(view)
    return sorted(listed, key=lambda view: (view.at, view.officer), reverse=True)


def without_access() -> set[str]:
    """Officers whose access is suspended now, of all authorities."""
    return suspended(node().sql())


def own_suspension(actor: Actor) -> OfficerSuspension | None:
    """That the actor's own access was suspended and is back, within the days that count."""
    row = readable(actor, OfficerSuspension, [actor.officer]).first()
    return row if row is not None and row.state in (LIFTED, LAPSED) and _is_recent(row) else None


def _is_recent(row: OfficerSuspension) -> bool:
    return row.ended is not None and row.ended > changes.now() - suspension_limits().within


def _names_of(actor: Actor, authority: str) -> dict[str, str]:
    rows = readable(actor, Officer).filter(authority=authority)
    return {row.pk: called(open_row(actor, row)) for row in rows}


def _view(
    actor: Actor,
    row: OfficerSuspension,
    staff: Staff,
    me: frozenset[str],
    authority: str,
    names: Mapping[str, str],
) -> SuspensionSeen:
    is_own, able = row.authority == actor.authority, seconds(staff, row.pk, row.by)
    second = may_answer(staff, actor.officer, actor.role, me, row.pk, row.by) and (is_own or not able)
    own_word = actor.officer in (row.by, row.upheld_by)
    sealed: dict[str, Any] = open_row(actor, row) if is_own else {}
    person = staff.officers.get(row.pk)
    return SuspensionSeen(
        row.pk,
        row.entry,
        row.state,
        person.role if person is not None else "",
        authority,
        is_own,
        names.get(row.pk, ""),
        actor.officer == row.by,
        names.get(row.by, ""),
        row.at,
        row.at + suspension_limits().lasts,
        names.get(row.upheld_by, ""),
        row.ended,
        names.get(row.ended_by, ""),
        sealed.get("reason", ""),
        sealed.get("why", ""),
        tuple(sorted(names.get(key, "") for key in able)) if is_own else (),
        row.state == ALONE and second,
        (row.state == ALONE and (second or own_word)) or (row.state == UPHELD and own_word),
    )
