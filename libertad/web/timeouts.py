"""The server's side of a connection, with an end to waiting: for a head, and for an answer to be taken.

uvicorn waits for ever for the first line of a request, for a head that never ends and for a reader that does
not read. What a body must keep to is in `spool.py`.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

EVERY = 5.0  # seconds between two looks at a connection


class TooLong(ValueError):
    """A head beyond what is read."""


class Patient(HttpToolsProtocol):
    """One connection. A look every `EVERY` seconds ends it where nothing moves."""

    def connection_made(self, transport: Any) -> None:
        super().connection_made(transport)
        self.waiting_since = self.moved = self.ended_at = self.loop.time()
        self.head, self.left, self.in_head = 0, 0, True
        self.look = self.loop.call_later(min(EVERY, settings.LIBERTAD_HEAD_WITHIN / 2), self._look)
        if len(self.connections) > settings.LIBERTAD_MOST_CONNECTIONS:
            self._make_room()

    def connection_lost(self, exc: Exception | None) -> None:
        self.look.cancel()
        super().connection_lost(exc)

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self.head, self.in_head = 0, True
        if self._idle():
            self.waiting_since = self.loop.time()

    def on_url(self, url: bytes) -> None:
        self._grow(len(url))
        super().on_url(url)

    def on_header(self, name: bytes, value: bytes) -> None:
        self._grow(len(name) + len(value) + 4)
        super().on_header(name, value)

    def on_headers_complete(self) -> None:
        self.in_head = False
        super().on_headers_complete()

    def on_response_complete(self) -> None:
        self.waiting_since = self.ended_at = self.loop.time()
        super().on_response_complete()

    def data_received(self, data: bytes) -> None:
        head = self.head
        super().data_received(data)
        # A line that does not end is kept by the parser and told to nobody.
        if self.in_head and self.head == head and not self.transport.is_closing():
            self.pending = getattr(self, "pending", 0) + len(data)
            if self.pending > settings.LIBERTAD_MOST_HEAD:
                self.send_400_response("The head of this request is too long.")
        else:
            self.pending = 0

    def _grow(self, size: int) -> None:
        self.head += size
        if self.head > settings.LIBERTAD_MOST_HEAD:
            raise TooLong

    def _idle(self) -> bool:
        """Whether no request is being read or answered."""
        return self.cycle is None or bool(self.cycle.response_complete)

    def _look(self) -> None:
        now = self.loop.time()
        if self._overdue(now):
            self._end()
            return
        self.look = self.loop.call_later(min(EVERY, settings.LIBERTAD_SILENCE / 2), self._look)

    def _overdue(self, now: float) -> bool:
        left: int = self.transport.get_write_buffer_size()
        if left == 0 or left < self.left:
            self.moved = now
        self.left = left
        if left and now - self.moved > settings.LIBERTAD_SILENCE:
            return True  # nothing of what waits was taken
        if not self._idle():
            return False
        if left:  # all of an answer is handed over: what is left only shrinks
            within = settings.LIBERTAD_SILENCE + 2 * 64 * 1024 / settings.LIBERTAD_LEAST_RATE
            return now - self.ended_at > within
        return now - self.waiting_since > settings.LIBERTAD_HEAD_WITHIN

    def _make_room(self) -> None:
        """End the connection that has waited for its next request for longest; this one where none does."""
        idle = [
            connection
            for connection in self.connections
            if isinstance(connection, Patient) and connection is not self and connection._idle()
        ]
        oldest = min(idle, key=lambda connection: connection.waiting_since, default=self)
        self.connections.discard(oldest)
        oldest._end()

    def _end(self) -> None:
        """Close without waiting for what is not taken; whatever still answers is told that nobody listens."""
        if self.cycle is not None:
            self.cycle.disconnected = True
        self.transport.abort()
