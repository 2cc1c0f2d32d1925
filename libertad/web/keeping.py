"""Indexes in memory, built once a ring is open and kept up to date beside the pages that ask them."""

from __future__ import annotations

import logging

from libertad.journal.periodic import Periodic
from libertad.people import names

logger = logging.getLogger("libertad.web")
EVERY = 2.0  # seconds until a ring that was opened, or an entry, is noticed; who asks before takes it up
FAILURE = "names: the index could not be kept"

_keeper: Periodic | None = None


def start() -> None:
    """Begin to keep this process's indexes."""
    global _keeper
    if _keeper is None:
        _keeper = Periodic("libertad-names", EVERY, names.keep, logger, FAILURE, at_once=True).start()


def stop() -> None:
    global _keeper
    if _keeper is not None:
        _keeper.stop()
        _keeper = None
