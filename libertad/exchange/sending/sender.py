"""The parcels for one peer: what it may hold of our journal, with the proofs.

A parcel covers a range of our tree. Entries of this node's own authorities in files that one of the peer's
authorities reads are in it; all else is a few subtree hashes, so that the peer can check that the tree only
grew and learns nothing of the rest but how much there is.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from libertad.access.suspending import but_shut, shut
from libertad.exchange.peering import member_removal, peers
from libertad.exchange.peering.guarded import READER
from libertad.exchange.protocol.messages import MOST_ENTRIES, CarriedEntry, Parcel
from libertad.journal import header, tree
from libertad.journal.folding import batches
from libertad.journal.guards import GUARDS
from libertad.journal.node import Node
from libertad.journal.sql import Sql, marks
from libertad.journal.tree import Frontier, leaf_hash
from libertad.journal.trees import BASE, HEAD, OPEN

READ = 512
ENTRY_COST = 24  # bytes of framing that one entry costs on the way
MOST_NAMED = 700_000
PLACE = slice(20, 36)  # of the compartment in a header's bytes


class Outgoing:
    """Reads the journal for one peer. Make one for each ask: it sees one size of the tree."""

    def __init__(self, node: Node, sql: Sql, origin: str, tree_name: str = OPEN) -> None:
        self.node, self.sql, self.origin = node, sql, origin
        self.tree_name, self.base = tree_name, BASE[tree_name]
        self.readers, self.shut = self._readers()
        self.parting = member_removal.logs(node, sql, self.readers)
        self.own = node.rings.authorities()
        head = sql.first("select size, frontier from journal_head where id = ?", (HEAD[tree_name],))
        self.size: int = head[0] if head else 0
        self.last = Frontier.from_bytes(bytes(head[1])) if head else Frontier()
        self.source = tree.TiledSource(lru_cache(64)(self._leaves), self._tile)

    def _readers(self) -> tuple[list[str], list[tuple[str, str]]]:
        """The peer's authorities, but for those to which nothing is given; of which operations others get
        nothing."""
        authorities = peers.authorities(self.sql, self.origin)
        out = shut(self.sql, authorities)
        return [name for name in authorities if (name, "") not in out], sorted(out)

    # -- the tree --------------------------------------------------------------------------

    def _leaves(self, start: int, count: int) -> tuple[bytes, ...]:
        rows = self.sql.all(
            "select header from journal_entry where place >= ? and place < ? order by place",
            (self.base + start, self.base + start + count),
        )
        return tuple(leaf_hash(bytes(row[0])) for row in rows)

    def _tile(self, level: int, position: int) -> bytes | None:
        row = self.sql.first(
            "select hash from journal_tile where level = ? and position = ?",
            (level, position + (self.base >> level)),
        )
        return bytes(row[0]) if row else None

    def frontier(self, size: int) -> Frontier:
        return self.last if size == self.size else tree.frontier_at(size, self.source)

    # -- what may travel -------------------------------------------------------------------

    def visible(self) -> tuple[str, tuple[Any, ...]]:
        """SQL (and its values) of the compartments that the peer may hold; before anything of them is given,
        `believed` compares the rows with their seals."""
        read, values = self._readable_select("r.compartment")
        return f"({read})", values

    def _readable_select(self, columns: str) -> tuple[str, tuple[Any, ...]]:
        """SQL (and its values) of the readers' rows `r` by which the peer may hold files."""
        but, values = but_shut(self.shut)
        return (
            f"select {columns} from access_reader r where r.authority in ({marks(self.readers)}) "
            f"and r.kind <> 'authority' {but}",
            (*self.readers, *values),
        )

    def believed(self, places: Iterable[str]) -> set[str]:
        """Those of these files that the peer may hold by rows that are as this node wrote them: what somebody
        else changed in the database lets nobody read, and ends no suspension."""
        candidates = sorted(set(places))
        guard = GUARDS[READER]
        read, values = self._readable_select(", ".join(f'r."{name}"' for name in guard.names))
        at, held = guard.names.index("compartment"), set[str]()
        for batch in batches(candidates):
            rows = self.sql.all(f"{read}and r.compartment in ({marks(batch)})", (*values, *batch))
            held |= {row[at] for row in rows if row[at] not in held and self.sql.believes(READER, row)}
        return held

    def _permitted_rows(self, rows: list[tuple[Any, ...]]) -> list[tuple[Any, ...]]:
        """Of entries' rows (place, header, ...) those of files that the peer may hold, or that tell it of its
        removal."""
        places = self.believed(bytes(row[1])[PLACE].hex() for row in rows)
        return [
            row
            for row in rows
            if bytes(row[1])[PLACE].hex() in places or self._parts(self.parting, bytes(row[1]))
        ]

    def _parts(self, may: member_removal.Logs, exact: bytes) -> bool:
        return bool(may) and member_removal.covers(may, header.decode(exact))

    def still_permitted(self, parcel: Parcel) -> bool:
        """Whether the peer may hold all of a parcel now, whatever it might when the parcel was made."""
        may = member_removal.logs(self.node, self.sql, self.readers) if self.parting else {}
        places = {entry.header[PLACE].hex() for entry in parcel.entries if not self._parts(may, entry.header)}
        if not places and not may:
            return not parcel.entries or self._readers() == (self.readers, self.shut)
        return self._readers() == (self.readers, self.shut) and self.believed(places) == places

    def rows(self, start: int, end: int, compartment: str | None = None) -> list[tuple[Any, ...]]:
        """The next entries for this peer from `start` on, at most READ of them.

        Without a compartment: those of this node's own authorities. With one: all of
        that file, whoever wrote them, since who becomes a reader needs it whole.
        """
        places, values = self.visible()
        parts, named = member_removal.sql_condition(self.parting)
        if compartment is None:
            own = f"device in (select id from journal_device where authority in ({marks(self.own)}))"
            extra: tuple[Any, ...] = tuple(self.own)
        else:
            own, extra = "compartment = ?", (compartment,)
        return self.sql.all(
            "select place - ?, header, signature, body from journal_entry where place >= ? and place < ? "
            f"and {own} and (compartment in {places} {parts}) order by place limit {READ}",
            (self.base, self.base + start, self.base + end, *extra, *values, *named),
        )

    # -- parcels ---------------------------------------------------------------------------

    def parcels(self, after: int, chunk: int, limit: int, cuts: Sequence[int] = ()) -> Iterator[Parcel]:
        """Parcels of new entries: each at most `chunk` bytes, or one entry.

        `cuts`: where parcels that were sent before ended. They end there again, so that whoever has some of
        them can go on with the next.
        """
        if after >= self.size:
            return
        frontier = self.frontier(after)
        for start, end, entries in self._chunks(after, self.size, None, chunk, cuts):
            proof = tree.gaps(start, end, [entry.idx for entry in entries], self.source)
            frontier = tree.grow(
                frontier, end, [(entry.idx, leaf_hash(entry.header)) for entry in entries], proof
            )
            yield Parcel(
                start=start,
                end=end,
                entries=entries,
                proof=proof,
                head=self.size,
                note=self.node.signed(end, frontier.root(), self.tree_name),
            )
            limit -= 1
            if limit <= 0:
                return

    def fill(self, compartment: bytes, since: int, cursor: int, chunk: int, limit: int) -> Iterator[Parcel]:
        """Parcels of a file's older entries, below the peer's cursor, proven against the root there."""
        cursor = min(cursor, self.size)
        for start, end, entries in self._chunks(since, cursor, compartment.hex(), chunk):
            proof = tree.gaps(0, cursor, [entry.idx for entry in entries], self.source)
            yield Parcel(
                start=start,
                end=end,
                entries=entries,
                proof=proof,
                fill=compartment,
                size=cursor,
                head=self.size,
            )
            limit -= 1
            if limit <= 0:
                return

    def parcel_of_entries(self, hashes: Sequence[bytes], cursor: int) -> Parcel:
        """Single entries asked for by hash (repair): those that the peer may hold and that fit a message."""
        places, values = self.visible()
        rows = self.sql.all(
            "select place - ?, header, signature, body from journal_entry "
            f"where hash in ({marks(hashes)}) and place >= ? and place < ? "
            f"and compartment in {places} order by place",
            (self.base, *hashes, self.base, self.base + cursor, *values),
        )
        entries: list[CarriedEntry] = []
        size = 0
        for row in self._permitted_rows(rows):
            entry = _carried_from_row(row)
            size += len(entry.header) + 64 + len(entry.body or b"") + ENTRY_COST
            if entries and size > MOST_NAMED:
                break
            entries.append(entry)
        proof = tree.gaps(0, cursor, [entry.idx for entry in entries], self.source)
        return Parcel(end=cursor, entries=entries, proof=proof, fill=bytes(16), size=cursor, head=self.size)

    def _chunks(
        self, start: int, stop: int, compartment: str | None, chunk: int, cuts: Sequence[int] = ()
    ) -> Iterator[tuple[int, int, list[CarriedEntry]]]:
        """(start, end, entries) of one parcel after the other; the last one reaches `stop`."""
        place = start
        entries: list[CarriedEntry] = []
        size = 0
        ends = sorted({end for end in cuts if start < end < stop}, reverse=True)
        while True:
            rows = self.rows(place, stop, compartment)
            for row in self._permitted_rows(rows):
                entry = _carried_from_row(row)
                while ends and entry.idx >= ends[-1]:
                    yield start, ends[-1], entries
                    start, entries, size = ends.pop(), [], 0
                cost = len(entry.header) + 64 + len(entry.body or b"") + ENTRY_COST
                if entries and (size + cost > chunk or len(entries) >= MOST_ENTRIES):
                    yield start, entry.idx, entries
                    start, entries, size = entry.idx, [], 0
                entries.append(entry)
                size += cost
            if len(rows) < READ:
                while ends:
                    yield start, ends[-1], entries
                    start, entries = ends.pop(), []
                yield start, stop, entries
                return
            place = rows[-1][0] + 1


def _carried_from_row(row: tuple[Any, ...]) -> CarriedEntry:
    idx, head, signature, body = row
    return CarriedEntry(idx, bytes(head), bytes(signature), None if body is None else bytes(body))
