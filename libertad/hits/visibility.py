"""A subject of a hit as one officer may see it: by the room's own queries, so by role and by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from libertad.access.actor import Actor
from libertad.hits.record_builder import Subject, gather


def visible(actor: Actor, refs: Iterable[str]) -> dict[str, Subject]:
    """Those of the subjects ('person:<id>', ...) that this officer may read, by reference."""
    ids: dict[str, list[str]] = {}
    for ref in set(refs):
        kind, _, key = ref.partition(":")
        ids.setdefault(kind, []).append(key)
    return {subject.ref: subject for subject in gather(actor, ids)}


def first(subjects: Sequence[Subject]) -> Subject:
    """Of two records the one that was made first."""
    return min(subjects, key=lambda subject: (subject.at, subject.ref))
