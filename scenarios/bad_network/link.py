"""One bad link: listens on a port, carries every connection to its target under the link's conditions."""

from __future__ import annotations

import asyncio
import contextlib
import socket
import struct
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Literal

from scenarios.bad_network.model import BUFFER, Conditions, Count, Flow, Way, fate

How = Literal["reset", "blackhole"]
RESET = struct.pack("ii", 1, 0)  # linger for 0 seconds: close() sends RST


@dataclass
class Counters:
    """Since the link was made. `up` is towards the target. Payload bytes only."""

    connections: int = 0
    refused: int = 0  # the target did not answer, or the connection came into a blackhole
    cuts: int = 0
    up: Count = field(default_factory=Count)
    down: Count = field(default_factory=Count)

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)


class _End(asyncio.Protocol):
    """One end of a connection: what it reads goes into `out`, what comes for it is written."""

    def __init__(self, pair: _Pair, way: Way) -> None:
        self.pair = pair
        self.way = way
        self.transport: asyncio.Transport | None = None
        self.other: _End | None = None
        self.stalled = False
        self.out = Flow(pair.number, self._deliver, self._ended, self._room)

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport  # type: ignore[assignment]  # a Protocol's transport is a Transport
        sock = transport.get_extra_info("socket")
        sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.pair.end_connected(self)

    def data_received(self, data: bytes) -> None:
        if self.pair.hole:
            return
        self.way.offer(self.out, data)
        self._room()

    def eof_received(self) -> bool:
        if not self.pair.hole:
            self.way.end(self.out)
        return True  # the other way may still have something to say

    def connection_lost(self, why: Exception | None) -> None:
        if not self.pair.done and (why is not None or not self.pair.hole):
            self.pair.reset()

    def pause_writing(self) -> None:
        self.stalled = True
        if self.other is not None:
            self.other._room()

    def resume_writing(self) -> None:
        self.stalled = False
        if self.other is not None:
            self.other._room()

    def _room(self) -> None:
        """Read on or wait, as the window and the reader on the far side allow."""
        if self.transport is None or self.transport.is_closing():
            return
        if self.out.full or (self.other is not None and self.other.stalled):
            self.transport.pause_reading()
        else:
            self.transport.resume_reading()

    def _deliver(self, data: bytes) -> None:
        far = self.other
        if far is not None and far.transport is not None and not far.transport.is_closing():
            far.transport.write(data)

    def _ended(self) -> None:
        far = self.other
        if far is not None and far.transport is not None and not far.transport.is_closing():
            with contextlib.suppress(OSError):  # the far end has gone, and its transport does not know yet
                far.transport.write_eof()
        self.pair.ended()


class _Pair:
    """A connection through the link: the client's end and the target's."""

    def __init__(self, link: Link, number: int) -> None:
        self.link = link
        self.number = number
        self.done = False
        self.hole = link.hole
        self.client = _End(self, link.up)
        self.target = _End(self, link.down)
        self._ends = 0
        self._task: asyncio.Task[None] | None = None

    def end_connected(self, end: _End) -> None:
        if end is self.client:
            self.link.pairs.add(self)
            if self.hole:
                self.link.counters.refused += 1
            else:
                self._task = asyncio.get_running_loop().create_task(self._connect())

    async def _connect(self) -> None:
        """The round trip of SYN and its answer, either of which may be lost; then the target is called."""
        try:
            await asyncio.sleep(self._handshake())
            loop = asyncio.get_running_loop()
            sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
            sock.setblocking(False)
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
            try:
                await loop.sock_connect(sock, self.link.target)
                await loop.create_connection(lambda: self.target, sock=sock)
            except BaseException:
                sock.close()
                raise
        except OSError:
            self.link.counters.refused += 1
            self.reset()
            return
        self.client.other, self.target.other = self.target, self.client
        self.link.up.open(self.client.out)
        self.link.down.open(self.target.out)
        self.client._room()

    def _handshake(self) -> float:
        now, losses = self.link.conditions, 0
        while any(fate(self.link.seed, self.number, step, losses) < now.loss for step in ("syn", "syn-ack")):
            losses += 1
        return now.round_trip + sum(now.timeout(n) for n in range(1, losses + 1))

    def ended(self) -> None:
        self._ends += 1
        if self._ends == 2:
            self.close(reset=False)

    def reset(self) -> None:
        self.close(reset=True)

    def close(self, reset: bool) -> None:
        if self.done:
            return
        self.done = True
        self.link.pairs.discard(self)
        self.drop()
        for end in (self.client, self.target):
            if end.transport is None:
                continue
            if reset:
                sock = end.transport.get_extra_info("socket")
                with suppress(OSError):
                    sock.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, RESET)
                end.transport.abort()
            else:
                end.transport.close()

    def drop(self) -> None:
        """What is under way is lost; a call to the target is given up."""
        if self._task is not None:
            self._task.cancel()
        self.link.up.forget(self.client.out)
        self.link.down.forget(self.target.out)


class Link:
    """A TCP link to `target` with a 2G phone's or any other conditions; see `model` for what they mean.

        link = Link(0, ("127.0.0.1", 8000), bits_per_second=50_000, one_way_delay_s=0.3, loss=0.05, seed=7)
        await link.start()  # link.port is where to connect

    All methods belong to the event loop's thread. The same seed gives the same losses for the same traffic.
    """

    def __init__(
        self,
        listen_port: int = 0,
        target: tuple[str, int] = ("127.0.0.1", 0),
        bits_per_second: float | None = None,
        one_way_delay_s: float = 0.0,
        loss: float = 0.0,
        seed: int = 0,
        *,
        host: str = "127.0.0.1",
    ) -> None:
        self.host = host
        self.port = listen_port
        self.target = target
        self.seed = seed
        self.conditions = Conditions(bits_per_second, one_way_delay_s, loss)
        self.counters = Counters()
        self.pairs: set[_Pair] = set()
        self.hole = False
        self._server: asyncio.Server | None = None
        self._kept: socket.socket | None = None
        self.up: Way
        self.down: Way

    async def start(self) -> None:
        """Listen. `port` is then the real one."""
        loop = asyncio.get_running_loop()
        self.up = Way("up", self.seed, self.conditions, loop)
        self.down = Way("down", self.seed, self.conditions, loop)
        self.counters.up, self.counters.down = self.up.count, self.down.count
        self._kept = self._bound()  # never listens: holds the port while the link is cut
        self.port = self._kept.getsockname()[1]
        await self._listen()

    def _bound(self) -> socket.socket:
        sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, 1)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, BUFFER)
        sock.bind((self.host, self.port))
        return sock

    async def _listen(self) -> None:
        def end() -> _End:
            self.counters.connections += 1
            return _Pair(self, self.counters.connections).client

        self._server = await asyncio.get_running_loop().create_server(end, sock=self._bound())

    def cut(self, way: How = "reset") -> None:
        """Nothing gets through until `restore`; what was under way is lost.

        'reset': both sides are told (RST) and new connections are refused. 'blackhole': nobody is told
        anything. New connections are taken, since a proxy cannot leave a SYN unanswered, and hear nothing.
        """
        if way not in ("reset", "blackhole"):
            raise ValueError("how: reset or blackhole")
        self.counters.cuts += 1
        if way == "blackhole":
            self.hole = True
            for pair in self.pairs:
                pair.hole = True
                pair.drop()
            return
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset_all()

    async def restore(self) -> None:
        """Let traffic through again. Connections in a blackhole are reset: nobody remembers them."""
        if self.hole:
            self.hole = False
            self._reset_all()
        if self._server is None:
            await self._listen()

    def set(self, **conditions: float | None) -> None:
        """Change some of bits_per_second, one_way_delay_s, loss, from the next segment on."""
        self.conditions = replace(self.conditions, **conditions)  # type: ignore[arg-type]  # checked by names
        self.up.conditions = self.down.conditions = self.conditions

    async def stop(self) -> None:
        """Reset what is open and give the port back."""
        if self._server is not None:
            self._server.close()
            self._server = None
        self._reset_all()
        if self._kept is not None:
            self._kept.close()
            self._kept = None
        await asyncio.sleep(0)  # the transports close their sockets in the loop's next turn

    async def __aenter__(self) -> Link:
        await self.start()
        return self

    async def __aexit__(self, *why: object) -> None:
        await self.stop()

    def _reset_all(self) -> None:
        for pair in list(self.pairs):
            pair.reset()


def partition(links: Iterable[Link], way: How = "reset") -> None:
    """Cut these links at once: those on either side of them no longer reach each other."""
    for link in links:
        link.cut(way)


async def heal(links: Iterable[Link]) -> None:
    """Restore all of these links."""
    for link in links:
        await link.restore()
