"""What was done lately, and unusual amounts of it: for whoever counts, by whichever clock."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from libertad.journal.folding import Said

HOUR = 3600.0


@dataclass
class Window:
    """What an officer did lately, each thing once: [first, last] moment by thing, the last done last."""

    span: float
    times: OrderedDict[str, list[float]] = field(default_factory=OrderedDict)

    def add(self, key: str, at: float) -> bool:
        """Whether it was not done within the hour before."""
        times = self.times.get(key)
        is_new = times is None or at - times[1] >= HOUR
        if times is not None and not is_new:
            times[1] = at
            self.times.move_to_end(key)
        else:
            self.times.pop(key, None)
            self.times[key] = [at, at]
        while self.times and at - next(iter(self.times.values()))[1] >= self.span:
            self.times.popitem(last=False)
        return is_new

    def lately(self, now: float) -> Iterator[tuple[str, float]]:
        """Things of the last hour, each with when it was begun in it; the last done first."""
        for key in reversed(self.times):
            since, last = self.times[key]
            if now - last >= HOUR:
                return
            yield key, since


@dataclass
class Burst:
    """An unusual amount by one officer, from the entry `first` on: `count` within an hour at most.

    `limit`: usual is below it. `authority`: the officer's.
    """

    officer: str
    amount: str
    first: str
    began: datetime
    last: datetime
    count: int
    limit: int
    authority: str


@dataclass
class Bursts:
    """All of them, and by officer and amount the one that goes on."""

    listed: list[Burst] = field(default_factory=list)
    current: dict[tuple[str, str], Burst] = field(default_factory=dict)

    def tell(self, entry: Said, amount: str, number: int, limit: int) -> None:
        """That an officer did so many within the hour before this entry."""
        burst = self.current.get((entry.officer, amount))
        if number < limit:
            self.current.pop((entry.officer, amount), None)
        elif burst is None:
            burst = Burst(entry.officer, amount, entry.id, entry.at, entry.at, number, limit, entry.authority)
            self.current[entry.officer, amount] = burst
            self.listed.append(burst)
        else:
            burst.last, burst.count = entry.at, max(burst.count, number)
