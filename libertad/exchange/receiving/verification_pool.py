"""Checking signatures and hashes in a process beside the node's own: both do their part at the same time.

This module is all that the other process imports: no database, no keys.
"""

from __future__ import annotations

import marshal
import threading
from collections.abc import Mapping, Sequence
from concurrent.futures import BrokenExecutor, Executor, Future, ProcessPoolExecutor
from multiprocessing import get_context
from typing import Any

from libertad.journal import checking
from libertad.journal.checking import Checked, Foreign

APART = 400  # entries from which it is worth while


class VerificationPool(Executor):
    """The second process, started when there is first much to check, and again when it has died."""

    def __init__(self) -> None:
        self.made: ProcessPoolExecutor | None = None
        self.lock = threading.Lock()

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Any:
        with self.lock:
            if self.made is not None:
                try:
                    return self.made.submit(fn, *args, **kwargs)
                except BrokenExecutor:
                    self.made.shutdown(wait=False)
            self.made = ProcessPoolExecutor(1, mp_context=get_context("spawn"))
            return self.made.submit(fn, *args, **kwargs)

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        if self.made is not None:
            self.made.shutdown(wait, cancel_futures=cancel_futures)


class Checking:
    """Entries of known devices on their way through the checks. BadEntry (of `wait`) where one is wrong."""

    def __init__(
        self, entries: Sequence[Foreign], publics: Mapping[bytes, bytes], pool: Executor | None
    ) -> None:
        self.entries, self.publics = entries, publics
        self.found: list[Checked] = []
        self.there: Future[bytes] | None = None
        if pool is None or len(entries) < APART:
            self.found = checking.check(entries, publics)
        else:
            packed = marshal.dumps([tuple(entry) for entry in entries])
            self.there = pool.submit(check_packed, packed, dict(publics))

    def done(self) -> bool:
        """Whether `wait` gives its answer at once."""
        return self.there is None or self.there.done()

    def wait(self) -> list[Checked]:
        if self.there is not None:
            future, self.there = self.there, None
            try:
                self.found = checking.unpack(self.entries, future.result())
            except BrokenExecutor:  # the other process was ended: what it had is checked here
                self.found = checking.check(self.entries, self.publics)
        return self.found


def check_packed(packed: bytes, publics: Mapping[bytes, bytes]) -> bytes:
    """What the other process does with entries that this one packed."""
    entries = [Foreign(*fields) for fields in marshal.loads(packed)]  # noqa: S302 - from our own process
    return checking.check_and_pack(entries, publics)
