"""Who of a care authority reads a protection file: the caseworker whose task the person is.

Also to whom the person is offered; everybody, while the person is in nobody's hands (somebody must be able to
take the person), and while a decision, a disclosure, a closing, an erasure or a guardian recorded as safe
waits there for another officer (somebody must be able to read it); and for some hours whoever said that a
life is in danger. A supervisor reads all files of the authority, and a deciding authority those that it
decides on. What is written without reading never waits.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.queries import can_say
from libertad.access.queries_glass import opened_until
from libertad.care import overview, reads
from libertad.care.desk_models import Desk
from libertad.care.presenters import FileSeen
from libertad.care.queries_clearings import clearing_waits
from libertad.care.queries_disclosing import waits_for_reader
from libertad.care.queue import SUPERVISOR, Place
from libertad.journal.folding import Said
from libertad.journal.guards import GUARDS, Guard
from libertad.journal.node import node
from libertad.journal.seals import LOOKS
from libertad.journal.sql import Sql


@dataclass(frozen=True)
class Reading:
    """Whether the actor reads a person's protection file, and where the person stands (None: not known).

    `until`: it is open because of danger, until then. `changed`: somebody else than the node changed whose
    task the person is, so that nobody reads by it.
    """

    is_allowed: bool
    place: Place | None = None
    until: datetime | None = None
    changed: bool = False


def reading_of(actor: Actor, person: str) -> Reading:
    """Of a person whose protection file, or desk, the actor's authority reads."""
    place = overview.place(actor, person)
    if not reads_by_assignment(actor):
        return Reading(True, place)
    changed = _is_changed(actor, person)
    if not changed and (place is None or not place.assigned or actor.officer in _hands(place)):
        return Reading(True, place)
    file = reads.file(actor, person)
    if file is not None and not changed and _waits_for_another(actor, file):
        return Reading(True, place)
    until = opened_until(actor, person)
    return Reading(until is not None, place, until, changed)


def reads_by_assignment(actor: Actor) -> bool:
    """Whether the role takes people on, and settles nothing."""
    return actor.role != SUPERVISOR and can_say(actor, "desk.take")


def readable_file(actor: Actor, person: str) -> FileSeen | None:
    """The protection file, where the actor may read it; None alike for none and for one that is a colleague's
    task."""
    file = reads.file(actor, person)
    return file if file is not None and reading_of(actor, person).is_allowed else None


def may_read_entry(actor: Actor, entry: Said) -> bool:
    """Whether one entry of a protection file or a desk may be read alone: an own one always."""
    if entry.officer == actor.officer or not reads_by_assignment(actor):
        return True
    return reading_of(actor, getattr(entry.content, "person", "") or entry.subject).is_allowed


def _hands(place: Place) -> set[str]:
    return {place.officer, place.offered_to} - {""}


def _waits_for_another(actor: Actor, file: FileSeen) -> bool:
    """Whether something in the file, or at the desk, counts only once a further officer has read it."""
    return (
        bool(file.waiting or file.return_waiting or file.closing or file.erasure)
        or waits_for_reader(actor, file.person)
        or clearing_waits(actor, file.person)
    )


def _is_changed(actor: Actor, person: str) -> bool:
    """Whether the row that says whose task the person is was changed, or taken away, by somebody else."""
    sql, guard = node().sql(), GUARDS[Desk._meta.db_table]
    # Asked again first, since the node may have written one between the row and its seal.
    return all(_looks_changed(sql, guard, actor.authority, person) for _look in range(LOOKS))


def _looks_changed(sql: Sql, guard: Guard, authority: str, person: str) -> bool:
    places = sql.all(
        "select id from access_compartment where kind = 'desk' and about = ? and owner = ?",
        (person, authority),
    )
    for (name,) in places:
        row = sql.first(f"{guard.select} and id = ?", (name,))
        if row is None:
            if not node().seals.absent(guard.table, str(name)):
                return True
        elif not sql.believes(guard.table, row):
            return True
    return False
