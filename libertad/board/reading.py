"""Reading the journal in the order of its index: the lines that are new, and who may read each."""

from __future__ import annotations

from collections import defaultdict
from typing import NamedTuple

from libertad.access.actor import Actor
from libertad.access.models import Compartment, Reader
from libertad.board.lines import verbs_of
from libertad.board.models import Live
from libertad.journal.models import Entry

A_BATCH = 1000
DRAWN = frozenset({"operation", "police", "case"})


class NewLine(NamedTuple):
    """A line, its place in the journal, and the authorities that read its compartment at this moment."""

    place: int
    row: Live
    readers: frozenset[str]

    def for_(self, actor: Actor) -> bool:
        """Operation, compartment and verb: all three, or the line does not exist for this actor."""
        return (
            self.row.operation == actor.operation
            and actor.authority in self.readers
            and self.row.verb in verbs_of(actor.role)
        )


class Batch(NamedTuple):
    """Entries up to `last`; `draws` says whether anything that is drawn may have changed."""

    last: int
    lines: list[NewLine]
    draws: bool


def read(after: int, until: int | None = None) -> Batch:
    """Entries after an index, a thousand at most. Readers are asked for with each batch, never remembered."""
    query = Entry.objects.filter(idx__gt=after)
    if until is not None:
        query = query.filter(idx__lte=until)
    entries = list(query.order_by("idx").values_list("idx", "hash", "compartment")[:A_BATCH])
    if not entries:
        return Batch(after, [], False)
    rows = Live.objects.in_bulk([bytes(name).hex() for _index, name, _compartment in entries])
    readers: dict[str, set[str]] = defaultdict(set)
    places = {row.compartment for row in rows.values()}
    for place, authority in Reader.objects.filter(compartment__in=places).values_list(
        "compartment", "authority"
    ):
        readers[place].add(authority)
    lines = [
        NewLine(index, row, frozenset(readers[row.compartment]))
        for index, name, _compartment in entries
        if (row := rows.get(bytes(name).hex())) is not None
    ]
    draws = (
        bool(lines)
        or Compartment.objects.filter(
            pk__in={compartment for _index, _name, compartment in entries}, kind__in=DRAWN
        ).exists()
    )
    return Batch(int(entries[-1][0]), lines, draws)
