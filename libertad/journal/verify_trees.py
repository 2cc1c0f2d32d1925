"""The part of verifying that is about trees: places, sides, heads, tiles, marks and checkpoints."""

from __future__ import annotations

from collections.abc import Callable, Mapping

from libertad.journal import checkpoint, reading, trees
from libertad.journal.checkpoint import Signer
from libertad.journal.sides import CARE, CARES, OPEN, OWN, TREES
from libertad.journal.sql import Sql
from libertad.journal.tree import EMPTY, Frontier, Tile, leaf_hash
from libertad.journal.trees import BASE, HEAD, tree_of_place
from libertad.journal.worded import RESTORE, octets, worded

Marks = dict[str, tuple[int, str]] | None  # by tree: size and root
Add = Callable[[str, str, str, str], None]  # a finding: kind, where, what, what to do about it
OTHER = "this database is an older or another copy: put the right one back, or see libertad doctor"


class TreeChecks:
    """The trees of a journal, grown entry by entry as they are read."""

    def __init__(self, add: Add, marks: Marks, notes: Mapping[int, str]) -> None:
        self.add, self.marks, self.notes = add, marks or {}, notes
        self.trees = {name: Frontier() for name in TREES}
        self.newest = dict.fromkeys(TREES, 0)  # sizes of the newest checkpoints
        self.split = False  # whether care's tree has begun
        self.tiles: list[Tile] = []
        # Sizes by which a root is wanted, and roots: of care's tree BASE higher, as they are stored.
        self.wanted = {BASE[name] + size for name, (size, _) in self.marks.items()} | set(notes)
        self.roots = {BASE[name]: EMPTY for name in TREES}

    @property
    def root(self) -> str:
        """Root of the open tree, hex."""
        return self.trees[OPEN].root().hex()

    def grow(self, entry: reading.Stored) -> None:
        """Put an entry into the tree where it says that it is."""
        name = tree_of_place(_number(entry.place))
        tree, base = self.trees[name], BASE[name]
        if entry.place != base + tree.size:
            where = f"entry {entry.idx}"
            self.add("tree", where, f"is not at place {tree.size} of the tree", RESTORE)
        self.split = self.split or name == CARE
        self.tiles += [trees.stored_tile(tile, name) for tile in tree.append(leaf_hash(entry.header))]
        at = base + tree.size
        if at in self.wanted:
            self.roots[at] = tree.root()

    def check_side(self, idx: int, kind: str, place: int | None) -> None:
        """From where care's tree begins, whatever only care's side reads is in it, and nothing else is."""
        if kind in OWN:
            return  # of its owner's side, which no header tells
        care = tree_of_place(_number(place)) == CARE
        if care != (kind in CARES) and (care or self.split):
            self.add("tree", f"entry {idx}", "is in the tree of another side than its file", RESTORE)

    def finish(self, sql: Sql, mark_path: object, key: Signer) -> int:
        """Compare heads, tiles, mark and checkpoints; the sizes of the newest checkpoints together."""
        with worded(self.add, "head"):
            self._heads(sql)
        with worded(self.add, "tiles"):
            self._tiles(sql)
        for name, (size, root) in self.marks.items():
            if size > self.trees[name].size or self.roots.get(BASE[name] + size, b"").hex() != root:
                fault = f"this node has committed {size} entries with another root"
                self.add("mark", str(mark_path), fault, OTHER)
        with worded(self.add, "checkpoints"):
            self._checkpoints(key)
        return sum(self.newest.values())

    def _heads(self, sql: Sql) -> None:
        rows = sql.all("select id, size, frontier from journal_head")
        stated = {row[0]: (row[1], octets(row[2])) for row in rows}
        for name, tree in self.trees.items():
            if stated.pop(HEAD[name], (0, Frontier().to_bytes())) != (tree.size, tree.to_bytes()):
                self.add("tree", "head", "size or root is not that of the entries", RESTORE)
        if stated:
            self.add("tree", "head", "there is more than one", RESTORE)

    def _tiles(self, sql: Sql) -> None:
        rows = sql.all("select level, position, hash from journal_tile")
        tiles = {(level, position): octets(digest) for level, position, digest in rows}
        right = {(tile.level, tile.position): tile.hash for tile in self.tiles}
        for place in sorted(tiles.keys() | right.keys()):
            if tiles.get(place) != right.get(place):
                self.add("tree", f"tile {place[0]}/{place[1]}", "is not that of the entries", RESTORE)

    def _checkpoints(self, key: Signer) -> None:
        for at, note in self.notes.items():
            name = tree_of_place(at)
            log, size = checkpoint.log_of(key.origin, name), at - BASE[name]
            where = f"checkpoint of {size}" if name == OPEN else f"checkpoint of {size} ({name})"
            try:
                signed = checkpoint.verify(note, {log: key.public}).checkpoint
            except checkpoint.BadCheckpoint as why:
                self.add("checkpoint", where, str(why), "keep the note: this node did not sign it so")
                continue
            if (signed.origin, signed.size) != (log, size) or self.roots.get(at) != signed.root:
                self.add("checkpoint", where, "this node signed another history than this one", RESTORE)
            self.newest[name] = max(self.newest[name], size)


def _number(place: object) -> int:
    """A place as it is compared; whatever else stands in the column is in no tree."""
    return place if isinstance(place, int) else -1
