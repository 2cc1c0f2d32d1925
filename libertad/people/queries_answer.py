"""What a person is told who asks what is kept about them, and who read it: gathered from the journal.

It names authorities and roles and no officer: a sheet of paper may be found by whoever harmed the person.
What others wrote, other people's records and hits are not in it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Officer, Opening
from libertad.access.queries import authority_names, read_by, readable
from libertad.access.readers import ReaderSeen, readers
from libertad.people.queries import PersonSeen

# Files of one person in the order in which they are told of; an authority's own file holds openings alone.
KINDS = ("person", "care", "desk", "disclosure", "leading")


@dataclass(frozen=True)
class FileAbout:
    """A file about the person, and which authorities read it since when."""

    kind: str
    compartment: str
    readers: Sequence[ReaderSeen]


@dataclass(frozen=True)
class OpeningsBy:
    """How often one role of one authority opened files of a kind. `officers`: how many different ones."""

    authority: str
    name: str
    role: str
    kind: str
    count: int
    officers: int
    first: datetime
    last: datetime


def files_about(actor: Actor, person: PersonSeen) -> list[FileAbout]:
    """Files about a person that the actor's authority reads: for police the identity file alone."""
    rows = Compartment.objects.filter(read_by(actor.authority, "pk"), kind__in=KINDS, about=person.id)
    listed = sorted(rows, key=lambda row: (KINDS.index(row.kind), row.pk))
    return [FileAbout(row.kind, row.pk, readers(actor, row.pk)) for row in listed]


def openings_by(actor: Actor, person: PersonSeen, files: Sequence[FileAbout]) -> list[OpeningsBy]:
    """Openings of these files, and of the identity file where its own side recorded them, by authority and
    role. Those of a role that the actor may not know are told without it."""
    kinds = {file.compartment: file.kind for file in files}
    rows = list(readable(actor, Opening).filter(Q(compartment__in=list(kinds)) | Q(subject=person.id)))
    roles = dict(readable(actor, Officer, {row.officer for row in rows}).values_list("pk", "role"))
    names = authority_names([row.authority for row in rows])
    groups: dict[tuple[str, str, str], list[Opening]] = {}
    for row in rows:
        # Care records in its own files that it opened the identity file.
        kind = "person" if row.page == "person" else kinds.get(row.compartment, "person")
        groups.setdefault((row.authority, roles.get(row.officer, ""), kind), []).append(row)
    listed = [
        OpeningsBy(
            authority,
            names.get(authority, ""),
            role,
            kind,
            len(group),
            len({row.officer for row in group}),
            min(row.at for row in group),
            max(row.at for row in group),
        )
        for (authority, role, kind), group in groups.items()
    ]
    return sorted(
        listed, key=lambda row: (row.authority != actor.authority, row.name, KINDS.index(row.kind), row.role)
    )
