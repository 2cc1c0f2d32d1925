"""Bodies of requests, read whole before a thread is taken for them: whoever dawdles keeps no thread."""

from __future__ import annotations

import asyncio
from collections import Counter
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any

from django.conf import settings

from libertad.answer_page.pace import network

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]
PATIENCE = 10.0  # seconds until a request is here whole
UNFINISHED = 64  # requests that are coming at once
OF_EACH = 8  # of these of one network


class Bodies:
    """In front of `screens`, an application that takes a thread for each request."""

    def __init__(self, screens: Any) -> None:
        self.screens = screens
        self.coming: Counter[str] = Counter()

    async def __call__(self, scope: Any, receive: Receive, send: Send) -> None:
        place = network((scope.get("client") or ("", 0))[0])
        if self.coming.total() >= UNFINISHED or self.coming[place] >= OF_EACH:
            await _refuse(send, 503)
            return
        self.coming[place] += 1
        try:
            async with asyncio.timeout(PATIENCE):
                body = await read_body(receive)
        except TimeoutError:
            await _refuse(send, 408)
            return
        finally:
            self.coming[place] -= 1
            if not self.coming[place]:
                del self.coming[place]
        if body is None:
            await _refuse(send, 413)
            return
        await self.screens(scope, replay(body, receive), send)


async def read_body(receive: Receive) -> bytes | None:
    """None where it is longer than a request may be."""
    body = bytearray()
    while True:
        message = await receive()
        if message["type"] != "http.request":
            return bytes(body)
        body += message.get("body", b"")
        if len(body) > settings.DATA_UPLOAD_MAX_MEMORY_SIZE:
            return None
        if not message.get("more_body", False):
            return bytes(body)


def replay(body: bytes, receive: Receive) -> Receive:
    """The body at once, and then whatever else comes: that the client has gone."""
    is_read = False

    async def read() -> Message:
        nonlocal is_read
        if is_read:
            return await receive()
        is_read = True
        return {"type": "http.request", "body": body, "more_body": False}

    return read


async def _refuse(send: Send, status: int) -> None:
    headers = [(b"content-length", b"0"), (b"connection", b"close"), (b"cache-control", b"no-store")]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": b""})
