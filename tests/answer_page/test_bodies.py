"""Whoever dawdles with a request keeps no thread, and nobody else from answering."""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

import pytest

from libertad.answer_page import bodies
from libertad.answer_page.bodies import OF_EACH, UNFINISHED, Bodies
from libertad.answer_page.pace import network

T = TypeVar("T")


def run(made: Coroutine[Any, Any, T]) -> T:
    """In a thread of its own: in this one the loop of a browser may be running."""
    with ThreadPoolExecutor(1) as pool:
        return pool.submit(asyncio.run, made).result()


class Asked:
    """The screens behind it: what reached them."""

    def __init__(self) -> None:
        self.bodies: list[bytes] = []

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        self.bodies.append((await receive())["body"])
        await send({"type": "http.response.start", "status": 200, "headers": []})


async def ask(pages: Bodies, place: str, *pieces: bytes, ends: bool = True) -> int:
    """The status of the answer to a request that comes in these pieces, and then is silent."""
    listed = [
        {"type": "http.request", "body": piece, "more_body": not ends or number + 1 < len(pieces)}
        for number, piece in enumerate(pieces)
    ]
    sent: list[Any] = []

    async def receive() -> Any:
        if listed:
            return listed.pop(0)
        return await asyncio.Event().wait()

    async def send(message: Any) -> None:
        sent.append(message)

    await pages({"type": "http", "client": (place, 1)}, receive, send)
    return int(sent[0]["status"])


def test_a_request_in_pieces_arrives_whole() -> None:
    asked = Asked()
    assert run(ask(Bodies(asked), "192.0.2.1", b"one ", b"two")) == 200
    assert asked.bodies == [b"one two"]


def test_bodies_that_never_end_are_ended_and_others_are_served_meanwhile(monkeypatch: Any) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.3)
    asked = Asked()
    pages = Bodies(asked)

    async def together() -> None:
        slow = [asyncio.create_task(ask(pages, "2001:db8::1", b"x", ends=False)) for _ in range(OF_EACH)]
        await asyncio.sleep(0)
        assert await ask(pages, "2001:db8:0:ffff::2", b"more of the same network") == 503
        assert await ask(pages, "192.0.2.1", b"another") == 200
        assert await asyncio.gather(*slow) == [408] * OF_EACH
        assert await ask(pages, "2001:db8::1", b"in time") == 200

    run(together())
    assert asked.bodies == [b"another", b"in time"]


def test_all_that_is_unfinished_is_bounded(monkeypatch: Any) -> None:
    monkeypatch.setattr(bodies, "PATIENCE", 0.3)
    pages = Bodies(Asked())

    async def together() -> None:
        slow = [asyncio.create_task(ask(pages, f"192.0.2.{n}", b"x", ends=False)) for n in range(UNFINISHED)]
        await asyncio.sleep(0)
        assert await ask(pages, "198.51.100.1", b"another") == 503
        await asyncio.gather(*slow)

    run(together())


def test_a_request_that_is_too_long_is_refused(settings: Any) -> None:
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 10
    asked = Asked()
    assert run(ask(Bodies(asked), "192.0.2.1", b"x" * 11)) == 413
    assert asked.bodies == []


@pytest.mark.parametrize(
    ("first", "second", "same"),
    [
        ("2001:db8:1::1", "2001:db8:1:ffff::1", True),
        ("2001:db8:1::1", "2001:db8:2::1", False),
        ("192.0.2.1", "192.0.2.2", False),
    ],
)
def test_what_one_customer_has_at_hand_is_one_network(first: str, second: str, same: bool) -> None:
    assert (network(first) == network(second)) is same
