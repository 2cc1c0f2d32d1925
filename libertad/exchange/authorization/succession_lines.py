"""Which other devices end with a revoked one: those that it vouched for or enrolled.

A device takes another's place by a slip that the other signed (`control/key_succession.py`), and enrols
further ones. Who stole the first one's keys can do both as well. So a revocation ends every device that is on
file by the revoked one's slip, and what is on file by such a device alone; but not the revoking device's own
line, nor one that another authority vouched for, or that a device of the authority enrolled which stands
itself.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import NamedTuple, cast

from libertad.access.grounds import Grounds, key_id
from libertad.journal import guards, succession
from libertad.journal.guarded import SUCCESSION
from libertad.journal.sql import Sql
from libertad.vocabulary.verbs import access as say

TAKEN = "exchange_succession"
Edges = Mapping[str, set[str]]  # device ids in hex


class Making(NamedTuple):
    """How a device came on file by an entry: who signed it, and whether that is another authority's."""

    device: str
    maker: str
    vouched: bool


def slips(sql: Sql, authority: str) -> set[tuple[str, str]]:
    """(device, device whose place it took), in hex, of an authority, as this node has taken them."""
    rows = guards.rows(sql, guards.GUARDS[TAKEN], " and authority = ?", (authority,))
    replacements = {(row[1], row[2]) for row in rows if sql.believes(TAKEN, row)}
    own = guards.rows(sql, guards.GUARDS[SUCCESSION], " and authority = ?", (authority,))
    for row in own:
        if sql.believes(SUCCESSION, row):
            replacements.add((bytes(row[0]).hex(), succession.replaced(bytes(row[4])).hex()))
    return replacements


class Lines(Grounds):
    """Grounds that know which devices of an authority came from which."""

    def disowned(self, authority: str) -> frozenset[str]:
        """Devices (hex) of an authority that are on file only by what one of its revocations ended."""
        return cast(
            "frozenset[str]", self.remembered(("disowned", authority), lambda: self._disowned(authority))
        )

    def holders(self, device: str) -> set[str]:
        return super().holders(device) | self.successors_of(device)

    def successors_of(self, device: str) -> set[str]:
        """The authorities for which a device took another's place by a slip."""
        sql = self.tx.sql
        rows = guards.rows(sql, guards.GUARDS[TAKEN], " and device = ?", (device,))
        return {str(row[3]) for row in rows if sql.believes(TAKEN, row)}

    def descendants(self, authority: str, device: str) -> set[str]:
        """Devices that a device put on file, by slips or entries, and what those did in turn."""
        return _reached({device}, self._edges(authority)) - {device}

    def recognised(self, authority: str, compartment: str, device: str, number: int) -> bool:
        """Whether the authority recognises a device's entry by the very revocation of that device: it names a
        number below which the log is its own. A revocation by a disowned device names nothing."""
        out = self.disowned(authority)
        lasts = [
            entry.content.last
            for entry in self.entries(f"access.Device:{device}")
            if isinstance(entry.content, say.DeviceRevoke)
            and (entry.authority, entry.compartment) == (authority, compartment)
            and self._signer(entry.id) not in out
        ]
        return bool(lasts) and number <= min(lasts)

    def _disowned(self, authority: str) -> frozenset[str]:
        replacements = slips(self.tx.sql, authority)
        if not replacements:
            return frozenset()
        after = self._edges(authority)
        ended = {
            device
            for device, before in replacements
            if self._revokers(authority, before) - {device} - _reached({device}, after)
        }
        if not ended:
            return frozenset()
        above = _reached(ended, _turned(after)) - ended
        out = _reached(ended, after) - above
        makings = self._makings(authority)
        while True:
            retained = {
                making.device
                for making in makings
                if making.device in out
                and (making.vouched or (making.maker not in out and making.maker != making.device))
            }
            if not retained:
                return frozenset(out)
            out -= retained

    def _edges(self, authority: str) -> dict[str, set[str]]:
        """Which devices each put on file."""

        def make() -> dict[str, set[str]]:
            edges: dict[str, set[str]] = {}
            for device, before in slips(self.tx.sql, authority):
                edges.setdefault(before, set()).add(device)
            for making in self._makings(authority):
                if not making.vouched and making.maker != making.device:
                    edges.setdefault(making.maker, set()).add(making.device)
            return edges

        return cast("dict[str, set[str]]", self.remembered(("edges", authority), make))

    def _makings(self, authority: str) -> list[Making]:
        makings = []
        for entry in self.enrolments(authority):
            public = cast(say.DeviceEnrol, entry.content).public
            vouched = entry.authority != authority
            makings.append(Making(key_id(public), self._signer(entry.id), vouched))
        return makings

    def _revokers(self, authority: str, device: str) -> set[str]:
        """The devices by which an authority revoked one of its own."""
        return {
            self._signer(entry.id)
            for entry in self.entries(f"access.Device:{device}")
            if isinstance(entry.content, say.DeviceRevoke) and entry.authority == authority
        }

    def _signer(self, entry: str) -> str:
        place = self.position(entry)
        return place[0] if place is not None else ""


def _reached(start: set[str], edges: Edges) -> set[str]:
    """Where the edges lead from there, the start included."""
    reached, todo = set(start), list(start)
    while todo:
        fresh: Iterable[str] = edges.get(todo.pop(), set()) - reached
        for device in fresh:
            reached.add(device)
            todo.append(device)
    return reached


def _turned(edges: Edges) -> dict[str, set[str]]:
    reversed_edges: dict[str, set[str]] = {}
    for device, targets in edges.items():
        for target in targets:
            reversed_edges.setdefault(target, set()).add(device)
    return reversed_edges
