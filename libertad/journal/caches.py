"""What the writer remembers between groups: all of it can be read again from the database."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from libertad.journal import clock, folding
from libertad.journal.trees import Trees


class Caches:
    """What the writer remembers between groups; dropped whenever somebody else wrote."""

    LIMIT = 50_000

    def __init__(self) -> None:
        self.frontier: Trees | None = None
        self.logs: dict[tuple[bytes, str], tuple[int, bytes]] = {}
        self.entries: dict[int, folding.Said] = {}
        self.rights: dict[Any, Any] = {}
        # Opened entries by the row they touch. Never handed out: a fold sorts a copy.
        self.touches: dict[str, list[folding.Said]] = {}
        self.sign_again = 0.0
        self.signed = -1
        self.clock = clock.NEVER

    def remember(self, touch: str, entries: list[folding.Said]) -> None:
        if len(self.touches) >= self.LIMIT:
            self.touches.clear()
        self.touches[touch] = entries

    def keep(self, idx: int, entry: folding.Said) -> None:
        if len(self.entries) >= self.LIMIT:
            self.entries.clear()
        self.entries[idx] = entry

    def tick(self) -> datetime:
        """The device's clock, later than at the entry before: of two acts one was the first."""
        moment = clock.now()
        if moment <= self.clock:
            moment = self.clock + clock.TICK
        self.clock = moment
        return moment

    def clear(self) -> None:
        self.logs.clear()
        self.entries.clear()
        self.touches.clear()
        self.rights.clear()
        self.frontier = None

    def undo(self, start: int, end: int) -> None:
        self.logs.clear()
        self.touches.clear()
        self.rights.clear()
        for idx in range(start, end):
            self.entries.pop(idx, None)
