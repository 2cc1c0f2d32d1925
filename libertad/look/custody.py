"""The chain of custody on a page: its links one below the other, and its whole time to scale."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from libertad.look.page_objects import Action, Moment


@dataclass(frozen=True)
class CustodyStep:
    """A link of the chain. `kind`: 'both' or 'one' signature, or 'gap' (nobody is recorded)."""

    happened: Moment
    title: str
    kind: Literal["both", "one", "gap"] = "both"
    number: int = 0
    until: str = ""
    text: str = ""
    seal: str = ""
    seal_note: str = ""
    signatures: str = ""
    note: str = ""
    actions: Sequence[Action] = ()


@dataclass(frozen=True)
class BarPart:
    """A part of the custody bar, in percent of its length; `kind` 'held' or 'gap'."""

    x: float
    width: float
    label: str = ""
    kind: Literal["held", "gap"] = "held"
    above: str = ""

    @property
    def middle(self) -> float:
        return round(self.x + self.width / 2, 2)


@dataclass(frozen=True)
class BarTick:
    x: float
    label: str
    end: bool = False


@dataclass(frozen=True)
class CustodyBar:
    """The whole time to scale: parts, the days below, events (seal opened) on it, and it in words."""

    parts: Sequence[BarPart]
    ticks: Sequence[BarTick]
    words: str
    events: Sequence[BarTick] = ()
    note: str = ""


def bar_part(
    start: datetime,
    end: datetime,
    since: datetime,
    until: datetime,
    *,
    label: str = "",
    gap: bool = False,
    above: str = "",
) -> BarPart:
    """A stretch of time to scale within [start, end]."""
    whole = max((end - start).total_seconds(), 1.0)
    x = 100 * (since - start).total_seconds() / whole
    width = 100 * (until - since).total_seconds() / whole
    return BarPart(
        x=round(x, 2), width=round(width, 2), label=label, kind="gap" if gap else "held", above=above
    )
