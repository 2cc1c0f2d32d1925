"""Work that a process of the node does again and again beside its pages, in a thread of its own."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable

from django.db import connections

from libertad.journal.rings import RingError

WITHIN = 10.0  # seconds for the work under way to end at a stop


class Periodic:
    """Does `work` every `every` seconds until stopped; `at_once`: the first time without waiting.

    What fails is logged in the words of `failure` and by the error's type, never by what it was about, and
    done again at the next turn. A ring that is locked is no failure: its turn comes once it is open.
    """

    def __init__(
        self,
        name: str,
        every: float,
        work: Callable[[], object],
        logger: logging.Logger,
        failure: str,
        *,
        at_once: bool = False,
    ) -> None:
        self.every, self.work, self.at_once = every, work, at_once
        self.logger, self.failure = logger, failure
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name=name, daemon=True)

    def start(self) -> Periodic:
        self.thread.start()
        return self

    def stop(self) -> None:
        """End after the turn under way. Harmless where it was never started."""
        self.stopping.set()
        if self.thread.is_alive():
            self.thread.join(WITHIN)

    def _run(self) -> None:
        try:
            if self.at_once:
                self._turn()
            while not self.stopping.wait(self.every):
                self._turn()
        finally:
            connections.close_all()

    def _turn(self) -> None:
        try:
            self.work()
        except RingError:
            pass
        except Exception as why:
            self.logger.error("%s (%s); it is tried again", self.failure, type(why).__name__)
