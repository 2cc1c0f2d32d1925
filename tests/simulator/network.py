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

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import Parcel
from libertad.exchange.scheduler import introductions
from libertad.exchange.sync.endpoint import LIES, WELCOME, UnknownPeer
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

    def reachable(self, asker: int, giver: int) -> bool:
        up = all(self.world.parties[n].machine.node is not None for n in (asker, giver))
        return up and self.sides.get(asker, 0) == self.sides.get(giver, 0)

    # -- one pull --------------------------------------------------------------------------

    def pull(
        self, one: int, two: int, rng: random.Random, spoil: str = "", lie: str = "", whole: bool = False
    ) -> str:
        """Node `one` asks node `two` under each name that it knows it by. Returns what came of it.

        `whole`: for all that there is, as nodes do; else often for so little that it takes many asks.
        """
        party = self.world.parties[one]
        outcomes = []
        with self.world.at(party):
            for peer in peers.every(party.node.sql()):
                if self.world.origins.get(peer.origin) == two and peer.state == peers.ACTIVE:
                    outcomes.append(self._pull(one, two, peer.origin, rng, spoil, lie, whole))
        return ", ".join(outcomes) or "no peer"

    def _pull(
        self, asker: int, giver: int, origin: str, rng: random.Random, spoil: str, lie: str, whole: bool
    ) -> str:
        party, peer = self.world.parties[asker], self.world.parties[giver]
        spoiled = _Spoiled()

        def trip(message: bytes) -> Iterable[bytes]:
            return self._trip(asker, giver, peer, message, rng, spoil, lie, spoiled)

        chunk, limit = rng.choice([4096, 4096, 65536]), rng.choice([1, 3, 64])
        if whole:
            chunk, limit = 65536, 64
        try:
            done = party.exchange.pull(origin, trip, chunk, limit)
        except UnknownPeer:
            if spoil == "flip ask":
                return "refused as a stranger's"
            return self._introduce(asker, giver, peer, origin)
        except ConnectionError as why:
            return f"cut ({why})"
        except LIES as why:
            if not spoiled.did:
                raise Wrong(f"{party.name} refuses what {peer.name} says honestly: {why}") from why
            return f"refused: {why}"
        if spoiled.did == "flip":
            raise Wrong(f"{party.name} took an answer of {peer.name} that was changed on the way")
        self.world.counts["parcels"] += done.parcels
        return (
            f"{done.parcels} parcels, {done.taken.stored} stored, {done.taken.held} held, lag {done.lag}"
            + (", behind" if done.behind else "")
        )

    def _introduce(self, asker: int, giver: int, peer: Actors, origin: str) -> str:
        party = self.world.parties[asker]
        for message in introductions(party.node, origin):
            try:
                if list(self._serve(giver, peer, message, "")) == [WELCOME]:
                    return "introduced"
            except (UnknownPeer, ConnectionError):
                continue
        return "stranger"

    # -- the line --------------------------------------------------------------------------

    def _trip(
        self,
        asker: int,
        giver: int,
        peer: Actors,
        message: bytes,
        rng: random.Random,
        spoil: str,
        lie: str,
        spoiled: _Spoiled,
    ) -> Iterator[bytes]:
        if not self.reachable(asker, giver):
            raise ConnectionError("the line is cut")
        if spoil == "lost":
            raise ConnectionError("the ask was lost")
        if spoil == "replay" and self.sent:
            self._replay(rng)
        if spoil == "flip ask":
            at = rng.randrange(8, len(message))
            message = message[:at] + bytes([message[at] ^ 1 << rng.randrange(8)]) + message[at + 1 :]
        self.sent.append((giver, message))
        parts = self._serve(giver, peer, message, lie, spoiled)
        if spoil in ("reordered", "repeated", "twice"):
            whole = list(parts)
            if spoil == "twice":  # the ask arrives again, and its second answer is what is heard
                try:
                    whole = list(self._serve(giver, peer, message, ""))
                except UnknownPeer:
                    raise ConnectionError("the ask came twice") from None
                raise Wrong(f"{peer.name} answered the same ask twice")
            if spoil == "reordered" and len(whole) > 1:
                whole[0], whole[1] = whole[1], whole[0]
                spoiled.did = spoil
            elif spoil == "repeated" and len(whole) > 1:
                whole.insert(1, whole[0])
                spoiled.did = spoil
            yield from whole
            return
        cut = rng.randrange(4) if spoil == "cut" else -1
        wrong = rng.randrange(3) if spoil in ("flip", "truncated") else -1
        for place, part in enumerate(parts):
            if place == cut:
                raise ConnectionError("the answer was cut")
            if place == wrong and part:
                spoiled.did = spoil
                if spoil == "flip":
                    at = rng.randrange(len(part))
                    part = part[:at] + bytes([part[at] ^ 1 << rng.randrange(8)]) + part[at + 1 :]
                else:
                    part = part[: rng.randrange(len(part))]
            yield part

    def _replay(self, rng: random.Random) -> None:
        """Somebody sends an old ask again: no harm may come of it."""
        giver, message = rng.choice(self.sent[-30:])
        if self.world.parties[giver].machine.node is None:
            return
        try:
            for _ in self._serve(giver, self.world.parties[giver], message, ""):
                pass
        except (UnknownPeer, ConnectionError):
            return

    def _serve(
        self, giver: int, peer: Actors, message: bytes, lie: str, spoiled: _Spoiled | None = None
    ) -> Iterator[bytes]:
        """The answer, computed at the other node by its clock; its crash is a cut here."""
        world = self.world
        if peer.machine.node is None:
            raise ConnectionError("the machine is down")
        exchange = peer.exchange
        try:
            with world.at(peer):
                parts = exchange.answer(message)
                if lie and spoiled is not None:
                    real = exchange._parcels
                    exchange._parcels = lambda *arguments: lying(real(*arguments), peer, lie, spoiled)  # type: ignore[method-assign]
            while True:
                with world.at(peer):
                    part = next(parts, None)
                if part is None:
                    return
                yield part
        except Crash:
            world.say(f"  {peer.name} died while it answered")
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
                entries[at] = _equivocate(entries[at], head, liar)
                spoiled.did = lie
                break
        yield msgspec.structs.replace(parcel, entries=entries)


def _equivocate(entry: Any, head: header.Header, liar: Actors) -> Any:
    """Another entry of the same number, rightly signed."""
    body = os.urandom(head.length)
    exact = head._replace(body_hash=hashlib.sha256(body).digest()).encode()
    signature = header.sign(exact, liar.node.rings.device(liar.authority)[1])
    return msgspec.structs.replace(entry, header=exact, signature=signature, body=body)
