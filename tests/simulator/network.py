"""The network between the machines: it loses, repeats, reorders, cuts and changes what is sent.

Also the peer that lies with its own keys: parcels whose entries are not those of its tree.
"""

from __future__ import annotations

import hashlib
import os
import random
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any

import msgspec

from libertad.exchange import peers
from libertad.exchange.loop import introductions
from libertad.exchange.session import LIES, WELCOME, Stranger
from libertad.exchange.wire import Parcel
from libertad.journal import header
from tests.simulator.machine import Crash
from tests.simulator.world import Actors, World

SPOILED = ("lost", "cut", "flip", "truncated", "reordered", "repeated", "flip ask", "replay", "twice")


class Wrong(AssertionError):
    """An invariant does not hold."""


@dataclass
class Network:
    """Who reaches whom, and what was once sent (for replays)."""

    world: World
    sides: dict[int, int] = field(default_factory=dict)
    sent: list[tuple[int, bytes]] = field(default_factory=list)

    def reachable(self, one: int, two: int) -> bool:
        up = all(self.world.parties[n].machine.node is not None for n in (one, two))
        return up and self.sides.get(one, 0) == self.sides.get(two, 0)

    # -- one pull --------------------------------------------------------------------------

    def pull(
        self, one: int, two: int, how: random.Random, spoil: str = "", lie: str = "", whole: bool = False
    ) -> str:
        """Node `one` asks node `two` under each name that it knows it by. Returns what came of it.

        `whole`: for all that there is, as nodes do; else often for so little that it takes many asks.
        """
        party = self.world.parties[one]
        told = []
        with self.world.at(party):
            for peer in peers.every(party.node.sql()):
                if self.world.origins.get(peer.origin) == two and peer.state == peers.ACTIVE:
                    told.append(self._pull(one, two, peer.origin, how, spoil, lie, whole))
        return ", ".join(told) or "no peer"

    def _pull(
        self, one: int, two: int, origin: str, how: random.Random, spoil: str, lie: str, whole: bool
    ) -> str:
        party, other = self.world.parties[one], self.world.parties[two]
        spoiled = _Spoiled()

        def trip(message: bytes) -> Iterable[bytes]:
            return self._trip(one, two, other, message, how, spoil, lie, spoiled)

        chunk, most = how.choice([4096, 4096, 65536]), how.choice([1, 3, 64])
        if whole:
            chunk, most = 65536, 64
        try:
            done = party.exchange.pull(origin, trip, chunk, most)
        except Stranger:
            if spoil == "flip ask":
                return "refused as a stranger's"
            return self._introduce(one, two, other, origin)
        except ConnectionError as why:
            return f"cut ({why})"
        except LIES as why:
            if not spoiled.did:
                raise Wrong(f"{party.name} refuses what {other.name} says honestly: {why}") from why
            return f"refused: {why}"
        if spoiled.did == "flip":
            raise Wrong(f"{party.name} took an answer of {other.name} that was changed on the way")
        self.world.counts["parcels"] += done.parcels
        return (
            f"{done.parcels} parcels, {done.taken.stored} stored, {done.taken.held} held, lag {done.lag}"
            + (", behind" if done.behind else "")
        )

    def _introduce(self, one: int, two: int, other: Actors, origin: str) -> str:
        party = self.world.parties[one]
        for message in introductions(party.node, origin):
            try:
                if list(self._serve(two, other, message, "")) == [WELCOME]:
                    return "introduced"
            except (Stranger, ConnectionError):
                continue
        return "stranger"

    # -- the line --------------------------------------------------------------------------

    def _trip(
        self, one: int, two: int, other: Actors, message: bytes, how: random.Random, spoil: str, lie: str,
        spoiled: _Spoiled,
    ) -> Iterator[bytes]:  # fmt: skip
        if not self.reachable(one, two):
            raise ConnectionError("the line is cut")
        if spoil == "lost":
            raise ConnectionError("the ask was lost")
        if spoil == "replay" and self.sent:
            self._replay(how)
        if spoil == "flip ask":
            at = how.randrange(8, len(message))
            message = message[:at] + bytes([message[at] ^ 1 << how.randrange(8)]) + message[at + 1 :]
        self.sent.append((two, message))
        parts = self._serve(two, other, message, lie, spoiled)
        if spoil in ("reordered", "repeated", "twice"):
            whole = list(parts)
            if spoil == "twice":  # the ask arrives again, and its second answer is what is heard
                try:
                    whole = list(self._serve(two, other, message, ""))
                except Stranger:
                    raise ConnectionError("the ask came twice") from None
                raise Wrong(f"{other.name} answered the same ask twice")
            if spoil == "reordered" and len(whole) > 1:
                whole[0], whole[1] = whole[1], whole[0]
                spoiled.did = spoil
            elif spoil == "repeated" and len(whole) > 1:
                whole.insert(1, whole[0])
                spoiled.did = spoil
            yield from whole
            return
        cut = how.randrange(4) if spoil == "cut" else -1
        wrong = how.randrange(3) if spoil in ("flip", "truncated") else -1
        for place, part in enumerate(parts):
            if place == cut:
                raise ConnectionError("the answer was cut")
            if place == wrong and part:
                spoiled.did = spoil
                if spoil == "flip":
                    at = how.randrange(len(part))
                    part = part[:at] + bytes([part[at] ^ 1 << how.randrange(8)]) + part[at + 1 :]
                else:
                    part = part[: how.randrange(len(part))]
            yield part

    def _replay(self, how: random.Random) -> None:
        """Somebody sends an old ask again: no harm may come of it."""
        two, message = how.choice(self.sent[-30:])
        if self.world.parties[two].machine.node is None:
            return
        try:
            for _ in self._serve(two, self.world.parties[two], message, ""):
                pass
        except (Stranger, ConnectionError):
            return

    def _serve(
        self, two: int, other: Actors, message: bytes, lie: str, spoiled: _Spoiled | None = None
    ) -> Iterator[bytes]:
        """The answer, computed at the other node by its clock; its crash is a cut here."""
        world = self.world
        if other.machine.node is None:
            raise ConnectionError("the machine is down")
        exchange = other.exchange
        try:
            with world.at(other):
                parts = exchange.answer(message)
                if lie and spoiled is not None:
                    real = exchange._parcels
                    exchange._parcels = lambda *told: lying(real(*told), other, lie, spoiled)  # type: ignore[method-assign]
            while True:
                with world.at(other):
                    part = next(parts, None)
                if part is None:
                    return
                yield part
        except Crash:
            world.say(f"  {other.name} died while it answered")
            raise ConnectionError("the peer died") from None
        finally:
            exchange.__dict__.pop("_parcels", None)


@dataclass
class _Spoiled:
    did: str = ""


def lying(parcels: Iterable[Parcel], liar: Actors, lie: str, spoiled: _Spoiled) -> Iterator[Parcel]:
    """Parcels in which one entry is another than that of the liar's tree."""
    for parcel in parcels:
        if not parcel.entries or spoiled.did:
            yield parcel
            continue
        entries = list(parcel.entries)
        own = header.device_id(liar.node.rings.device(liar.authority)[0])
        for at in range(len(entries) - 1, -1, -1):
            head = header.decode(entries[at].header)
            if head.device == own:
                entries[at] = _other(entries[at], head, liar)
                spoiled.did = lie
                break
        yield msgspec.structs.replace(parcel, entries=entries)


def _other(one: Any, head: header.Header, liar: Actors) -> Any:
    """Another entry of the same number, rightly signed."""
    body = os.urandom(head.length)
    exact = head._replace(body_hash=hashlib.sha256(body).digest()).encode()
    signature = header.sign(exact, liar.node.rings.device(liar.authority)[1])
    return msgspec.structs.replace(one, header=exact, signature=signature, body=body)
