"""Our exchange on loopback and on a bad line: what it takes, with the bytes of the client's sockets."""

from __future__ import annotations

import http.client
import shutil
import socket
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from bench import _pair
from scenarios.bad_network import LinkProcess

TEN = 10
SLOW_ENTRIES = 2_000
CUTS = (0.2, 0.5, 0.8)  # shares of the entries that are there when the line is cut
LONGEST = 900.0  # seconds until the slow line is given up


@dataclass(frozen=True)
class Carried:
    """What an exchange took. Bytes are of the sockets, both ways, with all headers of HTTP."""

    seconds: float
    bytes: int


@dataclass(frozen=True)
class Small:
    """A pull with little or nothing new: how many round trips, and bytes of the bodies each way."""

    trips: int
    asked: int
    answered: int


@dataclass(frozen=True)
class Slow:
    """Over the bad line: what the undisturbed bytes are, and how long it took with the cuts."""

    bytes: int
    seconds: float
    cuts: int


@dataclass(frozen=True)
class Ours:
    """Everything that is measured of ours."""

    many: Carried
    ten: Small
    idle: Small
    slow: Slow | None


class Counting(socket.socket):
    """A socket that counts what it reads and writes, with all others of its kind."""

    moved = 0

    def recv_into(self, *arguments: Any) -> int:
        count = super().recv_into(*arguments)
        Counting.moved += count
        return count

    def sendall(self, data: Any, *flags: int) -> None:
        super().sendall(data, *flags)
        Counting.moved += len(data)


@contextmanager
def count_bytes() -> Iterator[type[Counting]]:
    """Connections of HTTP made in this block count their bytes."""
    connect = http.client.HTTPConnection.connect

    def connected(self: http.client.HTTPConnection) -> None:
        connect(self)
        sock = self.sock
        seconds = sock.gettimeout()
        self.sock = Counting(sock.family, sock.type, sock.proto, fileno=sock.detach())
        self.sock.settimeout(seconds)

    Counting.moved = 0
    http.client.HTTPConnection.connect = connected  # type: ignore[method-assign]
    try:
        yield Counting
    finally:
        http.client.HTTPConnection.connect = connect  # type: ignore[method-assign]


def reopen(party: Any, home: Path) -> Any:
    """A party whose node was closed, on its home or on a copy of it."""
    from libertad.exchange.sync.endpoint import Exchange
    from tests.support.nodes import LoneNode

    party.node = LoneNode(home)
    party.exchange = Exchange(party.node)
    return party


def measure(rounds: int, slow: bool, between: Callable[[], None]) -> Ours:
    """All of ours, on one pair of nodes; `between` is run after each round of the 10,000 entries."""
    home = _pair.django()
    from libertad.exchange.receiving.verification_pool import VerificationPool

    pool = VerificationPool()
    pool.submit(int).result()  # as a node that has exchanged before
    try:
        pair = _pair.build(home)
        pair.say(_pair.ENTRIES)
        pair.police.node.close()
        pair.centre.node.close()
        carried = _carry_rounds(pair, home, pool, rounds, between)
        ten, idle = _ten(pair, home)
        return Ours(carried, ten, idle, _slow(pair, home) if slow else None)
    finally:
        pool.shutdown()
        shutil.rmtree(home, ignore_errors=True)


def _carry_rounds(
    pair: _pair.Pair, home: Path, pool: Any, rounds: int, between: Callable[[], None]
) -> Carried:
    """Each round on a fresh copy of the reading node; the median. The last copy goes on."""
    measured = []
    shutil.copytree(home / "centre", home / "fresh")
    for number in range(rounds):
        if number:
            shutil.rmtree(home / "centre")
            shutil.copytree(home / "fresh", home / "centre")
        reopen(pair.centre, home / "centre").exchange.pool = pool
        with _pair.served(home / "police") as address, count_bytes() as sockets:
            seconds, done = _pair.drain(pair, address)
            measured.append(Carried(seconds, sockets.moved))
        if done.taken.stored < _pair.ENTRIES or done.taken.held:
            raise RuntimeError(f"{done.taken.stored} entries stored, {done.taken.held} held")
        pair.centre.node.close()
        between()
    return sorted(measured, key=lambda carried: carried.seconds)[(len(measured) - 1) // 2]


def _say_more(pair: _pair.Pair, home: Path, count: int, first: int) -> None:
    reopen(pair.police, home / "police")
    pair.say(count, first)
    pair.police.node.close()


def _ten(pair: _pair.Pair, home: Path) -> tuple[Small, Small]:
    """Ten new entries on a synchronised pair, then polls with nothing new. The bodies, without a network."""
    centre, police = reopen(pair.centre, home / "centre"), reopen(pair.police, home / "police")
    try:
        for _ in range(3):  # both know each other's newest keys
            centre.pull(police)
        pair.say(TEN, _pair.ENTRIES)
        ten = _small(pair)
        polls = [_small(pair) for _ in range(5)]
    finally:
        centre.node.close()
        police.node.close()
    return ten, max(polls[1:], key=lambda poll: max(poll.asked, poll.answered))


def _small(pair: _pair.Pair) -> Small:
    trips, total = 1, pair.centre.pull(pair.police)
    while total.lag:
        done = pair.centre.pull(pair.police)
        trips += 1
        total.asked, total.answered, total.lag = (
            total.asked + done.asked,
            total.answered + done.answered,
            done.lag,
        )
    return Small(trips, total.asked, total.answered)


def _slow(pair: _pair.Pair, home: Path) -> Slow:
    """2,000 entries over the 2G line by the exchange's own loop, and undisturbed before."""
    _say_more(pair, home, SLOW_ENTRIES, _pair.ENTRIES + TEN)
    shutil.rmtree(home / "fresh")
    shutil.copytree(home / "centre", home / "fresh")
    with _pair.served(home / "police") as address:
        reopen(pair.centre, home / "fresh")
        with count_bytes() as sockets:
            _pair.drain(pair, address)
            alone = sockets.moved
        pair.centre.node.close()
    # A process of its own again: two copies of one reader would look like one who repeats himself.
    with _pair.served(home / "police") as address:
        reopen(pair.centre, home / "centre")
        try:
            with LinkProcess(address.partition("//")[2], profile="2g", seed=7) as line:
                return Slow(alone, *cut_short(pair, line))
        finally:
            pair.centre.node.close()


def cut_short(pair: _pair.Pair, line: LinkProcess) -> tuple[float, int]:
    """Pull over the line by the loop, cutting it; (seconds until all was durable, cuts)."""
    from libertad.exchange.peering import peers
    from libertad.exchange.scheduler import Scheduler

    origin = pair.police.node.key.origin
    node, began = pair.centre.node, 0.0
    first = peers.get(node.sql(), origin).taken  # type: ignore[union-attr]
    node.writer.submit(lambda tx: peers.change(tx.sql, origin, address=f"http://127.0.0.1:{line.port}"))
    loop = Scheduler(node, processes=False)
    marks, cuts = [first + int(share * SLOW_ENTRIES) for share in CUTS], 0
    began = time.perf_counter()
    loop.start()
    try:
        while (now := peers.get(node.sql(), origin).taken) < first + SLOW_ENTRIES:  # type: ignore[union-attr]
            if marks and now >= marks[0]:
                marks.pop(0)
                line.cut()
                line.restore()
                cuts += 1
            if time.perf_counter() - began > LONGEST:
                raise RuntimeError(f"only {now - first} of {SLOW_ENTRIES} entries in {LONGEST} s")
            time.sleep(0.02)
        return time.perf_counter() - began, cuts
    finally:
        loop.stop()
