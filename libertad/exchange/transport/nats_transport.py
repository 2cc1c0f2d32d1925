"""Runs the mail (`nats_mail`) in a thread with a loop of its own, for the node, which is not asynchronous."""

from __future__ import annotations

import asyncio
import logging
import os
import threading
from collections.abc import Awaitable, Callable, Iterable, Mapping
from concurrent.futures import Future
from functools import partial
from pathlib import Path
from typing import NamedTuple

from .nats_keys import Credentials, node_credentials, read_credentials
from .nats_mail import UNREACHABLE, Handler, Mail, NotSent, Open, Report, Seal, ended

log = logging.getLogger("libertad.exchange.nats")


class State(NamedTuple):
    """For the screen: whether a broker answers, through a leaf or not, and parcels since the start."""

    connected: bool
    through_leaf: bool
    sent: int
    forwarded: int
    received: int
    refused: int
    failed: int


class NatsTransport:
    """`start`, `send` from any thread, `stop`. Starting never fails: it connects once somebody answers."""

    def __init__(
        self,
        url: str,
        node_origin: str,
        seed: bytes,
        *,
        seal: Seal,
        open: Open,
        handler: Handler,
        credentials: Credentials | None = None,
        ca: Path | None = None,
        tick: float = 2.0,
        cover: Iterable[str] = (),
        poll: float = 5.0,
        report: Report | None = None,
    ) -> None:
        """`seed` is the node key's: the nkey is derived from it unless `credentials` are given."""
        self._make = partial(
            Mail,
            url,
            node_origin,
            credentials or node_credentials(seed),
            seal=seal,
            open=open,
            ca=ca,
            tick=tick,
            cover=tuple(cover),
            poll=poll,
            report=report,
        )
        self._handler = handler
        self._mail: Mail | None = None
        self._loop = asyncio.new_event_loop()
        self._thread = threading.Thread(target=self._loop.run_forever, name="nats", daemon=True)
        self._work: asyncio.Task[None] | None = None
        self._tasks: list[asyncio.Task[None]] = []

    def start(self) -> None:
        self._thread.start()
        self._loop.call_soon_threadsafe(self._begin)

    def _begin(self) -> None:
        self._work = self._loop.create_task(self._run())

    def stop(self) -> None:
        """End receiving and close; what was not acknowledged comes again at the next start."""
        asyncio.run_coroutine_threadsafe(self._end(), self._loop).result(timeout=30)
        self._loop.call_soon_threadsafe(self._loop.stop)
        self._thread.join()
        self._loop.close()

    def begin(self, reader_origin: str, parcels: Iterable[bytes]) -> Future[None]:
        """As Mail.send, without waiting; NotSent when no broker is there."""
        mail = self._mail
        if mail is None or not mail.connected:
            raise NotSent("no broker answers")
        return asyncio.run_coroutine_threadsafe(mail.send(reader_origin, list(parcels)), self._loop)

    def send(self, reader_origin: str, parcels: Iterable[bytes], timeout: float = 30.0) -> None:
        """As Mail.send. NotSent when no broker is there or it does not answer within `timeout` seconds."""
        done = self.begin(reader_origin, parcels)
        try:
            done.result(timeout)
        except TimeoutError:
            done.cancel()
            raise NotSent("the broker does not answer") from None

    def alive(self) -> bool:
        """Whether the mail's own thread runs, and nothing has failed for good that was begun in it."""
        begun = [task for task in (self._work, *self._tasks) if task is not None and task.done()]
        return self._thread.is_alive() and all(
            not task.cancelled() and not task.exception() for task in begun
        )

    def state(self) -> State:
        mail = self._mail
        if mail is None:
            return State(False, False, 0, 0, 0, 0, 0)
        return State(
            mail.connected,
            mail.through_leaf,
            mail.sent,
            mail.forwarded,
            mail.received,
            mail.refused,
            mail.failed,
        )

    async def _run(self) -> None:
        while True:
            mail = self._make()
            try:
                await mail.start()
            except UNREACHABLE as error:
                log.warning("nats: no broker answers: %s", error)
                await mail.stop()
                await asyncio.sleep(2)
                continue
            self._mail = mail
            # Not gathered: each is ended by itself, until it is done.
            self._tasks = [
                self._loop.create_task(self._forever(mail.forward)),
                self._loop.create_task(self._forever(partial(mail.receive, self._handler))),
            ]
            return

    @staticmethod
    async def _forever(work: Callable[[], Awaitable[None]]) -> None:
        """Begin again after an error that nobody foresaw: mail that silently stopped would be the worst."""
        while True:
            try:
                return await work()
            except Exception:
                log.exception("nats: begun again after an error")
                await asyncio.sleep(1)

    async def _end(self) -> None:
        if self._work is not None:
            await ended(self._work, *self._tasks)
        if self._mail is not None:
            await self._mail.stop()


def named_in(environment: Mapping[str, str]) -> tuple[Credentials | None, Path | None]:
    """The credentials and the certificate authority that the environment names."""
    creds, ca = environment.get("LIBERTAD_NATS_CREDS"), environment.get("LIBERTAD_NATS_CA")
    return read_credentials(Path(creds)) if creds else None, Path(ca) if ca else None


def from_environment(
    node_origin: str,
    seed: bytes,
    *,
    seal: Seal,
    open: Open,
    handler: Handler,
    cover: Iterable[str] = (),
    report: Report | None = None,
    environment: Mapping[str, str] = os.environ,
) -> NatsTransport | None:
    """The transport that LIBERTAD_NATS_URL asks for, or None. LIBERTAD_NATS_CREDS: a credentials file in
    place of the derived nkey. LIBERTAD_NATS_CA: the authority that signed the server's certificate.
    LIBERTAD_NATS_TICK: seconds. LIBERTAD_NATS_COVER=1: a message to each peer at every tick."""
    url = environment.get("LIBERTAD_NATS_URL", "")
    if not url:
        return None
    credentials, ca = named_in(environment)
    return NatsTransport(
        url,
        node_origin,
        seed,
        seal=seal,
        open=open,
        handler=handler,
        credentials=credentials,
        ca=ca,
        tick=float(environment.get("LIBERTAD_NATS_TICK", "2")),
        cover=cover if environment.get("LIBERTAD_NATS_COVER") == "1" else (),
        report=report,
    )
