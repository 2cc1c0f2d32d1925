"""Which guardians are safe to contact, as care recorded and a second officer read."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.queries import can_say, officer_names, open_row, readable
from libertad.access.queries_amounts import roster_of
from libertad.care import reads
from libertad.care.clearings import CONFIRMED, WAITS, state_of
from libertad.care.models import Family, GuardianClearing
from libertad.care.plan import second_readers
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class ClearingSeen:
    """That a guardian is safe to contact. `guardian`: the entry that names the one; `state`: of `clearings`;
    `officer`, `by`: who recorded it; `said`: why, and what was said to it since, the last last."""

    id: str
    person: str
    guardian: str
    state: str
    when: Happened
    officer: str
    by: str
    why: str
    read_by: str
    revoked_by: str
    words: str


def clearings(actor: Actor, person: str = "") -> list[ClearingSeen]:
    """Of a person, or of all whom the actor's authority has; the last first. Nothing to who decides."""
    if not can_say(actor, "guardian.clear"):
        return []
    rows = readable(actor, GuardianClearing)
    listed = list(rows.filter(person=person) if person else rows)
    if not listed:
        return []
    standing = _standing(actor, {row.person for row in listed})
    officers = {key for row in listed for key in (row.officer, row.reader, row.revoker) if key}
    names = officer_names(actor, sorted(officers))
    views = []
    for row in listed:
        words = open_row(actor, row)
        views.append(
            ClearingSeen(
                row.pk,
                row.person,
                row.guardian,
                state_of(
                    read=row.read,
                    revoked=row.revoked_at is not None,
                    among=row.among,
                    standing=standing.get(row.person, ()),
                ),
                Happened(at=row.at, zone=row.zone),
                row.officer,
                names.get(row.officer, ""),
                words["why"],
                names.get(row.reader, ""),
                names.get(row.revoker, ""),
                words.get("revoked_words") or words.get("read_words", ""),
            )
        )
    return sorted(views, key=lambda view: (view.when.utc, view.id), reverse=True)


def _standing(actor: Actor, persons: set[str]) -> dict[str, list[str]]:
    """By person the entries of the guardians in the protection file that the actor's authority keeps."""
    return {
        row.person: [guardian["entry"] for guardian in open_row(actor, row)["guardians"]]
        for row in readable(actor, Family).filter(person__in=persons)
        if reads.keeps(actor, row.compartment)
    }


def confirmed_clearing(actor: Actor, person: str, key: str) -> ClearingSeen | None:
    """The clearing by which a letter can go to a guardian now; None for every other."""
    file = reads.file(actor, person)
    if file is None or file.closed is not None or not file.child or not reads.keeps(actor, file.compartment):
        return None
    return next(
        (view for view in clearings(actor, person) if view.id == key and view.state == CONFIRMED), None
    )


def clearings_to_read(actor: Actor) -> Sequence[ClearingSeen]:
    """Those that the actor reads second: a supervisor, where there is none another caseworker."""
    listed = [view for view in clearings(actor) if view.state == WAITS]
    if not listed:
        return []
    roles = roster_of(actor).roles
    return [view for view in listed if actor.officer in second_readers(roles, [view.officer])]


def clearing_waits(actor: Actor, person: str) -> bool:
    """Whether one waits for a second officer."""
    return any(view.state == WAITS for view in clearings(actor, person))
