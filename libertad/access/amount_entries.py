"""The entries from which amounts are counted, a piece at a time: what the own authorities said, and what
others said in files of the own ones."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import datetime
from typing import NamedTuple, cast

from libertad.access.amount_limits import VERBS
from libertad.journal import header
from libertad.journal.folding import Said
from libertad.journal.node import Node
from libertad.journal.sql import Sql, marks

PIECE = 1000  # entries that are read at once


class Source(NamedTuple):
    """A part of the journal: which entries, and the authorities that may have said them (of others' words
    None: what is held is left out instead)."""

    where: str
    values: tuple[str, ...]
    speakers: frozenset[str] | None


class Counted(NamedTuple):
    """`kind`: of the entry's file. `owner`: of that file; '' where it is not asked."""

    idx: int
    entry: Said
    kind: str
    owner: str


def said_by(own: Sequence[str]) -> Source:
    """What these authorities said."""
    return Source(f"d.authority in ({marks(own)})", tuple(own), frozenset(own))


def said_by_guests(own: Sequence[str], kinds: Sequence[str]) -> Source:
    """What others said, and is believed, in files of these kinds that these authorities own."""
    return Source(
        f"c.owner in ({marks(own)}) and d.authority <> c.owner and c.kind in ({marks(kinds)}) "  # noqa: S608
        "and not exists (select 1 from journal_held h where h.idx = e.idx)",
        (*own, *kinds),
        None,
    )


def between(here: Node, sql: Sql, source: Source, start: int, end: int) -> Iterator[Counted]:
    """Those in [start, end), in the order of the journal."""
    while start < end:
        rows = sql.all(
            f"{_select(source)} where e.idx >= ? and e.idx < ? and {source.where} order by e.idx limit ?",
            (start, end, *source.values, PIECE),
        )
        yield from _open_rows(here, source, rows)
        if len(rows) < PIECE:
            return
        start = int(rows[-1][0]) + 1


def backwards(here: Node, sql: Sql, source: Source, end: int, since: datetime) -> Iterator[Counted]:
    """From the last to the first one that is too old by its device's clock, which only runs forward."""
    while True:
        rows = sql.all(
            f"{_select(source)} where e.idx < ? and {source.where} order by e.idx desc limit ?",
            (end, *source.values, PIECE),
        )
        clocks = []
        for item in _open_rows(here, source, rows, every=True):
            clocks.append(item.entry.clock)
            if item.entry.verb in VERBS:
                yield item
        if len(rows) < PIECE or (clocks and max(clocks) < since):
            return
        end = int(rows[-1][0])


def _select(source: Source) -> str:
    """Whose the file is, is asked for others' words only."""
    owner, join = ("''", "")
    if source.speakers is None:
        owner, join = "c.owner", "join access_compartment c on c.id = e.compartment "
    return (
        f"select e.idx, e.header, e.body, {owner} from journal_entry e "  # noqa: S608
        f"join journal_device d on d.id = e.device {join}"
    )


def _open_rows(
    here: Node, source: Source, rows: Iterable[Sequence[object]], every: bool = False
) -> Iterator[Counted]:
    for idx, exact, body, owner in rows:
        entry = here.understand(bytes(cast(bytes, exact)), None if body is None else bytes(cast(bytes, body)))
        if entry is None or not (every or entry.verb in VERBS):
            continue
        if source.speakers is None or entry.authority in source.speakers:
            kind = header.decode(bytes(cast(bytes, exact))).type_class
            yield Counted(int(cast(int, idx)), entry, kind, str(owner))
