"""Nobody is just left: in which queue a person stands, whose task that is, by when, and why.

Pure functions of the lines of one person's records, the limits, and the officers who have left. They read no
clock: what is overdue is asked with one. The first rule that holds wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from libertad.care.lines import CLOSED, Due, Line
from libertad.care.queue_limits import Limits

LINKED, ENDED, INTAKE, ELSEWHERE = "linked", "closed", "intake", "elsewhere"
WAITING, FOLLOW_UP, ASSIGNED = "waiting", "follow-up", "assigned"
QUEUES = (INTAKE, ASSIGNED, WAITING, FOLLOW_UP, ENDED, LINKED, ELSEWHERE)
OURS = (INTAKE, ASSIGNED, WAITING, FOLLOW_UP, ENDED)  # in which something is this authority's to do
ANSWERS = ("second-reading", "return-reading", "stop", "referral", "given")
DATES = ("review", "ends")
AFTERWARDS = ("contact", "keep-until", "erasure")


class Place(NamedTuple):
    """Where a person stands. `owner` is the authority whose task it is, `officer` who of it was last at work
    ('': the duty desk, whoever is on it). `why` is a code. `record`: the other record of this person
    that is worked on."""

    queue: str
    due: datetime
    owner: str
    officer: str
    why: str
    record: str = ""
    danger: bool = False


def place_of(line: Line, limits: Limits, left: Collection[str]) -> Place:
    """The place of a record by itself. `left`: officers whose appointment was withdrawn."""
    if not line.has_file:
        own = _intake(line, limits)
    elif line.bucket == CLOSED:
        own = _closed(line, limits, left)
    else:
        own = _open(line, limits, left)
    return _endangered(own, line.danger, limits)


def _linked(line: Line, record: str, leading: Place, limits: Limits) -> Place:
    """Of another record of the same person: its own date and owner, unless danger is open here."""
    own = leading._replace(queue=LINKED, why="linked", record=record, danger=False)
    return _endangered(own, line.danger, limits)


def _endangered(own: Place, since: datetime | None, limits: Limits) -> Place:
    """Danger shortens every limit, and lengthens none."""
    if since is None:
        return own
    return own._replace(due=min(own.due, since + limits.danger), why="danger", danger=True)


def _intake(line: Line, limits: Limits) -> Place:
    if not line.is_own:
        return Place(ELSEWHERE, line.began + _taken_within(line, limits), line.owner, "", "elsewhere")
    why = "child" if line.child else "doctor" if line.doctor else "nobody"
    return Place(INTAKE, line.began + _taken_within(line, limits), line.owner, "", why)


def _taken_within(line: Line, limits: Limits) -> timedelta:
    return limits.urgent if line.child or line.doctor else limits.intake


def _closed(line: Line, limits: Limits, left: Collection[str]) -> Place:
    dated = _earliest(line, AFTERWARDS, limits)
    if dated is not None:
        return Place(ENDED, dated[0], line.owner, _worker(line, left), dated[1])
    until = (line.closed_at or line.began) + limits.closed
    return Place(ENDED, until, line.owner, _worker(line, left), "closed")


def _open(line: Line, limits: Limits, left: Collection[str]) -> Place:
    worker = _worker(line, left)
    if line.workers and not worker:
        return Place(INTAKE, line.changed + _taken_within(line, limits), line.owner, "", "worker-left")
    for queue, kinds in ((WAITING, ANSWERS), (FOLLOW_UP, DATES)):
        dated = _earliest(line, kinds, limits)
        if dated is not None:
            return Place(queue, dated[0], line.owner, worker, dated[1])
    return Place(ASSIGNED, line.changed + limits.step, line.owner, worker, "step")


def _worker(line: Line, left: Collection[str]) -> str:
    """Who of the owner was last at work in the file and is still there."""
    return next((officer for officer in line.workers if officer not in left), "")


def _earliest(line: Line, kinds: Collection[str], limits: Limits) -> tuple[datetime, str] | None:
    """The first by which one of these is due, and which."""
    return min(
        ((_until(line, due, limits), due.kind) for due in line.dues if due.kind in kinds), default=None
    )


def _until(line: Line, due: Due, limits: Limits) -> datetime:
    if due.due is not None:
        return due.due
    return (due.since or line.changed) + (limits.stop if due.kind == "stop" else limits.answer)


def records_of(lines: Mapping[str, Line], linked_by: Mapping[str, Collection[str]], person: str) -> set[str]:
    """All records that are said to be of one person with this one, over any number of links."""
    reached, ahead = {person}, [person]
    while ahead:
        here = ahead.pop()
        line = lines.get(here)
        near = {*(line.links if line is not None else ()), *linked_by.get(here, ())}
        ahead += near - reached
        reached |= near
    return reached & lines.keys()


def places_of(records: Iterable[Line], limits: Limits, left: Collection[str]) -> dict[str, Place]:
    """The place of each record of one person.

    An open protection file is worked on by itself: where there are two, both owners stay until they have
    agreed. Without one that record leads that is this authority's to take and was met first. A closed file
    takes nobody over: who is met again after it stands in the intake.
    """
    listed = list(records)
    leading = min((line for line in listed if line.bucket != CLOSED), key=_leads, default=None)
    places = {
        line.person: place_of(line, limits, left) for line in listed if line.has_file or line is leading
    }
    if leading is not None:
        for line in listed:
            if line.person not in places:
                places[line.person] = _linked(line, leading.person, places[leading.person], limits)
    return places


def _leads(line: Line) -> tuple[bool, bool, datetime, str]:
    return not line.has_file, not line.is_own, line.began, line.person
