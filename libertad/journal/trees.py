"""The trees of a node: one for each side, so that neither counts what the other writes (`sides.py`).

`journal_entry.idx` is the node's own order over both and never leaves it. `place` is an entry's place in its
tree; those of care's tree stand BASE higher, so that a range of places lies in one tree. The open tree goes
on where the one tree of 0.1 ended: what care had written before keeps its place there.
"""

from __future__ import annotations

from libertad.journal.sides import CARE, OPEN, TREES
from libertad.journal.sql import Sql
from libertad.journal.tree import Frontier, Tile

BASE = {OPEN: 0, CARE: 1 << 52}  # a multiple of every tile
HEAD = {OPEN: 1, CARE: 2}  # the row of journal_head
PUT_HEAD = (
    "insert into journal_head (id, size, frontier) values (?, ?, ?) "
    "on conflict (id) do update set size = excluded.size, frontier = excluded.frontier"
)


class Trees:
    """The frontiers of a node's trees. `size` counts the entries of all: the next entry's index."""

    __slots__ = ("care", "open")

    def __init__(self, open_: Frontier | None = None, care: Frontier | None = None) -> None:
        self.open = open_ if open_ is not None else Frontier()
        self.care = care  # None until the node's tree is split

    @classmethod
    def read(cls, sql: Sql) -> Trees:
        """As the database states them; a lost head is an empty tree, which the node's mark refuses."""
        heads = sql.all("select id, frontier from journal_head")
        rows = {
            key: Frontier.from_bytes(bytes(frontier)) if frontier is not None else Frontier()
            for key, frontier in heads
        }
        return cls(rows.get(HEAD[OPEN]), rows.get(HEAD[CARE]))

    @property
    def size(self) -> int:
        return self.open.size + (self.care.size if self.care is not None else 0)

    def tree(self, name: str) -> Frontier:
        """One tree; an empty one where the node has none of this name yet."""
        frontier = self.open if name == OPEN else self.care
        return frontier if frontier is not None else Frontier()

    def append(self, name: str, leaf: bytes) -> tuple[int, list[Tile]]:
        """Add a leaf to a tree: its place, and the tiles that it completed, as they are stored."""
        if name == CARE and self.care is None:
            self.care = Frontier()
        base, tree = BASE[name], self.tree(name)
        place = base + tree.size
        return place, [stored_tile(tile, name) for tile in tree.append(leaf)]

    def copy(self) -> Trees:
        """An independent copy, for appends that may be undone."""
        return Trees(self.open.copy(), self.care.copy() if self.care is not None else None)


def stored_tile(tile: Tile, name: str) -> Tile:
    """A tile of a tree as it stands in journal_tile."""
    return tile._replace(position=tile.position + (BASE[name] >> tile.level))


def tree_of_place(place: int) -> str:
    """The tree in which a place is."""
    return CARE if place >= BASE[CARE] else OPEN


def size(sql: Sql) -> int:
    """Entries of the journal, of all trees."""
    row = sql.first("select coalesce(sum(size), 0) from journal_head")
    return int(row[0]) if row else 0


def size_of(sql: Sql, name: str) -> int:
    """Entries of one tree."""
    row = sql.first("select size from journal_head where id = ?", (HEAD[name],))
    return int(row[0]) if row else 0


__all__ = ["BASE", "CARE", "HEAD", "OPEN", "PUT_HEAD", "TREES", "Trees", "size", "size_of", "tree_of_place"]
