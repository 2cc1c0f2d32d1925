"""How far what ends something reaches back: a withdrawal, a removal, a revocation.

No claimed clock decides that alone: what a device had said before is known by the order of its log and by
when it was received here.
"""

from __future__ import annotations

from datetime import datetime

from libertad.access.grounds import Grounds
from libertad.journal.folding import Said
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say

PlaceInLog = tuple[bytes, str, int, datetime]  # device, file, number, clock
LATEST = 1 << 60  # above every index
ENROLLERS = 8  # devices in a row that enrolled one another, of which the last is asked for its clock


class Endings(Grounds):
    """Grounds that know where in its device's log each entry stands; `logs` has those of this batch."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.logs: dict[str, PlaceInLog] = {}
        self.moments: dict[str, datetime] = {}

    def moment(self, said: Said) -> datetime:
        """When an entry that ends something was said: never before what its device had said before.

        As it was received here; so that a clock that was set back voids nothing. A device that was just
        enrolled has said nothing, and begins where the device stands that enrolled it.
        """
        if said.id not in self.moments:
            self.moments[said.id] = self._moment(said, ENROLLERS)
        return self.moments[said.id]

    def _moment(self, said: Said, most: int) -> datetime:
        log = self._log(said)
        if log is None:
            return said.clock
        device, order = log[0], self._order(said)
        rows = self.tx.sql.all(
            "select idx from journal_entry where device = ? and idx < ? and body is not null", (device, order)
        )
        known = (self.tx.entry(row[0]) for row in rows)
        before = [entry.clock for entry in known if entry is not None]
        if order >= LATEST:
            earlier = list(self.logs.values())[: order - LATEST]
            before += [clock for other, _, _, clock in earlier if other == device]
        for claim in self.claims(device.hex()) if most else ():
            enroller = self._log(claim)
            if claim.subject == said.authority and enroller is not None and enroller[0] != device:
                before.append(self._moment(claim, most - 1))
        return max([said.clock, *before])

    def _stored(self, said: Said) -> PlaceInLog | None:
        row = self.tx.sql.one(
            "select device, seq from journal_entry where hash = ?", (bytes.fromhex(said.id),)
        )
        return None if row is None else (bytes(row[0]), said.compartment, int(row[1]), said.clock)

    def _succeeded(self, said: Said, device: bytes) -> bool:
        """Whether the device had said this before it enrolled the one that revokes it.

        No revocation by what it has made itself reaches back to that: a robbed device does not void its
        authority's past.
        """
        revokers = {
            log[0]
            for entry in self.entries(f"access.Device:{device.hex()}")
            if isinstance(entry.content, say.DeviceRevoke) and (log := self._log(entry)) is not None
        }
        enrolled = [
            self._order(claim)
            for revoker in revokers
            for claim in self.claims(revoker.hex())
            if (log := self._log(claim)) is not None and log[0] == device
        ]
        return bool(enrolled) and self._order(said) <= max(enrolled)

    def _log(self, said: Said) -> PlaceInLog | None:
        return self.logs.get(said.id) or self._stored(said)

    def _order(self, said: Said) -> int:
        """In which order it was received here: what is of this batch comes after all that is stored."""
        row = self.tx.sql.one("select idx from journal_entry where hash = ?", (bytes.fromhex(said.id),))
        return int(row[0]) if row is not None else LATEST + list(self.logs).index(said.id)
