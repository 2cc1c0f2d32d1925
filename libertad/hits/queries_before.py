"""Somebody met again in a later operation: the records of before, by hits that two officers confirmed.

Told in the later operation, to who reads both files: the hit is the authority's own, and nobody else learns
that there was a record before.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from libertad.access.actor import Actor
from libertad.access.queries import open_row
from libertad.hits.fold import of_persons
from libertad.hits.queries import rows
from libertad.hits.record_builder import Subject
from libertad.hits.visibility import visible
from libertad.operations.queries import operation
from libertad.people.earlier import EarlierRecord


@dataclass(frozen=True)
class Before:
    """A record of an operation before, the officer as a reader of it there, and the hit that tells of it."""

    record: Subject
    reader: Actor
    hit: str


def records_before(actor: Actor, person: str) -> list[Before]:
    """Of a person of the operation worked in, the last first; only those whose file the officer reads."""
    ref = f"person:{person}"
    confirmed = [
        hit
        for hit in rows(actor, "confirmed", record=ref)
        if of_persons(hit.left, hit.right) and open_row(actor, hit)
    ]
    if not confirmed:
        return []
    hits = {hit.right if hit.left == ref else hit.left: hit for hit in confirmed}
    listed = [
        Before(subject, replace(actor, operation=subject.operation), hits[subject.ref].pk)
        for subject in visible(actor, hits).values()
        if subject.operation != actor.operation
    ]
    return sorted(listed, key=lambda before: (before.record.at, before.record.ref), reverse=True)


def operation_name(reader: Actor) -> str:
    """What the operation that this reader reads in is called; '' where its file has not arrived."""
    row = operation(reader)
    return row.name if row is not None else ""


def told_by_hits(actor: Actor, person: str) -> Sequence[EarlierRecord]:
    """A source of `people.earlier`."""
    return [
        EarlierRecord(before.record.reference, operation_name(before.reader))
        for before in records_before(actor, person)
    ]
