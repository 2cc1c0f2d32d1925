"""Whose task a person is: read by the caseworkers of the one authority whose desk it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from libertad.access.actor import Actor
from libertad.access.queries import officer_names, open_row, readable
from libertad.care import overview, reads
from libertad.care.desk import Taking
from libertad.care.desk_models import Desk
from libertad.care.file_lines import takings_of
from libertad.care.officers import at_work
from libertad.care.queue import Place
from libertad.journal.fields import from_ms
from libertad.people import queries as people
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.desk import DeskFound, DeskMissing


@dataclass(frozen=True)
class Word:
    """One word at the desk. `to`: to whom it offers; `words`: reasons, or a note. `kind`, `until`, `last`: of
    a next step."""

    verb: str
    by: str
    to: str
    words: str
    happened: Happened
    kind: str = ""
    until: str = ""
    last: str = ""


@dataclass(frozen=True)
class TaskSeen:
    """A person's desk, the last word first; `compartment` '' where nothing was said at it yet. `opened`:
    there is a protection file. `offer`: the hand-over that waits for an answer. `takings`: of whom the person
    was taken, unread. `risk`: as it was assessed last; `contact_at`: when an officer last was in contact."""

    person: str
    reference: str
    name: str
    provenance: str
    opened: bool
    place: Place
    compartment: str
    worker: str
    offer: str
    offered_to: str
    offered_at: datetime | None
    words: Sequence[Word]
    names: Mapping[str, str]
    step: str = ""
    missing: bool = False
    takings: Sequence[Taking] = ()
    risk: str = ""
    contact_at: datetime | None = None

    @property
    def missing_words(self) -> list[Word]:
        """What was said of it since the person is missing, the last word first."""
        words = []
        for word in self.words if self.missing else ():
            if word.verb == DeskFound.VERB:
                break
            words += [word] if word.verb == DeskMissing.VERB else []
        return words

    def name_of(self, officer: str) -> str:
        """What an officer is called; '' for none."""
        return self.names.get(officer, "")


def task(actor: Actor, person: str) -> TaskSeen | None:
    """None alike for nobody and for whom the actor's authority does not know."""
    place = overview.place(actor, person)
    known = reads.file(actor, person) or people.person(actor, person)
    if place is None or known is None:
        return None
    row = readable(actor, Desk).filter(person=person).order_by("pk").first()
    listed = open_row(actor, row)["words"] if row is not None else []
    officers = {word[key] for word in listed for key in ("officer", "to")} | {place.officer}
    names = officer_names(actor, sorted(filter(None, officers)))
    words = [
        Word(
            word["verb"],
            names.get(word["officer"], ""),
            names.get(word["to"], ""),
            word["words"],
            Happened(at=from_ms(word["at"]), zone=word["zone"]),
            word["kind"],
            word["until"],
            word["last"],
        )
        for word in reversed(listed)
    ]
    return TaskSeen(
        person,
        known.reference,
        known.name,
        known.provenance,
        not isinstance(known, people.PersonSeen),
        place,
        row.compartment if row is not None else "",
        row.worker if row is not None else "",
        row.offer if row is not None else "",
        row.offered_to if row is not None else "",
        row.offered_at if row is not None else None,
        words,
        names,
        row.step if row is not None else "",
        row is not None and row.missing_at is not None,
        takings_of(row) if row is not None else (),
        row.risk if row is not None else "",
        row.contact_at if row is not None else None,
    )


def missing_task(actor: Actor, person: str) -> TaskSeen | None:
    """The same of who is missing; None, and no desk is opened, for all others."""
    place = overview.place(actor, person)
    seen = task(actor, person) if place is not None and place.missing_at is not None else None
    return seen if seen is not None and seen.missing_words else None


def colleagues(actor: Actor) -> list[tuple[str, str]]:
    """(id, name) of the other officers of the authority who take people on, by name."""
    present = at_work(actor.authority).exclude(pk=actor.officer)
    ids = list(present.values_list("pk", flat=True))
    names = officer_names(actor, ids)
    return sorted(((key, names.get(key) or key[:8]) for key in ids), key=lambda pair: pair[1])
