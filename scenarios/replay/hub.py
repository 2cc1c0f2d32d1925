"""The mail of a replay: a real hub and a leaf for each node, set up as in docs/nats.md."""

from __future__ import annotations

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, TypeVar

from nats.aio.client import Client
from nats.errors import Error as NatsError

from libertad.exchange.transport import nats_hub
from libertad.exchange.transport.nats_keys import Credentials
from scenarios.brokers import Brokers, operator_client

T = TypeVar("T")
WITHIN = 120.0  # seconds: an end for what hangs
AGAIN = (2.0,)  # seconds until a letter that was not acknowledged comes again; 30 and more in earnest


async def _quiet(_error: Exception) -> None:
    """It is raised as well."""


class Hub:
    """`know` makes a node's rights, box and leaf. Lines of old keys stay: whose keys were stolen is refused
    by the nodes, not by the hub."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True)
        self.brokers = Brokers(folder, {})
        self._guard = threading.Lock()

    @property
    def port(self) -> int:
        """Where leaves meet the hub."""
        return self.brokers.leaf_port

    def know(self, origin: str, credentials: Credentials, by: int) -> str:
        """The operator enters a node's line and makes its box, its authority starts a leaf that reaches the
        hub at the port `by`. Returns the leaf's address."""
        with self._guard:
            if origin not in self.brokers.credentials:
                self.brokers.know(origin, credentials)
                self._patiently(lambda: self._provide(origin))
            return f"nats://127.0.0.1:{self.brokers.leaf(origin, by).port}"

    async def _provide(self, origin: str) -> None:
        client = await self._operator()
        try:
            await nats_hub.provide(client.jetstream(), [origin], backoff=AGAIN)
        finally:
            await client.close()

    @staticmethod
    def _patiently(work: Callable[[], Coroutine[Any, Any, T]]) -> T:
        """Once more where the server just reads its rights anew, which may end a connection."""
        until = time.monotonic() + WITHIN
        while True:
            try:
                # In a thread of its own: the caller's may have a loop (a browser's tests do).
                with ThreadPoolExecutor(1) as alone:
                    return alone.submit(lambda: asyncio.run(work())).result()
            except (TimeoutError, NatsError, OSError):
                if time.monotonic() > until:
                    raise
                time.sleep(0.2)

    async def _operator(self) -> Client:
        brokers = self.brokers
        return await operator_client(
            brokers.hub_url,
            brokers.operator,
            brokers.certificate,
            allow_reconnect=False,
            connect_timeout=10,
            error_cb=_quiet,
        )

    def stop(self) -> None:
        self.brokers.stop()
