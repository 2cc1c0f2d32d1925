"""Work beside the serving of pages: a little at a time with rests between.

All threads share one interpreter, and one that only computes makes every other wait for its turn many times a
request. What nobody waits for rests three times as long as it works.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

SLICE = 0.002  # seconds of work in one go
REST = 3.0  # rest for each second of work
LONGEST = 0.05

_thread = threading.local()


@contextmanager
def gently() -> Iterator[None]:
    """What this thread does within rests at each `breathe`."""
    _thread.since = time.perf_counter()
    try:
        yield
    finally:
        _thread.since = None


def breathe() -> None:
    """Rest, if this thread works gently and has worked for a while."""
    since = getattr(_thread, "since", None)
    if since is None:
        return
    worked = time.perf_counter() - since
    if worked >= SLICE:
        time.sleep(min(worked * REST, LONGEST))
        _thread.since = time.perf_counter()
