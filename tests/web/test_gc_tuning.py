"""What is loaded once stays out of every later collection of garbage, and does so from the node's start."""

from __future__ import annotations

import asyncio
import gc
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

from libertad.web import asgi, gc_tuning


@pytest.fixture
def collector() -> Iterator[None]:
    """As it was, afterwards."""
    before = gc.get_threshold()
    yield
    gc.unfreeze()
    gc.set_threshold(*before)


@pytest.mark.usefixtures("collector")
def test_a_node_that_is_ready_has_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    order: list[str] = []
    monkeypatch.setattr(asgi, "warm", lambda: order.append("warm"))
    monkeypatch.setattr(asgi, "node", lambda: None)
    monkeypatch.setattr(asgi.upgrade, "at_start", lambda _node: order.append("upgrade"))
    monkeypatch.setattr(asgi.factor_keys, "at_start", lambda _node: order.append("factors"))
    for name in ("scheduler", "watcher", "daily", "service"):
        part = getattr(asgi, name)
        monkeypatch.setattr(part, "start", lambda name=name: order.append(name))
        monkeypatch.setattr(part, "stop", lambda: None)
    monkeypatch.setattr(asgi, "settle", lambda: (gc_tuning.settle(), order.append("settle")))
    messages = iter(("lifespan.startup", "lifespan.shutdown"))
    answers: list[str] = []

    async def receive() -> dict[str, Any]:
        return {"type": next(messages)}

    async def send(message: dict[str, Any]) -> None:
        answers.append(message["type"])

    assert not gc.get_freeze_count()
    with ThreadPoolExecutor(1) as executor:  # the browser's driver may have a loop in this thread
        executor.submit(asyncio.run, asgi.application({"type": "lifespan"}, receive, send)).result()
    assert answers == ["lifespan.startup.complete", "lifespan.shutdown.complete"]
    assert order == ["warm", "upgrade", "factors", "scheduler", "watcher", "daily", "service", "settle"]
    assert gc.get_freeze_count() > 10_000
    assert gc.get_threshold() == (gc_tuning.YOUNG, gc_tuning.MIDDLE, gc_tuning.FULL)


@pytest.mark.usefixtures("collector")
def test_what_comes_later_is_still_collected() -> None:
    gc_tuning.settle()

    class Ring:
        pass

    collected: list[int] = []
    for _ in range(3):
        ring = Ring()
        ring.itself = ring  # type: ignore[attr-defined]
        ring.last = type("Last", (), {"__del__": lambda _: collected.append(1)})()  # type: ignore[attr-defined]
        del ring
    gc.collect()
    assert collected == [1, 1, 1]
