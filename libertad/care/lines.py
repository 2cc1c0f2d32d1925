"""What each protection file is listed and waited for by: read for the index of `overview`, never written.

Only dangers are sealed among it; a file in which none was said is not opened for it but once.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, NamedTuple

from libertad.access.actor import Actor
from libertad.access.queries import may_read, opened, readable
from libertad.care import models
from libertad.care.fold import due_at
from libertad.journal.fields import from_ms
from libertad.journal.models import ReadModel
from libertad.people import queries as people

READING = timedelta(hours=24)
NOT_ASKED = ("", "not-asked")  # of a wish: nobody has recorded one
ENDING = timedelta(days=30)  # before its end a decision waits to be looked at
AT_ONCE = 400  # people asked for by one question
UNOPENED, NONE, CLOSED = "unopened", "none", "closed"
ALARM = "alarm"  # of a closed file in which a danger is open: listed with those that are not closed
# Kind of a thing to do -> the verb that does it; '' for whoever reads the file.
SAYS = {
    "second-reading": "identification.read", "return-reading": "return.read", "stop": "referral.answer",
    "referral": "referral.answer", "given": "referral.answer", "contact": "care.close", "review": "",
    "identify": "screening.record", "wish": "wish.record", "return": "return.decide", "ends": "",
}  # fmt: skip
PARTS: tuple[type[models.Part], ...] = (
    models.Identification, models.ReturnDecision, models.Referral, models.Consent, models.Screening,
    models.Wish, models.Closing,
)  # fmt: skip


def rank(kind: str) -> int:
    """Of what waits at no hour: first what a service goes on with against the person's word."""
    return 0 if kind == "stop" else 1


class Due(NamedTuple):
    """Something that waits in a file. `due` None: no hour is set. `part`: the decision or referral.

    `officer`: who decided, and so does not read it second.
    """

    kind: str
    due: datetime | None
    part: str = ""
    officer: str = ""

    def is_for(self, officer: str) -> bool:
        """Whether it may wait for this officer: nobody reads the own decision second."""
        return not self.officer or self.officer != officer

    def waits(self, now: datetime) -> bool:
        """Whether it waits already: what was accepted from its hour on, what ends thirty days before."""
        if self.kind == "given":
            return self.due is not None and self.due < now
        return self.kind != "ends" or (self.due is not None and self.due - now < ENDING)


@dataclass(frozen=True, slots=True)
class Line:
    """A person as the list of care has the person. `bucket`: a status, 'none', 'closed' or 'unopened'.

    `danger`: since when one is open for care. `places`: the files from which this was read. `name`: as the
    protection file has it, '' without one.
    """

    person: str
    reference: str
    bucket: str
    changed: datetime
    danger: datetime | None
    dues: tuple[Due, ...]
    links: tuple[str, ...]
    places: frozenset[str]
    name: str = ""

    @property
    def kept(self) -> bool:
        """Whether there is a protection file."""
        return self.bucket != UNOPENED


@dataclass
class PersonRows:
    """The rows about one person."""

    file: models.CareFile | None = None
    met: people.Recorded | None = None
    parts: dict[type[models.Part], list[Any]] = field(default_factory=lambda: defaultdict(list))


def people_in(actor: Actor, places: Sequence[str]) -> set[str]:
    """Ids of the people about whom a row stands in these files, as far as the actor reads them."""
    found: set[str] = set()
    for some in _batches(places):
        kept = readable(actor, models.CareFile).filter(compartment__in=some)
        found.update(kept.values_list("pk", flat=True), people.recorded_in(actor, some))
        for part in PARTS:
            rows = readable(actor, part).filter(compartment__in=some)
            found.update(rows.values_list("person", flat=True).distinct())
    return found


def read(actor: Actor, ids: Iterable[str] | None = None) -> dict[str, Line]:
    """Lines by person, of these people or of all; nobody of whom the actor reads neither file."""
    found: dict[str, PersonRows] = defaultdict(PersonRows)
    for asked in [None] if ids is None else list(_batches(sorted(ids))):
        for file in _rows(actor, models.CareFile, "pk", asked):
            found[file.pk].file = file
        for met in people.recorded(actor, asked):
            found[met.id].met = met
        for model in PARTS:
            for part in _rows(actor, model, "person", asked):
                found[part.person].parts[model].append(part)
    made = ((person, _line(actor, person, rows)) for person, rows in found.items())
    return {person: line for person, line in made if line is not None}


def _rows(actor: Actor, model: type[ReadModel], name: str, asked: Sequence[str] | None) -> Iterable[Any]:
    if not may_read(actor.role, model):
        return ()
    rows = readable(actor, model)
    if asked is not None:
        rows = rows.filter(**{f"{name}__in": asked})
    return rows.defer("sealed") if issubclass(model, models.Part) else rows


def _batches(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), AT_ONCE):
        yield names[start : start + AT_ONCE]


def _line(actor: Actor, person: str, rows: PersonRows) -> Line | None:
    known = rows.file or rows.met
    if known is None:
        return None
    told: list[Any] = []
    closed: list[Any] = []
    name = ""
    places = {part.compartment for parts in rows.parts.values() for part in parts}
    dates = [part.at for parts in rows.parts.values() for part in parts]
    if rows.met is not None:
        places.add(rows.met.compartment)
        told += rows.met.dangers
    if rows.file is not None:
        places.add(rows.file.compartment)
        words = opened(actor, rows.file)
        name = words.get("name", "")
        told, closed = sorted([*told, *words.get("dangers", ())]), words.get("danger_closed", [])
        dates += filter(None, (rows.file.opened_at, rows.file.status_at, rows.file.decision_at))
        dates += [from_ms(one[0]) for one in (*told, *closed)]
        dates += [part.state_at for part in rows.parts[models.Referral]]
    elif rows.met is not None:
        dates = [rows.met.met_at]
    waiting = people.unanswered(told, closed)
    return Line(
        person=person,
        reference=known.reference,
        bucket=_bucket(rows.file),
        changed=max(dates),
        danger=from_ms(waiting[0][0]) if waiting else None,
        dues=tuple(dues_of(rows.file, rows.parts)) if rows.file is not None else (),
        links=tuple(rows.met.links) if rows.met is not None else (),
        places=frozenset(places),
        name=name,
    )


def _bucket(file: models.CareFile | None) -> str:
    if file is None:
        return UNOPENED
    return CLOSED if file.closed_at is not None else file.status or NONE


def dues_of(file: models.CareFile, parts: dict[type[models.Part], list[Any]]) -> Iterator[Due]:
    """What waits in a file, for whom it may be and whenever that is."""
    for made in parts[models.Identification]:
        if not made.read and file.waiting == made.pk:
            yield Due("second-reading", made.at + READING, made.pk, made.officer)
    for made in parts[models.ReturnDecision]:
        if not made.read and file.return_waiting == made.pk:
            yield Due("return-reading", made.at + READING, made.pk, made.officer)
    withdrawn = {one.pk for one in parts[models.Consent] if one.withdrawn_at is not None}
    for asked in parts[models.Referral]:
        if asked.state in ("asked", "accepted"):
            if asked.consent in withdrawn:
                yield Due("stop", None, asked.pk)
            elif asked.state == "asked":
                yield Due("referral", asked.due_at, asked.pk)
            elif asked.due_at:
                yield Due("given", asked.due_at, asked.pk)
    if file.closed_at is not None:
        if file.contact_on:
            yield Due("contact", due_at(file.contact_on, file.zone))
        return
    yield from _next(file)
    ruled = [one for one in parts[models.ReturnDecision] if one.read == "yes"]
    last = min(ruled, key=lambda one: (-one.at.timestamp(), one.pk), default=None)
    if last is not None and len(last.until) == 10:
        yield Due("ends", due_at(last.until, file.zone), last.pk)


def _next(file: models.CareFile) -> Iterator[Due]:
    """Reviews, wishes still to be asked, and decisions to make."""
    victim, asked = file.status in ("presumed", "confirmed"), file.wish not in NOT_ASKED
    if not file.status and not file.waiting:
        yield Due("identify", None)
    if file.review_on and not file.waiting:
        yield Due("review", due_at(file.review_on, file.zone))
    if victim and not asked:
        yield Due("wish", None)
    if victim and asked and not file.decision and not file.return_waiting:
        yield Due("return", None)
