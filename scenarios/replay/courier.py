"""A stand-in for the exchange: copies entries and keys between nodes over the driver's own pipes.

It proves the replay itself (its play, its faults, its checks) and has none of what the exchange is for: no
authentication, no proof, no quarantine. A report that was made with it says so and never passes.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from scenarios.replay import courier_on_node as there
from scenarios.replay import on_node
from scenarios.replay.hosts import Down, Host

Pair = tuple[str, str]


@dataclass
class _Way:
    """From one node to another: how far, for whom, and which (compartment, authority) were given from the
    compartment's beginning."""

    after: int = 0
    authorities: list[str] = field(default_factory=list)
    known: set[tuple[str, str]] = field(default_factory=set)
    everything: bool = False


class Courier:
    can: frozenset[str] = frozenset()

    def __init__(self, pause: float = 0.05) -> None:
        self.pause = pause
        self.hosts: list[Host] = []
        self.cuts: set[Pair] = set()
        self.ways: dict[Pair, _Way] = {}
        self.errors: list[str] = []
        self._joined: set[str] = set()
        self._end = threading.Event()
        self._rounds = 0
        self._moved_in = 0
        self._thread = threading.Thread(target=self._loop, name="courier", daemon=True)

    def start(self, hosts: Sequence[Host]) -> None:
        self.hosts = list(hosts)
        self._thread.start()

    def started(self, host: Host) -> None:
        """The loop is the driver's."""

    def join(self, inviter: Host, invited: Host, authority: str) -> None:
        self._joined |= {inviter.name, invited.name}

    def founded(self) -> None:
        """Devices and keys come with each parcel."""

    def cut(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        self.cuts |= {(a.name, b.name) for a, b in pairs} | {(b.name, a.name) for a, b in pairs}

    def heal(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        self.cuts -= {(a.name, b.name) for a, b in pairs} | {(b.name, a.name) for a, b in pairs}

    def slow(self, pairs: Iterable[tuple[Host, Host]], profile: str) -> None:
        """It has no links."""

    def restored(self, host: Host) -> None:
        for (giver, taker), way in list(self.ways.items()):
            if taker == host.name:
                self.ways[giver, taker] = _Way(everything=True)
            elif giver == host.name:
                way.after, way.known = 0, set()

    def renew(self, host: Host) -> str:
        raise NotImplementedError("the courier knows no revocation")

    def revoke(self, host: Host, keys: str) -> None:
        raise NotImplementedError("the courier knows no revocation")

    def thief(self, host: Host, copy: Host) -> None:
        raise NotImplementedError("the courier asks nobody who it is")

    def quiet(self) -> bool:
        """Two whole rounds that moved nothing."""
        return self._rounds >= self._moved_in + 2

    def stop(self) -> None:
        self._end.set()
        self._thread.join()

    def _loop(self) -> None:
        while not self._end.is_set():
            moved = 0
            sizes: dict[str, Any] = {}
            for host in self.hosts:
                if host.name in self._joined and host.up.is_set():
                    try:
                        sizes[host.name] = host.call(on_node.holds)
                    except Down:
                        continue
                    except Exception as why:
                        self.errors.append(f"{host.name}: {why}")
            for giver in self.hosts:
                for taker in self.hosts:
                    pair = (giver.name, taker.name)
                    if giver is taker or pair in self.cuts or not {*pair} <= sizes.keys():
                        continue
                    way = self.ways.setdefault(pair, _Way())
                    # An authority founded after its invitation was looked through reads it all the same.
                    now = sizes[taker.name]["authorities"]
                    if sizes[giver.name]["size"] > way.after or now != way.authorities:
                        moved += self._carry(giver, taker, way, now)
            self._rounds += 1
            if moved:
                self._moved_in = self._rounds
            self._end.wait(self.pause)

    def _carry(self, giver: Host, taker: Host, way: _Way, authorities: list[str]) -> int:
        if not (giver.up.is_set() and taker.up.is_set()):
            return 0
        try:
            parcel = giver.call(there.give, authorities, way.after, way.known, way.everything)
            if not parcel.entries and not parcel.keys:
                way.after, way.authorities = parcel.size, authorities
                return 0
            if taker.call(there.take, parcel):
                way.after, way.known, way.everything = parcel.size, set(parcel.readers), False
                way.authorities = authorities
            return 1
        except Down:
            return 1
        except Exception as why:
            self.errors.append(f"{giver.name} to {taker.name}: {why}")
            time.sleep(self.pause)
            return 1
