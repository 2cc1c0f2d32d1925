"""A subject of a hit as one officer may see it: by the room's own queries, so by role and by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from libertad.access.actor import Actor
from libertad.access.queries import may_read, operations_of
from libertad.hits.record_builder import Subject, gather
from libertad.people.models import Person


def visible(actor: Actor, refs: Iterable[str]) -> dict[str, Subject]:
    """Those of the subjects ('person:<id>', ...) that this officer may read, by reference: of the operation
    worked in, and people of the others that the authority is in."""
    ids: dict[str, list[str]] = {}
    for ref in set(refs):
        kind, _, key = ref.partition(":")
        ids.setdefault(kind, []).append(key)
    subjects = {subject.ref: subject for subject in gather(actor, ids)}
    missing = [key for key in ids.get("person", ()) if f"person:{key}" not in subjects]
    for reader in elsewhere(actor) if missing else ():
        subjects |= {subject.ref: subject for subject in gather(reader, {"person": missing})}
    return subjects


def elsewhere(actor: Actor) -> list[Actor]:
    """The officer in the other operations of the own authority; none for a role that reads no people."""
    if not may_read(actor.role, Person):
        return []
    return [
        replace(actor, operation=operation)
        for operation in operations_of(actor)
        if operation != actor.operation
    ]


def first(subjects: Sequence[Subject]) -> Subject:
    """Of two records the one that was made first."""
    return min(subjects, key=lambda subject: (subject.at, subject.ref))
