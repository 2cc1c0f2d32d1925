"""The counting care authority publishes a block for the whole operation, when asked and enough changed."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from libertad.access.acting import Act, Forbidden, action
from libertad.figures.care_cells import changed, operation_block, renews
from libertad.figures.cuts import is_cut
from libertad.figures.models import Batch, Counting
from libertad.figures.open_side import open_side
from libertad.journal.fields import from_ms, to_ms
from libertad.vocabulary.values import Refused
from libertad.vocabulary.verbs.counting import ProtectionBlock


@action("protection.block")
def publish_block(act: Act, *, cut: datetime, late: bool = False) -> str:
    """Returns the block's hash; '' where nobody asked, or where the old block has to stand.

    Refused while a batch of this cut has not arrived; `late`: the last that is here is taken then, for cells
    are whole and the next one heals it.
    """
    named = act.get(Counting, act.actor.operation)
    if named is None or named["care"] != act.actor.authority:
        raise Forbidden("another care authority counts for all")
    if not is_cut(cut, named["cut"]) or cut > max(act.now, act.happened.at):
        raise Refused("cut", "a block is published as of a cut that has come, and of no other moment")
    last = named["blocks"][-1] if named["blocks"] else None
    if last is not None and last["cut"] >= to_ms(cut):
        return str(last["entry"]) if last["cut"] == to_ms(cut) else ""
    if not any((last["cut"] if last else 0) <= at <= to_ms(cut) for at in named["asked"]):
        return ""
    now = batches(act, counted_together(named), cut, late)
    if not renews(changes(act, named, now)):
        return ""
    opened = open_side(act.tx.sql.all, act.operation_compartment, to_ms(cut))
    block = operation_block(opened.line, (cell for row in now.values() for cell in row["cells"]))
    if not block.reconciles:
        raise Refused("cut", "the batches and the open side do not add up; the next cut heals it")
    content = ProtectionBlock(
        block_number=1 + (last["number"] if last else 0),
        cut=cut,
        open_side=opened.hash,
        **vars(block),
        batch=tuple(sorted(row["entry"] for row in now.values())),
    )
    return act.say(
        act.operation_compartment, content, subject=act.actor.operation, source="database", supersedes={}
    )


def counted_together(named: Mapping[str, Any]) -> list[str]:
    """The care authorities that let this one read and beside which it accepts to count: no puppets."""
    colleagues = set(named["accepted"].get(named["care"], ()))
    return sorted(name for name in named["accepted"] if name in colleagues)


def of(act: Act, **equal: Any) -> list[dict[str, Any]]:
    """Batches of the actor's operation."""
    return act.find(Batch, operation=act.actor.operation, **equal)


def batches(act: Act, cares: list[str], cut: datetime, late: bool) -> dict[str, dict[str, Any]]:
    """The batch of each care authority as of a cut, opened."""
    latest = {}
    for care in cares:
        rows = [row for row in of(act, care=care) if row["cut"] <= cut]
        row = max(rows, key=lambda row: (row["cut"], row["number"]), default=None)
        if row is None or row["cut"] != cut:
            if not late:
                raise Refused("cut", "a care authority's numbers as of this cut have not arrived")
            if row is None:
                continue
        latest[care] = {**row, **act.open_row(Batch, row)}
    return latest


def changes(act: Act, named: Mapping[str, Any], now: Mapping[str, Mapping[str, Any]]) -> dict[str, int]:
    """How many people changed at each care authority since the batches on which the last block rests."""
    rested = set(named["blocks"][-1]["batch"]) if named["blocks"] else set()
    moves = {}
    for care in {*now} | {row["care"] for row in of(act) if row["entry"] in rested}:
        before = [row for row in of(act, care=care) if row["entry"] in rested]
        cells = act.open_row(Batch, before[-1]).get("cells", ()) if before else ()
        moves[care] = changed(cells, now[care]["cells"] if care in now else ())
    return moves


def block_of(named: Mapping[str, Any], until: datetime) -> dict[str, Any] | None:
    """The last block as of a moment, with its cut as a moment."""
    rows = [row for row in named["blocks"] if row["cut"] <= to_ms(until)]
    return {**rows[-1], "cut": from_ms(rows[-1]["cut"])} if rows else None
