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
from libertad.access.officer_suspensions import suspended
from libertad.access.queries import authority_names, called, open_row, readable
from libertad.journal.node import node


@dataclass(frozen=True)
class AppointmentSeen:
    """An appointment that no second person has confirmed. `is_own`: of the actor's authority; of another one
    neither name, `number` (of service) nor who appointed is given. `confirmers`: the names of who confirms it
    in the authority; none where the coordination does. `may_confirm`: the actor is one of them."""

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
    number: str = ""

    @property
    def read_as(self) -> str:
        """How a list of appointments names it: whom it is about, and which of theirs was read."""
        return f"{self.officer}:{self.entry}"


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
    coordinates = actor.role == "coordinator" and coordinates_here(actor)
    me = own_identity(actor) if rows else frozenset()
    listed = []
    for authority in sorted({row.authority for row in rows}):
        if authority == actor.authority or coordinates:
            staff, called = staff_of(actor, authority), authority_names([authority]).get(authority, "")
            of = [row for row in rows if row.authority == authority]
            columns = _columns_of(actor, staff) if authority == actor.authority else {}
            for row in of:
                able = staff.confirmers(row.pk)
                second = staff.may_confirm(actor.officer, actor.role, me, row.pk)
                may_confirm = second and (actor.officer in able or (not able and coordinates))
                if may_confirm or authority == actor.authority:
                    listed.append(_appointment(actor, row, called, able, may_confirm, columns))
    return sorted(listed, key=lambda view: (view.at, view.officer))


def _columns_of(actor: Actor, staff: Staff) -> dict[str, tuple[str, str]]:
    """By officer of the actor's authority how they are called, and their number."""
    rows = readable(actor, Officer, set(staff.officers))
    by_key = ((row.pk, open_row(actor, row)) for row in rows)
    return {key: (called(columns), columns.get("service_number", "")) for key, columns in by_key}


def _appointment(
    actor: Actor,
    row: Appointment,
    authority: str,
    able: set[str],
    may_confirm: bool,
    columns: Mapping[str, tuple[str, str]],
) -> AppointmentSeen:
    is_own = row.authority == actor.authority
    name, number = columns.get(row.pk, ("", ""))
    return AppointmentSeen(
        row.pk,
        row.role,
        row.entry,
        row.at,
        authority,
        is_own,
        name,
        columns.get(row.by[-1], ("", ""))[0] if row.by else "",
        tuple(sorted(columns.get(officer, ("", ""))[0] for officer in able)) if is_own else (),
        may_confirm,
        number,
    )


def own_identity(actor: Actor) -> frozenset[str]:
    own = readable(actor, Officer, [actor.officer]).first()
    return identity(open_row(actor, own)) if own is not None else frozenset()


def coordinates_here(actor: Actor) -> bool:
    """Whether the actor's authority coordinates or supports the operation."""
    return Member.objects.filter(
        pk=f"{actor.operation}:{actor.authority}", part__in=sorted(COORDINATING)
    ).exists()


def staff_of(actor: Actor, authority: str) -> Staff:
    """As far as the actor reads it; whose access is suspended counts as withdrawn."""
    sql = node().sql()
    shut = suspended(sql)
    officers: Mapping[str, Person] = {
        row.pk: Person(row.role, identity(open_row(actor, row)), row.withdrawn or row.pk in shut)
        for row in readable(actor, Officer).filter(authority=authority)
    }
    return Staff(kind_of(sql, authority), officers, unconfirmed(sql))
