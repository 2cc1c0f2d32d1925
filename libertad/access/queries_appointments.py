"""Reading appointments that stand by one: the actor's own, its authority's, and those for it to confirm."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.appointments import Person, Staff, by_one, identity, second_roles, unconfirmed
from libertad.access.grounds import COORDINATING
from libertad.access.lookup import kind_of
from libertad.access.models import Appointment, Member, Officer
from libertad.access.queries import authority_names, officer_names, open_row, readable
from libertad.journal.node import node


@dataclass(frozen=True)
class AppointmentSeen:
    """An appointment that no second person has confirmed. `is_own`: of the actor's authority; of another one
    neither name nor who appointed is given. `confirmers`: the names of who confirms it in the authority; none
    where the coordination does. `may_confirm`: the actor is one of them."""

    officer: str
    role: str
    entry: str
    at: datetime
    authority: str
    is_own: bool
    name: str
    by: str
    confirmers: tuple[str, ...]
    may_confirm: bool


def appointments_by_one(actor: Actor) -> list[AppointmentSeen]:
    """Of the actor's authority all that stand by one; and of other members of the operation those that the
    actor confirms, because nobody there can. The oldest first."""
    names = sorted(by_one(node().sql())) if actor.role in second_roles().awaited else []
    if not names:
        return []
    rows = [
        row
        for row in readable(actor, Appointment, names)
        if row.authority == actor.authority or row.operation == actor.operation
    ]
    coordinates = actor.role == "coordinator" and _coordinates(actor)
    listed = []
    for authority in sorted({row.authority for row in rows}):
        if authority == actor.authority or coordinates:
            staff = _staff(actor, authority)
            of = [row for row in rows if row.authority == authority]
            listed += [
                view for row in of if (view := _appointment(actor, row, staff, coordinates)) is not None
            ]
    return sorted(listed, key=lambda view: (view.at, view.officer))


def _appointment(actor: Actor, row: Appointment, staff: Staff, coordinates: bool) -> AppointmentSeen | None:
    officer, is_own = row.pk, row.authority == actor.authority
    able = staff.confirmers(officer)
    me = _identity(actor)
    second = staff.may_confirm(actor.officer, actor.role, me, officer)
    may_confirm = second and (actor.officer in able or (not able and coordinates))
    if not is_own and not may_confirm:
        return None
    names = officer_names(actor, [officer, *row.by, *able]) if is_own else {}
    return AppointmentSeen(
        officer,
        row.role,
        row.entry,
        row.at,
        authority_names([row.authority]).get(row.authority, ""),
        is_own,
        names.get(officer, ""),
        names.get(row.by[-1], "") if row.by else "",
        tuple(sorted(names.get(name, "") for name in able)) if is_own else (),
        may_confirm,
    )


def _identity(actor: Actor) -> frozenset[str]:
    own = readable(actor, Officer, [actor.officer]).first()
    return identity(open_row(actor, own)) if own is not None else frozenset()


def _coordinates(actor: Actor) -> bool:
    """Whether the actor's authority coordinates or supports the operation."""
    return Member.objects.filter(
        pk=f"{actor.operation}:{actor.authority}", part__in=sorted(COORDINATING)
    ).exists()


def _staff(actor: Actor, authority: str) -> Staff:
    officers: Mapping[str, Person] = {
        row.pk: Person(row.role, identity(open_row(actor, row)), row.withdrawn)
        for row in readable(actor, Officer).filter(authority=authority)
    }
    sql = node().sql()
    return Staff(kind_of(sql, authority), officers, unconfirmed(sql))
