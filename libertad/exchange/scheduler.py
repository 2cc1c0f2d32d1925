"""The exchange that goes on by itself: pulls from every active peer that has an address.

A peer that does not answer is tried again later and later, up to five minutes; what it says wrong is
written beside it for a person. One peer's trouble never delays another.
"""

from __future__ import annotations

import logging
import random
import ssl
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from typing import Any

import msgspec

from libertad.exchange.authorization import suspension
from libertad.exchange.control import dispatch, introduction
from libertad.exchange.peering import failures, member_removal, peers
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.peering.roster import put_on_roster
from libertad.exchange.protocol import failure_codes
from libertad.exchange.protocol.messages import CHUNK
from libertad.exchange.receiving.receive_pipeline import Pulled
from libertad.exchange.receiving.verification_pool import VerificationPool
from libertad.exchange.sync import silent_peers
from libertad.exchange.sync.endpoint import (
    JOIN,
    LIES,
    MOST_PARCELS,
    SUCCEED,
    WELCOME,
    Exchange,
    PeerRolledBack,
)
from libertad.exchange.sync.repair import Repaired, repair
from libertad.exchange.transport import http
from libertad.exchange.transport.courier import Courier
from libertad.journal.fence import TakenOver
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.journal.transaction import Transaction

logger = logging.getLogger("libertad.exchange")
EVERY = 5.0
LONGEST = 300.0
WORKERS = 8
FLUSH = 5.0
SOON = 1.0
SLOW = 4 * 1024  # the first parcels of a peer whose speed is not known
FIRST = 16  # parcels asked for until its speed is known
AIM = 2.0  # seconds that one parcel should take: what a cut loses, on average half of it


class Pace:
    """When a peer is asked next, and how much at once."""

    def __init__(self) -> None:
        self.next = 0.0
        self.failures = 0
        self.chunk, self.most = SLOW, FIRST
        self.busy = False

    def record_success(self, every: float, more: bool, answered: int, seconds: float, parcels: int) -> None:
        self.failures = 0
        self.next = 0.0 if more else time.monotonic() + every
        if parcels:
            speed = answered / max(seconds, 0.001)
            self.chunk, self.most = int(min(CHUNK, max(SLOW, speed * AIM))), MOST_PARCELS

    def record_failure(self, every: float, moved: bool = False) -> None:
        """Later and later; at once again where something arrived before the line was cut (`moved`)."""
        self.failures = 0 if moved else self.failures + 1
        wait = min(SOON, every) if moved else min(LONGEST, every * 2 ** min(self.failures, 10))
        self.next = time.monotonic() + wait * random.uniform(0.7, 1.0)  # noqa: S311  spreads retries
        if not moved:
            self.chunk, self.most = SLOW, FIRST


class Scheduler:
    """Runs until stopped; `wake` asks everybody at once."""

    def __init__(
        self, node: Node, every: float = EVERY, longest: float = LONGEST, processes: bool = True
    ) -> None:
        self.node = node
        self.every = every
        self.longest = longest
        self.exchange = Exchange(node, VerificationPool() if processes else None)
        self.paces: dict[str, Pace] = {}
        self.stopping = threading.Event()
        self.waking = threading.Event()
        self.pool = ThreadPoolExecutor(WORKERS, thread_name_prefix="libertad-pull")
        self.thread = threading.Thread(target=self._run, name="libertad-exchange", daemon=True)
        self.trips: dict[str, Any] = {}
        self.mended: dict[str, Repaired | str] = {}
        self.guard = threading.Lock()
        self.parted: set[str] = set()  # peers that are asked no more
        self.exchange.on_heard = self._note_reachable
        self.post = Courier(self.exchange, every=every)

    def start(self) -> Scheduler:
        self.thread.start()
        self.post.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self.waking.set()
        self.post.stop()
        self.thread.join(timeout=10)
        self.pool.shutdown(wait=False, cancel_futures=True)

    def wake(self) -> None:
        """Ask every peer now."""
        for pace in list(self.paces.values()):
            pace.next = 0.0
            pace.failures = min(pace.failures, 1)
        self.waking.set()

    def ask(self, origin: str) -> None:
        """Ask one peer now; once also one that is asked no more."""
        if origin in self.parted:
            self.exchange.memory(origin).called = True
        if (pace := self.paces.get(origin)) is not None:
            pace.next = 0.0
            pace.failures = min(pace.failures, 1)
        self.waking.set()

    def cut(self, origin: str) -> None:
        """Cut the line to a peer in both directions, to try what happens, until `restore` or a new start."""
        self.exchange.cuts.add(origin)
        self.ask(origin)

    def restore(self, origin: str) -> None:
        """End a cut; the peer is asked at once."""
        self.exchange.cuts.discard(origin)
        self.ask(origin)

    def mend(self, origin: str) -> bool:
        """Begin a repair with a peer in the background; False while it is busy. `mended` tells the end."""
        pace = self.paces.setdefault(origin, Pace())
        with self.guard:
            if pace.busy:
                return False
            pace.busy = True
        self.mended.pop(origin, None)
        self.pool.submit(self._mend, origin, pace)
        return True

    def _mend(self, origin: str, pace: Pace) -> None:
        try:
            peer = peers.get(self.node.sql(), origin)
            if peer is not None:
                self.mended[origin] = repair(self.exchange, origin, self._trip(peer))
        except LIES as why:
            self.mended[origin] = f"refused: {why}"
        except PeerRolledBack:
            self.mended[origin] = BEHIND
        except Exception as why:
            self.mended[origin] = in_words(why)
        finally:
            pace.busy = False
            self.waking.set()

    def _note_reachable(self, origin: str) -> None:
        """Who asks us can be reached again: no need to wait out the pause after a failure."""
        pace = self.paces.get(origin)
        if pace is not None and pace.failures and not pace.busy:
            self.ask(origin)

    def _run(self) -> None:
        flushed, tended, looked = 0.0, time.monotonic(), 0.0
        while not self.stopping.is_set():
            try:
                self._due()
                if time.monotonic() - flushed >= min(FLUSH, self.every * 5):
                    flushed = time.monotonic()
                    self.exchange.flush()
                    put_on_roster(self.node)
                if time.monotonic() - looked >= suspension.EVERY:
                    looked = time.monotonic()
                    suspension.tend(self.node)
                if time.monotonic() - tended >= dispatch.TEND:
                    tended = time.monotonic()
                    dispatch.tend(self.node, now_ms())
            except Exception as why:
                logger.warning("exchange: %s", type(why).__name__)
            soon = min((p.next for p in self.paces.values() if not p.busy), default=0.0) - time.monotonic()
            self.waking.wait(min(max(soon, 0.02), self.every, 1.0))
            self.waking.clear()

    def ended(self, why: str) -> None:
        """Another node takes this one's place: it asks nobody any more."""
        if not self.stopping.is_set():
            logger.error("the exchange ends: %s", why)
        self.stopping.set()

    def _due(self) -> None:
        now = time.monotonic()
        parted = silent_peers.silent(self.exchange, self.node.sql())
        if parted - self.parted:
            member_removal.forget(self.node, parted - self.parted)
        self.parted = parted
        for peer in peers.every(self.node.sql()):
            if peer.state != peers.ACTIVE or not peer.address or peer.origin in parted:
                continue
            pace = self.paces.setdefault(peer.origin, Pace())
            with self.guard:
                due = not pace.busy and pace.next <= now
                pace.busy = pace.busy or due
            if due:
                self.pool.submit(self._pull, peer, pace)

    def _pull(self, peer: Peer, pace: Pace) -> None:
        try:
            self.join(peer)
            began = time.monotonic()
            done = self.exchange.pull(peer.origin, self._trip(peer), pace.chunk, pace.most)
            took = time.monotonic() - began
            has_more = done.lag > 0 or done.parcels > 0 or done.pieces > 0
            pace.record_success(self.every, has_more, done.answered, took, done.parcels)
            self.tell(peer, done, BEHIND if done.behind else "")
            if done.behind:
                failures.record_failure(self.node, peer.origin, failure_codes.ASK, "behind")
            else:
                failures.record_success(self.node, peer.origin, failure_codes.ASK)
        except TakenOver as why:
            self.ended(str(why))
        except http.NotKnown as why:
            pace.record_failure(self.every)
            self.exchange.skip_ahead(peer.origin)
            self.introduce(peer, pace, str(why))
        except LIES as why:
            pace.record_failure(self.every)
            self.failed(peer, f"refused: {why}", "refused")
        except Exception as why:
            pace.record_failure(self.every, self.moved(peer))
            self.failed(peer, in_words(why), failure_codes.code_of(why))
        finally:
            pace.busy = False
            self.waking.set()

    def join(self, peer: Peer) -> None:
        """Hand over our answers to its invitations until they are taken, also where it knows this node."""
        for answer in answers(self.node.sql(), peer.origin):
            if self._welcome(peer, JOIN + answer):
                self.node.writer.submit(partial(_taken, answer))

    def moved(self, peer: Peer) -> bool:
        """Whether a pull that was cut brought something all the same."""
        now = peers.get(self.node.sql(), peer.origin)
        return now is not None and now.taken > peer.taken

    def introduce(self, peer: Peer, pace: Pace, error: str) -> None:
        """The peer does not know us: by our answer to its invitation, or as who we were before a restore."""
        code = "unknown"
        try:
            # One after the other: to whoever let us in long ago our answer is a stranger's.
            known = any(self._welcome(peer, message) for message in introductions(self.node, peer.origin))
        except Exception as why:
            known, error, code = False, in_words(why), failure_codes.code_of(why)
        if known:
            pace.next = 0.0
            pace.failures = 0
        else:
            self.failed(peer, error, code)

    def _welcome(self, peer: Peer, message: bytes) -> bool:
        try:
            return list(self._trip(peer)(message)) == [WELCOME]
        except http.NotKnown:
            return False

    def _trip(self, peer: Peer) -> Any:
        return http.trip(peer.address)

    def tell(self, peer: Peer, done: Pulled, error: str) -> None:
        """Write contact, bytes and error beside the peer; not at every idle poll."""
        now = now_ms()
        quiet = not done.parcels and error == peer.error and now - peer.contact < 20_000
        size = done.taken.cursor + done.lag if done.parcels else peer.size
        if quiet:
            return
        self.node.writer.submit(
            lambda tx: tx.sql.run(
                "update exchange_peer set contact = ?, tried = ?, error = ?, size = ?, "
                "bytes_in = bytes_in + ?, bytes_out = bytes_out + ? where origin = ?",
                (now, now, error, size, done.answered, done.asked, peer.origin),
            )
        )

    def failed(self, peer: Peer, error: str, code: str) -> None:
        if error != peer.error:
            # What refuses may quote the peer, which says what it likes.
            logger.warning("exchange with %s: %s", peer.origin, code if code == "refused" else error)
        if error != peer.error or now_ms() - peer.tried > 20_000:
            self.node.writer.submit(
                lambda tx: peers.change(tx.sql, peer.origin, tried=now_ms(), error=error[:300])
            )
        failures.record_failure(self.node, peer.origin, failure_codes.ASK, code)


def _taken(answer: bytes, tx: Transaction) -> None:
    tx.sql.run("delete from exchange_joining where answer = ?", (answer,))


def introductions(node: Node, origin: str) -> list[bytes]:
    """Messages by which a peer may come to know this node."""
    sql = node.sql()
    slips = introduction.slips(sql)
    # Who took our answer to its invitation welcomes it again, and would go on knowing us by the old key.
    messages = [SUCCEED + msgspec.msgpack.encode(slips)] if slips else []
    messages += [JOIN + answer for answer in answers(sql, origin)]
    return messages


def answers(sql: Sql, origin: str) -> list[bytes]:
    """Our answers to invitations of this peer which it has not taken yet, the earliest first."""
    statement = "select answer from exchange_joining where origin = ? order by at, invitation"
    return [bytes(row[0]) for row in sql.all(statement, (origin,))]


BEHIND = (
    "its journal is shorter than what it has shown: it was restored from a backup. Ask its authority to "
    "accept the restore; if it has, run libertad exchange repair"
)


def in_words(why: BaseException) -> str:
    """What went wrong on the way, and no more than that."""
    if isinstance(why, ConnectionRefusedError):
        return "nothing answers at its address: its node is down or its address has changed"
    if isinstance(why, TimeoutError):
        return "no answer in time: the line is slow or cut"
    if isinstance(why, ssl.SSLCertVerificationError):
        return (
            f"its certificate is not believed ({why.verify_message}): name the authority that signed it in "
            "LIBERTAD_EXCHANGE_CA, or ask its people"
        )
    if isinstance(why, ConnectionError):
        # One of the system's ('[Errno 104] ...') is no sentence.
        return (why.errno is None and str(why)) or "the line was cut"
    if isinstance(why, OSError):
        return f"its address cannot be reached ({why.strerror or type(why).__name__})"
    return f"the exchange failed here ({type(why).__name__}): run libertad doctor"


_loop: Scheduler | None = None
_guard = threading.Lock()


def running() -> Scheduler | None:
    """This process's loop, where it serves."""
    return _loop


def exchange() -> Exchange:
    """This process's exchange: the loop's where one runs, so that both know the same peers."""
    return start().exchange


def start() -> Scheduler:
    """Start this process's loop (once)."""
    from django.conf import settings

    from libertad.journal.node import node

    global _loop
    with _guard:
        if _loop is None:
            _loop = Scheduler(
                node(), every=float(getattr(settings, "LIBERTAD_EXCHANGE_EVERY", EVERY))
            ).start()
        return _loop


def stop() -> None:
    global _loop
    with _guard:
        if _loop is not None:
            _loop.stop()
            _loop = None
