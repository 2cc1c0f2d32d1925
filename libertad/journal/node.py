"""A node: a home folder with a database, key rings and a mark, and the one writer.

`home/mark` holds the tree's size and root after the last commit. A database behind its mark is a
restore and says so, instead of quietly growing a second history.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import threading
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import DatabaseError

from libertad.journal import checkpoint, fence, folding, header, sealing
from libertad.journal.presence import Presence
from libertad.journal.rings import RingError, Rings
from libertad.journal.seals import Seals
from libertad.journal.sql import CUT_OFF, Sql, unfinished
from libertad.journal.transaction import Transaction
from libertad.journal.trees import CARE, OPEN, Trees
from libertad.journal.writer import NotStored, Writer
from libertad.vocabulary.values import Refused

# The first words of each device in a file: its opening is one of them.
FIRST = (
    "select e.header, e.body from journal_entry e where e.compartment = ? and e.seq = 0 "
    "and e.body is not null and e.idx not in (select idx from journal_held) order by e.idx"
)
# (first words in a file) -> who opened it, '' where none says so; the room `access` registers its own.
OWNERS: list[Callable[[list[folding.Said]], str]] = []


class BehindMark(Exception):
    """The database holds less than this node has already committed: it is a restored copy."""


class Node:
    """One node's parts, opened together."""

    def __init__(self, home: Path) -> None:
        home.mkdir(mode=0o700, parents=True, exist_ok=True)
        self.home = home
        self.presence = Presence(home)
        try:
            Rings.recover(home)
            self.rings = Rings(home, real=not settings.LIBERTAD_DEMO)
            self.locked = self.rings.unlock_all()
        except BaseException:
            self.presence.close()
            raise
        self.mark_path = home / "mark"
        self.seals = Seals(home)
        self.given_away = fence.noted(home)
        # Told what a commit of this process opened: the entries of `span`, and what it judged anew.
        self.listeners: list[Callable[[list[folding.Said]], None]] = []
        self.span = (0, 0)
        # How often the writer changed a table; and what `sealing_rows` names beside them.
        self.changes: Counter[str] = Counter()
        # Told which compartments were erased: indexes and caches that opened them forget them.
        self.erased: list[Callable[[frozenset[str]], None]] = []
        self._mark: int | None = None
        self._marked = False
        self._key: checkpoint.Signer | None = None
        self._writer: Writer | None = None
        self._lock = threading.Lock()

    def sql(self) -> Sql:
        """This thread's connection to the node's database."""
        sql = Sql()
        sql.sealed = self.seals
        return sql

    @property
    def writer(self) -> Writer:
        with self._lock:
            if self._writer is None:
                from libertad.journal import erase, key_copies

                self.check_mark()
                self.seals.ready(self.sql())
                erase.recover(self)
                key_copies.take_up(self.sql(), self.rings)
                self._writer = Writer(self)
            return self._writer

    @property
    def begun_writer(self) -> Writer | None:
        """The writer, where anything was written since the start; asked without a lock."""
        return self._writer

    def close(self) -> None:
        with self._lock:
            if self._writer is not None:
                self._writer.close()
                self._writer = None
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None
        self.rings.close()
        self.seals.close()
        self.presence.close()

    # -- checkpoints -----------------------------------------------------------------------

    @property
    def key(self) -> checkpoint.Signer:
        """The key that signs this node's checkpoints; made at first use, kept beside the ring parts."""
        if self._key is None:
            self._key = checkpoint.Signer(node_seed(self.home))
        return self._key

    def signed(self, size: int, root: bytes, tree: str = OPEN) -> str:
        """A signed checkpoint of one of this node's trees, under the name of that tree."""
        name = checkpoint.log_of(self.key.origin, tree)
        return checkpoint.sign(checkpoint.Checkpoint(name, size, root), name, self.key.seed)

    # -- the mark --------------------------------------------------------------------------

    def mark(self) -> tuple[int, str] | None:
        """(size, root hex) of the open tree at the last commit that this node remembers."""
        marks = self.marks()
        return marks[OPEN] if marks is not None else None

    def marks(self) -> dict[str, tuple[int, str]] | None:
        """(size, root hex) of each tree at the last commit that this node remembers."""
        try:
            data = json.loads(self.mark_path.read_text())
            remembered = {OPEN: (int(data["size"]), str(data["root"]))}
            if CARE in data:
                remembered[CARE] = int(data[CARE]["size"]), str(data[CARE]["root"])
            return remembered
        except FileNotFoundError:
            return None
        except (ValueError, KeyError):
            raise BehindMark(
                f"{self.mark_path} cannot be read: run libertad journal verify; if it is clean, "
                "libertad doctor --accept-restore writes a new mark"
            ) from None

    def check_mark(self) -> None:
        """Refuse to write to a database that is older than the mark, of a newer version or a successor's."""
        from libertad.journal import upgrade

        sql = self.sql()
        if unfinished(sql) is not None:
            raise BehindMark(CUT_OFF)
        if upgrade.judged_later(sql):
            raise BehindMark(upgrade.NEWER)
        fence.check(self, sql)
        marks = self.marks()
        if marks is None:
            return
        now = Trees.read(sql)
        here = sum(size for size, _ in marks.values())
        if now.size > here:  # a power cut took the newest mark, which is not synced
            self.write_mark(now)
        for name, (size, root) in marks.items():
            tree = now.tree(name)
            if tree.size < size:
                raise BehindMark(
                    f"the database holds {now.size} entries, this node has committed {here}: it is an older "
                    "copy. Put the newer database back; if there is none, run libertad doctor "
                    "--accept-restore, which makes new device keys so that no log forks"
                )
            if tree.size == size and tree.root().hex() != root:
                raise BehindMark(
                    "the database has as many entries as the mark but another history: put the right one back"
                )

    def committed(self, tx: Transaction) -> None:
        """After a durable commit: write the mark, tell listeners in this process."""
        self.write_mark(tx.frontier)
        self.tell(tx)

    def tell(self, tx: Transaction) -> None:
        """Tell listeners in this process what a commit opened."""
        self.span = (tx.start, tx.frontier.size)
        for listener in self.listeners:
            listener(tx.appended)

    def write_mark(self, frontier: Trees) -> None:
        """Remember each tree's size and root beside the keys, in one write in place.

        Not synced, because an older mark does no harm; but a file that is new is, with its folder: after a
        power cut it could be there and empty, and a mark that cannot be read stops the node.
        """
        mark: dict[str, Any] = {"size": frontier.open.size, "root": frontier.open.root().hex()}
        if frontier.care is not None:
            mark[CARE] = {"size": frontier.care.size, "root": frontier.care.root().hex()}
        text = json.dumps(mark)
        if self._mark is None:
            self._mark = os.open(self.mark_path, os.O_WRONLY | os.O_CREAT, 0o600)
        fresh = not self._marked and not os.fstat(self._mark).st_size
        os.pwrite(self._mark, text.ljust(240).encode(), 0)
        if fresh:
            os.fsync(self._mark)
            folder = os.open(self.home, os.O_RDONLY)
            os.fsync(folder)
            os.close(folder)
        self._marked = True

    def drop_mark(self) -> None:
        """Only for accepting a restore: from now on the database is what this node has committed."""
        if self._mark is not None:
            os.close(self._mark)
            self._mark = None
        self._marked = False
        self.mark_path.unlink(missing_ok=True)

    def renew_key(self) -> None:
        """Only for accepting a restore: the old key has signed another history."""
        (self.home / "keys" / "node.key").unlink(missing_ok=True)
        self._key = None

    # -- opening ---------------------------------------------------------------------------

    def owner(self, compartment: str) -> str:
        """The authority that opened a file, by the opening in the journal; '' where that is not here."""
        rows = self.sql().all(FIRST, (compartment,))
        entries = [entry for row in rows if (entry := self.understand(bytes(row[0]), row[1])) is not None]
        return next((owner for known in OWNERS if (owner := known(entries))), "")

    def understand(self, exact: bytes, body: bytes | None) -> folding.Said | None:
        """Open one stored entry with whichever ring of this node holds its key; None if none does."""
        if body is None:
            return None
        head = header.decode(exact)
        body = bytes(body)
        if len(body) != head.length or hashlib.sha256(body).digest() != head.body_hash:
            raise sealing.CannotOpen("body: bytes are not those of the header")
        return self.open_entry(head, header.entry_hash(exact), exact, body)

    def open_entry(self, head: header.Header, name: bytes, exact: bytes, body: bytes) -> folding.Said | None:
        """As `understand`, when the header is decoded and its body's length and hash compared already.

        None also for what its device sealed wrongly, or filled with what no body holds: it counts nowhere.
        """
        key = self.rings.known.get(head.key_id)
        if key is None:
            return None
        try:
            plain = sealing.open_body(body, key, header.bound(head))
            return folding.understand(plain, name.hex(), head.compartment.hex(), head.key_id)
        except (Refused, sealing.CannotOpen, header.Malformed):
            return None

    # -- errors ----------------------------------------------------------------------------

    @staticmethod
    def is_storage(why: BaseException) -> bool:
        return isinstance(why, (sqlite3.Error, OSError, DatabaseError)) or type(why).__module__.startswith(
            "psycopg"
        )

    def explain(self, why: BaseException) -> BaseException:
        """A storage error in words that say what to do; anything else as it is."""
        if not self.is_storage(why):
            return why
        text = str(why).lower()
        if "full" in text or "no space" in text:
            rule = "the disk is full: nothing was written. Free some room, then send it again"
        elif "locked" in text or "busy" in text:
            rule = "another program holds the database: nothing was written. Close it, then send it again"
        elif "readonly" in text or "read-only" in text or "permission" in text:
            rule = "the database may not be written by this user: nothing was written. Run libertad doctor"
        else:
            rule = "the database did not take it: nothing was written. Run libertad doctor"
        failure = NotStored(f"store: {rule}")
        failure.__cause__ = why
        return failure


def node_seed(home: Path) -> bytes:
    """The seed of the node's checkpoint key, from `keys/node.key` (made when it is not there)."""
    path = home / "keys" / "node.key"
    try:
        fd = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        mode = path.stat().st_mode & 0o777
        if mode & 0o077:
            raise RingError(
                f"key file {path} may be read by others (mode {mode:o}): run chmod 600 {path}"
            ) from None
        seed = path.read_bytes()
        if len(seed) != 32:
            raise RingError(
                f"key file {path} has {len(seed)} bytes instead of 32: put the right one back"
            ) from None
        return seed
    with os.fdopen(fd, "wb") as out:
        seed = os.urandom(32)
        out.write(seed)
        out.flush()
        os.fsync(out.fileno())
    return seed


_node: Node | None = None
_of: object = None  # the setting that the node was opened for, as it was given
_guard = threading.Lock()


def node() -> Node:
    """This process's node, opened at first use from settings.LIBERTAD_HOME."""
    global _node, _of
    home = settings.LIBERTAD_HOME
    with _guard:
        if _node is None or (_of is not home and _node.home != Path(home)):
            _node = Node(Path(home))
        _of = home
        return _node


def close_node() -> None:
    """Close this process's node (tests, CLI)."""
    global _node
    with _guard:
        if _node is not None:
            _node.close()
            _node = None


def snapshot(home: Path) -> dict[str, Any]:
    """Size and root that the database states now (for doctor and stats)."""
    now = Trees.read(Sql())
    return {"size": now.size, "root": now.open.root().hex()}
