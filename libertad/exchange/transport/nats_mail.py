"""Parcels by NATS JetStream: one box a receiving node on the hub, a queue on the sender's own leaf.

Rule: nothing counts as received before the receiving node's own commit. A message is acknowledged after
`handler` returned for its parcels; a crash before that brings it again, which is harmless. What
`send` returns for is only handed over: the sender counts as given what the receiver itself confirmed, and
sends again what it has not.

The broker learns the receiver's box, a padded size and the tick. docs/nats.md.
"""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
import ssl
import time
from collections.abc import Awaitable, Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.aio.msg import Msg
from nats.errors import Error as NatsError
from nats.js import JetStreamContext
from nats.js.api import AckPolicy, ConsumerConfig
from nats.js.errors import FetchTimeoutError, NoStreamResponseError, NotFoundError

from libertad.exchange.protocol.failure_codes import CARRY, LETTER_IN, STRANGE

from .nats_frame import BadMail, batches, inbox, pack, unpack
from .nats_hub import BACKOFF, CONSUMER, DOMAIN, queue, stream
from .nats_keys import Credentials

log = logging.getLogger("libertad.exchange.nats")

Seal = Callable[[str, bytes], bytes]
"""(receiver's origin, plain) -> sealed for that node. ValueError when it is no peer."""
Open = Callable[[bytes], tuple[str, bytes]]
"""sealed -> (sender's origin, plain). ValueError for what no peer sealed for us."""
Handler = Callable[[str, Sequence[bytes]], None]
"""(sender's origin, parcels of a message): commits durably before it returns; may see them more than once."""
Report = Callable[[str, str, str], None]
"""(box on the hub, '' for none of its own; way; code, '' where it went well): those of `failure_codes`."""
T = TypeVar("T")

QUEUE, COURIER = "LBT_QUEUE", "courier"
MOST_QUEUED = 1024**3
ACK_WAIT = 60.0
SURE = 3  # refusals by a hub that answers, until it is taken to be the box and not the link
LOOK = 30.0  # seconds between two looks whether the hub has our box, while it brings nothing
UNREACHABLE = (NatsError, asyncio.TimeoutError, OSError)


class Early(Exception):
    """A handler's: a parcel builds on one that has not come yet. It is brought again, after that one."""


class NotSent(Exception):
    """The broker did not take it: send again later."""


class NoBox(NotSent):
    """The reader has no box at the hub."""


async def connect(
    client: Client, url: str, origin: str, credentials: Credentials, ca: Path | None, **options: Any
) -> None:
    """Connect as the node of this origin. Raises what nats-py raises when nobody answers."""
    if not credentials.jwt:
        # nats-py takes a public nkey only together with its own seed file and a package for it.
        client._public_nkey = credentials.public
    await client.connect(
        servers=[server.strip() for server in url.split(",")],
        signature_cb=credentials.sign,
        user_jwt_cb=credentials.jwt.encode if credentials.jwt else None,
        tls=ssl.create_default_context(cafile=str(ca)) if ca else None,
        inbox_prefix=f"_INBOX_{inbox(origin)}",
        **options,
    )


class Mail:
    """One node's mail, to be used within one event loop: `start`, then `send`, `receive`, `forward`."""

    def __init__(
        self,
        url: str,
        origin: str,
        credentials: Credentials,
        *,
        seal: Seal,
        open: Open,
        ca: Path | None = None,
        tick: float = 2.0,
        cover: Iterable[str] = (),
        poll: float = 5.0,
        most_queued: int = MOST_QUEUED,
        report: Report | None = None,
    ) -> None:
        """`tick`: seconds between departures. `cover`: origins that get a message at every tick, with or
        without parcels, so that silence tells nothing. `poll`: longest wait in one ask for mail."""
        self.origin = origin
        self.sent = self.received = self.refused = self.failed = self.forwarded = 0
        self._url, self._credentials, self._ca = url, credentials, ca
        self._seal, self._open, self._report = seal, open, report
        self._looked = 0.0
        self._tick, self._cover, self._poll, self._most = tick, tuple(cover), poll, most_queued
        self._client = Client()
        self._waiting: dict[str, list[tuple[list[bytes], asyncio.Future[None]]]] = {}
        self._departures: asyncio.Task[None] | None = None
        # One seals while the other opens and hands over: all three ask the node's database, which answers
        # nobody within an event loop. Threads of our own, for each keeps a connection.
        self._threads = ThreadPoolExecutor(2, thread_name_prefix="libertad-mail")
        self._closing = False
        # Whether the leaf may have handed something over that nobody carries: to a process that was killed,
        # or on a line that was lost. `forward` begins with it.
        self._handed_over = False
        self._paused: dict[str, float] = {}  # boxes that are full or not made: until when none is tried
        self.through_leaf = False

    # -- connection ----------------------------------------------------------------------

    async def start(self) -> None:
        """Connect (and from then on reconnect for ever). Raises what nats-py raises when nobody answers."""
        client = self._client
        await connect(
            client,
            self._url,
            self.origin,
            self._credentials,
            self._ca,
            max_reconnect_attempts=-1,
            reconnect_time_wait=1,
            ping_interval=20,
            allow_reconnect=True,
            error_cb=self._error,
            reconnected_cb=self._reconnected,
        )
        own = client.jetstream()
        self.through_leaf = (await own.account_info()).domain != DOMAIN
        self._hub: JetStreamContext = client.jetstream(domain=DOMAIN) if self.through_leaf else own
        if self.through_leaf:
            await queue(own, QUEUE, ["queue.*"], self._most)
        self._own = own
        self._departures = asyncio.create_task(self._depart_every_tick())

    async def stop(self) -> None:
        self._closing = True
        if self._departures is not None:
            await ended(self._departures)
        self._give_up(NotSent("the mail is closed"))
        await self._client.close()
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _in_thread(self, work: Callable[..., T], *arguments: object) -> T:
        """Run what asks the node's database in a thread, never within this loop."""
        return await asyncio.get_running_loop().run_in_executor(self._threads, work, *arguments)

    async def _tell(self, box: str, way: str, code: str) -> None:
        """Have it written down what failed, or that it went well; that never stops the mail."""
        if self._report is None:
            return
        try:
            await self._in_thread(self._report, box, way, code)
        except Exception as error:
            log.warning("nats: not written down (%s)", type(error).__name__)

    @property
    def connected(self) -> bool:
        return self._client.is_connected

    async def _error(self, error: Exception) -> None:
        log.warning("nats: %s", type(error).__name__ if not str(error) else error)

    async def _reconnected(self) -> None:
        self._handed_over = True

    # -- sending ---------------------------------------------------------------------------

    async def send(self, reader_origin: str, parcels: Iterable[bytes]) -> None:
        """Hand parcels over at the next tick, batched with what else goes there. Returns when the broker has
        stored them all (on the own leaf, where there is one); NotSent otherwise; ValueError for a parcel
        that is empty or too large."""
        outgoing = list(parcels)
        for _batch in batches(outgoing):
            pass  # refuse here, before anything of it leaves
        if not outgoing:
            return
        done: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._waiting.setdefault(reader_origin, []).append((outgoing, done))
        await done

    async def _depart_every_tick(self) -> None:
        while True:
            await asyncio.sleep(self._tick)
            leaving, self._waiting = self._waiting, {}
            for reader in sorted({*leaving, *self._cover}):
                await self._depart(reader, leaving.get(reader, []))

    async def _depart(self, reader: str, waiting: list[tuple[list[bytes], asyncio.Future[None]]]) -> None:
        failed: Exception | None = None
        try:
            for batch in list(batches(parcel for parcels, _done in waiting for parcel in parcels)) or [[]]:
                await self._publish(reader, await self._in_thread(self._seal, reader, pack(batch)))
                self.sent += len(batch)
        except asyncio.CancelledError:
            if self._closing:
                self._waiting.setdefault(reader, []).extend(waiting)
                raise
            failed = NotSent("the connection was closed")  # nats-py cancels what waits on it
        except NoStreamResponseError:
            failed = NoBox("the reader has no box")
        except UNREACHABLE as error:
            failed = NotSent(f"the broker did not take it: {error or type(error).__name__}")
        except Exception as error:  # of `seal`: it is the sender's to know
            failed = error
        for _parcels, done in waiting:
            if not done.done():
                done.set_exception(failed) if failed else done.set_result(None)

    async def _publish(self, reader: str, sealed: bytes) -> None:
        box = inbox(reader)
        where = f"queue.{box}" if self.through_leaf else f"lbt.{box}"
        headers = {"Nats-Msg-Id": secrets.token_hex(8)}
        await self._own.publish(where, sealed, headers=headers, timeout=_patience(sealed))

    def _give_up(self, why: Exception) -> None:
        for waiting in self._waiting.values():
            for _parcels, done in waiting:
                if not done.done():
                    done.set_exception(why)
        self._waiting = {}

    # -- from the leaf to the hub ------------------------------------------------------------

    async def forward(self) -> None:
        """Carry the leaf's queue to the hub, in order, for ever; returns at once when there is no leaf.

        A message leaves the queue only when the hub has stored it. What was handed over to a process or on a
        line that is no more comes again at once, and not after ACK_WAIT. (A stream of the hub that sources
        from the leaf would do the same, but slept for 41 seconds after each restart of the hub.)
        """
        if not self.through_leaf:
            return
        waiting = await self._bound(lambda: self._own.pull_subscribe_bind(COURIER, QUEUE))
        self._handed_over = True
        while True:
            while self._handed_over:
                await self._take_back()
            for message in await self._fetch(waiting, 1):
                await self._carry(message)

    async def _take_back(self) -> None:
        """Make the courier anew, which this process alone asks: it begins with the oldest message that is in
        the queue. What the hub has already is known there by its id."""
        self._handed_over = False
        try:
            with contextlib.suppress(NotFoundError):
                await self._own.delete_consumer(QUEUE, COURIER)
            await self._own.add_consumer(
                QUEUE,
                ConsumerConfig(
                    durable_name=COURIER, ack_policy=AckPolicy.EXPLICIT, ack_wait=ACK_WAIT, max_deliver=-1
                ),
            )
        except UNREACHABLE:
            self._handed_over = True
            await asyncio.sleep(1)

    async def _carry(self, message: Msg) -> None:
        box = message.subject.partition(".")[2]
        if time.monotonic() < self._paused.get(box, 0.0):
            await message.nak(delay=ACK_WAIT)  # one of many for it was tried just now: the others' goes first
            return
        refusals = 0
        while True:
            try:
                headers = {"Nats-Msg-Id": (message.headers or {}).get("Nats-Msg-Id", "")}
                await self._hub.publish(
                    f"lbt.{box}", message.data, headers=headers, timeout=_patience(message.data)
                )
                self.forwarded += 1
                await message.ack_sync()
                self._paused.pop(box, None)
                for each in ("", box):
                    await self._tell(each, CARRY, "")
                return
            except UNREACHABLE as error:
                try:
                    await self._hub.account_info()
                    refusals += 1
                except UNREACHABLE:
                    await self._tell("", CARRY, "no-hub")
                if refusals == SURE:
                    # The hub answers, so it is this box: full, or not made. The others' mail goes first.
                    log.warning("nats: the hub does not take mail for box %s: %s", box, error)
                    unboxed = isinstance(error, NoStreamResponseError)
                    self._paused[box] = time.monotonic() + ACK_WAIT / 2
                    await self._tell(box, CARRY, "no-box-there" if unboxed else "no-room")
                    await message.nak(delay=ACK_WAIT)
                    return
                await asyncio.sleep(1)
                with contextlib.suppress(*UNREACHABLE):
                    await message.in_progress()

    # -- receiving ---------------------------------------------------------------------------

    async def receive(self, handler: Handler) -> None:
        """Take mail for ever: `handler` runs in a thread, one message after the other; ack when it returned.

        When it raises, the message comes again later (30 s, at last 10 minutes; sooner where it came too
        early). Mail that no peer sealed for us, or that is malformed, is refused for good and counted in
        `refused`.
        """
        subscription = await self._bound(lambda: self._hub.pull_subscribe_bind(CONSUMER, stream(self.origin)))
        while True:
            messages = await self._fetch(subscription, 8)
            await self._look(bool(messages))
            for message in messages:
                with contextlib.suppress(*UNREACHABLE):  # an ack that is lost brings the message again
                    await self._take(message, handler)

    async def _look(self, brought: bool) -> None:
        """Where nothing comes: is our box there? Now and then, for an empty one answers as none does."""
        now = time.monotonic()
        if now - self._looked < LOOK:
            return
        self._looked, code = now, ""
        if not brought:
            try:
                await self._hub.consumer_info(stream(self.origin), CONSUMER)
            except UNREACHABLE:
                code = "no-box"
        await self._tell("", LETTER_IN, code)

    async def _take(self, message: Msg, handler: Handler) -> None:
        try:
            sender, plain = await self._in_thread(self._open, message.data)
            parcels = unpack(plain)
        except (ValueError, BadMail) as refusal:
            self.refused += 1
            log.warning("nats: mail refused: %s", refusal)
            await self._tell("", STRANGE, "stranger")
            await message.term()
            return
        try:
            if parcels:
                await self._in_thread(handler, sender, parcels)
                self.received += len(parcels)
        except Early:
            tries = message.metadata.num_delivered or 1
            await message.nak(delay=min(2.0**tries, BACKOFF[-1]))
            return
        except Exception as error:
            self.failed += 1
            log.warning("nats: mail of %s could not be taken (%s); it comes again", sender, error)
            tries = message.metadata.num_delivered or 1
            await message.nak(delay=BACKOFF[min(tries, len(BACKOFF)) - 1])
            return
        await message.ack_sync()
        await self._tell("", STRANGE, "")

    async def _fetch(self, waiting: JetStreamContext.PullSubscription, limit: int) -> list[Msg]:
        try:
            return await waiting.fetch(limit, timeout=self._poll)
        except FetchTimeoutError:
            return []
        except UNREACHABLE:
            await asyncio.sleep(min(1.0, self._poll))
            return []

    async def _bound(
        self, bind: Callable[[], Awaitable[JetStreamContext.PullSubscription]]
    ) -> JetStreamContext.PullSubscription:
        while True:
            try:
                return await bind()
            except UNREACHABLE:
                await asyncio.sleep(min(1.0, self._poll))


async def ended(*tasks: asyncio.Task[None]) -> None:
    """Cancel tasks until they are done: once is not enough where `wait_for` has just finished (Python 3.11
    then returns the result and forgets the cancellation)."""
    while waiting := [task for task in tasks if not task.done()]:
        for task in waiting:
            task.cancel()
        await asyncio.wait(waiting, timeout=0.2)
    for task in tasks:
        if not task.cancelled() and (error := task.exception()) is not None:
            log.error("nats: it had ended before (%s)", type(error).__name__)


def _patience(sealed: bytes) -> float:
    """Seconds to wait for the broker's answer: what a link of 50 kbit/s needs, and five more."""
    return 5 + len(sealed) / 5000
