"""A reader of server-sent events on a bare socket: it shows what really went over the wire."""

from __future__ import annotations

import http.client
import json
import threading
import time
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

HUNG = 300.0  # seconds; so that nothing waits for ever. How fast it is, the benchmark of the board measures.


@dataclass(frozen=True)
class Event:
    """One event and when it came (monotonic seconds)."""

    name: str
    id: str
    data: str
    at: float

    @property
    def content(self) -> dict[str, Any]:
        body: dict[str, Any] = json.loads(self.data)
        return body


@dataclass
class Stream:
    """Reads in a thread of its own until the server ends the stream or `close` is called."""

    base: str
    cookie: str
    after: str = ""
    last_event_id: str = ""
    query: dict[str, str] = field(default_factory=dict)
    events: list[Event] = field(default_factory=list)
    headers: dict[str, str] = field(default_factory=dict)
    status: int = 0
    ended: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        where = urlsplit(self.base)
        self.connection = http.client.HTTPConnection(where.hostname or "", where.port, timeout=HUNG)
        headers = {"Cookie": self.cookie, "Accept": "text/event-stream"}
        if self.last_event_id:
            headers["Last-Event-ID"] = self.last_event_id
        query = self.query | ({"after": self.after} if self.after else {})
        self.connection.request("GET", "/board/live/?" + urlencode(query), headers=headers)
        self.response = self.connection.getresponse()
        self.status = self.response.status
        self.headers = {name.lower(): value for name, value in self.response.getheaders()}
        self.thread = threading.Thread(target=self._read, daemon=True)
        self.thread.start()

    def _read(self) -> None:
        name = cursor = ""
        data: list[str] = []
        try:
            while line := self.response.readline():
                text = line.decode().rstrip("\n")
                key, _, value = text.partition(": ")
                if key == "id":
                    cursor = value
                elif key == "event":
                    name = value
                elif key == "data":
                    data.append(value)
                elif not text and (name or data):
                    self.events.append(Event(name, cursor, "\n".join(data), time.monotonic()))
                    name, cursor, data = "", "", []
        except (OSError, ValueError, AttributeError, http.client.HTTPException):
            pass
        self.ended.set()

    def feed(self) -> list[dict[str, Any]]:
        """What the feed's events said, in order."""
        return [event.content for event in self.events if event.name == "feed"]

    def ids(self) -> list[str]:
        """Entry ids of the lines, in order of arrival."""
        return [line["id"] for line in self.feed()]

    def words(self) -> str:
        """All that came, to look for what must not be in it."""
        return "\n".join(event.data for event in self.events)

    def wait(self, count: int, name: str = "feed", within: float = HUNG) -> list[Event]:
        """The events of a name once there are `count`; AssertionError when there are not in time."""
        until = time.monotonic() + within
        while time.monotonic() < until:
            events = [event for event in list(self.events) if event.name == name]
            if len(events) >= count:
                return events
            time.sleep(0.01)
        raise AssertionError(f"{count} {name} events did not come within {within} s: {self.events}")

    def last_id(self) -> str:
        return next(event.id for event in reversed(self.events) if event.id)

    def close(self) -> None:
        """Cuts the line as a lost network would."""
        import socket

        try:
            if self.connection.sock is not None:
                self.connection.sock.shutdown(socket.SHUT_RDWR)
        except OSError:
            pass
        self.connection.close()
        self.thread.join(5)
