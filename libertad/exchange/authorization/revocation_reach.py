"""Which earlier words still count after a withdrawal, a removal or a revocation.

No claimed clock decides that alone: what a device had said before is known by the order of its log and by
when it was received here.
"""

from __future__ import annotations

from datetime import datetime
from typing import cast

from libertad.exchange.authorization.succession_lines import Lines
from libertad.journal.folding import Said
from libertad.journal.header import device_id
from libertad.journal.revocation import recognise
from libertad.journal.transaction import Transaction
from libertad.vocabulary.verbs import access as say

PlaceInLog = tuple[bytes, str, int, datetime]  # device, file, number, clock
LATEST = 1 << 60  # above every index
ENROLLERS = 8  # devices in a row that enrolled one another, of which the last is asked for its clock


class Endings(Lines):
    """Grounds that know where in its device's log each entry stands; `logs` has those of this batch."""

    def __init__(self, tx: Transaction) -> None:
        super().__init__(tx)
        self.logs: dict[str, PlaceInLog] = {}
        self.heard: dict[str, Said] = {}  # entries of this batch by hash
        self.moments: dict[str, datetime] = {}

    def position(self, entry: str) -> tuple[str, int] | None:
        log = self.logs.get(entry)
        return (log[0].hex(), log[2]) if log is not None else super().position(entry)

    def find_entry(self, entry: str) -> Said | None:
        return self.heard.get(entry) or super().find_entry(entry)

    def moment(self, entry: Said) -> datetime:
        """When an entry that ends something was said: never before what its device had said before.

        A device's clock only goes forward within a log, so an honest ending has its own clock, which all
        nodes read alike. One that is dated before an earlier entry of its log lies: it ends nothing that was
        received here before it. A device that was just enrolled begins at its enrolment.
        """
        if entry.id not in self.moments:
            self.moments[entry.id] = self._moment(entry, ENROLLERS)
        return self.moments[entry.id]

    def _moment(self, entry: Said, depth: int) -> datetime:
        log = self._log(entry)
        if log is None:
            return entry.clock
        device, file, number, _ = log
        claims = [claim for claim in self.claims(device.hex()) if claim.subject == entry.authority]
        enrollers = [
            claim for claim in claims if depth and (by := self._log(claim)) is not None and by[0] != device
        ]
        moment = max([entry.clock, *(self._moment(claim, depth - 1) for claim in enrollers)])
        earlier = self._clocks("device = ? and compartment = ? and seq < ?", device, file, number)
        earlier += [
            clock
            for signer, place, seq, clock in self.logs.values()
            if (signer, place) == log[:2] and seq < number
        ]
        if not earlier or entry.clock >= max(earlier):
            return moment
        return max([moment, *earlier, *self._received_before(entry, device)])

    def _clocks(self, condition: str, *params: object) -> list[datetime]:
        rows = self.tx.sql.all(
            f"select idx from journal_entry where {condition} and body is not null", params
        )
        entries = (self.tx.entry(row[0]) for row in rows)
        return [entry.clock for entry in entries if entry is not None]

    def _received_before(self, entry: Said, device: bytes) -> list[datetime]:
        """The clocks of all that this node had of a device when this entry came."""
        order = self._order(entry)
        clocks = self._clocks("device = ? and idx < ?", device, order)
        if order >= LATEST:
            batch = list(self.logs.values())[: order - LATEST]
            clocks += [clock for signer, _, _, clock in batch if signer == device]
        return clocks

    def _stored(self, entry: Said) -> PlaceInLog | None:
        row = self.tx.sql.first(
            "select device, seq from journal_entry where hash = ?", (bytes.fromhex(entry.id),)
        )
        return None if row is None else (bytes(row[0]), entry.compartment, int(row[1]), entry.clock)

    def _successors(self, device: bytes) -> list[Said]:
        """Enrolments by which a device let in one that revokes it."""
        revokers = {
            log[0]
            for entry in self.entries(f"access.Device:{device.hex()}")
            if isinstance(entry.content, say.DeviceRevoke) and (log := self._log(entry)) is not None
        }
        return [
            claim
            for revoker in revokers
            for claim in self.claims(revoker.hex())
            if (log := self._log(claim)) is not None and log[0] == device
        ]

    def _limits(self, device: bytes, authority: str, others: bool = False) -> dict[str, int]:
        """Up to which number a revoked device's authority recognises its logs, by compartment.

        `others`: by the revocations alone of devices that it did not enrol itself.
        """

        def make() -> dict[str, int]:
            limits: dict[str, int] = {}
            enrolled = {
                device_id(bytes.fromhex(claim.content.public))
                for claim in self._successors(device)
                if isinstance(claim.content, say.DeviceEnrol)
            }
            for entry in self.entries(f"access.Device:{device.hex()}"):
                if not isinstance(entry.content, say.DeviceRevoke) or entry.authority != authority:
                    continue
                if others and (log := self._log(entry)) is not None and log[0] in enrolled:
                    continue
                limits[entry.compartment] = min(
                    entry.content.last, limits.get(entry.compartment, entry.content.last)
                )
            return limits

        return cast("dict[str, int]", self.remembered(("device", device, authority, others), make))

    def _revoked(self, entry: Said, device: bytes, number: int) -> bool:
        """Whether an entry is beyond what its authority recognises of its revoked device.

        What the device enrolled itself revokes nothing from before that; another's word does, beside it.
        """
        every = self._limits(device, entry.authority)
        if not every:
            return False
        independent = self._limits(device, entry.authority, others=True)
        standing = recognise(number, entry.compartment, every, independent)
        return standing == "beyond" or (
            standing == "by-what-it-enrolled" and not self._succeeded(entry, device)
        )

    def _succeeded(self, entry: Said, device: bytes) -> bool:
        """Whether the device had said this before it enrolled the one that revokes it.

        No revocation by what it has made itself reaches back to that: a robbed device does not void its
        authority's past. In one log that is the order of its numbers; between logs nothing but what was here
        first tells it, because whoever has the device's key dates it as they like.
        """
        enrolled = [self._order(claim) for claim in self._successors(device)]
        return bool(enrolled) and self._order(entry) <= max(enrolled)

    def _log(self, entry: Said) -> PlaceInLog | None:
        return self.logs.get(entry.id) or self._stored(entry)

    def _order(self, entry: Said) -> int:
        """In which order it was received here: what is of this batch comes after all that is stored."""
        row = self.tx.sql.first("select idx from journal_entry where hash = ?", (bytes.fromhex(entry.id),))
        return int(row[0]) if row is not None else LATEST + list(self.logs).index(entry.id)
