"""Secrets that pass: they are kept for a while, destroyed, and never in a backup.

Those of recipient keys open the epoch keys that other authorities send (docs/exchange-format.md), those of
the table `passing` are of whoever puts them there. They lie in `rings.db` under the ring's root, are read
from there at each use and kept nowhere else: not in memory by us, not in `rings.backup`. Destroying one
overwrites every place of the file that ever held it:

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
create table if not exists passing (authority text, key_id blob, made integer, hidden blob,
  primary key (authority, key_id));
create table if not exists announced (authority text primary key, made integer) without rowid;
"""
NOT_BACKED_UP = ("recipient", "passing")


class Held(NamedTuple):
    """A key whose secret is held: its id (16 bytes) and when it was made (ms since 1970)."""

    key_id: bytes
    made: int


class Recipients(RingFile):
    """The part of `Rings` that keeps recipient secrets. What they are is not its business."""

    def recipients(self, authority: str) -> list[Held]:
        """The keys whose secrets are still held, newest first."""
        return self._listed("recipient", authority)

    def recipient_secret(self, authority: str, key_id: bytes) -> bytes | None:
        """The secret of one key; None when it was destroyed, or never was this authority's."""
        return self._secret("recipient", authority, key_id)

    def put_recipient(self, authority: str, key_id: bytes, secret: bytes) -> int:
        """Keep a new key's secret, durable on return; returns when it was made, later than all before."""
        with self.lock:
            self._fresh()
            root = self.ring(authority).root
            with self._traceless():
                row = self.db.execute("select made from announced where authority = ?", (authority,))
                before = row.fetchone()
                # Later than any before even where the clock was set back: peers refuse an older one.
                made_at = max(time.time_ns() // 1_000_000, before[0] + 1 if before else 0)
                self.db.execute("insert or replace into announced values (?,?)", (authority, made_at))
                self._keep("recipient", root, authority, key_id, made_at, secret)
            return made_at

    def destroy_recipients(self, authority: str, key_ids: Iterable[bytes]) -> int:
        """Destroy secrets for good, durable on return; returns how many there were."""
        return self._destroy("recipient", authority, key_ids)

    def passing(self, authority: str) -> list[Held]:
        """The other secrets that pass, newest first."""
        return self._listed("passing", authority)

    def passing_secret(self, authority: str, key_id: bytes) -> bytes | None:
        """As `recipient_secret`."""
        return self._secret("passing", authority, key_id)

    def put_passing(self, authority: str, key_id: bytes, secret: bytes) -> None:
        """Keep a secret that is not a recipient key's, durable on return."""
        with self.lock:
            self._fresh()
            root = self.ring(authority).root
            with self._traceless():
                self._keep("passing", root, authority, key_id, time.time_ns() // 1_000_000, secret)

    def destroy_passing(self, authority: str, key_ids: Iterable[bytes]) -> int:
        """As `destroy_recipients`."""
        return self._destroy("passing", authority, key_ids)

    # `table` is one of the two above, never from outside.

    def _listed(self, table: str, authority: str) -> list[Held]:
        with self.lock:
            self._fresh()
            rows = self.db.execute(
                f"select key_id, made from {table} where authority = ? order by made desc", (authority,)
            )
            return [Held(*row) for row in rows]

    def _secret(self, table: str, authority: str, key_id: bytes) -> bytes | None:
        with self.lock:
            self._fresh()
            root = self.ring(authority).root
            row = self.db.execute(
                f"select hidden from {table} where authority = ? and key_id = ?", (authority, key_id)
            ).fetchone()
        return None if row is None else _bare(table, root, authority, key_id, row[0])

    def _keep(
        self, table: str, root: bytes, authority: str, key_id: bytes, made_at: int, secret: bytes
    ) -> None:
        hidden = self._hidden(table, root, authority, key_id, secret)
        self.db.execute(f"insert into {table} values (?,?,?,?)", (authority, key_id, made_at, hidden))

    def _destroy(self, table: str, authority: str, key_ids: Iterable[bytes]) -> int:
        with self.lock:
            self._fresh()
            destroyed = 0
            with self._traceless():
                for key_id in key_ids:
                    deletion = self.db.execute(
                        f"delete from {table} where authority = ? and key_id = ?", (authority, key_id)
                    )
                    destroyed += deletion.rowcount
            return destroyed

    def _fresh(self) -> None:
        """Another process may have re-rooted the rings; not asked in the middle of a transaction."""
        if not self.db.in_transaction:
            self.refresh()

    def _hidden(self, table: str, root: bytes, authority: str, key_id: bytes, secret: bytes) -> bytes:
        """Count of zeros (4), the zeros, and behind them, wholly in overflow pages, the sealed secret."""
        zeros: int = 2 * self.db.execute("pragma page_size").fetchone()[0]
        return zeros.to_bytes(4, "big") + bytes(zeros) + seal(root, secret, _bound(table, authority, key_id))

    def _carry_passing(self) -> list[tuple[str, str, bytes, int, bytes]]:
        """(table, authority, key id, made, secret) of all rings, for re-rooting."""
        return [
            (table, a, k, made_at, _bare(table, self.ring(a).root, a, k, hidden))
            for table in NOT_BACKED_UP
            for a, k, made_at, hidden in self.db.execute(
                f"select authority, key_id, made, hidden from {table}"
            )
        ]

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


def _bound(table: str, authority: str, key_id: bytes) -> bytes:
    return table.encode() + b"\x00" + authority.encode() + key_id


def _bare(table: str, root: bytes, authority: str, key_id: bytes, hidden: bytes) -> bytes:
    sealed = hidden[4 + int.from_bytes(hidden[:4], "big") :]
    try:
        return unseal(root, sealed, _bound(table, authority, key_id))
    except InvalidTag:
        raise RingError(
            f"the ring of {authority} holds a {table} key that does not open: restore rings.db from its "
            "backup; new ones are then made"
        ) from None
