"""A question to the matcher is a search: it is in the journal before its answer is shown."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from libertad.access.acting import Call, perform_together
from libertad.access.actor import Actor
from libertad.hits.matching.record import Record
from libertad.people.actions.search_people import search_made

AT_ONCE = 200  # characters of words that one entry holds


def searched(actor: Actor, record: Record, count: int) -> None:
    """Record what was asked for and how many records were shown."""
    all_searched(actor, [(record, count)])


def all_searched(actor: Actor, searches: Iterable[tuple[Record, int]]) -> None:
    """Record many questions with one durable commit."""
    calls = [
        Call(actor, search_made, {"words": words, "found": count})
        for record, count in searches
        for words in search_lines(record)
    ]
    perform_together(calls)


def search_lines(record: Record) -> Iterator[str]:
    """What was asked for, whole: as many entries as it takes, so that a long name hides none after it."""
    line = ""
    for part in [name.text for name in record.names] + [value for _kind, value in record.facts]:
        for start in range(0, len(part), AT_ONCE):
            piece = part[start : start + AT_ONCE]
            if line and len(line) + 2 + len(piece) > AT_ONCE:
                yield line
                line = ""
            line = f"{line}, {piece}" if line else piece
    if line:
        yield line
