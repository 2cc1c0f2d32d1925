"""Screens (WSGI) behind an ASGI server: read, answered and sent with one change of threads each way.

Each change waits for the one interpreter that all threads share; a2wsgi makes four round trips a request.
It still carries what is large, so that nobody's upload is held in memory before a screen has looked at it.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from io import BytesIO
from typing import Any

from a2wsgi import WSGIMiddleware
from a2wsgi.wsgi import build_environ

SMALL = 64 * 1024  # bytes of a request that are read before a screen is asked
HELD = 256 * 1024  # bytes of an answer that are held until it is whole; what is longer is sent as it comes

Message = dict[str, Any]


class Screens:
    """An ASGI application of a WSGI one, in `workers` threads."""

    def __init__(self, app: Callable[..., Iterable[bytes]], workers: int) -> None:
        self.app = app
        self.large = WSGIMiddleware(app, workers=workers)
        self.pool = self.large.executor

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await self.large(scope, receive, send)
            return
        messages, size = [], 0
        while True:
            message = await receive()
            if message["type"] != "http.request":
                return  # whoever asked is gone
            messages.append(message)
            size += len(message.get("body", b""))
            if not message.get("more_body"):
                break
            if size > SMALL:
                await self.large(scope, again(messages, receive), send)
                return
        body = b"".join(message.get("body", b"") for message in messages)
        loop = asyncio.get_running_loop()
        answer = Answer(lambda message: asyncio.run_coroutine_threadsafe(send(message), loop).result())
        environ = build_environ(scope, BytesIO(body))  # type: ignore[arg-type]
        await loop.run_in_executor(self.pool, contextvars.copy_context().run, answer.make, self.app, environ)
        for message in answer.rest():
            await send(message)


def again(messages: list[Message], receive: Any) -> Any:
    """What was received already, then what comes."""
    waiting = iter(messages)

    async def received() -> Message:
        for message in waiting:
            return message
        found: Message = await receive()
        return found

    return received


class Answer:
    """What a screen answers: held until it is whole, or sent from the thread once it is long."""

    def __init__(self, send: Callable[[Message], object]) -> None:
        self.send = send
        self.head: Message | None = None
        self.pieces: list[bytes] = []
        self.begun = False

    def make(self, app: Callable[..., Iterable[bytes]], environ: Any) -> None:
        """Run the application in this thread, to its end."""
        found = app(environ, self.start)
        try:
            size = 0
            for piece in found:
                self.pieces.append(piece)
                size += len(piece)
                if size > HELD:
                    for message in self.rest(more=True):
                        self.send(message)
                    size = 0
        finally:
            close = getattr(found, "close", None)
            if close is not None:
                close()

    def start(
        self, status: str, headers: list[tuple[str, str]], failed: object = None
    ) -> Callable[[bytes], object]:
        self.head = {
            "type": "http.response.start",
            "status": int(status.split(" ", 1)[0]),
            "headers": [
                (n.strip().lower().encode("latin-1"), v.strip().encode("latin-1")) for n, v in headers
            ],
        }
        return self.pieces.append

    def rest(self, more: bool = False) -> list[Message]:
        """What is still to be sent; `more`: something follows."""
        body = {"type": "http.response.body", "body": b"".join(self.pieces), "more_body": more}
        head = [] if self.begun or self.head is None else [self.head]
        self.pieces, self.begun = [], True
        return [*head, body]
