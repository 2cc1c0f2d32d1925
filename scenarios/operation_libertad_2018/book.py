"""What the plot is written into: events, each what one officer did at one moment."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random
from typing import Any

from scenarios.operation_libertad_2018.stage import Stage

Run = Callable[[Stage], object]


@dataclass(order=True)
class Event:
    """`at` in UTC; `order` keeps events of one moment in the order they were made.

    `lane`: whose hands are on it ('GY', 'GY-care'). Events of one lane follow one another; those of two lanes
    wait for one another only where one needs what the other made. `alone`: not together with others in one
    transaction, because it asks for what is on file.
    """

    at: dt.datetime
    order: int
    run: Run = field(compare=False)
    lane: str = field(default="BB-centre", compare=False)
    alone: bool = field(default=False, compare=False)


@dataclass
class Book:
    """Collects events while the plot is written; `lane` is that of events which name none.

    `met`: by site what was drawn of the persons recorded there; `heads`: how many were counted there.
    """

    rng: Random
    data: dict[str, Any]
    events: list[Event] = field(default_factory=list)
    met: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    heads: dict[str, int] = field(default_factory=dict)
    lane: str = "BB-centre"

    def add(self, at: dt.datetime, run: Run, lane: str = "", alone: bool = False) -> None:
        self.events.append(Event(at, len(self.events), run, lane or self.lane, alone))
