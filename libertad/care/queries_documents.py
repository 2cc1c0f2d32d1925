"""Documents of a person: read by the caseworkers of the one authority at whose desk they lie."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from libertad.access.actor import Actor
from libertad.access.queries import can_say, officer_names, open_row, readable
from libertad.care import reads
from libertad.care.desk_models import Desk
from libertad.care.document_models import DueDocument, PersonDocument
from libertad.care.fold import due_at
from libertad.care.fold_documents import WORDS
from libertad.care.queue_limits import limits
from libertad.journal.fields import from_ms
from libertad.people import queries as people
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.documents import DocumentRecord


@dataclass(frozen=True)
class DocumentWords:
    """What was said of a document, by whom and when. `entry`: that said it."""

    entry: str
    by: str
    recorded: Happened
    kind: str
    state: str
    country: str
    number: str
    until: str
    due: str
    note: str


@dataclass(frozen=True)
class DocumentSeen:
    """`now`: as it stands; `before`: what was said of it before, the last first."""

    id: str
    now: DocumentWords
    before: Sequence[DocumentWords]


@dataclass(frozen=True)
class DocumentDue:
    """Something is to be done about a document by a day, as a moment of the actor's zone (`until`)."""

    person: str
    reference: str
    name: str
    kind: str
    note: str
    until: datetime


def documents(actor: Actor, person: str, compartment: str) -> list[DocumentSeen]:
    """All at a desk: those with a day by it, then the others in the order in which they were recorded."""
    rows = list(readable(actor, PersonDocument).filter(person=person, compartment=compartment))
    opened = {row.pk: open_row(actor, row)["words"] for row in rows}
    officers = {version["officer"] for versions in opened.values() for version in versions}
    names = officer_names(actor, sorted(officers))
    listed = []
    for key, versions in opened.items():
        as_told = [_words(version, names) for version in versions]
        listed.append(DocumentSeen(key, as_told[0], as_told[1:]))
    return sorted(
        listed, key=lambda document: (not document.now.due, document.now.due, _first(document), document.id)
    )


def _first(document: DocumentSeen) -> datetime:
    return (document.before[-1] if document.before else document.now).recorded.at


def _words(version: Mapping[str, Any], names: Mapping[str, str]) -> DocumentWords:
    return DocumentWords(
        entry=version["entry"],
        by=names.get(version["officer"], ""),
        recorded=Happened(at=from_ms(version["at"]), zone=version["zone"]),
        **{name: version[name] for name in WORDS},
    )


def documents_due(actor: Actor, now: datetime, limit: int) -> tuple[list[DocumentDue], int]:
    """Of whom the actor has taken: the first whose day is near (`limits.document`) or has gone by, and how
    many. Only of documents with a day there are rows."""
    if not can_say(actor, DocumentRecord.VERB):
        return [], 0
    near = []
    for row in readable(actor, DueDocument):
        until = due_at(row.due, actor.zone)
        if until is not None and until - limits().document <= now:
            near.append((until, row))
    own_people = _taken(actor, {row.person for _until, row in near})
    listed = sorted(
        ((until, row) for until, row in near if row.person in own_people), key=lambda due: (due[0], due[1].pk)
    )
    known = {file.person: (file.reference, file.name) for file in reads.files(actor, own_people)}
    met = people.people(actor, ids=[person for person in own_people if person not in known])
    known |= {person.id: (person.reference, person.name) for person in met}
    first = [
        DocumentDue(
            row.person, *known.get(row.person, ("", "")), row.kind, str(open_row(actor, row)["words"]), until
        )
        for until, row in listed[:limit]
    ]
    return first, len(listed)


def _taken(actor: Actor, people_ids: set[str]) -> set[str]:
    rows = readable(actor, Desk).filter(person__in=people_ids) if people_ids else ()
    return {row.person for row in rows if row.worker == actor.officer}
