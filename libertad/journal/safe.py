"""Which key parts lie in the safe, which of them no longer open the ring, and which here are damaged.

Kept in the ring file. A mark tells two parts apart and nothing of either. Beside it each ring's public key
for sealing the node's secrets, so that a backup needs no passphrase; its secret follows from the ring's root.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from nacl.bindings import crypto_scalarmult_base

from libertad.journal import sealing
from libertad.journal.ringfile import RingFile

SCHEMA = """
create table if not exists safe (authority text primary key, renewed integer, mark blob, saved integer,
  place text) without rowid;
create table if not exists sealer (authority text primary key, public blob) without rowid;
create table if not exists part (authority text primary key, mark blob) without rowid;
"""
RENEW_WITHIN = 24 * 3600 * 1000  # ms after an erasure within which the new part is to lie in the safe


class Stale(NamedTuple):
    """A part in the safe that opens nothing since an erasure at `renewed` (ms). `place`: where it lies."""

    authority: str
    renewed: int
    until: int
    place: str


class Damaged(NamedTuple):
    """A part of this node, at `path`, that its ring was not made with. `place`: where the safe is."""

    authority: str
    path: Path
    place: str

    def __str__(self) -> str:
        return f"the key part of {self.authority} on this node ({self.path}) is damaged, or of another ring"

    @property
    def mend(self) -> str:
        """Where to put the right one back from."""
        saved = f"{self.place or 'SAFE'}/{self.authority}.part"
        return (
            f"do not stop a server that runs; put {saved} in its place, then chmod 600 {self.path}. No "
            "backup is made until then, so that the part in the safe stays"
        )


def mark(part: bytes) -> bytes:
    """Tells a part from others; 16 bytes."""
    return sealing.derive(part, b"libertad ring", b"mark of a part")[:16]


def sealer_secret(root: bytes) -> bytes:
    """The X25519 secret (32 bytes) with which a ring of this root opens a backup's secrets."""
    return sealing.derive(root, b"libertad ring", b"secrets of a backup")


class Safe(RingFile):
    """The part of `Rings` that remembers which parts were saved."""

    def stale_parts(self) -> list[Stale]:
        """Rings whose part was renewed by an erasure and has not been saved since (`libertad backup`)."""
        with self.lock:
            rows = self.db.execute(
                "select authority, renewed, mark, coalesce(place, '') from safe where renewed is not null "
                "order by authority"
            ).fetchall()
            return [
                Stale(authority, renewed, renewed + RENEW_WITHIN, place)
                for authority, renewed, known, place in rows
                if known != (here := self._mark_here(authority)) and here == self._mark_made(authority, here)
            ]

    def damaged_parts(self) -> list[Damaged]:
        """Rings whose part here is missing, or not the one that they were made with, as far as is known."""
        with self.lock:
            places = dict(self.db.execute("select authority, coalesce(place, '') from safe"))
            recorded = self.db.execute("select authority, mark from part order by authority").fetchall()
            # Under the lock too: an erasure in between puts another part in place.
            return [
                Damaged(authority, self.part_path(authority), places.get(authority, ""))
                for authority, known in recorded
                if self._mark_here(authority) != known
            ]

    def part_marks(self) -> dict[str, bytes]:
        """Authority -> mark of its part as it is now."""
        return {authority: mark(self._part(authority)) for authority in self.authorities()}

    def saved_parts(self, marks: Mapping[str, bytes], place: str) -> None:
        """Remember that these parts lie in the safe, under a name for the place."""
        with self.lock:
            self.begin()
            self.db.executemany(
                "insert into safe (authority, mark, saved, place) values (?, ?, ?, ?) "
                "on conflict (authority) do update set mark = excluded.mark, saved = excluded.saved, "
                "place = excluded.place",
                [
                    (authority, part_mark, time.time_ns() // 1_000_000, place)
                    for authority, part_mark in marks.items()
                ],
            )
            self.commit()

    def sealers(self) -> dict[str, bytes]:
        """Authority -> the public key to which a backup's secrets are sealed."""
        with self.lock:
            return dict(self.db.execute("select authority, public from sealer order by authority"))

    def _mark_here(self, authority: str) -> bytes | None:
        path = self.parts / f"{authority}.part"
        return mark(path.read_bytes()) if path.exists() else None

    def _mark_made(self, authority: str, unknown: bytes | None) -> bytes | None:
        """The mark of the part that the ring was made with; `unknown` of one that an older version made."""
        rows = self.rows("select mark from part where authority = ?", (authority,))
        return bytes(rows[0][0]) if rows else unknown

    def _say_part(self, authority: str, part: bytes) -> None:
        """Within a transaction of the ring file, whenever a part is made."""
        self.db.execute("insert or replace into part values (?,?)", (authority, mark(part)))

    def _say_parts(self) -> None:
        """Of open rings that were made by an older version: the part that is here has just opened them."""
        recorded = {row[0] for row in self.db.execute("select authority from part")}
        fresh = [authority for authority in self.open if authority not in recorded]
        if fresh:
            self._begin()
            for authority in fresh:
                self._say_part(authority, self._part(authority))
            self.commit()

    def _say_sealer(self, authority: str, root: bytes) -> None:
        """Within a transaction of the ring file, whenever a root is made."""
        public = crypto_scalarmult_base(sealer_secret(root))
        self.db.execute("insert or replace into sealer values (?,?)", (authority, public))

    def _say_sealers(self) -> None:
        """Of open rings that were made by an older version."""
        recorded = self.sealers()
        fresh = [authority for authority in self.open if authority not in recorded]
        if fresh:
            self._begin()
            for authority in fresh:
                self._say_sealer(authority, self.open[authority].root)
            self.commit()
