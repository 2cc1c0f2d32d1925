"""The closing that waits for its second reader: what it says, who may read it, and what was said since."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from libertad.access.actor import Actor
from libertad.access.matrix import matrix
from libertad.access.queries import can_say, officer_names, open_row, readable
from libertad.access.queries_amounts import roster_of
from libertad.care import reads
from libertad.care.models import CareFile, ProposedClosing
from libertad.care.since_closing import Since, mark_of, said_since
from libertad.journal.node import node
from libertad.vocabulary.values import Happened
from libertad.vocabulary.verbs.care_closing import CareCloseRead


@dataclass(frozen=True)
class ClosingSeen:
    """A proposal to close a file. `changes`: what was said in it since; `mark`: what a form carries of
    them. `may_read`: the actor is another officer who may; `has_reader`: somebody of the authority who has
    access now is."""

    person: str
    entry: str
    when: Happened
    by: str
    reason: str
    afterwards: str
    contact_on: str
    keep_until: str
    despite: str
    appeal: str
    changes: Sequence[Since]
    mark: str
    may_read: bool
    has_reader: bool


def proposed_closing(actor: Actor, person: str) -> ClosingSeen | None:
    """What waits in the file that is meant; None where nothing does."""
    row = reads.in_file(actor, readable(actor, ProposedClosing).filter(person=person)).first()
    file = readable(actor, CareFile, [row.pk]).first() if row is not None else None
    if row is None or file is None:
        return None
    words = open_row(actor, row)
    since = said_since(node().sql(), row.compartment, row.entry, open_row(actor, file))
    return ClosingSeen(
        person=person,
        entry=row.entry,
        when=Happened(at=row.at, zone=row.zone),
        by=officer_names(actor, [row.officer]).get(row.officer, ""),
        changes=since,
        mark=mark_of(since),
        may_read=can_say(actor, CareCloseRead.VERB) and row.officer != actor.officer,
        has_reader=has_second(actor, row.officer),
        **{
            name: str(words.get(name, ""))
            for name in ("reason", "afterwards", "contact_on", "keep_until", "despite", "appeal")
        },
    )


def has_second(actor: Actor, officer: str) -> bool:
    """Whether somebody else of the actor's authority who has access now reads what this officer proposes."""
    say = matrix().entries[CareCloseRead.VERB].say
    return any(role in say and name != officer for name, role in roster_of(actor).roles.items())
