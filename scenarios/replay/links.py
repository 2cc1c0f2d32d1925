"""A bad link of its own for each way between two nodes: who asks whom goes through it.

All links run in one asyncio loop in a thread of the driver; its methods may be called from any thread.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Coroutine, Iterable, Mapping
from dataclasses import asdict
from typing import Any, TypeVar

from scenarios.bad_network import PROFILES, Link
from scenarios.replay.hosts import Host

T = TypeVar("T")


class Links:
    """`routes(a)`: by the address at which a node really listens, where `a` is to ask for it."""

    def __init__(self, hosts: Iterable[Host], seed: int, further: Mapping[str, int] | None = None) -> None:
        """`further`: other places than nodes to which each node has a link, by name: their ports."""
        self.hosts = list(hosts)
        self.further = dict(further or {})
        self.seed = seed
        self.links: dict[tuple[str, str], Link] = {}
        self.loop = asyncio.new_event_loop()
        self.thread = threading.Thread(target=self.loop.run_forever, name="links", daemon=True)

    def start(self) -> None:
        self.thread.start()
        self._wait(self._start())

    async def _start(self) -> None:
        for a in self.hosts:
            for b in self.hosts:
                if a is not b:
                    link = Link(0, ("127.0.0.1", b.port), seed=self.seed)
                    await link.start()
                    self.links[a.name, b.name] = link

        for a in self.hosts:
            for name, port in self.further.items():
                link = self.links[a.name, name] = Link(0, ("127.0.0.1", port), seed=self.seed)
                await link.start()

    def cut_to(self, host: Host, place: str) -> None:
        async def cut() -> None:
            self.links[host.name, place].cut()

        self._wait(cut())

    def heal_to(self, host: Host, place: str) -> None:
        self._wait(self.links[host.name, place].restore())

    def slow_to(self, host: Host, place: str, profile: str) -> None:
        async def slow() -> None:
            self.links[host.name, place].set(**asdict(PROFILES[profile]))

        self._wait(slow())

    def routes(self, asker: Host) -> dict[str, str]:
        return {
            address(b): f"http://127.0.0.1:{self.links[asker.name, b.name].port}"
            for b in self.hosts
            if b is not asker
        }

    def cut(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        async def cut() -> None:
            for link in self._both(pairs):
                link.cut()

        self._wait(cut())

    def heal(self, pairs: Iterable[tuple[Host, Host]]) -> None:
        async def heal() -> None:
            for link in self._both(pairs):
                await link.restore()

        self._wait(heal())

    def slow(self, pairs: Iterable[tuple[Host, Host]], profile: str) -> None:
        async def slow() -> None:
            for link in self._both(pairs):
                link.set(**asdict(PROFILES[profile]))

        self._wait(slow())

    def lead(self, host: Host, port: int) -> None:
        """From now on all ways to a node lead to this port: to another process at its place."""

        async def lead() -> None:
            for (_, to), link in self.links.items():
                if to == host.name:
                    link.target = ("127.0.0.1", port)

        self._wait(lead())

    def _both(self, pairs: Iterable[tuple[Host, Host]]) -> list[Link]:
        return [self.links[way] for a, b in pairs for way in ((a.name, b.name), (b.name, a.name))]

    def stop(self) -> None:
        if not self.thread.is_alive():
            return

        async def stop() -> None:
            for link in self.links.values():
                await link.stop()

        self._wait(stop())
        self.loop.call_soon_threadsafe(self.loop.stop)
        self.thread.join(10)
        self.loop.close()

    def _wait(self, coroutine: Coroutine[Any, Any, T]) -> T:
        return asyncio.run_coroutine_threadsafe(coroutine, self.loop).result(30)


def address(host: Host) -> str:
    """Where a node really listens."""
    return f"http://127.0.0.1:{host.port}"
