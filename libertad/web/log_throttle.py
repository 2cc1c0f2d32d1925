"""The same line at most a few times a minute, then how many more there were: a fault fills no disk.

Lines are the same when they come from the same place in the code, for the same route, by the same fault and
with the same status.
"""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from libertad.web import logs, tracing

MOST = 5  # lines of one kind in a window
MOST_ALL = 300  # lines of all kinds in a window
WINDOW = 60.0  # seconds
MOST_KINDS = 1000  # kinds that are told apart; beyond them all others are one
logger = logging.getLogger("libertad.log")


@dataclass
class Window:
    """Lines of one kind since `began`: how many were written, and how many were not."""

    began: float
    level: int
    message: str
    written: int = 0
    withheld: int = 0


class Throttle(logging.Filter):
    """Lets a line through or counts it. Reentrant: a destructor may fail and be logged at any moment."""

    def __init__(self, now: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self.now = now
        self.lock = threading.RLock()
        self.windows: dict[Any, Window] = {}
        self.all = Window(now(), 0, "")
        self.errors = self.withheld = 0  # since the start, for `metrics.py`

    def filter(self, record: logging.LogRecord) -> bool:
        if getattr(record, "summary", False):
            return True
        with self.lock:
            self.errors += record.levelno >= logging.ERROR
            now, kind = self.now(), _kind(record)
            if kind not in self.windows and len(self.windows) >= MOST_KINDS:
                kind = None
            window = self.windows.get(kind)
            if window is None or now - window.began >= WINDOW:
                if window is not None and window.withheld:
                    record.more = window.withheld
                window = self.windows[kind] = Window(now, record.levelno, logs.words(record))
            if now - self.all.began >= WINDOW:
                self.all = Window(now, 0, "")
            if window.written >= MOST or self.all.written >= MOST_ALL:
                window.withheld += 1
                self.withheld += 1
                return False
            window.written += 1
            self.all.written += 1
            return True

    def flush(self) -> None:
        """Say of each kind whose minute is over how many lines were not written, and forget it."""
        with self.lock:
            now = self.now()
            over = {kind: window for kind, window in self.windows.items() if now - window.began >= WINDOW}
            for kind in over:
                del self.windows[kind]
        for window in over.values():
            if window.withheld:
                logger.log(
                    window.level,
                    "and %s more in a minute: %s",
                    f"{window.withheld:,}",
                    window.message,
                    extra={"summary": True},
                )


def _kind(record: logging.LogRecord) -> Any:
    trace, faults = tracing.current(), logs.fault(record)
    first = (faults[0][0], *faults[0][1][:1]) if faults else ()
    route = trace.route if trace else ""
    return record.name, record.pathname, record.lineno, first, route, logs.status(record)


_shared = Throttle()


def shared() -> Throttle:
    """This process's, whichever handlers there are."""
    return _shared
