"""What a release contains: the open side by country, and care's block for the whole operation."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from libertad.access.acting import Act
from libertad.figures.actions.publish_block import block_of
from libertad.figures.counting import Block, Line
from libertad.figures.cuts import is_cut, until
from libertad.figures.models import Counting
from libertad.figures.tallied import tallied, times
from libertad.operations.models import HitCount, Operation, SiteCount
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.figures import CareBlock, FiguresOf

# What a release's sentence and its small print say.
NUMBERS = ("countries", "potential_victims", "presumed", "confirmed", "arrests", "sites", "hits")


def contents(numbers: Mapping[str, Any], lines: Iterable[Mapping[str, Any]] | None) -> dict[str, Any]:
    """What two releases of one moment are compared by: the sentence's numbers and the table's lines.

    `lines`: a dict for each country or territory; None for a release from before lines were by first view.
    """
    table = {str(line["country"]): Line(**_counts(line)) for line in lines} if lines is not None else {}
    return {name: numbers.get(name, 0) for name in NUMBERS} | {
        "lines": {country: line for country, line in table.items() if line != Line()}
    }


def _counts(line: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(line.get(name, 0)) for name in Line.__dataclass_fields__}


def release_fields(act: Act, as_of: datetime, block: str = "") -> dict[str, Any]:
    """Fields of a release as of a moment, counted within the transaction: no number can be given.

    Where a care authority counts, the moment is a cut: whoever could choose any would find out, by halving,
    when each decision fell. `block`: the entry of care's numbers that was read; Refused if another stands.
    """
    place = act.operation_compartment
    operation = act.get(Operation, act.actor.operation)
    if operation is None:
        raise Refused("operation", "there is no such operation")
    care = care_block(act, as_of)
    if block and (care is None or care.block != block):
        raise Refused("block", "care's numbers are not those that you read; look again")
    counted = tallied(act.tx.sql.all, place, as_of)
    everybody = counted.total
    first_day, last_day = until((operation["first_day"], operation["last_day"]), as_of, operation["zone"])
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
        "first_day": first_day,
        "last_day": last_day,
    }


def care_block(act: Act, as_of: datetime) -> CareBlock | None:
    """Care's numbers that stand at a moment, as the counting care authority published them; None for none."""
    named = act.get(Counting, act.actor.operation)
    if named is None:
        return None
    if not is_cut(as_of, named["cut"]):
        raise Refused("as_of", "figures are released as of a cut: %(cut)s UTC of a day", cut=named["cut"])
    published_block = block_of(named, as_of)
    if published_block is None:
        return None
    numbers = {name: int(published_block[name]) for name in Block.__dataclass_fields__}
    return CareBlock(as_of=published_block["cut"], block=published_block["entry"], **numbers)
