"""Screens behind the server: a thread is taken for a whole request and let go when its answer is whole."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libertad.web.bridge import PIECE, Screens
from libertad.web.spool import MOST_BODY

Message = dict[str, Any]
SCOPE = {
    "type": "http",
    "method": "POST",
    "path": "/léads/",
    "query_string": b"a=b",
    "http_version": "1.1",
    "headers": [(b"content-type", b"text/plain"), (b"x-some", b"1"), (b"transfer-encoding", b"chunked")],
    "client": ("127.0.0.1", 4),
    "scheme": "http",
}


class Conversation:
    """What a client sends, what it gets, and which of what it sent had been received when a screen began."""

    def __init__(self, *pieces: bytes, disconnects: bool = False) -> None:
        self.coming: list[Message] = [
            {"type": "http.request", "body": piece, "more_body": disconnects or piece is not pieces[-1]}
            for piece in pieces
        ]
        if disconnects:
            self.coming.append({"type": "http.disconnect"})
        self.received = 0
        self.got: list[Message] = []

    async def receive(self) -> Message:
        self.received += 1
        return self.coming[self.received - 1]

    def with_(
        self, app: Callable[..., Iterable[bytes]], sender_of: Callable[[Any], str] = lambda scope: ""
    ) -> Conversation:
        async def send(message: Message) -> None:
            self.got.append(message)

        screens = Screens(app, workers=1, sender_of=sender_of)
        with ThreadPoolExecutor(1) as executor:  # the browser's driver may have a loop in this thread
            executor.submit(asyncio.run, screens(SCOPE, self.receive, send)).result(30)
        return self

    @property
    def body(self) -> bytes:
        return b"".join(message["body"] for message in self.got[1:])


class Screen:
    """A WSGI application that answers with what it was asked."""

    def __init__(self, conversation: Conversation, *answer: bytes) -> None:
        self.conversation, self.answer, self.closed = conversation, answer, False
        self.sent_before_the_end = 0

    def __call__(self, environ: Any, start: Any) -> Iterable[bytes]:
        self.thread = threading.current_thread().name
        self.received = self.conversation.received
        self.environ = environ
        self.body = environ["wsgi.input"].read()
        start("201 Created", [("X-Seen", environ["PATH_INFO"])])
        return self

    def __iter__(self) -> Iterator[bytes]:
        yield from self.answer
        self.sent_before_the_end = len(self.conversation.got)

    def close(self) -> None:
        self.closed = True


def test_a_small_request_is_read_before_a_thread_is_taken() -> None:
    asks = Conversation(b"one ", b"two")
    screen = Screen(asks, b"an", b"swer")
    asks.with_(screen)
    assert (screen.body, screen.received, screen.closed) == (b"one two", 2, True)
    assert screen.thread.startswith("WSGI")
    assert screen.environ["HTTP_X_SOME"] == "1" and screen.environ["QUERY_STRING"] == "a=b"
    assert asks.got == [
        {
            "type": "http.response.start",
            "status": 201,
            "headers": [(b"x-seen", "/léads/".encode())],
        },
        {"type": "http.response.body", "body": b"answer", "more_body": False},
    ]


def test_an_upload_is_read_whole_before_a_thread_is_taken() -> None:
    pieces = [bytes([n]) * 65536 for n in range(8)]
    asks = Conversation(*pieces)
    screen = Screen(asks, b"seen")
    asks.with_(screen, sender_of=lambda scope: "account 1")
    assert screen.received == asks.received == 8
    assert screen.body == b"".join(pieces)
    assert asks.got[0]["status"] == 201 and asks.body == b"seen" and not asks.got[-1].get("more_body")


def test_an_upload_of_nobody_is_not_read_on() -> None:
    asks = Conversation(*[bytes([n]) * 131072 for n in range(8)])
    screen = Screen(asks, b"seen")
    asks.with_(screen)
    assert asks.got[0]["status"] == 413 and asks.received == 6 and not hasattr(screen, "body")


def test_what_is_longer_than_any_form_is_cut_and_its_connection_closed() -> None:
    asks = Conversation(*[bytes([n]) * (1 << 20) for n in range(40)])
    screen = Screen(asks, b"too large")
    asks.with_(screen, sender_of=lambda scope: "account 1")
    assert len(screen.body) == MOST_BODY and asks.received < 40
    assert (b"connection", b"close") in asks.got[0]["headers"]


def test_a_long_answer_is_sent_when_its_thread_is_free() -> None:
    asks = Conversation(b"")
    screen = Screen(asks, *[b"x" * 100_000] * 10)
    asks.with_(screen)
    assert screen.sent_before_the_end == 0 and screen.closed
    assert asks.body == b"x" * 1_000_000 and max(len(message["body"]) for message in asks.got[1:]) <= PIECE
    assert [message["more_body"] for message in asks.got[1:]] == [True] * (len(asks.got) - 2) + [False]
    assert sum(message["type"] == "http.response.start" for message in asks.got) == 1


def test_who_does_not_take_a_long_answer_holds_no_memory(settings: Any) -> None:
    settings.LIBERTAD_SILENCE, settings.LIBERTAD_LEAST_RATE = 0.1, 1_000_000

    async def never(message: Message) -> None:
        if message["type"] == "http.response.body":
            await asyncio.sleep(60)

    screens = Screens(Screen(Conversation(b""), b"x" * 1_000_000), workers=1)

    async def ask() -> None:
        with pytest.raises(TimeoutError):
            await screens(SCOPE, Conversation(b"").receive, never)

    with ThreadPoolExecutor(1) as executor:
        executor.submit(asyncio.run, ask()).result(30)
    assert screens.waiting == 0


def test_too_many_long_answers_are_not_made_to_wait(settings: Any) -> None:
    settings.LIBERTAD_MOST_ANSWERS = 900_000
    asks = Conversation(b"")
    asks.with_(Screen(asks, b"x" * 1_000_000))
    assert asks.got[0]["status"] == 503


def test_who_is_gone_before_the_end_asks_nothing() -> None:
    asks = Conversation(b"half", disconnects=True)
    screen = Screen(asks, b"no")
    asks.with_(screen)
    assert not hasattr(screen, "body") and asks.got == []


def test_what_fails_in_a_screen_reaches_the_server() -> None:
    def fails(environ: Any, start: Any) -> Iterable[bytes]:
        raise LookupError("no such page")

    with pytest.raises(LookupError, match="no such page"):
        Conversation(b"").with_(fails)
