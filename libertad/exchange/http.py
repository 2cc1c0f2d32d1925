"""The exchange over HTTP: parts of an answer, each with its length before it, in one streamed response.

The endpoint answers active peers alone. To anybody else its address is one that does not exist: the
request goes on to the screens, which say what they say of any unknown address.
"""

from __future__ import annotations

import asyncio
import http.client
import ssl
import struct
import time
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any
from urllib.parse import urlsplit

from libertad.exchange.session import Cut, Exchange, Stranger
from libertad.exchange.taking import MOST_ASK
from libertad.exchange.wire import MOST_PACKED

PATH = "/exchange/"
HEAD = struct.Struct(">I")
THREADS = 4
BURST, PER_SECOND = 120, 40
TIMEOUT = 60
END = object()


class NotKnown(ConnectionError):
    """The peer answers us as it answers any stranger."""


class Bucket:
    """How often one address may ask: a burst, then a steady rate. Forgets who has been quiet."""

    MOST = 4096

    def __init__(self, burst: float = BURST, rate: float = PER_SECOND) -> None:
        self.burst, self.rate = burst, rate
        self.left: dict[str, tuple[float, float]] = {}

    def take(self, who: str, now: float | None = None) -> bool:
        """Whether one more may be asked now."""
        at = time.monotonic() if now is None else now
        left, last = self.left.get(who, (self.burst, at))
        left = min(self.burst, left + (at - last) * self.rate)
        if len(self.left) >= self.MOST and who not in self.left:
            self.left.clear()
        self.left[who] = (left - 1 if left >= 1 else left, at)
        return left >= 1


class Endpoint:
    """The ASGI side: reads an ask, streams the answer, hands strangers on."""

    def __init__(self, exchange: Callable[[], Exchange], screens: Any) -> None:
        self.exchange = exchange
        self.screens = screens
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="libertad-exchange")
        self.bucket = Bucket()

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        who = (scope.get("client") or ("", 0))[0]
        if scope["method"] != "POST" or not self.bucket.take(who):
            await self.screens(scope, receive, send)
            return
        body = b""
        messages = []
        more = True
        while more and len(body) <= MOST_ASK:
            message = await receive()
            if message["type"] != "http.request":
                return
            messages.append(message)
            body += message.get("body", b"")
            more = message.get("more_body", False)
        loop = asyncio.get_running_loop()
        try:
            if more or len(body) > MOST_ASK:
                raise Stranger
            parts = await loop.run_in_executor(self.pool, self._answer, body)
        except Stranger:
            await self._unknown(scope, send)
            return
        except Cut:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        await send(
            {
                "type": "http.response.start",
                "status": 200,
                "headers": [(b"content-type", b"application/octet-stream"), (b"cache-control", b"no-store")],
            }
        )
        try:
            while (part := await loop.run_in_executor(self.pool, next, parts, END)) is not END:
                await send(
                    {"type": "http.response.body", "body": HEAD.pack(len(part)) + part, "more_body": True}
                )
        finally:
            if (close := getattr(parts, "close", None)) is not None:
                close()
        await send({"type": "http.response.body", "body": b"", "more_body": False})

    def _answer(self, body: bytes) -> Iterator[bytes]:
        return self.exchange().answer(body)

    async def _unknown(self, scope: Any, send: Any) -> None:
        """As any unknown address: the screens' own answer, to an empty request."""

        async def nothing() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"transfer-encoding")]
        await self.screens({**scope, "headers": headers}, nothing, send)


def trip(address: str, context: ssl.SSLContext | None = None, timeout: float = TIMEOUT) -> Any:
    """A round trip to a peer's address: gives the parts of the answer as they arrive."""
    url = urlsplit(address)

    def go(message: bytes) -> Iterable[bytes]:
        if url.scheme == "https":
            made: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname or "", url.port, timeout=timeout, context=context or ssl.create_default_context()
            )
        else:
            made = http.client.HTTPConnection(url.hostname or "", url.port, timeout=timeout)
        try:
            made.request(
                "POST", url.path.rstrip("/") + PATH, body=message,
                headers={"Content-Type": "application/octet-stream", "Accept-Encoding": "identity"},
            )  # fmt: skip
            answer = made.getresponse()
            if answer.status in (502, 503, 504):
                raise ConnectionError(
                    f"nothing answers behind its address (it said {answer.status}): "
                    "its node is down, or the line is cut"
                )
            if answer.status != 200:
                raise NotKnown(
                    "the peer does not know this node (yet), has suspended it, or is not there: "
                    f"it answered {answer.status}"
                )
            try:
                yield from parts(answer.read)
            except http.client.HTTPException as why:
                raise ConnectionError("the answer was cut off") from why
        finally:
            made.close()

    return go


def parts(read: Callable[[int], bytes]) -> Iterator[bytes]:
    """Length-prefixed parts of a stream; a length beyond any message ends it before memory is taken."""
    while True:
        head = _exactly(read, HEAD.size)
        if not head:
            return
        (size,) = HEAD.unpack(head)
        if size > MOST_PACKED + 1024:
            raise ConnectionError(f"the peer announced {size:,} bytes in one part: the connection was closed")
        part = _exactly(read, size)
        if len(part) < size:
            raise ConnectionError("the answer was cut off")
        yield part


def _exactly(read: Callable[[int], bytes], size: int) -> bytes:
    found = b""
    while len(found) < size:
        more = read(size - len(found))
        if not more:
            if found:
                raise ConnectionError("the answer was cut off")
            return b""
        found += more
    return found
