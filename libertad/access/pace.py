"""Reading a request as it arrives, for as long as it makes progress."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from django.conf import settings

Receive = Callable[[], Awaitable[Any]]


class TooSlow(Exception):
    """Nothing came for too long, or too little over a while."""


@dataclass(frozen=True)
class Refusal(Exception):
    """A request that is not read to its end: the status, and what a person is told."""

    status: int
    words: str


SLOW = Refusal(408, "The request came too slowly and was not read. Nothing was saved. Try again.")
LARGE = Refusal(413, "Sign in before you send this much. Nothing was saved.")
FULL = Refusal(
    503, "Too much is being sent to this node at this moment. Nothing was saved. Try again in a minute."
)


class Pace:
    """How fast a request must arrive. `least` 0: any speed will do, but silence does not.

    Times in seconds, `least` in bytes a second over `over` seconds.
    """

    def __init__(self, silence: float, least: float, over: float) -> None:
        self.silence, self.least, self.over = silence, least, over
        self.since, self.came = time.monotonic(), 0

    async def following(self, receive: Receive) -> Any:
        """The next message of a request; TooSlow when it does not come in time."""
        left = self.silence
        if self.least:
            left = min(left, max(0.0, self.since + self.over - time.monotonic()) + 0.001)
        until = time.monotonic() + self.silence
        while True:
            try:
                message = await asyncio.wait_for(receive(), left)
            except TimeoutError:
                self._check()
                if time.monotonic() >= until:
                    raise TooSlow from None
                left = min(until - time.monotonic(), self.over)
                continue
            self.came += len(message.get("body", b""))
            self._check()
            return message

    def _check(self) -> None:
        """TooSlow where a whole window brought less than it must; then the next begins."""
        if not self.least or time.monotonic() < self.since + self.over:
            return
        if self.came < self.least * (time.monotonic() - self.since):
            raise TooSlow
        self.since, self.came = time.monotonic(), 0


def stranger_pace() -> Pace:
    """What a request must keep to whose sender is not known, by the settings."""
    return Pace(settings.LIBERTAD_SILENCE, settings.LIBERTAD_LEAST_RATE, settings.LIBERTAD_RATE_OVER)


def known_pace() -> Pace:
    """Of a signed-in officer, or a program with a key: however slow, but never silent."""
    return Pace(settings.LIBERTAD_SILENCE, 0, settings.LIBERTAD_RATE_OVER)


def announced(scope: Any) -> int:
    """How long the body is to be, as its sender says; 0 where it does not."""
    length: bytes = next((value for name, value in scope["headers"] if name == b"content-length"), b"0")
    return int(length) if length.isdigit() and len(length) < 20 else 0


async def refuse(send: Any, why: Refusal) -> None:
    """A plain answer to what was not read, or cannot be sent; the connection is not used again."""
    words = why.words.encode()
    headers = [
        (b"content-type", b"text/plain; charset=utf-8"),
        (b"content-length", b"%d" % len(words)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-security-policy", b"default-src 'none'"),
        (b"connection", b"close"),
    ]
    await send({"type": "http.response.start", "status": why.status, "headers": headers})
    await send({"type": "http.response.body", "body": words, "more_body": False})
