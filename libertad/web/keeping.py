"""Indexes in memory, built once a ring is open and kept up to date beside the pages that ask them."""

from __future__ import annotations

import logging
import threading

from django.db import connections

from libertad.journal.rings import RingError
from libertad.people import names

logger = logging.getLogger("libertad.web")
EVERY = 2.0  # seconds until a ring that was opened, or an entry, is noticed; who asks before takes it up


class Keeper:
    """One thread a process. What fails is logged without saying what it was about, and tried again."""

    def __init__(self) -> None:
        self.stopping = threading.Event()
        self.thread = threading.Thread(target=self._run, name="libertad-names", daemon=True)

    def start(self) -> Keeper:
        self.thread.start()
        return self

    def stop(self) -> None:
        self.stopping.set()
        self.thread.join(timeout=10)

    def _run(self) -> None:
        try:
            while not self.stopping.is_set():
                try:
                    names.keep()
                except RingError:
                    pass  # locked again meanwhile
                except Exception as why:
                    logger.error("names: the index could not be kept (%s)", type(why).__name__)
                self.stopping.wait(EVERY)
        finally:
            connections.close_all()


_keeper: Keeper | None = None


def start() -> None:
    """Begin to keep this process's indexes."""
    global _keeper
    if _keeper is None:
        _keeper = Keeper().start()


def stop() -> None:
    global _keeper
    if _keeper is not None:
        _keeper.stop()
        _keeper = None
