"""What a release contains: the open side by country, and care's block for the whole operation."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libertad.access.acting import Act
from libertad.figures.caring import block, moved, said_before
from libertad.figures.counting import Line
from libertad.figures.tallied import tallied, times
from libertad.journal.fields import to_ms
from libertad.operations.models import HitCount, Operation, SiteCount
from libertad.people.models import CareTally
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import CareBlock, FiguresOf


def release_fields(act: Act, as_of: datetime) -> dict[str, Any]:
    """Fields of a release as of a moment, counted within the transaction: no number can be given."""
    place = act.operation_compartment
    operation = act.get(Operation, act.actor.operation)
    if operation is None:
        raise Refused("operation", "there is no such operation")
    counted = tallied(act.tx.sql.all, place, as_of)
    everybody = counted.total
    care = care_block(act, everybody, as_of)
    return {
        "as_of": as_of,
        "countries": len(operation["countries"]),
        "potential_victims": care.potential + care.presumed + care.confirmed if care else everybody.potential,
        "presumed": care.presumed if care else 0,
        "confirmed": care.confirmed if care else 0,
        "arrests": everybody.arrests,
        "sites": times(act.tx.sql.all, SiteCount, place, as_of),
        "hits": times(act.tx.sql.all, HitCount, place, as_of),
        "line": tuple(
            FiguresOf(country=country, **vars(counted.lines.get(country, Line())))
            for country in sorted({*operation["countries"], *counted.lines})
        ),
        "by_first_view": True,
        "care": care,
    }


def care_block(act: Act, opened: Line, as_of: datetime) -> CareBlock | None:
    """Care's numbers of the whole operation against this open side; None where care has decided nothing."""
    rows = [{"id": row["id"], **act.opened(CareTally, row)} for row in act.find(CareTally)]
    decided = said_before(row for row in rows if row.get("statuses"))
    if not decided:
        return None
    found = moved(act.tx.sql.all, act.operation_compartment, decided, to_ms(as_of))
    return CareBlock(**vars(block(opened, found)), as_of=as_of) if found else None
