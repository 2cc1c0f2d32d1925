"""Letters by NATS and bundles on sticks as the replay's carriage, alone or beside HTTP.

The hub of the letters stands with the lead: who is cut off from the lead is cut off from it. Sticks are
carried by the driver between any two nodes that are not cut off from each other, and less often where the
way is bad.
"""

from __future__ import annotations

import shutil
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from libertad.vocabulary.values import Refused
from scenarios.replay import exchange_on_node
from scenarios.replay import travelling_on_node as there
from scenarios.replay.exchanged import FOUNDED, Exchanged
from scenarios.replay.hosts import Down, Host, Raised
from scenarios.replay.hub import Hub
from scenarios.replay.links import Links, address

HTTP, NATS, BUNDLE, MIXED = "http", "nats", "bundle", "mixed"
TRANSPORTS = (HTTP, NATS, BUNDLE, MIXED)
MIX = (HTTP, NATS, BUNDLE)
SLOW = 5  # on a bad way a stick goes every so many rounds


class Travelling(Exchanged):
    """`kinds`: by host, 'http' (answers and asks, and writes letters), 'nats' (letters; asks who answers) or
    'bundle' (nothing but sticks)."""

    everybody = True

    def __init__(self, transport: str, scratch: Path, seed: int = 0) -> None:
        super().__init__(seed=seed)
        self.transport, self.scratch = transport, scratch
        self.kinds: dict[str, str] = {}
        self.hub: Hub | None = None
        self.cuts: set[frozenset[str]] = set()
        self.bad: set[frozenset[str]] = set()
        self.named: dict[str, there.Names] = {}
        self._courier: threading.Thread | None = None
        self._rounds = 0

    def start(self, hosts: Sequence[Host]) -> None:
        self.hosts = list(hosts)
        self.every = max(self.least, len(hosts) * (len(hosts) - 1) / 60)
        for number, host in enumerate(hosts):
            self.kinds[host.name] = self.kind(number)
        self.lead = next(host for host in hosts if "BB-centre" in host.keys)
        hub = self.hub = Hub(self.scratch / "hub") if {HTTP, NATS} & set(self.kinds.values()) else None
        self.links = Links(hosts, self.seed, {} if hub is None else {"hub": hub.port})
        self.links.start()
        for host in hosts:
            self.started(host)
        if BUNDLE in self.kinds.values():
            self._courier = threading.Thread(target=self._carry_on, name="sticks", daemon=True)
            self._courier.start()

    def kind(self, number: int) -> str:
        """Of the node of this number: all of one kind, or of each in turn."""
        return MIX[number % 3] if self.transport == MIXED else self.transport

    def started(self, host: Host) -> None:
        if self.links is None:
            return
        identity = self.named[host.name] = host.call(there.names)
        kind, broker = self.kinds[host.name], ""
        if self.hub is not None and kind != BUNDLE:
            broker = self._leaf(host)
        keys = {node.origin: node.bundle for node in self.named.values()}
        host.call(there.begin, host.port, self.links.routes(host), self.every, broker, kind == HTTP, keys)
        for peer in self.hosts:
            if peer is not host and peer.name in self.named:
                with suppress(Down):
                    peer.call(there.enter, {identity.origin: identity.bundle})

    def _leaf(self, host: Host) -> str:
        """The address of its leaf, which reaches the hub by a link of this node's."""
        if self.hub is None or self.links is None:
            return ""
        identity = self.named[host.name]
        return self.hub.know(identity.origin, identity.credentials, self.links.links[host.name, "hub"].port)

    def _address(self, host: Host) -> str:
        return address(host) if self.kinds[host.name] == HTTP else ""

    def join(self, inviter: Host, invited: Host, authority: str) -> None:
        if inviter is invited:
            invited.call(exchange_on_node.record_local_authority, authority, self._address(invited))
            return
        text = inviter.call(exchange_on_node.invited, authority, self._address(inviter))
        inviter.call(there.take_answer, invited.call(there.answered, text, self._address(invited)))

    def founded(self) -> None:
        until = time.monotonic() + 3 * FOUNDED
        while not self.quiet() and time.monotonic() < until and not self._end.is_set():
            time.sleep(0.2)

    # -- ways ------------------------------------------------------------------------------

    def cut(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        pairs = list(pairs)
        self.cuts |= {frozenset((a.name, b.name)) for a, b in pairs}
        super().cut(pairs)
        self._to_hub(pairs, lambda links, host, to: links.cut_to(host, to))

    def heal(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        pairs = list(pairs)
        self.cuts -= {frozenset((a.name, b.name)) for a, b in pairs}
        super().heal(pairs)
        self._to_hub(pairs, lambda links, host, to: links.heal_to(host, to))

    def slow(self, pairs: Iterable[tuple[Host, Host]], profile: str) -> None:
        pairs = list(pairs)
        named = {frozenset((a.name, b.name)) for a, b in pairs}
        self.bad = self.bad - named if profile == "free" else self.bad | named
        super().slow(pairs, profile)
        self._to_hub(pairs, lambda links, host, to: links.slow_to(host, to, profile))

    def _to_hub(self, pairs: list[tuple[Host, Host]], act: Callable[[Links, Host, str], None]) -> None:
        """The way to the hub is that to the lead."""
        if self.hub is None or self.links is None:
            return
        for pair in pairs:
            for host in pair:
                if self.lead in pair and host is not self.lead:
                    act(self.links, host, "hub")

    # -- sticks ----------------------------------------------------------------------------

    def _carry_on(self) -> None:
        while not self._end.is_set():
            for a in self.hosts:
                for b in self.hosts:
                    if a is b or BUNDLE not in (self.kinds[a.name], self.kinds[b.name]):
                        continue
                    pair = frozenset((a.name, b.name))
                    if pair not in self.cuts and (pair not in self.bad or self._rounds % SLOW == 0):
                        self._carry(a, b)
            self._rounds += 1
            self._end.wait(self.every)

    def _carry(self, giver: Host, taker: Host) -> None:
        """One stick. A node that is down is called at the next round."""
        folder = self.scratch / "sticks" / f"{giver.name}-{taker.name}"
        if not (giver.up.is_set() and taker.up.is_set()):
            return
        try:
            paths = giver.call(there.write, self.named[taker.name].origin, str(folder))
            if paths:
                taker.call(there.read, paths)
        except Down:
            pass
        except (Refused, Raised) as why:
            self.errors.append(f"{giver.name} to {taker.name}, by stick: {why}"[:300])
        finally:
            shutil.rmtree(folder, ignore_errors=True)

    # -- a thief ---------------------------------------------------------------------------

    def renew(self, host: Host) -> str:
        return str(host.call(exchange_on_node.renew, self._address(host)))

    def thief(self, host: Host, copy: Host) -> None:
        """The thief's node speaks by each way that the robbed one had."""
        if self.links is None:
            return
        kind = self.kinds[copy.name] = self.kinds[host.name]
        self.named[copy.name] = copy.call(there.names)
        if self.hub is not None:
            self.links.links[copy.name, "hub"] = self.links.links[host.name, "hub"]
        broker = self._leaf(copy) if self.hub is not None and kind != BUNDLE else ""
        keys = {node.origin: node.bundle for node in self.named.values()}
        copy.call(there.begin, copy.port, self.links.routes(host), self.every, broker, kind == HTTP, keys)
        self.links.lead(host, copy.port)
        try:
            for peer in self.hosts:
                if peer is not host and BUNDLE in (kind, self.kinds[peer.name]):
                    before = len(self.errors)
                    self._carry(copy, peer)
                    del self.errors[before:]  # it is refused, as it must be
            time.sleep(4 * self.every)
        finally:
            self.links.lead(host, host.port)

    def stop(self) -> None:
        self._end.set()
        if self._courier is not None:
            self._courier.join()
        super().stop()
        if self.hub is not None:
            self.hub.stop()


def carriage(transport: str, scratch: Path) -> Callable[[], Any]:
    """What carries by a transport."""
    return Exchanged if transport == HTTP else lambda: Travelling(transport, scratch)
