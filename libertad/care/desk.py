"""Whose task a person is inside one care authority: what each word at the person's desk does.

A pure function of the words in the order in which they were said. Who offers stays responsible until the
other accepts; an offer is over once it is answered, taken back, replaced, or whoever made it is no longer
responsible: at one that is over nothing is accepted, and two acceptances never both count.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, time
from typing import NamedTuple

from libertad.journal.folding import Said
from libertad.vocabulary.values import zone
from libertad.vocabulary.verbs import desk as say

WITH_PERSON = ("talked", "telephone", "message", "accompanied")  # notes of a contact with the person


@dataclass(frozen=True)
class Offer:
    """A hand-over that waits for an answer: its entry, to whom and by whom, and since when."""

    entry: str
    to: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Taking:
    """That an officer took the person who was the task `of` a colleague, who has not read it yet."""

    entry: str
    of: str
    by: str
    at: datetime


@dataclass(frozen=True)
class Step:
    """What is done next, and until when: a date, or a moment with its offset."""

    kind: str
    until: str
    zone: str


class Noted(NamedTuple):
    """What a case note says of contact and risk, as corrected last. `note`: the entry that wrote it."""

    note: str
    officer: str
    at: datetime
    kind: str
    risk: str


@dataclass(frozen=True)
class Task:
    """`worker`: whose task the person is since `since`, '' for nobody's. `back_at`: since when the person
    waits at the duty desk, having been given back. `step` and `notes` stay with the person, whoever has the
    person. `takings`: the last from each officer who has not read it, nor has the person again."""

    worker: str = ""
    since: datetime | None = None
    offer: Offer | None = None
    back_at: datetime | None = None
    step: Step | None = None
    missing_at: datetime | None = None
    notes: tuple[Noted, ...] = ()
    takings: tuple[Taking, ...] = ()

    @property
    def contact_at(self) -> datetime | None:
        """When an officer was last in contact with the person."""
        return max((noted.at for noted in self.notes if noted.kind in WITH_PERSON), default=None)

    @property
    def risk(self) -> str:
        """As it was assessed last, by when that was; of one moment as it was written last. '' for never."""
        assessed = [(noted.at, number) for number, noted in enumerate(self.notes) if noted.risk]
        return self.notes[max(assessed)[1]].risk if assessed else ""


def task_of(entries: Iterable[Said]) -> Task:
    """Whose task the person is after all these words."""
    task = Task()
    for entry in entries:
        task = after(task, entry)
    return task


def after(task: Task, entry: Said) -> Task:
    """What one more word makes of it; the same where it does not hold."""
    changed = _answering(task, entry)
    if changed is task:
        return _keep_step(task, entry)
    takings = _takings(task, changed.worker, entry)
    return replace(changed, step=task.step, missing_at=task.missing_at, notes=task.notes, takings=takings)


def _takings(task: Task, worker: str, entry: Said) -> tuple[Taking, ...]:
    """What is to be read by whom the person was taken from, now that the person is this worker's task."""
    unread = tuple(taking for taking in task.takings if taking.of != worker)
    if not isinstance(entry.content, say.DeskTake) or task.worker in ("", worker):
        return unread
    earlier = tuple(taking for taking in unread if taking.of != task.worker)
    return (*earlier, Taking(entry.id, task.worker, worker, entry.at))


def _keep_step(task: Task, entry: Said) -> Task:
    """What stays with the person, whoever has the person: the step, notes, and that the person is missing."""
    match entry.content:
        case say.DeskNext(kind=kind, until=until) if entry.officer == task.worker:
            return replace(task, step=Step(kind, until, entry.happened.zone))
        case say.DeskMissing():
            return replace(task, missing_at=entry.at)
        case say.DeskFound():
            return replace(task, missing_at=None)
        case say.DeskNote() as note:
            return replace(task, notes=noted(task.notes, entry, note))
        case say.DeskAcknowledge(taking=name):
            read = (name, entry.officer)
            unread = tuple(taking for taking in task.takings if (taking.entry, taking.of) != read)
            return replace(task, takings=unread)
    return task


def noted(notes: tuple[Noted, ...], entry: Said, note: say.DeskNote) -> tuple[Noted, ...]:
    """The notes with one more; only who wrote a note corrects it, in its place."""
    moment = moment_of(note.seen, entry.happened.zone)
    new = Noted(note.corrects or entry.id, entry.officer, moment, note.kind, note.risk)
    if not note.corrects:
        return (*notes, new)
    return tuple(new if old[:2] == new[:2] else old for old in notes)


def moment_of(text: str, zone_name: str) -> datetime:
    """The moment, or the beginning of the day, that a date or a moment with its offset names."""
    if "T" in text:
        return datetime.fromisoformat(text)
    return datetime.combine(datetime.fromisoformat(text).date(), time(0), zone(zone_name))


def _answering(task: Task, entry: Said) -> Task:
    """Who answers for the person, and what is offered."""
    match entry.content:
        case say.DeskTake():
            return Task(entry.officer, entry.at)
        case say.DeskGiveBack() if entry.officer == task.worker:
            return Task(back_at=entry.at)
        case say.DeskOffer(to=to) if entry.officer == task.worker:
            return replace(task, offer=Offer(entry.id, to, entry.officer, entry.at))
        case say.DeskAccept(offer=offer) if is_asked(task, offer, entry.officer):
            return Task(entry.officer, entry.at)
        case say.DeskDecline(offer=offer) if is_asked(task, offer, entry.officer):
            return replace(task, offer=None)
        case say.DeskWithdraw(offer=offer) if is_open(task, offer) and entry.officer == task.worker:
            return replace(task, offer=None)
    return task


def is_open(task: Task, offer: str) -> bool:
    """Whether this offer still waits for an answer."""
    return task.offer is not None and task.offer.entry == offer


def is_asked(task: Task, offer: str, officer: str) -> bool:
    """Whether this offer waits for this officer's answer."""
    return task.offer is not None and (task.offer.entry, task.offer.to) == (offer, officer)
