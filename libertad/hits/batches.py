"""Many records at once: all that an officer may read against each other, or a list against all of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Any

import msgspec

from libertad.access.acting import perform
from libertad.access.actor import Actor
from libertad.hits import index
from libertad.hits.explanation import sentences
from libertad.hits.matching.record import Hit, Record
from libertad.hits.record_builder import Subject, related
from libertad.hits.visibility import visible
from libertad.people.actions.search_people import search_made

Moved = Callable[[int, int], None]
Pair = tuple[str, Subject, Hit]  # what was asked for, in words; the record found; why
STEP = 100


def own(actor: Actor, minimum: float, limit: int, moved: Moved) -> Iterator[Pair]:
    """Each pair of what the officer may read, once; without those that a human put together already."""
    with index.lock_indexes():
        refs = sorted(index.up_to_date(actor.authority).subjects)
    readable = visible(actor, refs)
    reported: set[frozenset[str]] = set()
    for start in range(0, len(refs), STEP):
        for ref in refs[start : start + STEP]:
            subject = readable.get(ref)
            for candidate, hit in (
                index.ask(actor.authority, subject.record, limit, minimum) if subject else ()
            ):
                pair = frozenset((ref, candidate.ref))
                if (
                    subject
                    and candidate.ref in readable
                    and pair not in reported
                    and not related(subject, candidate)
                ):
                    reported.add(pair)
                    yield subject.reference, candidate, hit
        moved(min(start + STEP, len(refs)), len(refs))


def against(
    actor: Actor, listed: Sequence[Record], country: str, minimum: float, limit: int, moved: Moved
) -> Iterator[Pair]:
    """Each entry of a list with what it is like, among what the officer may read."""
    for start in range(0, len(listed), STEP):
        candidates: list[tuple[Record, Subject, Hit]] = []
        for record in listed[start : start + STEP]:
            where = record.where or country.upper()
            query = msgspec.structs.replace(record, where=where)
            candidates += [(record, *pair) for pair in index.ask(actor.authority, query, limit, minimum)]
        readable = visible(actor, [subject.ref for _record, subject, _hit in candidates])
        for record, subject, hit in candidates:
            if subject.ref in readable:
                yield called(record), subject, hit
        moved(min(start + STEP, len(listed)), len(listed))


def called(record: Record) -> str:
    """'entry 12, Ana +592 611 4409': an entry of a list as a human finds it again."""
    number = record.id.partition(":")[2]
    words = [record.names[0].text] if record.names else []
    words += [value for _kind, value in record.facts[:1]]
    return f"entry {number}, {' '.join(words)}"


def recorded(actor: Actor, file: str, entries: int, pairs: Sequence[Pair]) -> list[dict[str, Any]]:
    """The pairs, the likeliest first; that they were asked for is in the journal before they are shown."""
    words = f"list {file} with {entries} entries" if file else "all against all"
    perform(actor, search_made, words=words, found=len(pairs))
    ranked = sorted(pairs, key=lambda pair: (-pair[2].bits, pair[0], pair[1].ref))
    return [
        {
            "left": label,
            "right": subject.reference,
            "right_id": subject.ref,
            "bits": round(hit.bits, 2),
            "probability": round(hit.probability, 4),
            "reasons": sentences(hit.reasons),
        }
        for label, subject, hit in ranked
    ]
