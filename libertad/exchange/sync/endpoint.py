"""One node's side of the talk with its peers, by any way: it answers their asks, and pulls from them.

A message that is not from an active peer gets no answer at all: `UnknownPeer`. What a transport does with
that must not tell a stranger that anything is here.
"""

from __future__ import annotations

import contextlib
import logging
import threading
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from typing import Any

from libertad.exchange.control import dispatch, key_succession
from libertad.exchange.peering import ask_counter, peers
from libertad.exchange.peering.peer_session import Memory
from libertad.exchange.peering.peers import Peer, now_ms
from libertad.exchange.protocol.messages import CHUNK, BadMessage, Parcel, PullRequest, pack, unpack
from libertad.exchange.protocol.secure_channel import ASK, Channel, NotOurs, origin_of, small
from libertad.exchange.receiving import receiver
from libertad.exchange.receiving.receive_pipeline import Pulled, ReceivePipeline
from libertad.exchange.receiving.receiver import BadParcel
from libertad.exchange.sending import attachment_sync, range_fingerprints
from libertad.exchange.sending.sender import Outgoing
from libertad.journal import restore
from libertad.journal.checking import BadEntry
from libertad.journal.header import Malformed
from libertad.journal.node import Node
from libertad.journal.sides import OPEN
from libertad.journal.transaction import Transaction

logger = logging.getLogger("libertad.exchange")
LEAST_CHUNK = 4 * 1024
MOST_PARCELS = 256
MOST_FILLS = 64
EXTRA = 4  # parcels of an answer that are not of the journal: a word, fingerprints, what was asked by name
LIES = (BadMessage, BadParcel, BadEntry, NotOurs, Malformed, attachment_sync.NotAsked)
WELCOME = b"\x01"
JOIN, SUCCEED = bytes(7) + b"\x01", bytes(7) + b"\x02"
HEARD = (
    "update exchange_peer set given = ?, heard = ?, counter_in = ?, bytes_in = bytes_in + ?, "
    "bytes_out = bytes_out + ? where origin = ?"
)
# What a message says that begins with no peer's name.
HANDLERS: dict[bytes, Callable[[Node, bytes], bool]] = {}
# One round trip: (our sealed ask) -> sealed parts of the answer, as they arrive.
Trip = Callable[[bytes], Iterable[bytes]]


class UnknownPeer(Exception):
    """Not a message of an active peer."""


class Cut(ConnectionError):
    """The line to this peer is cut here, to try what happens (demo): it gets no answer and is not asked."""


class PeerRolledBack(Exception):
    """The peer's tree is smaller than what it has shown: it was restored. See `repair`."""


def _nobody(origin: str) -> None:
    """What is told of who asked us, where nobody listens."""


class Exchange:
    """The exchange of one node. Thread-safe; one pull a peer at a time."""

    def __init__(self, node: Node, pool: Executor | None = None) -> None:
        self.node = node
        self.pool = pool
        self.lock = threading.Lock()
        self.channels: dict[str, Channel] = {}
        self.nobody: Channel | None = None
        self.memories: dict[str, Memory] = {}
        self.seen: dict[str, tuple[int, int]] = {}  # name of a tree -> (given, when) not yet on disk
        self.served: dict[str, list[int]] = {}  # origin -> bytes in and out as the one who answers
        self.counters: dict[str, int] = {}
        self.cuts: set[str] = set()  # peers to which the line is cut, in a demonstration
        self.on_heard: Callable[[str], None] = _nobody
        self.flushed = 0.0
        self.begun = False

    def _begin(self) -> None:
        """Once: finish what the process before had begun."""
        with self.lock:
            if self.begun:
                return
            restore.recover(self.node)
            receiver.finish_opening(self.node)
            self.begun = True

    def channel(self, peer: Peer) -> Channel:
        channel = self.channels.get(peer.origin)
        if channel is None:
            channel = self.channels[peer.origin] = Channel(self.node.key.seed, peer.public)
        return channel

    def memory(self, origin: str) -> Memory:
        return self.memories.setdefault(origin, Memory())

    # -- answering -------------------------------------------------------------------------

    def answer(self, message: bytes) -> Iterator[bytes]:
        """The sealed parts of the answer to a sealed ask; Stranger unless an active peer sent it."""
        if message[:8] in HANDLERS and len(message) <= receiver.MOST_ASK:
            return self._stranger(message[:8], message[8:])
        try:
            peer, channel, sealed, plain = self.open_message(ASK, message)
        except UnknownPeer:
            if (notice := key_succession.tell_ended(self.node, message)) is None:
                raise
            return iter((notice,))
        origin, memory = peer.origin, self.memory(peer.origin)
        try:
            ask = unpack(plain, PullRequest)
        except BadMessage:
            raise UnknownPeer from None
        with self.lock:
            if ask_counter.too_far(peer.counter_in):
                memory.counter = max(memory.counter, ask_counter.floor(peer.counter_in))
            if ask.counter <= max(memory.counter, ask_counter.floor(peer.counter_in)):
                raise UnknownPeer  # a copy of an older message
            if ask_counter.too_far(ask.counter):
                logger.warning("a peer's number of asks is days ahead of this node's clock: %s", origin)
                raise UnknownPeer
            if origin in self.cuts:
                raise Cut("the line is cut here, for demonstration")
            memory.counter = ask.counter
        self.on_heard(origin)
        if ask.tree:  # another tree than the open one: a talk of its own
            sql = self.node.sql()
            if ask.tree not in peers.trees_with(self.node, sql, peer):
                return self._count_bytes(
                    origin, len(message), iter((channel.answer(sealed, 0, b"", last=True),))
                )
            peer = peers.at_tree(sql, peer, ask.tree)
            memory = self.memory(peer.log)
        return self._count_bytes(origin, len(message), self._parts(peer, channel, memory, ask, sealed))

    def open_message(self, kind: bytes, message: bytes) -> tuple[Peer, Channel, bytes, bytes]:
        """(peer, its channel, the seal, what it says) of a message of an active peer; else Stranger."""
        if len(message) > receiver.MOST_ASK:
            raise UnknownPeer
        origin, sealed = origin_of(message), message[8:]
        peer = peers.get(self.node.sql(), origin)
        if peer is None or peer.state != peers.ACTIVE:
            self._dummy_open(sealed)
            raise UnknownPeer
        try:
            channel = self.channel(peer)
            return peer, channel, sealed, channel.open(kind, sealed)
        except NotOurs:
            raise UnknownPeer from None

    def _dummy_open(self, sealed: bytes) -> None:
        """As much work as an ask of a peer takes: the time of a refusal does not tell who is one."""
        if self.nobody is None:
            self.nobody = Channel(self.node.key.seed, self.node.key.public)
        with contextlib.suppress(NotOurs):
            self.nobody.open(ASK, sealed)

    def _count_bytes(self, origin: str, received: int, answer: Iterator[bytes]) -> Iterator[bytes]:
        """Each part, counted once it is handed over."""
        with self.lock:
            moved = self.served.setdefault(origin, [0, 0])
            moved[0] += received
        for part in answer:
            with self.lock:
                self.served.setdefault(origin, [0, 0])[1] += len(part)
            yield part

    def _stranger(self, kind: bytes, data: bytes) -> Iterator[bytes]:
        """Somebody who is no peer yet shows a proof: an answer to our invitation, or a succession."""
        if not HANDLERS[kind](self.node, data):
            raise UnknownPeer
        return iter((WELCOME,))

    def _parts(
        self, peer: Peer, channel: Channel, memory: Memory, ask: PullRequest, sealed: bytes
    ) -> Iterator[bytes]:
        self._begin()
        sql = self.node.sql()
        peer = peers.take_format(self.node, peer, ask.format)
        if ask.word is not None:
            dispatch.dispatch(self.node, peer, ask.word, memory)
        self._note_cursor(peer, ask)
        place = 0
        before: Parcel | None = None
        outgoing = Outgoing(self.node, sql, peer.origin, peer.tree)
        for parcel in self._parcels(peer, ask, memory, outgoing):
            if before is not None:
                yield channel.answer(sealed, place, pack(before), last=False)
                place += 1
            # Sending one part may take long: a suspension or a removed reader ends what is under way.
            now = peers.get(sql, peer.origin)
            if now is None or now.state != peers.ACTIVE or not outgoing.still_permitted(parcel):
                return
            before = parcel
        yield channel.answer(sealed, place, pack(before) if before is not None else b"", last=True)

    def _parcels(self, peer: Peer, ask: PullRequest, memory: Memory, outgoing: Outgoing) -> Iterator[Parcel]:
        word = dispatch.compose(self.node, outgoing.sql, peer, memory, ask.after)
        if ask.after > outgoing.size:
            yield Parcel(head=outgoing.size, word=word)
            return
        if word is not None:
            yield Parcel(start=ask.after, end=ask.after, head=outgoing.size, word=word)
        chunk = min(max(ask.chunk, LEAST_CHUNK), CHUNK)
        limit = min(max(ask.most, 1), MOST_PARCELS)
        if ask.fingerprints is not None:
            yield range_fingerprints.differing(outgoing, ask.fingerprints, ask.after)
        if ask.named:
            yield outgoing.parcel_of_entries(ask.named[:2000], ask.after)
        # Older entries first: what comes after builds on them.
        for compartment, since in ask.fills[:MOST_FILLS]:
            if len(compartment) != 16 or ask.after <= since < outgoing.size:
                continue  # what is left of it comes once the cursor has moved on
            for parcel in outgoing.fill(compartment, since, ask.after, chunk, limit):
                yield parcel
                limit -= 1
            if limit <= 0:
                return
        at = ask.after
        for parcel in outgoing.parcels(at, chunk, limit):
            yield parcel
            at = parcel.end
        if at < outgoing.size:
            return
        for piece in attachment_sync.give(self.node, outgoing, ask.chunks):
            # What was said meanwhile goes before the next chunk.
            for parcel in Outgoing(self.node, outgoing.sql, peer.origin, peer.tree).parcels(at, chunk, 1):
                yield parcel
                at = parcel.end
            yield Parcel(head=at, pieces=[piece])

    def _note_cursor(self, peer: Peer, ask: PullRequest) -> None:
        self.seen[peer.log] = (ask.after, now_ms())

    def flush(self) -> None:
        """Write down what peers have confirmed; not at each poll, which would be a commit each."""
        with self.lock:
            confirmed, self.seen = self.seen, {}
            counters = {origin: memory.counter for origin, memory in self.memories.items()}
        if not confirmed:
            return
        sql = self.node.sql()
        changed, further = [], []
        for log, (cursor, at) in confirmed.items():
            origin, tree = peers.split_log(log)
            peer = peers.get(sql, origin, tree)
            if peer is None or (peer.given == cursor and (tree != OPEN or at - peer.heard <= 30_000)):
                continue
            if tree != OPEN:
                further.append((peer, cursor))
                continue
            with self.lock:
                came, went = self.served.pop(origin, [0, 0])
            changed.append((cursor, at, counters.get(origin, 0), came, went, origin))

        def job(tx: Transaction) -> None:
            tx.sql.run_many(HEARD, changed)
            for peer, cursor in further:
                peers.advance(tx.sql, peer, given=cursor)

        if changed or further:
            self.node.writer.submit(job)

    # -- pulling ---------------------------------------------------------------------------

    def pull(self, origin: str, trip: Trip, chunk: int = CHUNK, limit: int = MOST_PARCELS) -> Pulled:
        """One round trip with a peer for each tree that is shared with it. What arrived before a cut is kept;
        the cut is raised.
        """
        done = self._pull(self.active(origin), trip, chunk, limit)
        for tree in self.further(origin):
            done.join(self._pull(self.active(origin, tree), trip, chunk, limit))
        return done

    def further(self, origin: str) -> tuple[str, ...]:
        """The trees beside the open one in which this node exchanges with a peer."""
        return peers.begin_other_trees(self.node, origin)

    def _pull(self, peer: Peer, trip: Trip, chunk: int, limit: int) -> Pulled:
        sql = self.node.sql()
        self._begin()
        memory, channel = self.memory(peer.log), self.channel(peer)
        ask = PullRequest(
            counter=self._counter(peer),
            after=peer.taken,
            chunk=chunk,
            most=limit,
            fills=self.pending_fills(peer),
            word=dispatch.compose(self.node, sql, peer, memory, None),
            chunks=attachment_sync.chunks_to_request(self.node, sql, peer.origin, memory)
            if peer.tree == OPEN
            else [],
            tree=peers.wire_tree(peer.tree),
        )
        began, left = time.monotonic(), set(ask.chunks)
        done = self._ask(peer, channel, memory, ask, trip, left)
        if peer.tree == OPEN:
            new = bool(done.taken.stored or done.taken.held or done.taken.released or ask.fills)
            attachment_sync.adjust_requests(memory, left, done.pieces, time.monotonic() - began, new)
        return done

    def _counter(self, peer: Peer) -> int:
        """Grows with each ask, across starts of this process as well, and where the clock was set back.

        What is kept is ahead of what was used, so that a poll needs no commit.
        """
        with self.lock:
            known = self.counters.get(peer.origin, peer.counter_out)
            counter = self.counters[peer.origin] = max(time.time_ns() // 1_000_000, known + 1)
        if counter > peer.counter_out:
            ahead = ask_counter.reserve_until(counter)
            self.node.writer.submit(lambda tx: peers.change(tx.sql, peer.origin, counter_out=ahead))
        return counter

    def skip_ahead(self, origin: str) -> None:
        """A peer does not know us: go on with numbers greater than whatever it may have been shown."""
        with self.lock:
            self.counters[origin] = max(self.counters.get(origin, 0), ask_counter.skip_ahead())

    def active(self, origin: str, tree: str = OPEN) -> Peer:
        peer = peers.get(self.node.sql(), origin, tree)
        if peer is None or peer.state != peers.ACTIVE:
            raise BadParcel("no active peer of this name")
        if origin in self.cuts:
            raise Cut("the line is cut here, for demonstration: switch it on again on the page of this peer")
        return peer

    def query_peer(self, origin: str, trip: Trip, tree: str = OPEN, **fields: Any) -> Pulled:
        """A question beside the pull: nothing new is asked for but one parcel."""
        peer = self.active(origin, tree)
        ask = PullRequest(
            counter=self._counter(peer), after=peer.taken, most=1, tree=peers.wire_tree(tree), **fields
        )
        return self._ask(peer, self.channel(peer), self.memory(peer.log), ask, trip, set(ask.chunks))

    def _ask(
        self, peer: Peer, channel: Channel, memory: Memory, ask: PullRequest, trip: Trip, left: set[bytes]
    ) -> Pulled:
        """`left`: chunks that are asked for; those that came are taken out."""
        done = Pulled()
        sealed = channel.seal(ASK, pack(ask))
        message = small(self.node.key.origin) + sealed
        done.asked = len(message)
        intake = ReceivePipeline(self.node, self.pool, peer, done)
        complete = False
        called, memory.called = memory.called, False  # what the answer tells may call again
        try:
            for place, part in enumerate(trip(message)):
                if place >= min(ask.most, MOST_PARCELS) + EXTRA + 2 * len(ask.chunks):
                    raise BadMessage("the answer has more parts than were asked for")
                done.answered += len(part)
                plain, complete = channel.answered(sealed, place, part)
                if plain:
                    parcel = unpack(plain, Parcel)
                    peer = peers.take_format(self.node, peer, parcel.format)
                    self._part(peer, memory, parcel, intake)
                    if parcel.pieces:
                        intake.waits()  # what was said is stored before
                        done.pieces += attachment_sync.take(
                            self.node, peer.origin, left, parcel.pieces, memory
                        )
                if complete:
                    break
        except BaseException:
            memory.forget()
            memory.called = memory.called or called
            intake.finish()
            raise
        intake.finish()
        if not complete:
            memory.forget()
            raise ConnectionError("the answer was cut off")
        memory.delivered()
        if not done.behind:
            done.lag = max(0, done.lag - done.taken.cursor) if done.parcels else 0
        return done

    def _part(self, peer: Peer, memory: Memory, parcel: Parcel, intake: ReceivePipeline) -> None:
        done = intake.done
        done.lag = max(done.lag, parcel.head)
        if parcel.word is not None:
            intake.finish()
            dispatch.dispatch(self.node, peer, parcel.word, memory)
        if parcel.pieces:
            return
        if parcel.head < peer.taken and not parcel.note:
            done.behind = True
        elif parcel.differing is not None:
            done.differing = parcel.differing
        elif parcel.entries or parcel.end > parcel.start or parcel.fill:
            done.parcels += 1
            intake.add(parcel)

    def pending_fills(self, peer: Peer) -> list[tuple[bytes, int]]:
        """Files of which older entries are still to come from a peer, and from which index on."""
        rows = self.node.sql().all(
            "select compartment, since from exchange_want where origin = ? and again <= ? order by 1 "
            f"limit {MOST_FILLS}",
            (peer.log, now_ms()),
        )
        if peer.taken == 0:
            return []
        return [(bytes.fromhex(compartment), since) for compartment, since in rows]
