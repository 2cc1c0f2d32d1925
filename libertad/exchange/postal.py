"""Letters by NATS, where LIBERTAD_NATS_URL names a broker: written to peers that do not ask by HTTP.

A peer that asked us within the last minute gets what it asks for; everybody else gets a letter when there
is news. What a letter brings is committed here before the broker hears that it arrived.
"""

from __future__ import annotations

import logging
import threading
import time

from libertad.exchange import mailing, peers
from libertad.exchange.nats_mail import NotSent
from libertad.exchange.nats_transport import NatsTransport, State, from_environment
from libertad.exchange.peers import now_ms
from libertad.exchange.session import LIES, Exchange

logger = logging.getLogger("libertad.exchange")
EVERY = 5.0
ASKING = 60_000  # ms: who asked within them is not written to
UNSENT = "the broker did not take our letter: it is sent again"


class Post:
    """The letters of one node: `start`, `stop`; runs in a thread of its own."""

    def __init__(self, exchange: Exchange, every: float = EVERY, asking: int = ASKING) -> None:
        self.exchange, self.every, self.asking = exchange, every, asking
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="libertad-post", daemon=True)
        self.transport: NatsTransport | None = None

    def start(self, transport: NatsTransport | None = None) -> bool:
        """Whether there is a broker to write through. `transport` for tests; else from the environment."""
        key = self.exchange.node.key
        self.transport = transport or from_environment(
            key.origin, key.seed, seal=self.seal, open=self.open, handler=self.take
        )
        if self.transport is None:
            return False
        self.transport.start()
        self.thread.start()
        return True

    def stop(self) -> None:
        if self.transport is not None:
            self.stopping.set()
            self.thread.join(timeout=10)
            self.transport.stop()

    def state(self) -> State | None:
        return self.transport.state() if self.transport is not None else None

    def seal(self, origin: str, plain: bytes) -> bytes:
        return mailing.seal(self.exchange, origin, plain)

    def open(self, data: bytes) -> tuple[str, bytes]:
        return mailing.open_mail(self.exchange, data)

    def take(self, origin: str, parcel: bytes) -> None:
        """Durable when it returns. What is a lie is written beside the peer, and does not come again."""
        try:
            mailing.read(self.exchange, origin, [parcel])
        except LIES as why:
            logger.warning("exchange with %s: refused: %s", origin, why)
            words = f"refused: {why}"[:300]
            self.exchange.node.writer.submit(
                lambda tx: peers.change(tx.sql, origin, tried=now_ms(), error=words)
            )

    def _run(self) -> None:
        while not self.stopping.wait(self.every):
            try:
                self.round()
            except Exception as why:
                logger.warning("letters: %s", type(why).__name__)

    def round(self) -> int:
        """Write to everybody who is due; returns how many letters went out."""
        transport, sent = self.transport, 0
        if transport is None or not transport.state().connected:
            return 0
        for peer in peers.every(self.exchange.node.sql()):
            asked = max(peer.heard, self.exchange.seen.get(peer.origin, (0, 0))[1])
            if peer.state != peers.ACTIVE or (peer.address and asked > now_ms() - self.asking):
                continue
            letter = mailing.write(self.exchange, peer.origin, everything=False)
            if not letter.news:
                continue
            try:
                transport.send(peer.origin, letter.parcels)
                sent += 1
            except NotSent:
                mailing.unsent(self.exchange, peer.origin, letter)
                logger.warning("exchange with %s: %s", peer.origin, UNSENT)
        return sent


def waited(post: Post, seconds: float) -> bool:
    """Whether the broker answered within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = post.state()
        if state is not None and state.connected:
            return True
        time.sleep(0.05)
    return False
