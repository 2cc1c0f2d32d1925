"""An event loop whose clock moves only when nothing is left to do: hours pass in no time, and always alike.

Real sockets on loopback work with it as long as both their ends live in the same loop.
"""

from __future__ import annotations

import asyncio
import selectors
from collections.abc import Coroutine
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

T = TypeVar("T")
IN_FLIGHT = 0.002  # real seconds; what loopback may take to show what was just written


class _Selector(selectors.DefaultSelector):
    loop: VirtualLoop

    def select(self, timeout: float | None = None) -> Any:
        events = super().select(0)
        if events or (timeout is not None and timeout <= 0):
            return events
        events = super().select(IN_FLIGHT)
        if not events and timeout is not None:
            self.loop.moved += timeout
        return events


class VirtualLoop(asyncio.SelectorEventLoop):
    """`time()` is seconds since the loop was made, as its timers tell them."""

    def __init__(self) -> None:
        self.moved = 0.0
        selector = _Selector()
        selector.loop = self
        super().__init__(selector)

    def time(self) -> float:
        return self.moved


def run(coroutine: Coroutine[Any, Any, T]) -> T:
    """As asyncio.run, on a virtual clock. In a thread: this one may have the loop of a browser's driver."""

    def run_to_end() -> T:
        with asyncio.Runner(loop_factory=VirtualLoop) as runner:
            return runner.run(coroutine)

    with ThreadPoolExecutor(1) as pool:
        return pool.submit(run_to_end).result()
