"""The bodies of requests, read whole before a thread is taken for them, in bounded memory.

Whoever is not known may send little and must not dawdle. Where too much of strangers is unfinished, the
request that has been coming for longest is ended: an honest form is through in seconds.
Bodies stay in memory: nothing that was uploaded lies on a disk unsealed.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from libertad.access.networks import asking
from libertad.access.pace import (
    FULL,
    LARGE,
    SLOW,
    Pace,
    Receive,
    TooSlow,
    announced,
    known_pace,
    stranger_pace,
)
from libertad.exchange.transport.http import Reading
from libertad.vocabulary.verbs.attachments import USUAL_BYTES

MOST_BODY = USUAL_BYTES + 1024 * 1024  # an attachment and the rest of its form; larger ones come in parts
# Who sends a request: '' for a stranger, else a name to count by.
Known = Callable[[Any], Awaitable[str]]


class Gone(Exception):
    """Whoever asked has left."""


@dataclass(eq=False)
class Unfinished:
    """A body that is being read; `patience` ends it."""

    network: str
    patience: asyncio.Timeout
    began: float = field(default_factory=time.monotonic)
    sender: str = ""
    size: int = 0
    body: bytearray = field(default_factory=bytearray)

    def evict(self) -> None:
        self.patience.reschedule(asyncio.get_running_loop().time())


class Spool:
    """What is being read of all requests."""

    def __init__(self, known: Known) -> None:
        self.known = known
        self.strangers = Reading(settings.LIBERTAD_MOST_STRANGERS, settings.LIBERTAD_MOST_NETWORK)
        self.senders = Reading(settings.LIBERTAD_MOST_SENDERS, settings.LIBERTAD_MOST_SENDER)
        self.unfinished: dict[Unfinished, None] = {}

    async def read(self, scope: Any, receive: Receive) -> tuple[bytes, bool]:
        """(the body, whether that is all of it). Longer than any screen takes, it is cut.

        Refusal for what comes too slowly or is too much, Gone when its sender has left.
        """
        first = await receive() if _bodiless(scope) else None  # the server has it all and does not wait
        if first is not None and not first.get("more_body"):
            if first["type"] != "http.request":
                raise Gone
            return first.get("body", b""), True
        try:
            async with asyncio.timeout(None) as patience:
                coming = Unfinished(asking(scope), patience)
                self._enter(coming)
                try:
                    return await self._read(coming, scope, receive, first)
                finally:
                    self._leave(coming)
        except (TooSlow, TimeoutError):
            raise SLOW from None

    async def _read(self, coming: Unfinished, scope: Any, receive: Receive, first: Any) -> tuple[bytes, bool]:
        pace = stranger_pace()
        if announced(scope) > settings.LIBERTAD_MOST_STRANGER:
            pace = await self._introduce(coming, scope)
        while True:
            message = first or await self._following(coming, pace, scope, receive)
            first = None
            if message["type"] != "http.request":
                raise Gone
            chunk = message.get("body", b"")
            if not coming.sender and len(coming.body) + len(chunk) > settings.LIBERTAD_MOST_STRANGER:
                pace = await self._introduce(coming, scope)
            if len(coming.body) + len(chunk) > MOST_BODY:
                return bytes(coming.body) + chunk[: MOST_BODY - len(coming.body)], False
            self._grow(coming, len(chunk))
            coming.body += chunk
            if not message.get("more_body"):
                return bytes(coming.body), True

    async def _following(self, coming: Unfinished, pace: Pace, scope: Any, receive: Receive) -> Any:
        """The next piece; who is too slow for a stranger may turn out to be known."""
        try:
            return await pace.following(receive)
        except TooSlow:
            if coming.sender or not pace.least or time.monotonic() - pace.since < pace.over:
                raise
        if not (sender := await self.known(scope)):
            raise TooSlow
        self._name(coming, sender)
        slow = known_pace()
        pace.least, pace.silence = 0, slow.silence
        return await pace.following(receive)

    async def _introduce(self, coming: Unfinished, scope: Any) -> Pace:
        """Ask who sends so much; LARGE where nobody knows."""
        if not coming.sender:
            sender = await self.known(scope)
            if not sender:
                raise LARGE
            self._name(coming, sender)
        return known_pace()

    def _name(self, coming: Unfinished, sender: str) -> None:
        if not self.senders.grow(sender, coming.size):
            raise FULL
        self.strangers.free(coming.network, coming.size)
        coming.sender = sender

    def _grow(self, coming: Unfinished, size: int) -> None:
        budget, spender = (self.senders, coming.sender) if coming.sender else (self.strangers, coming.network)
        if not budget.grow(spender, size):
            while not coming.sender and self._make_room(coming):
                if budget.grow(spender, size):
                    break
            else:
                raise FULL
        coming.size += size

    def _make_room(self, coming: Unfinished) -> bool:
        """End the stranger's request that has been coming for longest, unless it is this one."""
        strangers = [
            request
            for request in self.unfinished
            if request is not coming and not request.sender and request.size
        ]
        of_network = [request for request in strangers if request.network == coming.network]
        for oldest in (of_network or strangers)[:1]:
            self._free(oldest)
            oldest.evict()
            return True
        return False

    def _enter(self, coming: Unfinished) -> None:
        """Count one more; where there are too many, the one that has been coming for longest is ended."""
        self.unfinished[coming] = None
        strangers = [request for request in self.unfinished if not request.sender]
        same_network = [request for request in strangers if request.network == coming.network]
        for listed, limit in (
            (same_network, settings.LIBERTAD_MOST_UNFINISHED_NETWORK),
            (strangers, settings.LIBERTAD_MOST_UNFINISHED),
        ):
            if len(listed) > limit:
                self._free(listed[0])
                listed[0].evict()
                return

    def _leave(self, coming: Unfinished) -> None:
        self._free(coming)
        self.unfinished.pop(coming, None)

    def _free(self, coming: Unfinished) -> None:
        budget, spender = (self.senders, coming.sender) if coming.sender else (self.strangers, coming.network)
        if coming.size:
            budget.free(spender, coming.size)
        coming.size = 0
        self.unfinished.pop(coming, None)


def _bodiless(scope: Any) -> bool:
    """Whether nothing but the head is announced: most requests, which need no counting."""
    return not any(name in (b"content-length", b"transfer-encoding") for name, _ in scope["headers"])
