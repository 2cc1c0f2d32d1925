"""Secrets of recipient keys: what opens the epoch keys that other authorities send. docs/exchange-format.md.

They lie in `rings.db` under the ring's root, are read from there at each use and kept nowhere else: not in
memory, not in `rings.backup`. Destroying one overwrites every place of the file that ever held it:

- Beside the b-tree, in overflow pages: SQLite copies what lies in a tree's pages when rows make room for each
  other, and `secure_delete` misses some of those copies. Overflow pages never move and are zeroed when freed.
- The rollback journal, which holds the pages as they were, is overwritten before it is deleted.
"""

from __future__ import annotations

import contextlib
import time
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from cryptography.exceptions import InvalidTag

from libertad.journal.guard import RingError
from libertad.journal.ringfile import RingFile, overwrite, seal, unseal

SCHEMA = """
create table if not exists recipient (authority text, key_id blob, made integer, hidden blob,
  primary key (authority, key_id));
create table if not exists announced (authority text primary key, made integer) without rowid;
"""
NOT_BACKED_UP = ("recipient",)


class Held(NamedTuple):
    """A recipient key whose secret is held: its id (16 bytes) and when it was made (ms since 1970)."""

    key_id: bytes
    made: int


class Recipients(RingFile):
    """The part of `Rings` that keeps recipient secrets. What they are is not its business."""

    def recipients(self, authority: str) -> list[Held]:
        """The keys whose secrets are still held, newest first."""
        with self.lock:
            self._fresh()
            rows = self.db.execute(
                "select key_id, made from recipient where authority = ? order by made desc", (authority,)
            )
            return [Held(*row) for row in rows]

    def recipient_secret(self, authority: str, key_id: bytes) -> bytes | None:
        """The secret of one key; None when it was destroyed, or never was this authority's."""
        with self.lock:
            self._fresh()
            root = self.ring(authority).root
            row = self.db.execute(
                "select hidden from recipient where authority = ? and key_id = ?", (authority, key_id)
            ).fetchone()
        return None if row is None else _bare(root, authority, key_id, row[0])

    def put_recipient(self, authority: str, key_id: bytes, secret: bytes) -> int:
        """Keep a new key's secret, durable on return; returns when it was made, later than all before."""
        with self.lock:
            self._fresh()
            root = self.ring(authority).root
            with self._traceless():
                row = self.db.execute("select made from announced where authority = ?", (authority,))
                before = row.fetchone()
                # Later than any before even where the clock was set back: peers refuse an older one.
                made = max(time.time_ns() // 1_000_000, before[0] + 1 if before else 0)
                self.db.execute("insert or replace into announced values (?,?)", (authority, made))
                self.db.execute(
                    "insert into recipient values (?,?,?,?)",
                    (authority, key_id, made, self._hidden(root, authority, key_id, secret)),
                )
            return made

    def destroy_recipients(self, authority: str, key_ids: Iterable[bytes]) -> int:
        """Destroy secrets for good, durable on return; returns how many there were."""
        with self.lock:
            self._fresh()
            gone = 0
            with self._traceless():
                for key_id in key_ids:
                    found = self.db.execute(
                        "delete from recipient where authority = ? and key_id = ?", (authority, key_id)
                    )
                    gone += found.rowcount
            return gone

    def _fresh(self) -> None:
        """Another process may have re-rooted the rings; not asked in the middle of a transaction."""
        if not self.db.in_transaction:
            self.refresh()

    def _hidden(self, root: bytes, authority: str, key_id: bytes, secret: bytes) -> bytes:
        """Count of zeros (4), the zeros, and behind them, wholly in overflow pages, the sealed secret."""
        zeros: int = 2 * self.db.execute("pragma page_size").fetchone()[0]
        return zeros.to_bytes(4, "big") + bytes(zeros) + seal(root, secret, _bound(authority, key_id))

    def _carry_recipients(self) -> list[tuple[str, bytes, int, bytes]]:
        """(authority, key id, made, secret) of all rings, for re-rooting."""
        rows = self.db.execute("select authority, key_id, made, hidden from recipient").fetchall()
        return [(a, k, made, _bare(self.ring(a).root, a, k, hidden)) for a, k, made, hidden in rows]

    @contextlib.contextmanager
    def _traceless(self) -> Iterator[None]:
        """A transaction of its own whose rollback journal is overwritten when it is through.

        A crash in its midst leaves the journal to SQLite, which deletes it without overwriting.
        """
        self.commit()
        self.db.execute("pragma journal_mode=persist")
        try:
            self._begin()
            try:
                yield
                self.commit()
            except BaseException:
                if self.db.in_transaction:
                    self.db.execute("rollback")
                raise
            finally:
                self._overwrite_journal()
        finally:
            self.db.execute("pragma journal_mode=delete")

    def _overwrite_journal(self) -> None:
        """Under the write lock no other process uses the journal, and one that is still needed was played."""
        self.db.execute("begin immediate")
        try:
            journal = self.path.with_name(self.path.name + "-journal")
            if journal.exists():
                overwrite(journal)
        finally:
            self.db.execute("commit")


def _bound(authority: str, key_id: bytes) -> bytes:
    return b"recipient\x00" + authority.encode() + key_id


def _bare(root: bytes, authority: str, key_id: bytes, hidden: bytes) -> bytes:
    sealed = hidden[4 + int.from_bytes(hidden[:4], "big") :]
    try:
        return unseal(root, sealed, _bound(authority, key_id))
    except InvalidTag:
        raise RingError(
            f"the ring of {authority} holds a recipient key that does not open: restore rings.db from its "
            "backup; new recipient keys are then made"
        ) from None
