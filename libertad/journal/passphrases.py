"""Changing what opens a ring: for one that was made without a passphrase, and when somebody leaves.

Who knew the old passphrase may have a copy of an old `rings.db` and of the part, and so the old root. So the
ring gets a new root as well, and everything in it is sealed anew: from then on the old passphrase, the old
root and both together open nothing that is on this disk. What such a copy held is read for ever by whoever
has it.
"""

from __future__ import annotations

import os

from libertad.journal.recipients import NOT_BACKED_UP, _bare
from libertad.journal.rerooting import Rerooting
from libertad.journal.ringfile import seal


class Passphrases(Rerooting):
    """The part of `Rings` that gives a ring another passphrase."""

    def change_passphrase(self, authority: str, passphrase: str) -> None:
        """Seal an open ring under a new root that this passphrase opens; durable on return.

        One transaction: a crash leaves the ring as it was, or as it will be. The part stays. No other process
        may have the node open (`presence.alone`): it would hold the old root. Locked while the ring is.
        """
        with self.lock:
            self.refresh()
            ring, root, salt = self.ring(authority), os.urandom(32), os.urandom(16)
            key = self._key_of(authority, self._part(authority), salt, passphrase)
            with self._traceless():
                self.db.execute(
                    "update ring set salt = ?, wrapped = ?, generation = generation + 1 where authority = ?",
                    (salt, seal(key, root, authority.encode()), authority),
                )
                self._seal_anew(authority, ring.root, root)
                self._say_sealer(authority, root)
                self.db.execute("delete from tries where authority = ?", (authority,))
            ring.root = root
            self._remember_passphrase(authority, passphrase)
            self._reload()
            self.seen = self._stamp()
            self.backup()

    def _seal_anew(self, authority: str, before: bytes, root: bytes) -> None:
        """Everything of a ring that lies under its old root, under the new one."""
        ring = self.ring(authority)
        kids = self.db.execute("select key_id from epoch where authority = ?", (authority,)).fetchall()
        self.db.executemany(
            "update epoch set sealed = ? where authority = ? and key_id = ?",
            [(seal(root, ring.keys[kid], kid), authority, kid) for (kid,) in kids],
        )
        if ring.device is not None:
            public, secret = ring.device
            self.db.execute(
                "update device set sealed = ? where authority = ? and public = ?",
                (seal(root, secret, public), authority, public),
            )
        for table in NOT_BACKED_UP:
            rows = self.db.execute(
                f"select key_id, made, hidden from {table} where authority = ?", (authority,)
            ).fetchall()
            self.db.execute(f"delete from {table} where authority = ?", (authority,))
            for kid, made_at, hidden in rows:
                self._keep(table, root, authority, kid, made_at, _bare(table, before, authority, kid, hidden))
