"""Nobody is just left: in which queue a person stands, whose task that is, by when, and why.

Pure functions of the lines of one person's records, the limits, and the officers who have left. They read no
clock: what is overdue is asked with one. The first rule that holds wins.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from typing import NamedTuple

from libertad.care.answered import Answered, due, is_danger
from libertad.care.file_lines import CLOSED, Due, Line
from libertad.care.leading import Lead
from libertad.care.queue_limits import Limits

LINKED, ENDED, INTAKE, ELSEWHERE = "linked", "closed", "intake", "elsewhere"
WAITING, FOLLOW_UP, ASSIGNED, HANDING = "waiting", "follow-up", "assigned", "handing-over"
MISSING, ANSWERED = "missing", "answered"
SUPERVISOR = "supervisor"  # the role that settles who has whom, and hears of what passed its hour
QUEUES = (MISSING, ANSWERED, INTAKE, HANDING, ASSIGNED, WAITING, FOLLOW_UP, ENDED, LINKED, ELSEWHERE)
# In which something is this authority's to do.
OURS = (MISSING, ANSWERED, INTAKE, HANDING, ASSIGNED, WAITING, FOLLOW_UP, ENDED)
# In which somebody is at work in the file.
WORKED = (ASSIGNED, WAITING, FOLLOW_UP)
ANSWERS = ("second-reading", "return-reading", "closing-reading", "stop", "referral", "given")
DATES = ("review", "ends", "ask")
AFTERWARDS = ("contact", "keep-until", "erasure")


class Place(NamedTuple):
    """Where a person stands. `owner` is the authority whose task it is, `officer` who of it has taken the
    person (`assigned`), else who was last at work ('': the duty desk, whoever is on it). `why` is a code.
    `record`: the other record of this person that is worked on. `danger`: in danger, or missing.
    `offered_to`: an open hand-over, to be answered until `answer_by`, whatever else is true of the person.
    `step`: the next one, by its code, where that is due; the risk, where the next contact is.
    `missing_at`: since when the person is said to be missing. `service`: what it is called that answered, or
    that says that who is missing is there; `answer`: what it answered."""

    queue: str
    due: datetime
    owner: str
    officer: str
    why: str
    record: str = ""
    danger: bool = False
    assigned: bool = False
    offered_to: str = ""
    step: str = ""
    missing_at: datetime | None = None
    answer_by: datetime | None = None
    service: str = ""
    answer: Answered | None = None


def place_of(line: Line, limits: Limits, left: Collection[str]) -> Place:
    """The place of a record by itself. `left`: officers whose appointment was withdrawn."""
    if not line.has_file and not line.is_held:
        own = _intake(line, limits)
    elif line.bucket == CLOSED:
        own = _closed(line, limits, left)
    else:
        own = _open(line, limits, left)
    if line.missing_at is not None and line.is_missing:
        own = own._replace(
            queue=MISSING,
            due=line.missing_at + limits.missing,
            why="missing",
            danger=True,
            missing_at=line.missing_at,
            service=line.there,
        )
    elif line.answers:
        own = _answered(own, line, limits)
    elif line.lead is not None:
        own = _led(line, line.lead, limits, left)
    return _endangered(_with_offer(own, line, limits, left), line.danger, limits)


def _answered(own: Place, line: Line, limits: Limits) -> Place:
    """What a service answered is the task of whoever has the person, else of the duty desk: of several what
    is due first, danger before the others."""
    known = line.knows_danger
    first = min(line.answers, key=lambda told: (not is_danger(told, known), due(told, known, limits)))
    return own._replace(
        queue=ANSWERED,
        due=min(due(told, known, limits) for told in line.answers),
        why=first.kind,
        danger=is_danger(first, known),
        owner=line.owner,
        service=first.service,
        answer=first,
    )


def _led(line: Line, lead: Lead, limits: Limits, left: Collection[str]) -> Place:
    """Of whom another authority answers for, as both agreed: asked again after a while how it goes. Who had
    the person here reads the file still."""
    own = _of(line, left, LINKED if lead.record else ELSEWHERE, lead.since + limits.led, "led")
    return own._replace(owner=lead.leader, record=lead.record)


def _with_offer(own: Place, line: Line, limits: Limits, left: Collection[str]) -> Place:
    """With the hand-over that can be accepted: who is missing, whose worker has left and whose file is closed
    is offered as well."""
    task = line.task
    if task is None or task.offered_at is None or task.offered_to in ("", *left):
        return own
    return own._replace(offered_to=task.offered_to, answer_by=task.offered_at + limits.handover)


def _linked(line: Line, record: str, leading: Place, limits: Limits) -> Place:
    """Of another record of the same person: its own date and owner, unless danger is open here."""
    own = leading._replace(
        queue=LINKED, why="linked", record=record, danger=False, offered_to="", answer_by=None
    )
    return _endangered(own, line.danger, limits)


def _endangered(own: Place, since: datetime | None, limits: Limits) -> Place:
    """Danger shortens every limit, and lengthens none."""
    if since is None:
        return own
    why = own.why if own.service else "danger"
    return own._replace(due=min(own.due, since + limits.danger), why=why, danger=True)


def _intake(line: Line, limits: Limits) -> Place:
    if not line.is_own:
        return Place(ELSEWHERE, line.began + _taken_within(line, limits), line.owner, "", "elsewhere")
    if line.task is not None and line.task.back_at is not None:
        return _given_back(line, line.task.back_at, limits)
    why = "child" if line.child else "doctor" if line.doctor else "nobody"
    return Place(INTAKE, line.began + _taken_within(line, limits), line.owner, "", why)


def _given_back(line: Line, since: datetime, limits: Limits) -> Place:
    return Place(INTAKE, since + _taken_within(line, limits), line.owner, "", "given-back")


def _taken_within(line: Line, limits: Limits) -> timedelta:
    return limits.urgent if line.child or line.doctor else limits.intake


def _closed(line: Line, limits: Limits, left: Collection[str]) -> Place:
    dated = _earliest(line, AFTERWARDS, limits)
    if dated is not None:
        return _of(line, left, ENDED, dated[0], dated[1])
    until = (line.closed_at or line.began) + limits.closed
    return _of(line, left, ENDED, until, "closed")


def _open(line: Line, limits: Limits, left: Collection[str]) -> Place:
    task = line.task
    if task is not None and not task.worker and task.back_at is not None:
        return _given_back(line, task.back_at, limits)
    if (line.workers or line.is_held) and not _worker(line, left):
        return Place(INTAKE, _changed(line) + _taken_within(line, limits), line.owner, "", "worker-left")
    own = _with_offer(_dated(line, limits, left), line, limits, left)
    if own.answer_by is None:
        return own
    return own._replace(queue=HANDING, due=min(own.due, own.answer_by), why="offer")


def _dated(line: Line, limits: Limits, left: Collection[str]) -> Place:
    step = min(filter(None, (_step(line, left), _contact(line, limits, left))), key=_hour, default=None)
    for queue, kinds in ((WAITING, ANSWERS), (FOLLOW_UP, DATES)):
        dated = _earliest(line, kinds, limits)
        if dated is not None and (step is None or dated[0] <= step.due):
            return _of(line, left, queue, dated[0], dated[1])
    if step is not None:
        return step
    return _of(line, left, ASSIGNED, _changed(line) + limits.step, "step")


def _step(line: Line, left: Collection[str]) -> Place | None:
    """The next step that whose task the person is has named: it counts where nothing else is due before."""
    task = line.task
    if task is None or not task.step or task.step_at is None:
        return None
    return _of(line, left, FOLLOW_UP, task.step_at, "next")._replace(step=task.step)


def _hour(place: Place) -> datetime:
    return place.due


def _contact(line: Line, limits: Limits, left: Collection[str]) -> Place | None:
    """The next contact: as long after the last one, or after the taking, as the risk lets it wait."""
    task = line.task
    since = (task.contact_at or task.since) if task is not None else None
    if task is None or not task.risk or since is None:
        return None
    due = since + limits.contact(task.risk)
    return _of(line, left, FOLLOW_UP, due, "contact-due")._replace(step=task.risk)


def _changed(line: Line) -> datetime:
    """When somebody last did something in the file or with the person, or took the person."""
    task = line.task
    since = (task.since, task.contact_at) if task is not None else ()
    return max([line.changed, *filter(None, since)])


def _of(line: Line, left: Collection[str], queue: str, due: datetime, why: str) -> Place:
    worker = _worker(line, left)
    return Place(queue, due, line.owner, worker, why, assigned=bool(worker) and line.is_held)


def _worker(line: Line, left: Collection[str]) -> str:
    """Whose task the person is; where nobody was ever named, who of the owner was last at work in the file.
    '' for who has left."""
    task = line.task
    if task is not None and (task.worker or task.back_at is not None):
        return "" if task.worker in left else task.worker
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

    An open protection file is worked on by itself, and so is whom an officer has taken: where there are two,
    both stay until they have agreed. Without one that record leads that is this authority's to take and was
    met first. A closed file takes nobody over: who is met again after it stands in the intake. Where another
    authority leads, as both agreed, its own record is as it tells, and all of this authority follow.
    """
    listed = list(records)
    leading = min((line for line in listed if line.bucket != CLOSED), key=_leads, default=None)
    places = {
        line.person: place_of(line, limits, left)
        for line in listed
        if line.has_file
        or line.is_held
        or line.missing_at is not None
        or line.answers
        or line.lead
        or line is leading
    }
    if leading is not None:
        for line in listed:
            if line.person not in places and leading.lead is not None and not line.is_own:
                places[line.person] = place_of(line, limits, left)
            elif line.person not in places:
                places[line.person] = _linked(line, leading.person, places[leading.person], limits)
    return places


def _leads(line: Line) -> tuple[bool, bool, bool, datetime, str]:
    is_alone = line.is_held or line.missing_at is not None or bool(line.answers)
    return not line.has_file, not is_alone, not line.is_own, line.began, line.person
