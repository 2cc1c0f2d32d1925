"""Care's numbers for care alone: an authority's own, live; by country for the one that counts for all."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

from libertad.access.actor import Actor
from libertad.access.closed import closed_at
from libertad.access.models import Authority, Member
from libertad.access.queries import authority_names, can_say, may_read, open_row, readable
from libertad.access.queries_members import as_members
from libertad.figures.actions.publish_block import block_of, counted_together
from libertad.figures.counting import Block
from libertad.figures.models import Batch, Counting, LateSum
from libertad.figures.open_side import open_side
from libertad.figures.own_count import NUMBERS, Desk, own_count
from libertad.figures.queries import journal_size, place
from libertad.journal.fields import from_ms
from libertad.journal.node import node
from libertad.journal.sql import Sql
from libertad.vocabulary.verbs.counting import WITHHELD

Cells = Mapping[str, Mapping[str, int]]
STATUSES = ("not_assessed", "potential", "presumed", "confirmed", "not_a_victim")


@dataclass(frozen=True)
class CareSeen:
    """`cells`: by country, the numbers of `CountCell`. `as_of`: None for live ones. `missing`: names of care
    authorities whose numbers are older or not there."""

    cells: Cells
    as_of: datetime | None = None
    missing: tuple[str, ...] = ()


def counting(actor: Actor) -> Counting | None:
    """Who counts for all in the actor's operation, for those who may read the operation's file."""
    return readable(actor, Counting, [actor.operation]).first()


def block(named: Counting, until: datetime) -> tuple[datetime, Block, str] | None:
    """Care's numbers that stand at a moment: their cut, the numbers, and the entry that says them."""
    published_block = block_of({"blocks": named.blocks}, until)
    if published_block is None:
        return None
    numbers = {name: int(published_block[name]) for name in Block.__dataclass_fields__}
    return published_block["cut"], Block(**numbers), str(published_block["entry"])


def care_authorities(actor: Actor) -> list[Authority]:
    """The care authorities of the actor's operation, by name."""
    return as_members(readable(actor, Member).filter(operation=actor.operation, kind="care"))


def own_cells(actor: Actor) -> CareSeen | None:
    """The actor's care authority's own numbers, live and exact; None for everybody else."""
    where = place(actor)
    if not can_say(actor, "counting.accept") or not where:
        return None
    if not Authority.objects.filter(pk=actor.authority, kind="care").exists():
        return None
    return CareSeen(_own(actor.authority, actor.operation, where, journal_size()))


@lru_cache(maxsize=32)
def _own(authority: str, operation: str, where: str, _size: int) -> Cells:
    """Kept until the journal grows: it opens every protection file of the authority."""
    ask = Sql().all
    count = own_count(Desk(node(), ask, authority, operation), open_side(ask, where, None))
    return {country: dict(cell) for country, cell in sorted(count.cells.items()) if any(cell.values())}


def all_cells(actor: Actor) -> CareSeen | None:
    """For who works at the counting care authority: all last numbers by country; None for others."""
    named = counting(actor)
    if named is None or not can_say(actor, "counting.accept") or named.care != actor.authority:
        return None
    cells: dict[str, dict[str, int]] = {}
    rows: dict[str, Batch] = {}
    for row in readable(actor, Batch).filter(operation=actor.operation).order_by("cut", "number"):
        rows[row.care] = row
    cares = counted_together({"care": named.care, "accepted": named.accepted})
    last = max((rows[care].cut for care in cares if care in rows), default=None)
    for care in cares:
        for cell in open_row(actor, rows[care]).get("cells", ()) if care in rows else ():
            here = cells.setdefault(str(cell["country"]), dict.fromkeys(NUMBERS, 0))
            for name in NUMBERS:
                here[name] += int(cell.get(name, 0))
    old = [care for care in cares if care not in rows or rows[care].cut != last]
    names = authority_names(old)
    return CareSeen(dict(sorted(cells.items())), last, tuple(names.get(care, "") for care in old))


def late_number(actor: Actor) -> tuple[int, datetime] | None:
    """For who coordinates: how many people are past their hour in care's hands, in the whole operation, and
    the hour of which that is. None where nobody is, where it is withheld or the operation is closed, and for
    all others."""
    named = counting(actor)
    if named is None or not may_read(actor.role, LateSum) or closed_at(actor.operation) is not None:
        return None
    sums = readable(actor, LateSum).filter(operation=actor.operation, care=named.care)
    last = sums.order_by("-cut", "-number").first()
    number = open_row(actor, last) if last is not None else {}
    return (int(number["late"]), from_ms(number["as_of"])) if number.get("late", WITHHELD) > 0 else None


def line(cell: Mapping[str, Any]) -> dict[str, int]:
    """What a cell's people are now, by status."""
    return {name: int(cell.get(f"to_{name}", 0)) for name in STATUSES}
