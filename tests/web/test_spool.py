"""What is unfinished is bounded, a network's and all; who has been sending for longest makes room."""

from __future__ import annotations

import asyncio
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libertad.access.networks import network_of
from libertad.access.pace import Pace, Refusal, TooSlow
from libertad.web.spool import Spool


class Sender:
    """A request that sends pieces when it is told to."""

    def __init__(self, address: str) -> None:
        self.scope = {"type": "http", "client": (address, 1), "headers": [(b"transfer-encoding", b"chunked")]}
        self.coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()

    def send(self, size: int, more: bool = True) -> None:
        self.coming.put_nowait({"type": "http.request", "body": bytes(size), "more_body": more})

    def begin(self, spool: Spool) -> asyncio.Task[tuple[bytes, bool]]:
        return asyncio.ensure_future(spool.read(self.scope, self.coming.get))


async def nobody(scope: Any) -> str:
    return ""


def played(play: Any) -> Any:
    with ThreadPoolExecutor(1) as executor:  # the browser's driver may have a loop in this thread
        return executor.submit(asyncio.run, asyncio.wait_for(play, 30)).result(60)


async def let_others_run() -> None:
    for _ in range(20):
        await asyncio.sleep(0)


def test_a_network_that_holds_too_much_loses_its_oldest_and_others_none(settings: Any) -> None:
    settings.LIBERTAD_MOST_NETWORK, settings.LIBERTAD_MOST_STRANGER = 300_000, 200_000

    async def play() -> None:
        spool = Spool(nobody)
        slow = [Sender(f"203.0.113.{n}") for n in range(2)]
        honest, elsewhere = Sender("203.0.113.9"), Sender("198.51.100.1")
        tasks = [sender.begin(spool) for sender in (*slow, elsewhere)]
        for sender in (*slow, elsewhere):
            sender.send(140_000)
        await let_others_run()
        last = honest.begin(spool)
        honest.send(60_000, more=False)
        assert await last == (bytes(60_000), True)
        with pytest.raises(Refusal) as why:
            await tasks[0]
        assert why.value.status == 408
        assert not tasks[1].done() and not tasks[2].done()
        for sender in (slow[1], elsewhere):
            sender.send(1, more=False)
        assert [len((await task)[0]) for task in tasks[1:]] == [140_001, 140_001]
        assert not spool.strangers.held and not spool.unfinished

    played(play())


def test_more_unfinished_requests_than_a_network_may_have_end_its_oldest(settings: Any) -> None:
    settings.LIBERTAD_MOST_UNFINISHED_NETWORK, settings.LIBERTAD_MOST_UNFINISHED = 3, 5

    async def play() -> None:
        spool = Spool(nobody)
        senders = [Sender(f"203.0.113.{n}") for n in range(4)] + [Sender(f"198.51.{n}.1") for n in range(3)]
        tasks = []
        for sender in senders:
            sender.send(10)
            tasks.append(sender.begin(spool))
            await let_others_run()
        assert [task.done() for task in tasks] == [True, True, False, False, False, False, False]
        for sender in senders:
            sender.send(1, more=False)
        results = await asyncio.gather(*tasks, return_exceptions=True)
        assert [isinstance(outcome, Refusal) for outcome in results] == [True] * 2 + [False] * 5

    played(play())


def test_a_pace_counts_each_window_anew() -> None:
    async def play() -> None:
        pace = Pace(silence=5, least=1000, over=0.3)
        coming: asyncio.Queue[dict[str, Any]] = asyncio.Queue()
        coming.put_nowait({"type": "http.request", "body": bytes(100_000)})
        await pace.following(coming.get)
        await asyncio.sleep(0.4)
        coming.put_nowait({"type": "http.request", "body": b"x"})
        await pace.following(coming.get)  # the first window brought enough
        with pytest.raises(TooSlow):
            await pace.following(coming.get)  # the second, begun then, brings nothing

    played(play())


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.113.0/24"),
        ("::ffff:203.0.113.77", "203.0.113.0/24"),
        ("2001:db8:0:1:2:3:4:5", "2001:db8:0:1::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("no address", "no address"),
    ],
)
def test_an_address_is_counted_with_its_network(address: str, network: str) -> None:
    assert network_of(address) == network
