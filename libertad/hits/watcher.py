"""Scores what changes while the node serves: woken by each commit, and by the clock for what others wrote."""

from __future__ import annotations

import logging
import threading
import time

from django.db import connections

from libertad.hits.scoring import catch_up
from libertad.hits.throttle import gently
from libertad.journal.folding import Said
from libertad.journal.node import Node, node
from libertad.journal.rings import RingError

logger = logging.getLogger("libertad.hits")
EVERY = 2.0  # seconds until another process's entries are noticed
PAUSE = 0.2  # seconds in which more entries may come that are looked at together
LONGEST = 300.0  # seconds at most until what failed is tried again
NOTED = 5.0  # seconds between two notes of how far was scored


class Watch:
    """One thread a process. What fails is logged without saying what it was about, and tried again."""

    def __init__(self, here: Node) -> None:
        self.here = here
        self.stopping = threading.Event()
        self.waking = threading.Event()
        self.thread = threading.Thread(target=self._run, name="libertad-hits", daemon=True)

    def start(self) -> Watch:
        self.here.listeners.append(self._on_commit)
        self.thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self.waking.set()
        self.thread.join(timeout=10)
        if self._on_commit in self.here.listeners:
            self.here.listeners.remove(self._on_commit)

    def _on_commit(self, entries: list[Said]) -> None:
        if entries:
            self.waking.set()

    def _run(self) -> None:
        noted, failures = 0.0, 0
        try:
            while not self.stopping.is_set():
                note = time.monotonic() - noted > NOTED
                try:
                    with gently():
                        catch_up(self.here, note)
                    noted = time.monotonic() if note else noted
                except RingError:
                    pass  # locked again: its records are scored once it is open
                except Exception as why:
                    logger.error("hits: scoring failed (%s); it is tried again", type(why).__name__)
                    failures += 1
                    self.stopping.wait(pause(failures))
                else:
                    failures = 0
                self.waking.wait(EVERY)
                self.stopping.wait(PAUSE)
                self.waking.clear()
        finally:
            connections.close_all()


def pause(failures: int) -> float:
    """Seconds until the next attempt, after so many that failed one after the other."""
    return min(LONGEST, EVERY * 2.0 ** min(failures, 20))  # beyond a thousand no float holds the power


_watch: Watch | None = None


def start() -> None:
    """Begin to watch this process's node."""
    global _watch
    if _watch is None:
        _watch = Watch(node()).start()


def stop() -> None:
    global _watch
    if _watch is not None:
        _watch.stop()
        _watch = None
