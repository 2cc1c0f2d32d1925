"""A question to the matcher is a search: it is in the journal before its answer is shown."""

from __future__ import annotations

from libertad.access.acting import Actor, perform
from libertad.hits.matching.record import Record
from libertad.people.actions.search_people import search_made


def searched(actor: Actor, record: Record, found: int) -> None:
    """Record what was asked for and how many records were shown."""
    parts = [name.text for name in record.names] + [value for _kind, value in record.facts]
    perform(actor, search_made, words=", ".join(parts), found=found)
