"""What each protection file is listed and waited for by: read for the index of `overview`, never written."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

from libertad.access.actor import Actor
from libertad.access.queries import can_say, may_read, open_row, readable
from libertad.care import models, owners
from libertad.care.answered import MEMBER, Answered, of_referral, unsettled
from libertad.care.answered_rows import Answers, answering
from libertad.care.desk import Taking
from libertad.care.desk_models import Desk
from libertad.care.family_models import Family
from libertad.care.file_dues import ENDING as ENDING
from libertad.care.file_dues import NOT_ASKED as NOT_ASKED
from libertad.care.file_dues import Due as Due
from libertad.care.file_dues import dues_of
from libertad.care.fold_family import names_guardian
from libertad.care.leading import Lead
from libertad.care.leading_models import Leading
from libertad.care.leading_rows import NOBODY, Leads
from libertad.care.person_rows import PersonRows, precedes
from libertad.care.presenters import key_of, person_of
from libertad.care.queue_limits import limits
from libertad.journal.fields import from_ms
from libertad.journal.models import ReadModel
from libertad.people import queries as people

AT_ONCE = 400  # people asked for by one question
UNOPENED, NONE, CLOSED = "unopened", "none", "closed"
ALARM = "alarm"  # of a closed file in which a danger is open: listed with those that are not closed
# Kind of a thing to do -> the verb that does it; '' for whoever reads the file.
SAYS = {
    "second-reading": "identification.read",
    "return-reading": "return.read",
    "closing-reading": "care.close_read",
    "stop": "referral.answer",
    "referral": "referral.answer",
    "given": "referral.answer",
    "contact": "care.close",
    "review": "",
    "identify": "screening.record",
    "guardian": "guardian.assign",
    "wish": "wish.record",
    "return": "return.decide",
    "asked": "return.decide",
    "ask": "decision.ask",
    "appeal": "appeal.outcome",
    "ends": "",
    "keep-until": "erasure.request",
    "erasure": "erasure.request",
}
PARTS: tuple[type[models.Part], ...] = (
    models.Identification,
    models.ReturnDecision,
    models.Referral,
    models.Consent,
    models.Screening,
    models.Wish,
    models.Closing,
    models.DecisionAsked,
)


def rank(kind: str) -> int:
    """Of what waits at no hour: first what a service goes on with against the person's word, then children
    for whom nobody decides."""
    return {"stop": 0, "guardian": 1}.get(kind, 2)


class Task(NamedTuple):
    """Whose task a person is, by the person's desk. `worker` '': nobody's, since `back_at`. `offered_to`: an
    open hand-over, since `offered_at`. `step`: what is done next, until `step_at`.
    `missing_at`: when the person was last said to be missing. `risk`: as it was assessed last; `contact_at`:
    when an officer was last in contact with the person. `takings`: of whom it was taken, not yet read."""

    worker: str
    since: datetime | None = None
    offered_to: str = ""
    offered_at: datetime | None = None
    back_at: datetime | None = None
    step: str = ""
    step_at: datetime | None = None
    missing_at: datetime | None = None
    risk: str = ""
    contact_at: datetime | None = None
    takings: tuple[Taking, ...] = ()


@dataclass(frozen=True, slots=True)
class Line:
    """A person as the list of care has the person. `bucket`: a status, 'none', 'closed' or 'unopened'.

    `danger`: since when one is open for care. `places`: the files from which this was read. `name`: as the
    protection file has it, '' without one.

    `owner`: the care authority whose task the person is, `is_own` if that is the reader's. `began`: when the
    person was met, else when the file was opened. `workers`: officers of the owner who recorded something in
    the file, the last first. `doctor`: one was asked for; known of who has no file yet. `task`: what was said
    at the person's desk, None where nothing was. `returns`: decisions on return or stay, each with its time.
    `answers`: what services answered and nobody settled; some from an hour on (`as_of`). `there`: the service
    that says that the person is there. `knows_danger`: a child's, or danger was said before, or a high risk.
    `lead`: that another care authority answers for the person, as both agreed. `is_agreeing`: an offer about
    that waits for an answer.
    """

    person: str  # of a person with several files that are read: `presenters.key_of`, a line each
    reference: str
    bucket: str
    changed: datetime
    danger: datetime | None
    dues: tuple[Due, ...]
    links: tuple[str, ...]
    places: frozenset[str]
    owner: str
    is_own: bool
    began: datetime
    name: str = ""
    child: bool = False
    doctor: bool = False
    closed_at: datetime | None = None
    workers: tuple[str, ...] = ()
    task: Task | None = None
    returns: tuple[tuple[datetime, str], ...] = ()
    lead: Lead | None = None
    is_agreeing: bool = False
    answers: tuple[Answered, ...] = ()
    there: str = ""
    knows_danger: bool = False

    def as_of(self, now: datetime) -> Line:
        """Without what services answer, or do not, only later."""
        told = tuple(answer for answer in self.answers if answer.at <= now)
        return self if len(told) == len(self.answers) else replace(self, answers=told)

    @property
    def has_file(self) -> bool:
        """Whether there is a protection file."""
        return self.bucket != UNOPENED

    @property
    def is_held(self) -> bool:
        """Whether somebody has taken the person, even if that officer has left since."""
        return self.task is not None and bool(self.task.worker)

    @property
    def missing_at(self) -> datetime | None:
        """When the person was last said to be missing; None for who is not."""
        return self.task.missing_at if self.task is not None else None

    @property
    def is_missing(self) -> bool:
        """Whether the person is looked for: a closed file says so no more."""
        return self.missing_at is not None and self.bucket != CLOSED


def people_in(actor: Actor, places: Sequence[str]) -> set[str]:
    """Ids of the people about whom a row stands in these files, as far as the actor reads them."""
    person_ids: set[str] = set()
    for batch in _batches(places):
        person_ids.update(answering(actor, batch))
        desks = readable(actor, Desk).filter(compartment__in=batch)
        person_ids.update(desks.values_list("person", flat=True))
        for pair in (
            readable(actor, Leading).filter(compartment__in=batch).values_list("person", "other_record")
        ):
            person_ids.update(pair)
        relations = readable(actor, Family).filter(compartment__in=batch)
        person_ids.update(relations.values_list("person", flat=True))
        files = readable(actor, models.CareFile).filter(compartment__in=batch)
        person_ids.update(files.values_list("person", flat=True), people.recorded_in(actor, batch))
        for part in PARTS:
            rows = readable(actor, part).filter(compartment__in=batch)
            person_ids.update(rows.values_list("person", flat=True).distinct())
    return person_ids


def read(actor: Actor, ids: Iterable[str] | None = None) -> dict[str, Line]:
    """Lines by person, of these people or of all; nobody of whom the actor reads neither file.

    Who takes nobody on (a deciding authority) has of several files of one person a line each, by `key_of`. A
    care authority has one line for a person, of its own file before another's.
    """
    rows_by_person: dict[str, PersonRows] = defaultdict(PersonRows)
    files_by_person: dict[str, list[models.CareFile]] = defaultdict(list)
    ids = None if ids is None else {person_of(key) for key in ids}
    leads, services = Leads(actor), Answers(actor)
    for batch in [None] if ids is None else list(_batches(sorted(ids))):
        keepers = owners.keepers(actor, batch)
        decided = owners.decided(actor, keepers, batch is None)
        for file in _rows(actor, models.CareFile, "person", batch):
            files_by_person[file.person].append(file)
            rows = rows_by_person[file.person]
            if rows.file is None or precedes(actor, file, rows.file, keepers):
                rows.file, rows.owner = file, keepers.get(file.compartment, "")
                rows.is_decided = file.compartment in decided
        met_people = people.recorded(actor, batch, rows_by_person)
        for met in met_people:
            rows_by_person[met.id].met = met
        for desk in _rows(actor, Desk, "person", batch):
            known_desk = rows_by_person[desk.person].desk
            if known_desk is None or desk.pk < known_desk.pk:  # as `find_compartment` chooses
                rows_by_person[desk.person].desk = desk
        for person, taker in owners.takers(actor, met_people, batch is None).items():
            rows_by_person[person].owner = rows_by_person[person].owner or taker
        for name in ("person", "other_record"):
            for leading in _rows(actor, Leading, name, batch):
                if leading not in rows_by_person[getattr(leading, name)].leadings:
                    rows_by_person[getattr(leading, name)].leadings.append(leading)
        for person, answers, there in services.read(batch):
            rows_by_person[person].answers += answers
            rows_by_person[person].there = there or rows_by_person[person].there
        for relations in _rows(actor, Family, "person", batch):
            rows_by_person[relations.person].family.append(relations)
        for model in PARTS:
            for part in _rows(actor, model, "person", batch):
                rows_by_person[part.person].parts[model].append(part)
    by_key: dict[str, PersonRows] = {}
    for person, rows in rows_by_person.items():
        files = files_by_person.get(person, ())
        if len(files) < 2:
            by_key[person] = rows
        elif can_say(actor, "care.person"):
            by_key[person] = rows.inside(rows.file)
        else:
            by_key |= {key_of(person, file.compartment): rows.inside(file) for file in files}
    lines = ((key, _line(actor, key, rows, leads, services)) for key, rows in by_key.items())
    return {key: line for key, line in lines if line is not None}


def _rows(actor: Actor, model: type[ReadModel], name: str, ids: Sequence[str] | None) -> Iterable[Any]:
    if not may_read(actor.role, model):
        return ()
    rows = readable(actor, model)
    if ids is not None:
        rows = rows.filter(**{f"{name}__in": ids})
    return rows


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _line(actor: Actor, person: str, rows: PersonRows, leads: Leads, services: Answers) -> Line | None:
    known = rows.file or rows.met
    if known is None:
        return None
    dangers: list[Any] = []
    closed: list[Any] = []
    name = ""
    request: dict[str, Any] | None = None
    places = {part.compartment for parts in rows.parts.values() for part in parts}
    places |= {relations.compartment for relations in rows.family}
    dates = [part.at for parts in rows.parts.values() for part in parts]
    if rows.met is not None:
        places.add(rows.met.compartment)
        dangers += rows.met.dangers
    if rows.file is not None:
        places.add(rows.file.compartment)
        words = open_row(actor, rows.file)
        name, request = words.get("name", ""), words.get("erasure")
        dangers, closed = sorted([*dangers, *words.get("dangers", ())]), words.get("danger_closed", [])
        dates += filter(None, (rows.file.opened_at, rows.file.status_at, rows.file.decision_at))
        dates += [from_ms(danger_row[0]) for danger_row in (*dangers, *closed)]
        dates += [part.state_at for part in rows.parts[models.Referral]]
    elif rows.met is not None:
        dates = [rows.met.met_at]
    if rows.desk is not None:
        places.add(rows.desk.compartment)
    links = tuple(rows.met.links) if rows.met is not None else ()
    standing = leads.standing(person_of(person), links, rows.leadings)
    places |= leads.places(rows.leadings) | services.places(person_of(person))
    if standing.is_leader:
        rows.owner = actor.authority
    task = _task(actor, rows)
    answers = _answers(actor, rows)
    is_sought = task is not None and task.missing_at is not None and _bucket(rows.file) != CLOSED
    if is_sought or answers:
        standing = NOBODY  # whoever is looked for here is this authority's task, whatever was agreed
    owner = actor.authority if rows.file is None and task is not None and task.worker else rows.owner
    if standing.lead is not None:
        owner = standing.lead.leader
    waiting = people.unanswered(dangers, closed)
    is_child = any(row.child for row in (rows.file, rows.met) if row is not None)
    return Line(
        person=person,
        reference=known.reference,
        bucket=_bucket(rows.file),
        changed=max(dates),
        danger=from_ms(waiting[0][0]) if waiting else None,
        dues=tuple(_dues(actor, rows, request)),
        links=links,
        places=frozenset(places),
        name=name,
        owner=owner or actor.authority,
        is_own=owner in ("", actor.authority),
        began=rows.met.met_at if rows.met is not None else min(dates),
        child=is_child,
        doctor=rows.met is not None and "doctor" in rows.met.needs,
        closed_at=rows.file.closed_at if rows.file is not None else None,
        workers=_workers(rows),
        task=task,
        returns=tuple((ruling.at, ruling.pk) for ruling in rows.parts[models.ReturnDecision]),
        lead=standing.lead,
        is_agreeing=leads.is_agreeing(person_of(person), rows.leadings),
        answers=answers,
        there=rows.there,
        knows_danger=is_child or bool(dangers) or (task is not None and task.risk == "high"),
    )


def _answers(actor: Actor, rows: PersonRows) -> tuple[Answered, ...]:
    """What services answered that no officer has settled; of another authority's file nothing."""
    if not can_say(actor, "desk.settle"):
        return ()
    by_hand = [
        answer
        for referral in rows.parts[models.Referral]
        if referral.authority == actor.authority
        for answer in of_referral(referral, open_row(actor, referral), limits())
    ]
    settled = {row["answer"] for row in rows.desk.settled} if rows.desk is not None else set()
    return unsettled([*rows.answers, *by_hand], settled)


def _dues(actor: Actor, rows: PersonRows, request: Mapping[str, Any] | None) -> Iterator[Due]:
    """What waits in the file; of a child's also that nobody decides beside the child."""
    file = rows.file
    if file is None:
        return
    for answer in rows.answers:
        if answer.kind == "no-answer" and answer.way == MEMBER:
            yield Due("referral", answer.at, answer.part)
    for due in dues_of(file, rows.parts, request):
        yield due
        if due.kind == "return" and rows.owner == actor.authority and not rows.is_decided:
            since = max(filter(None, (file.status_at, file.wish_at)), default=None)
            yield Due("ask", None, since=since)
    has_guardian = any(names_guardian(open_row(actor, relations)) for relations in rows.family)
    if file.child and file.closed_at is None and not has_guardian:
        yield Due("guardian", None)


def _task(actor: Actor, rows: PersonRows) -> Task | None:
    """What the desk says; nothing of whom another authority keeps the file."""
    desk = rows.desk
    if desk is None or (rows.file is not None and rows.owner not in ("", actor.authority)):
        return None
    return Task(
        desk.worker,
        desk.since,
        desk.offered_to if desk.offer else "",
        desk.offered_at,
        desk.back_at,
        desk.step,
        desk.step_at,
        desk.missing_at,
        desk.risk,
        desk.contact_at,
        takings_of(desk),
    )


def takings_of(desk: Desk) -> tuple[Taking, ...]:
    """That the person was taken from officers who have not read it."""
    return tuple(Taking(entry, of, by, from_ms(at)) for entry, of, by, at in desk.takings)


def _workers(rows: PersonRows) -> tuple[str, ...]:
    """Officers of the authority that keeps the file who recorded something in it, the last first."""
    done = [part for parts in rows.parts.values() for part in parts if part.authority == rows.owner]
    done.sort(key=lambda part: (-part.at.timestamp(), part.pk))
    return tuple(dict.fromkeys(part.officer for part in done if part.officer))


def _bucket(file: models.CareFile | None) -> str:
    if file is None:
        return UNOPENED
    return CLOSED if file.closed_at is not None else file.status or NONE
