"""A subject of a hit as one officer may see it: by the room's own queries, so by role and by file."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from libertad.access.acting import Actor
from libertad.evidence.queries import exhibits
from libertad.hits.gathering import (
    Subject,
    exhibit_subject,
    lead_subject,
    person_subject,
    site_subject,
)
from libertad.operations.queries import leads, sites
from libertad.people.queries import people


def visible(actor: Actor, refs: Iterable[str]) -> dict[str, Subject]:
    """Those of the subjects ('person:<id>', ...) that this officer may read, by reference."""
    ids: dict[str, list[str]] = {}
    for ref in set(refs):
        kind, _, key = ref.partition(":")
        ids.setdefault(kind, []).append(key)
    found: list[Subject] = []
    found += map(person_subject, people(actor, ids=ids["person"])) if "person" in ids else ()
    found += map(exhibit_subject, exhibits(actor, ids=ids["exhibit"])) if "exhibit" in ids else ()
    found += map(lead_subject, leads(actor, ids=ids["lead"])) if "lead" in ids else ()
    found += map(site_subject, sites(actor, ids=ids["site"])) if "site" in ids else ()
    return {one.ref: one for one in found}


def first(found: Sequence[Subject]) -> Subject:
    """Of two records the one that was made first."""
    return min(found, key=lambda one: (one.at, one.ref))
