"""Which key parts lie in the safe, and which of them no longer open the ring: erasing makes new parts.

Kept in the ring file. A mark tells two parts apart and nothing of either. Beside it each ring's public key
for sealing the node's secrets, so that a backup needs no passphrase; its secret follows from the ring's root.
"""

from __future__ import annotations

import time
from collections.abc import Mapping
from typing import NamedTuple

from nacl.bindings import crypto_scalarmult_base

from libertad.journal import sealing
from libertad.journal.ringfile import RingFile

SCHEMA = """
create table if not exists safe (authority text primary key, renewed integer, mark blob, saved integer,
  place text) without rowid;
create table if not exists sealer (authority text primary key, public blob) without rowid;
"""
RENEW_WITHIN = 24 * 3600 * 1000  # ms after an erasure within which the new part is to lie in the safe


class Stale(NamedTuple):
    """A part in the safe that opens nothing since an erasure at `renewed` (ms). `place`: where it lies."""

    authority: str
    renewed: int
    until: int
    place: str


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
            if known != self._mark_here(authority)
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
                [(authority, one, time.time_ns() // 1_000_000, place) for authority, one in marks.items()],
            )
            self.commit()

    def sealers(self) -> dict[str, bytes]:
        """Authority -> the public key to which a backup's secrets are sealed."""
        with self.lock:
            return dict(self.db.execute("select authority, public from sealer order by authority"))

    def _mark_here(self, authority: str) -> bytes | None:
        path = self.parts / f"{authority}.part"
        return mark(path.read_bytes()) if path.exists() else None

    def _say_sealer(self, authority: str, root: bytes) -> None:
        """Within a transaction of the ring file, whenever a root is made."""
        public = crypto_scalarmult_base(sealer_secret(root))
        self.db.execute("insert or replace into sealer values (?,?)", (authority, public))

    def _say_sealers(self) -> None:
        """Of open rings that were made by an older version."""
        told = self.sealers()
        fresh = [authority for authority in self.open if authority not in told]
        if fresh:
            self._begin()
            for authority in fresh:
                self._say_sealer(authority, self.open[authority].root)
            self.commit()
