"""Entries of care's side of the count -> who counts, batches, and blocks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import cast

import msgspec

from libertad.figures.counting import Block
from libertad.figures.models import Batch, Counting, KeptCount, LinkedCount
from libertad.journal.fields import to_ms
from libertad.journal.folding import Row, Said, project
from libertad.vocabulary.verbs import counting as say


@project(
    Counting,
    verbs=("counting.name", "counting.accept", "block.ask", "protection.block"),
    key=lambda said: (said.operation,),
)
def counting_row(key: str, said: Sequence[Said]) -> Row | None:
    """The last name holds. A block counts only by an authority that had been named before."""
    names = [entry for entry in said if isinstance(entry.content, say.CountingName)]
    if not names:
        return None
    named = cast(say.CountingName, names[-1].content)
    accepted: dict[str, list[str]] = {}
    for entry in said:
        what = entry.content
        if isinstance(what, say.CountingAccept):
            accepted.pop(entry.authority, None)
            if what.care == named.care:
                accepted[entry.authority] = sorted(what.beside)
    blocks = [
        entry
        for place, entry in enumerate(said)
        if isinstance(entry.content, say.ProtectionBlock)
        and any(
            isinstance(before.content, say.CountingName) and before.content.care == entry.authority
            for before in said[:place]
        )
    ]
    return Row(
        names[-1].compartment,
        {
            "care": named.care,
            "cut": named.cut_time,
            "named_at": names[-1].at,
            "accepted": accepted,
            "asked": sorted(to_ms(entry.at) for entry in said if isinstance(entry.content, say.BlockAsk)),
            "blocks": sorted((_block(entry) for entry in blocks), key=lambda one: (one["cut"], one["entry"])),
        },
    )


def _block(entry: Said) -> dict[str, object]:
    what = cast(say.ProtectionBlock, entry.content)
    return {
        "entry": entry.id,
        "care": entry.authority,
        "number": what.block_number,
        "cut": to_ms(what.cut),
        "open_side": what.open_side,
        "batch": list(what.batch),
        **{name: getattr(what, name) for name in Block.__dataclass_fields__},
    }


def _batch(said: Said) -> tuple[str, ...]:
    return (f"{said.authority}:{cast(say.ProtectionBatch, said.content).batch_number}",)


@project(Batch, verbs=("protection.batch",), key=_batch)
def batch_row(key: str, said: Sequence[Said]) -> Row:
    """Of two entries with one number the later one: cells are whole, so errors heal."""
    last = said[-1]
    what = cast(say.ProtectionBatch, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "number": what.batch_number, "cut": what.cut, "entry": last.id},
        {"cells": msgspec.to_builtins(what.cell), "open_side": what.open_side},
    )


@project(
    LinkedCount, verbs=("protection.linked",), key=lambda said: (f"{said.authority}:{said.compartment}",)
)
def linked_row(key: str, said: Sequence[Said]) -> Row:
    last = said[-1]
    what = cast(say.ProtectionLinked, last.content)
    return Row(
        last.compartment,
        {"care": last.authority, "cut": what.cut},
        {"decided": [[one.counting, one.at, one.status] for one in what.decided]},
    )


@project(KeptCount, verbs=("protection.kept",), key=lambda said: (said.id,))
def kept_row(key: str, said: Sequence[Said]) -> Row:
    what = cast(say.ProtectionKept, said[0].content)
    return Row(said[0].compartment, {"care": said[0].authority}, {"cells": msgspec.to_builtins(what.cell)})
