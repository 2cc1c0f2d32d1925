"""What a job works with: it appends entries, folds them into rows and finds what was said before.

The writer opens one for a group of jobs, and commits it or takes all of it back (`writer.py`).
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from libertad.journal import clock, fence, folding, guarded, guards, header, sealing, sides, trees, upgrade
from libertad.journal.caches import Caches
from libertad.journal.causal import last_words
from libertad.journal.guards import MODELS
from libertad.journal.sealing_rows import ELSEWHERE, SAID, Sealing
from libertad.journal.seals import CHANGED, RowChanged
from libertad.journal.sql import Sql, marks
from libertad.journal.tree import Tile, leaf_hash
from libertad.journal.trees import CARE, OPEN, TREES, Trees
from libertad.vocabulary.body import Body, Verb
from libertad.vocabulary.values import Refused

if TYPE_CHECKING:
    from libertad.journal.node import Node

ENCODER = msgspec.json.Encoder()
NO_KEY = "the key of this file has not arrived at this node: try again once it has exchanged with the others"
INSERT = (
    "insert into journal_entry (idx, hash, device, compartment, seq, header, signature, body, place) "
    "values (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
SIGNED = (
    "insert into journal_signed (size, text) values (?, ?) "
    "on conflict (size) do update set text = excluded.text"
)
SIGN_EVERY = 1.0
FOLLOWED = timedelta(days=30)
LAST_SAID = "select idx from journal_entry where device = ? and body is not null order by idx desc limit 5"
UNHELD = "select idx from journal_entry where hash = ? and idx not in (select idx from journal_held)"
TOUCH = "insert into journal_touch (key, entry) values (?, ?) on conflict (key, entry) do nothing"

# Told in the same transaction when this node says a verb: withdrawing bears on entries that are here.
WATCHERS: dict[str, list[Callable[[Transaction, folding.Said], None]]] = {}


class Transaction:
    """A group's transaction. Lives only while the writer runs its jobs."""

    def __init__(self, node: Node, sql: Sql, caches: Caches) -> None:
        self.node = node
        self.sql = sql
        self.caches = caches
        fence.hold(node)
        if caches.frontier is None or caches.frontier.size != trees.size(sql):
            fence.check(node, sql)  # somebody else may have written, who took this node's place
            node.changes[ELSEWHERE] += 1
            caches.clear()
            caches.frontier = Trees.read(sql)
            node.rings.refresh()
            if caches.clock == clock.NEVER:
                caches.clock = self._last_clock()
        self.frontier = caches.frontier.copy()
        self.start = self.frontier.size
        self.tiles: list[Tile] = []
        self.memo: dict[Any, Any] = {}
        # Random ids made in this transaction that no entry names yet: no row of theirs has to be looked up.
        self.fresh: set[str] = set()
        # What proves whose they are (subjects.py), until the entry that begins them is said.
        self.nonces: dict[str, str] = {}
        self.appended: list[folding.Said] = []
        # Run when the job is through, within its savepoint: what bears on all that it said.
        self.closing: list[Callable[[], object]] = []
        # Run after the durable commit and before it is acknowledged.
        self.after: list[Callable[[], None]] = []
        self.sealing = Sealing(node.seals, sql)

    def _last_clock(self) -> datetime:
        """The device's clock at the last entry said here: a restart with a clock set back goes on after it.

        One that is more than a month ahead is not followed: others wait with such entries until then.
        """
        latest, limit = clock.NEVER, clock.now() + FOLLOWED
        for ring in self.node.rings.open.values():
            device = header.device_id(ring.device[0]) if ring.device else b""
            rows = self.sql.all(LAST_SAID, (device,))
            entries = (self.entry(idx) for (idx,) in rows)
            latest = max(
                [latest, *(entry.clock for entry in entries if entry is not None and entry.clock <= limit)]
            )
        return latest

    def append(
        self,
        authority: str,
        compartment: str,
        type_class: str,
        body: Body,
        content: Verb,
        depends: tuple[str, ...] = (),
    ) -> folding.Said:
        """Seal, sign, store and fold one entry. The caller has checked the right."""
        rings = self.node.rings
        place = bytes.fromhex(compartment)
        try:
            kid, key = rings.current(authority, place)
        except KeyError:
            # Its node may know by another authority's copy that it reads the file before its own key came.
            raise Refused("compartment", NO_KEY) from None
        public, secret = rings.device(authority)
        device = header.device_id(public)
        seq, previous = self.head(device, compartment)
        body = self.knowing(body, content, compartment)
        plain = ENCODER.encode(body)
        known = tuple(sorted({bytes.fromhex(d) for d in depends})) if depends else ()
        bound_to = header.beginning(device, place, seq, previous, known, type_class, kid)
        sealed = sealing.seal_body(plain, key, bound_to)
        exact = header.complete(bound_to, hashlib.sha256(sealed).digest(), len(sealed))
        name = header.entry_hash(exact)
        idx = self.frontier.size
        tree_place = self.grow(exact, type_class, authority)
        self.sql.run(
            INSERT,
            (idx, name, device, compartment, seq, exact, header.sign(exact, secret), sealed, tree_place),
        )
        self.sealing.written.add(SAID)
        self.caches.logs[device, compartment] = (seq, name)
        entry = folding.make_entry(name.hex(), body, content, compartment, kid)
        self.caches.keep(idx, entry)
        self.fold(idx, entry)
        self.appended.append(entry)
        for watcher in WATCHERS.get(body.verb, ()):
            watcher(self, entry)
        return entry

    def knowing(self, body: Body, content: Verb, compartment: str) -> Body:
        """The body of an entry to be, with the last words about its rows that are here in the same file: of
        these it is said in knowledge. What is about no other entry's row names nothing."""
        rows = folding.touched(folding.make_entry("", body, content, compartment, b""))
        if not rows:
            return body
        words: dict[str, None] = {}
        for projection, key in rows:
            words.update(dict.fromkeys(last_words(self.entries_touching(projection.touch(key)), compartment)))
        return msgspec.structs.replace(body, after=tuple(words))

    def grow(self, exact: bytes, file_kind: str, authority: str) -> int:
        """Put an entry into the tree of its side; returns its place there.

        Care's tree begins with the first entry of care's side, unless a care node of 0.1 is a peer, which
        reads one tree alone: then that waits until it is of today.
        """
        tree = self._tree(file_kind, authority)
        if tree == CARE and self.frontier.care is None and not sides.may_split(self.sql):
            tree = OPEN
        place, tiles = self.frontier.append(tree, leaf_hash(exact))
        self.tiles += tiles
        return place

    def _tree(self, file_kind: str, authority: str) -> str:
        if file_kind not in sides.OWN:
            return sides.tree_of(file_kind, "")
        kind = self.caches.rights.get(("kind of", authority))
        if not kind:
            kind = self.caches.rights["kind of", authority] = sides.kind_of(self.sql, authority)
        return sides.tree_of(file_kind, kind)

    def head(self, device: bytes, compartment: str) -> tuple[int, bytes]:
        """The next number of a log, and the hash of the header before it."""
        position = self.caches.logs.get((device, compartment))
        if position is None:
            row = self.sql.first(
                "select seq, hash from journal_entry where compartment = ? and device = ? "
                "order by seq desc limit 1",
                (compartment, device),
            )
            if row is None:
                return 0, header.NO_PREVIOUS
            position = (row[0], bytes(row[1]))
        return position[0] + 1, position[1]

    def fold(self, idx: int, entry: folding.Said) -> None:
        """Compute anew every row that the entry is part of."""
        run, known, find = self.sql.run, self.caches.touches, self.node.rings.sealing_key
        own_authorities = self.node.rings.authorities
        rows = folding.touched(entry)
        for projection, key in rows:
            if key == entry.id and not projection.joined:
                row_entries = [entry]  # a row of this entry alone: nothing else is ever looked up for it
            else:
                touch = projection.touch(key)
                if key != entry.id:
                    run(TOUCH, (touch, idx))
                    self.sealing.touched(touch, idx)
                before = known.get(touch)
                if before is not None:
                    before.append(entry)
                    row_entries = before
                else:
                    row_entries = [entry] if key in self.fresh else self.entries(touch)
                    self.caches.remember(touch, row_entries)
            values = folding.compute(projection, key, row_entries, find, own_authorities, self.node.owner)
            self.write(projection, key, values)
        if self.fresh:
            self.fresh.difference_update([key for _, key in rows])

    def refold(self, projection: folding.Projection, key: str, find: folding.KeyFinder | None = None) -> None:
        """Compute one row anew from all that the journal holds of it."""
        touch = projection.touch(key)
        self.caches.touches.pop(touch, None)
        find = find or self.node.rings.sealing_key
        own_authorities = self.node.rings.authorities
        values = folding.compute(projection, key, self.entries(touch), find, own_authorities, self.node.owner)
        self.write(projection, key, values)

    def write(self, projection: folding.Projection, key: str, values: tuple[Any, ...] | None) -> None:
        """Put one computed row in place, or take it away; rows that decide are sealed."""
        folding.write(self.sql, projection, key, values)
        self.sealing.folded(projection.label, key, values)

    def entries_touching(self, touch: str) -> list[folding.Said]:
        """All opened entries that touch a row so far, from memory where they are, and kept for the fold.

        Of what was begun in this transaction and not said yet nothing is looked up.
        """
        entries = self.caches.touches.get(touch)
        if entries is None:
            if touch.rpartition(":")[2] in self.fresh:
                return []
            entries = self.entries(touch)
            self.caches.remember(touch, entries)
        return entries

    def touched(self, key: str, labels: Sequence[str]) -> list[str]:
        """Of the models' rows of this key those that entries touch, or did when they were sealed: one
        question for all models."""
        asked = [f"{label}:{key}" for label in labels]
        rows = self.sql.all(f"select distinct key from journal_touch where key in ({marks(asked)})", asked)
        found = {row[0] for row in rows} | self.sealing.kept(asked)
        for entry in self.entries_by_hash(key):
            found.update(f"{label}:{key}" for label in labels if touches(entry, label, key))
        return [touch for touch in asked if touch in found] if found else []

    def entries(self, touch: str) -> list[folding.Said]:
        """All opened entries that touch a row."""
        label, _, key = touch.partition(":")
        first = self.entries_by_hash(key)
        if first and not folding.is_joined(label):
            return [entry for entry in first if touches(entry, label, key)]
        rows = self.sql.all("select entry from journal_touch where key = ?", (touch,))
        entries = {row[0]: self.entry(row[0]) for row in rows}
        self.check(touch, entries)
        return [
            *(entry for entry in first if touches(entry, label, key)),
            *(entry for entry in entries.values() if entry is not None),
        ]

    def entries_by_hash(self, key: str) -> list[folding.Said]:
        """The entry whose hash a row's key is, if it is one: no entry stands in the list of its own row."""
        if len(key) != 64:
            return []
        rows = self.sql.all(UNHELD, (bytes.fromhex(key),))
        return [entry for entry in (self.entry(row[0]) for row in rows) if entry is not None]

    def check(self, touch: str, entries: Mapping[int, folding.Said | None]) -> None:
        """RowChanged where the database leaves out, adds or empties entries of a row that decides."""
        label, _, key = touch.partition(":")
        if label not in MODELS:
            return
        if not self.sealing.is_complete(touch, entries):
            self.node.seals.note(guards.TOUCH, touch, CHANGED)
            raise RowChanged(guards.TOUCH, touch)
        for idx, entry in entries.items():
            if entry is None:
                row = self.sql.first("select header, body from journal_entry where idx = ?", (idx,))
                if row is not None and (
                    row[1] is not None or header.decode(bytes(row[0])).key_id in self.node.rings.erased()
                ):
                    continue
            elif touches(entry, label, key):
                continue
            raise RowChanged("journal_entry", str(idx))

    def rows_of(self, entries: Iterable[tuple[int, bytes]]) -> set[str]:
        """Rows that entries (index, hash) are or may be part of: what to `refold` when they come or go."""
        touches: set[str] = set()
        for idx, name in entries:
            touches.update(
                row[0] for row in self.sql.all("select key from journal_touch where entry = ?", (idx,))
            )
            # A row of one entry alone is not listed; where a model has none, there is nothing to compute.
            touches.update(projection.touch(name.hex()) for projection in folding.PROJECTIONS)
        return touches

    def entry(self, idx: int) -> folding.Said | None:
        """An entry opened by whichever ring of this node holds its key; None if erased."""
        opened = self.caches.entries.get(idx)
        if opened is None:
            row = self.sql.first("select header, body from journal_entry where idx = ?", (idx,))
            if row is None:
                return None
            opened = self.node.understand(bytes(row[0]), row[1])
            if opened is not None:
                self.caches.keep(idx, opened)
        return opened

    def finish(self) -> None:
        """Write head and tiles; called once before the group's commit."""
        if self.frontier.size == self.start:
            return
        for name in TREES:
            tree = self.frontier.tree(name)
            if name == OPEN or self.frontier.care is not None:
                self.sql.run(trees.PUT_HEAD, (trees.HEAD[name], tree.size, tree.to_bytes()))
        if not self.start:  # the first entries of all: no older version has judged anything here
            upgrade.note_rules(self.sql)
        for tile in self.tiles:
            self.sql.run("insert into journal_tile (level, position, hash) values (?, ?, ?)", tile)
        if time.monotonic() >= self.caches.sign_again:
            self.sign()

    def sign(self) -> None:
        """Sign a checkpoint of each tree as it will be after this commit."""
        for name in TREES:
            tree = self.frontier.tree(name)
            if name == OPEN or tree.size:
                note = (trees.BASE[name] + tree.size, self.node.signed(tree.size, tree.root(), name))
                self.sql.run(SIGNED, note)
                self.sealing.wrote(guarded.NOTE, note)
        self.caches.sign_again = time.monotonic() + SIGN_EVERY
        self.caches.signed = self.frontier.size


def touches(entry: folding.Said, label: str, key: str) -> bool:
    """Whether an entry is part of a row."""
    return (label, key) in ((projection.label, name) for projection, name in folding.touched(entry))
