"""The exchange over HTTP: parts of an answer, each with its length before it, in one streamed response.

The endpoint answers active peers alone. To anybody else its address is one that does not exist: the
request goes on to the screens, which say what they say of any unknown address.
"""

from __future__ import annotations

import asyncio
import contextlib
import http.client
import logging
import socket
import ssl
import struct
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any, Protocol
from urllib.parse import urlsplit

from django.conf import settings

from libertad.access.networks import asking
from libertad.access.pace import LARGE, SLOW, TooSlow, announced, refuse, stranger_pace
from libertad.exchange.protocol.messages import MOST_PACKED
from libertad.exchange.receiving.receiver import MOST_ASK
from libertad.exchange.sync.endpoint import Cut, UnknownPeer

logger = logging.getLogger("libertad.exchange")
PATH = "/exchange/"
HEAD = struct.Struct(">I")
THREADS = 4
BURST, PER_SECOND = 120, 40
TIMEOUT = 60
BODY_WITHIN = 120.0  # seconds for an ask to arrive, with progress all the while (`pace.py`)
PART_WITHIN = 120.0  # seconds for a part to begin, or to be taken
CUT_OFF = "the answer was cut off"
SLOWEST = 500  # bytes a second: slower than this is no line but somebody who holds us
MOST_READING, MOST_EACH = 32 * MOST_ASK, 4 * MOST_ASK
HEADERS = [(b"content-type", b"application/octet-stream"), (b"cache-control", b"no-store")]


class NotKnown(ConnectionError):
    """The peer answers us as it answers any stranger."""


class Bucket:
    """How often one network may ask: a burst, then a steady rate. Forgets who has been quiet."""

    MOST = 4096

    def __init__(self, burst: float = BURST, rate: float = PER_SECOND) -> None:
        self.burst, self.rate = burst, rate
        self.left: dict[str, tuple[float, float]] = {}

    def take(self, client: str, now: float | None = None) -> bool:
        """Whether one more may be asked now."""
        at = time.monotonic() if now is None else now
        left, last = self.left.get(client, (self.burst, at))
        left = min(self.burst, left + (at - last) * self.rate)
        if len(self.left) >= self.MOST and client not in self.left:
            self.left.clear()
        self.left[client] = (left - 1 if left >= 1 else left, at)
        return left >= 1


class Reading:
    """Bytes of asks that are being read, by network: many slow senders together take no more memory."""

    def __init__(self, most: int = MOST_READING, each: int = MOST_EACH) -> None:
        self.most, self.each = most, each
        self.held: Counter[str] = Counter()

    def grow(self, client: str, size: int) -> bool:
        """Whether that many more may be held; counts them if so."""
        if self.held[client] + size > self.each or self.held.total() + size > self.most:
            return False
        self.held[client] += size
        return True

    def free(self, client: str, size: int) -> None:
        self.held[client] -= size
        if self.held[client] <= 0:
            del self.held[client]


class Answers(Protocol):
    """What answers the sealed asks of peers at one address; Stranger where it does not."""

    def answer(self, message: bytes) -> Iterator[bytes]: ...


class HttpEndpoint:
    """The ASGI side: reads an ask, streams the answer, hands strangers on."""

    def __init__(self, exchange: Callable[[], Answers], screens: Any) -> None:
        self.exchange = exchange
        self.screens = screens
        self.pool = ThreadPoolExecutor(THREADS, thread_name_prefix="libertad-exchange")
        self.bucket = Bucket()
        self.reading = Reading()
        self.body_within, self.part_within = BODY_WITHIN, PART_WITHIN

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        client = asking(scope)
        if scope["method"] != "POST" or not self.bucket.take(client):
            await self.screens(scope, receive, send)
            return
        if announced(scope) > settings.LIBERTAD_MOST_STRANGER:
            await refuse(send, LARGE)  # as any address answers a stranger
            return
        body = bytearray()
        whole: bool | None = False
        refusal = LARGE
        try:
            whole = await asyncio.wait_for(self._body(client, body, receive), self.body_within)
        except (TimeoutError, TooSlow):
            refusal = SLOW
        finally:
            self.reading.free(client, len(body))
        if whole is None:
            return  # its sender has gone
        if not whole:
            await refuse(send, refusal)
            return
        loop = asyncio.get_running_loop()
        try:
            parts = await loop.run_in_executor(self.pool, self._answer, bytes(body))
        except Cut:
            await send({"type": "http.response.start", "status": 503, "headers": []})
            await send({"type": "http.response.body", "body": b""})
            return
        except Exception as why:
            if not isinstance(why, UnknownPeer):
                logger.warning("an ask could not be answered: %s", type(why).__name__)
            await self._unknown(scope, send)
            return
        await self._stream(parts, receive, send)

    async def _body(self, client: str, body: bytearray, receive: Any) -> bool | None:
        """Read the ask; False when it is larger than a stranger's may be, None when its sender has gone."""
        pace = stranger_pace()
        while True:
            message = await pace.following(receive)
            if message["type"] != "http.request":
                return None
            chunk = message.get("body", b"")
            if len(body) + len(chunk) > settings.LIBERTAD_MOST_STRANGER or not self.reading.grow(
                client, len(chunk)
            ):
                return False
            body += chunk
            if not message.get("more_body", False):
                return True

    async def _stream(self, parts: Iterator[bytes], receive: Any, send: Any) -> None:
        """Send the parts; one that is not taken in time ends the answer and closes the connection.

        A server does not say that a client has gone when it is given more to send, only to who receives.
        """
        loop = asyncio.get_running_loop()
        disconnected = asyncio.ensure_future(receive())
        try:
            await send({"type": "http.response.start", "status": 200, "headers": HEADERS})
            while not disconnected.done() and (part := await loop.run_in_executor(self.pool, _next, parts)):
                body = HEAD.pack(len(part)) + part
                await asyncio.wait_for(
                    send({"type": "http.response.body", "body": body, "more_body": True}), self.part_within
                )
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        except Exception as why:  # the server closes what its last message does not end
            logger.warning("an answer was broken off: %s", type(why).__name__)
        finally:
            disconnected.cancel()
            if (close := getattr(parts, "close", None)) is not None:
                close()

    def _answer(self, body: bytes) -> Iterator[bytes]:
        return self.exchange().answer(body)

    async def _unknown(self, scope: Any, send: Any) -> None:
        """As any unknown address: the screens' own answer, to an empty request."""

        async def nothing() -> dict[str, Any]:
            return {"type": "http.request", "body": b"", "more_body": False}

        headers = [(k, v) for k, v in scope["headers"] if k not in (b"content-length", b"transfer-encoding")]
        await self.screens({**scope, "headers": headers}, nothing, send)


def _next(parts: Iterator[bytes]) -> bytes:
    """The next part, or nothing at the end."""
    return next(parts, b"")


def trusted() -> ssl.SSLContext:
    """Whom peers' certificates are believed from: the system's authorities, and the operation's own where
    LIBERTAD_EXCHANGE_CA names its file (PEM). ConnectionError where that cannot be read."""
    context = ssl.create_default_context()
    if settings.LIBERTAD_EXCHANGE_CA:
        try:
            context.load_verify_locations(cafile=settings.LIBERTAD_EXCHANGE_CA)
        except OSError:
            raise ConnectionError(
                "the file of certificate authorities that LIBERTAD_EXCHANGE_CA names cannot be read here"
            ) from None
    return context


def trip(
    address: str,
    context: ssl.SSLContext | None = None,
    timeout: float = TIMEOUT,
    within: float = PART_WITHIN,
    path: str = PATH,
) -> Any:
    """A round trip to a peer's address: gives the parts of the answer as they arrive.

    `timeout` is how long the line may be silent, `within` how long a part may take (larger ones longer).
    """
    url = urlsplit(address)

    def go(message: bytes) -> Iterable[bytes]:
        if url.scheme == "https":
            connection: http.client.HTTPConnection = http.client.HTTPSConnection(
                url.hostname or "", url.port, timeout=timeout, context=context or trusted()
            )
        else:
            connection = http.client.HTTPConnection(url.hostname or "", url.port, timeout=timeout)
        try:
            answer = _request(connection, url.path.rstrip("/") + path, message, within)
            try:
                yield from parts(answer.read1, within)
            except (http.client.HTTPException, ConnectionResetError):
                raise ConnectionError(CUT_OFF) from None
        finally:
            connection.close()

    return go


def _request(
    connection: http.client.HTTPConnection, path: str, message: bytes, within: float
) -> http.client.HTTPResponse:
    """Send the ask and read the head of the answer, all of it in time, however it drips in."""
    late = threading.Event()

    def end() -> None:
        late.set()
        with contextlib.suppress(OSError):
            if connection.sock is not None:
                connection.sock.shutdown(socket.SHUT_RDWR)

    watch = threading.Timer(within + len(message) / SLOWEST, end)
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            "POST",
            path,
            body=message,
            headers={"Content-Type": "application/octet-stream", "Accept-Encoding": "identity"},
        )
        answer = connection.getresponse()
    except (http.client.HTTPException, OSError) as why:
        if late.is_set():
            raise TimeoutError from None
        if isinstance(why, ConnectionResetError):
            raise ConnectionError(CUT_OFF) from None
        if not isinstance(why, OSError):
            raise ConnectionError("what answers at its address is no node: check the address") from None
        raise
    finally:
        watch.cancel()
    if late.is_set():
        raise TimeoutError  # what was cut off in the middle of its head may look like a head
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
    return answer


def parts(read: Callable[[int], bytes], within: float = PART_WITHIN) -> Iterator[bytes]:
    """Length-prefixed parts of a stream, each in time.

    A length beyond any message, or a part that drips, ends it: ConnectionError, TimeoutError. Memory is taken
    as bytes arrive, never for what is announced.
    """
    while True:
        until = time.monotonic() + within
        head = _exactly(read, HEAD.size, until)
        if not head:
            return
        (size,) = HEAD.unpack(head)
        if size > MOST_PACKED + 1024:
            raise ConnectionError(f"the peer announced {size:,} bytes in one part: the connection was closed")
        part = _exactly(read, size, until + size / SLOWEST)
        if len(part) < size:
            raise ConnectionError(CUT_OFF)
        yield part


def _exactly(read: Callable[[int], bytes], size: int, until: float) -> bytes:
    received = bytearray()
    while len(received) < size:
        chunk = read(size - len(received))
        if not chunk:
            if received:
                raise ConnectionError(CUT_OFF)
            return b""
        received += chunk
        if time.monotonic() > until:
            raise TimeoutError
    return bytes(received)
