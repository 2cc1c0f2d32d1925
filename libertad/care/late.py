"""How many people of one care authority are past their hour: numbers alone."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import NamedTuple

from libertad.care.file_lines import Line
from libertad.care.queue import ENDED, OURS, Place, records_of


class Late(NamedTuple):
    """`known`: people who are the authority's task and not closed; `late`: of them, past their hour."""

    late: int
    known: int


def late_people(
    places: Mapping[str, Place],
    lines: Mapping[str, Line],
    linked_by: Mapping[str, Collection[str]],
    authority: str,
    cut: datetime,
) -> Late:
    """Whoever is in danger is among them. A person with several records counts once, and is late if one is.

    Where care authorities of two countries both work with a linked person, each counts its own task until
    they agree who leads, and then who leads alone: if one kept silent before, a person past the hour would be
    in no number.
    """
    seen: set[str] = set()
    late = known = 0
    for person, place in places.items():
        if person in seen or not _is_task(place, authority):
            continue
        records = {person}
        if linked_by.get(person) or lines[person].links:
            records = records_of(lines, linked_by, person)
            seen |= records
        own = _tasks((places[record] for record in records if record in places), authority)
        known += 1
        late += any(task.due < cut for task in own)
    return Late(late, known)


def _is_task(place: Place, authority: str) -> bool:
    return place.owner == authority and place.queue in OURS and place.queue != ENDED


def _tasks(places: Iterable[Place], authority: str) -> list[Place]:
    return [place for place in places if _is_task(place, authority)]
