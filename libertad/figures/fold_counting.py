"""Entries of care's side of the count -> who counts, batches, and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.figures.counting import Block
from libertad.figures.models import Batch, Counting, KeptCount, LateBatch, LateSum, LinkedCount
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import counting as say


@project(
    Counting,
    verbs=("counting.name", "counting.accept", "block.ask", "protection.block"),
    key=lambda entry: (entry.operation,),
)
def counting_row(key: str, entries: Sequence[Said]) -> Row | None:
    """The last name holds. A block counts only by an authority that had been named before."""
    names = [entry for entry in entries if isinstance(entry.content, say.CountingName)]
    if not names:
        return None
    named = cast(say.CountingName, names[-1].content)
    accepted: dict[str, list[str]] = {}
    for entry in entries:
        content = entry.content
        if isinstance(content, say.CountingAccept):
            accepted.pop(entry.authority, None)
            if content.care == named.care:
                accepted[entry.authority] = sorted(content.beside)
    blocks = [
        entry
        for place, entry in enumerate(entries)
        if isinstance(entry.content, say.ProtectionBlock)
        and any(
            isinstance(before.content, say.CountingName) and before.content.care == entry.authority
            for before in entries[:place]
        )
    ]
    return Row(
        names[-1].compartment,
        {
            "care": named.care,
            "cut": named.cut_time,
            "named_at": names[-1].at,
            "accepted": accepted,
            "asked": sorted(to_ms(entry.at) for entry in entries if isinstance(entry.content, say.BlockAsk)),
            "blocks": sorted(
                (_block(entry) for entry in blocks), key=lambda block: (block["cut"], block["entry"])
            ),
        },
    )


def _block(entry: Said) -> dict[str, object]:
    content = cast(say.ProtectionBlock, entry.content)
    return {
        "entry": entry.id,
        "care": entry.authority,
        "number": content.block_number,
        "cut": to_ms(content.cut),
        "open_side": content.open_side,
        "batch": list(content.batch),
        **{name: getattr(content, name) for name in Block.__dataclass_fields__},
    }


def _batch(entry: Said) -> tuple[str, ...]:
    return (f"{entry.authority}:{cast(say.ProtectionBatch, entry.content).batch_number}",)


@project(Batch, verbs=("protection.batch",), key=_batch)
def batch_row(key: str, entries: Sequence[Said]) -> Row:
    """Of two entries with one number the later one: cells are whole, so errors heal."""
    last = entries[-1]
    content = cast(say.ProtectionBatch, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "number": content.batch_number, "cut": content.cut, "entry": last.id},
        {"cells": msgspec.to_builtins(content.cell), "open_side": content.open_side},
    )


@project(
    LinkedCount, verbs=("protection.linked",), key=lambda entry: (f"{entry.authority}:{entry.compartment}",)
)
def linked_row(key: str, entries: Sequence[Said]) -> Row:
    last = entries[-1]
    content = cast(say.ProtectionLinked, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "cut": content.cut},
        {"decided": [[dated.counting, dated.at, dated.status] for dated in content.decided]},
    )


@project(KeptCount, verbs=("protection.kept",), key=lambda entry: (entry.id,))
def kept_row(key: str, entries: Sequence[Said]) -> Row:
    content = cast(say.ProtectionKept, entries[0].content)
    return Row(
        entries[0].compartment, {"care": entries[0].authority}, {"cells": msgspec.to_builtins(content.cell)}
    )


def _late(entry: Said) -> tuple[str, ...]:
    content = cast(say.LateBatch, entry.content)
    return (f"{entry.authority}:{content.batch_number}",)


@project(LateBatch, verbs=("late.batch",), key=_late)
def late_batch_row(key: str, entries: Sequence[Said]) -> Row:
    """Of two entries with one number the later one."""
    last = entries[-1]
    content = cast(say.LateBatch, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "number": content.batch_number, "cut": content.cut, "entry": last.id},
        {"late": content.late, "known": content.known},
    )


def _sum(entry: Said) -> tuple[str, ...]:
    content = cast(say.LateSum, entry.content)
    return (f"{entry.authority}:{content.sum_number}",)


@project(LateSum, verbs=("late.sum",), key=_sum)
def late_sum_row(key: str, entries: Sequence[Said]) -> Row:
    last = entries[-1]
    content = cast(say.LateSum, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "number": content.sum_number, "cut": content.cut, "entry": last.id},
        {"late": content.late, "as_of": to_ms(content.as_of), "batch": list(content.batch)},
    )
