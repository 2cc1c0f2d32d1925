"""Sends and takes letters by NATS, where LIBERTAD_NATS_URL names a broker.

A peer that asked us within the last minute gets what it asks for; everybody else gets a letter when there
is news. What a letter brings is committed here before the broker hears that it arrived.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor, wait
from typing import NamedTuple

from libertad.exchange.control import dispatch
from libertad.exchange.peering import failures, peers
from libertad.exchange.peering.peers import now_ms
from libertad.exchange.protocol import failure_codes
from libertad.exchange.receiving.receiver import StaleCursor
from libertad.exchange.sync import silent_peers
from libertad.exchange.sync.endpoint import LIES, Exchange
from libertad.exchange.transport import mail
from libertad.exchange.transport.due_peers import DuePeers
from libertad.exchange.transport.mail import Letter
from libertad.exchange.transport.nats_frame import inbox
from libertad.exchange.transport.nats_mail import Early, NoBox, NotSent
from libertad.exchange.transport.nats_transport import NatsTransport, State, from_environment

logger = logging.getLogger("libertad.exchange")
EVERY = 5.0
ASKING = 60_000  # ms: who asked within them is not written to
BOXLESS = 600_000  # ms: after them a letter is written anew, whatever became of the one at the leaf
UNBOXED = 60_000  # ms: the same where there is no leaf, so that the letter lies nowhere
MOST = 64  # parcels of one letter: a few minutes on a thin line
TRIES = 3
WORKERS = 8
PATIENCE, SLOWEST = 30.0, 5000.0  # seconds, and bytes a second, until a broker is given up
LEAST = 0.5  # seconds for each letter of a round
TOGETHER = 4_000_000  # bytes of letters that are handed over together
GATHER = 0.2  # seconds
UNSENT = "the broker did not take our letter: it is sent again"


Letters = list[tuple[str, Letter]]


class Condition(NamedTuple):
    """Of the mail that was asked for: whether its threads run, and whether the broker answers them."""

    runs: bool
    answered: bool


class Courier:
    """The letters of one node: `start`, `stop`; runs in a thread of its own."""

    def __init__(self, exchange: Exchange, every: float = EVERY, asking: int = ASKING) -> None:
        self.exchange, self.every, self.asking = exchange, every, asking
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="libertad-post", daemon=True)
        self.transport: NatsTransport | None = None
        self.tried = False  # whether a round has begun: before it, no broker had to answer
        self.due_peers = DuePeers()
        self.leaving: set[str] = set()  # to whom a letter is being handed over
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="libertad-letter")

    def start(self, transport: NatsTransport | None = None) -> bool:
        """Whether there is a broker to write through. `transport` for tests; else from the environment."""
        key = self.exchange.node.key
        self.transport = transport or from_environment(
            key.origin, key.seed, seal=self.seal, open=self.open, handler=self.take, report=self.report
        )
        if self.transport is None:
            failures.no_letters(self.exchange.node)
            return False
        self.transport.start()
        self.thread.start()
        return True

    def stop(self) -> None:
        if self.transport is not None:
            self.stopping.set()
            self.thread.join(timeout=10)
            self.transport.stop()  # what is being handed over fails, and is sent again
        self.pool.shutdown(wait=True)

    def state(self) -> State | None:
        return self.transport.state() if self.transport is not None else None

    def condition(self) -> Condition | None:
        """From memory alone, without a lock; None where no broker is asked for."""
        transport = self.transport
        if transport is None:
            return None
        answered = transport.state().connected or not self.tried
        return Condition(self.thread.is_alive() and transport.alive(), answered)

    def seal(self, origin: str, plain: bytes) -> bytes:
        return mail.seal(self.exchange, origin, plain)

    def open(self, data: bytes) -> tuple[str, bytes]:
        return mail.open_mail(self.exchange, data)

    def report(self, box: str, way: str, code: str) -> None:
        """Write down what the mail tells of a box on the hub (of none of its own: of the broker itself)."""
        node = self.exchange.node
        boxes = {inbox(peer.origin): peer.origin for peer in peers.every(node.sql())} if box else {}
        origin = boxes.get(box, failure_codes.ITSELF)
        if box and not origin:
            return  # of a peer that is known no longer
        if code:
            failures.record_failure(node, origin, way, code)
        else:
            failures.record_success(node, origin, way)

    def take(self, origin: str, parcels: Sequence[bytes]) -> None:
        """Durable when it returns. What is a lie is written beside the peer, and does not come again."""
        node = self.exchange.node
        try:
            self._read(origin, parcels)
            failures.record_success(node, origin, failure_codes.LETTER_IN)
        except (StaleCursor, Early):
            raise  # no lie: it comes again
        except LIES as why:
            failures.record_failure(node, origin, failure_codes.LETTER_IN, "refused")
            logger.warning("exchange with %s: refused: %s", origin, why)
            words = f"refused: {why}"[:300]
            node.writer.submit(lambda tx: peers.change(tx.sql, origin, tried=now_ms(), error=words))
        except Exception:
            failures.record_failure(node, origin, failure_codes.LETTER_IN, "here")
            raise

    def _read(self, origin: str, parcels: Sequence[bytes]) -> None:
        """Once more at once where a pull from the same peer was faster."""
        for each in range(TRIES + 1):
            try:
                if mail.read(self.exchange, origin, parcels).early:
                    raise Early  # letters that a node that was down had fetched come after later ones
                return
            except StaleCursor:
                if each == TRIES:
                    raise

    def _run(self) -> None:
        while not self.stopping.wait(self.every):
            try:
                self.round()
            except Exception as why:
                logger.warning("letters: %s", type(why).__name__)

    def round(self) -> int:
        """Write to everybody who is due; returns how many letters are on their way to the broker.

        One peer's trouble never delays another: each letter is handed over by itself, and a peer whose last
        one is still being handed over is passed over.
        """
        transport, sent, node = self.transport, 0, self.exchange.node
        letters: Letters = []
        jobs: list[dispatch.Job] = []
        if transport is None:
            return 0
        self.tried = True
        if not transport.state().connected:
            failures.record_failure(node, failure_codes.ITSELF, failure_codes.LETTER_OUT, "no-broker")
            return 0
        failures.record_success(node, failure_codes.ITSELF, failure_codes.LETTER_OUT)
        troubles = failures.failures(node.sql())
        standing = {failure.origin for failure in troubles if failure.way == failure_codes.LETTER_OUT}
        # Who has no box at the hub, as one who gets bundles alone: a letter for it lies at our leaf already,
        # is tried again and again, and goes once the box is made. More would only be in the others' way.
        pauses = {failure_codes.CARRY: BOXLESS, failure_codes.LETTER_OUT: UNBOXED}
        boxless = {
            failure.origin
            for failure in troubles
            if failure.code == "no-box-there" and failure.at > now_ms() - pauses.get(failure.way, 0)
        }
        parted = silent_peers.silent(self.exchange, node.sql())
        self.due_peers.begin(node, node.sql())
        for peer in peers.every(node.sql()):
            last_asked = max(peer.heard, self.exchange.seen.get(peer.origin, (0, 0))[1])
            if (
                peer.state != peers.ACTIVE
                or peer.origin in parted
                or (peer.address and last_asked > now_ms() - self.asking)
            ):
                if peer.origin in standing:
                    failures.record_success(node, peer.origin, failure_codes.LETTER_OUT)  # it needs none
                continue
            if peer.origin in self.leaving or peer.origin in boxless or peer.origin in self.exchange.cuts:
                continue
            if not self.due_peers.due(self.exchange, peer):
                continue
            try:
                letter = mail.write(self.exchange, peer.origin, everything=False, most=MOST, jobs=jobs)
            except Exception as why:
                logger.warning("exchange with %s: no letter (%s)", peer.origin, type(why).__name__)
                self.exchange.memory(peer.origin).dirty = True
                failures.record_failure(node, peer.origin, failure_codes.LETTER_OUT, "here")
                continue
            if letter.news:
                letters.append((peer.origin, letter))
                if sum(letter.size for _origin, letter in letters) >= TOGETHER:
                    sent += self._send_off(transport, letters, jobs)
                    letters, jobs = [], []
        return sent + self._send_off(transport, letters, jobs)

    def _send_off(self, transport: NatsTransport, letters: Letters, jobs: list[dispatch.Job]) -> int:
        """Hand letters over in the background, once it is written down where their parcels end."""
        if not letters:
            return 0
        try:
            dispatch.run_together(self.exchange.node, jobs)
        except BaseException:
            for origin, _letter in letters:
                mail.unsent(self.exchange, origin)
            raise
        self.leaving.update(origin for origin, _letter in letters)
        self.pool.submit(self._hand_over, transport, letters)
        return len(letters)

    def _hand_over(self, transport: NatsTransport, letters: Letters) -> None:
        """Each by itself; those that have left meanwhile are written down together."""
        waiting = dict(letters)
        try:
            under_way: dict[Future[None], tuple[str, float]] = {}
            latest = time.monotonic() + PATIENCE
            for origin, letter in letters:
                latest += LEAST + letter.size / SLOWEST  # they leave one after the other
                under_way[_begun(transport, origin, letter)] = origin, latest
            while under_way:
                wait(under_way, timeout=GATHER)
                left: Letters = []
                for future, (origin, until) in list(under_way.items()):
                    if future.done() or time.monotonic() >= until:
                        del under_way[future]
                        why = _failure(future)
                        letter = waiting.pop(origin)
                        if why is None:
                            left.append((origin, letter))
                        else:
                            self._not_sent(origin, why)
                self._record_sent(left)
        finally:
            for origin in waiting:
                mail.unsent(self.exchange, origin)
            self.leaving.difference_update(waiting)

    def _record_sent(self, letters: Letters) -> None:
        if not letters:
            return
        try:
            jobs = [mail.sent_job(self.exchange, origin, letter) for origin, letter in letters]
            dispatch.run_together(self.exchange.node, jobs)
            for origin, _letter in letters:
                failures.record_success(self.exchange.node, origin, failure_codes.LETTER_OUT)
        finally:
            self.leaving.difference_update(origin for origin, _letter in letters)

    def _not_sent(self, origin: str, why: BaseException) -> None:
        try:
            mail.unsent(self.exchange, origin)
            words = UNSENT if isinstance(why, NotSent) else type(why).__name__
            logger.warning("exchange with %s: %s", origin, words)
            code = "not-taken" if isinstance(why, NotSent) else "here"
            code = "no-box-there" if isinstance(why, NoBox) else code
            failures.record_failure(self.exchange.node, origin, failure_codes.LETTER_OUT, code)
        finally:
            self.leaving.discard(origin)


def _begun(transport: NatsTransport, origin: str, letter: Letter) -> Future[None]:
    try:
        return transport.begin(origin, letter.parcels)
    except Exception as why:
        failed: Future[None] = Future()
        failed.set_exception(why)
        return failed


def _failure(future: Future[None]) -> BaseException | None:
    """Why a letter did not leave, None where it has; one that the broker has not answered yet is given up."""
    if not future.done():
        future.cancel()
    return NotSent("the broker does not answer") if future.cancelled() else future.exception()


def waited(post: Courier, seconds: float) -> bool:
    """Whether the broker answered within so many seconds."""
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        state = post.state()
        if state is not None and state.connected:
            return True
        time.sleep(0.05)
    return False
