"""Screens (WSGI) behind an ASGI server: read, answered and sent with one change of threads each way.

A thread is taken when the request is whole, and let go when the answer is: however slowly either travels,
that is the event loop's business. Each change of threads waits for the one interpreter that all share.
"""

from __future__ import annotations

import asyncio
import contextvars
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from io import BytesIO
from typing import Any

from a2wsgi.wsgi import build_environ
from django.conf import settings

from libertad.access.pace import Refusal, refuse
from libertad.web.spool import Gone, Spool

PIECE = 64 * 1024  # bytes of an answer that are handed to the server at once
LONG = 256 * 1024  # bytes of an answer from which on it is counted while it waits to be taken
WAIT = Refusal(503, "This node has too many answers to send just now. Try again in a minute.")

Message = dict[str, Any]


class Screens:
    """An ASGI application of a WSGI one, in `workers` threads. `sender_of`: who sends, '' for a stranger."""

    def __init__(
        self,
        app: Callable[..., Iterable[bytes]],
        workers: int,
        sender_of: Callable[[Any], str] = lambda scope: "",
    ) -> None:
        self.app = app
        self.pool = ThreadPoolExecutor(workers, thread_name_prefix="WSGI")
        self.sender_of = sender_of
        self.spool = Spool(self._find_sender)
        self.waiting = 0  # bytes of long answers that are not taken yet

    async def _find_sender(self, scope: Any) -> str:
        return await asyncio.get_running_loop().run_in_executor(self.pool, self.sender_of, scope)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        if scope["type"] != "http":
            await send({"type": f"{scope['type']}.close"})
            return
        try:
            body, whole = await self.spool.read(scope, receive)
        except Gone:
            return
        except Refusal as why:
            await refuse(send, why)
            return
        answer = Answer()
        environ = build_environ(scope, BytesIO(body))  # type: ignore[arg-type]
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(self.pool, contextvars.copy_context().run, answer.make, self.app, environ)
        del body, environ
        await self._send(answer, send, close=not whole)

    async def _send(self, answer: Answer, send: Any, close: bool) -> None:
        """Send an answer in pieces, each taken in time; TimeoutError where one is not."""
        head = answer.head
        if close:
            head = {**head, "headers": [*head["headers"], (b"connection", b"close")]}
        size = len(answer.body) if len(answer.body) > LONG else 0
        if self.waiting + size > settings.LIBERTAD_MOST_ANSWERS:
            await refuse(send, WAIT)
            return
        self.waiting += size
        try:
            await send(head)
            view = memoryview(answer.body)
            for start in range(0, max(1, len(view)), PIECE):
                piece = bytes(view[start : start + PIECE])
                within = settings.LIBERTAD_SILENCE + len(piece) / settings.LIBERTAD_LEAST_RATE
                has_more = start + PIECE < len(view)
                message = {"type": "http.response.body", "body": piece, "more_body": has_more}
                if size:
                    await asyncio.wait_for(send(message), within)
                else:
                    await send(message)  # the server takes this at once
        finally:
            self.waiting -= size


class Answer:
    """What a screen answers, whole."""

    def __init__(self) -> None:
        self.head: Message = {}
        self.body = b""
        self._pieces: list[bytes] = []

    def make(self, app: Callable[..., Iterable[bytes]], environ: Any) -> None:
        """Run the application in this thread, to its end."""
        answered = app(environ, self.start)
        try:
            self._pieces.extend(answered)
        finally:
            close = getattr(answered, "close", None)
            if close is not None:
                close()
        self.body = self._pieces[0] if len(self._pieces) == 1 else b"".join(self._pieces)
        self._pieces = []

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
        return self._pieces.append
