"""Many records at once: all that an officer may read against each other, or a list against all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.hits import index
from libertad.hits.explaining import sentences
from libertad.hits.gathering import Subject, related
from libertad.hits.matching.record import Hit, Record
from libertad.hits.seeing import visible
from libertad.people.actions.search_people import search_made

Moved = Callable[[int, int], None]
Pair = tuple[str, Subject, Hit]  # what was asked for, in words; the record found; why
STEP = 100


def own(actor: Actor, least: float, limit: int, moved: Moved) -> Iterator[Pair]:
    """Each pair of what the officer may read, once; without those that a human put together already."""
    with index.held():
        refs = sorted(index.up_to_date(actor.authority).subjects)
    mine = visible(actor, refs)
    told: set[frozenset[str]] = set()
    for start in range(0, len(refs), STEP):
        for ref in refs[start : start + STEP]:
            one = mine.get(ref)
            for other, hit in index.ask(actor.authority, one.record, limit, least) if one else ():
                pair = frozenset((ref, other.ref))
                if one and other.ref in mine and pair not in told and not related(one, other):
                    told.add(pair)
                    yield one.reference, other, hit
        moved(min(start + STEP, len(refs)), len(refs))


def against(
    actor: Actor, listed: Sequence[Record], country: str, least: float, limit: int, moved: Moved
) -> Iterator[Pair]:
    """Each entry of a list with what it is like, among what the officer may read."""
    for start in range(0, len(listed), STEP):
        some: list[tuple[Record, Subject, Hit]] = []
        for record in listed[start : start + STEP]:
            where = record.where or country.upper()
            asked = msgspec.structs.replace(record, where=where)
            some += [(record, *pair) for pair in index.ask(actor.authority, asked, limit, least)]
        mine = visible(actor, [subject.ref for _record, subject, _hit in some])
        for record, subject, hit in some:
            if subject.ref in mine:
                yield called(record), subject, hit
        moved(min(start + STEP, len(listed)), len(listed))


def called(record: Record) -> str:
    """'entry 12, Ana +592 611 4409': an entry of a list as a human finds it again."""
    number = record.id.partition(":")[2]
    words = [record.names[0].text] if record.names else []
    words += [value for _kind, value in record.facts[:1]]
    return f"entry {number}, {' '.join(words)}"


def recorded(actor: Actor, file: str, entries: int, found: Sequence[Pair]) -> list[dict[str, Any]]:
    """The pairs, the likeliest first; that they were asked for is in the journal before they are shown."""
    words = f"list {file} with {entries} entries" if file else "all against all"
    perform(actor, search_made, words=words, found=len(found))
    ranked = sorted(found, key=lambda pair: (-pair[2].bits, pair[0], pair[1].ref))
    return [
        {
            "left": asked,
            "right": subject.reference,
            "right_id": subject.ref,
            "bits": round(hit.bits, 2),
            "probability": round(hit.probability, 4),
            "reasons": sentences(hit.reasons),
        }
        for asked, subject, hit in ranked
    ]
