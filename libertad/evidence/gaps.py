"""Gaps of custody with what was said of them: requests for a statement, and statements.

Pure, as `custody` is, of which it takes events and gaps.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

import msgspec

if TYPE_CHECKING:
    from libertad.evidence.custody import Event, Gap


def explain_gaps(gaps: Sequence[Gap], events: Sequence[Event]) -> tuple[Gap, ...]:
    """The gaps, each with the requests and statements that are about it, in the order of the events."""
    places: dict[int, int] = {}
    for place, gap in enumerate(gaps):
        places.setdefault(_millisecond(gap.since), place)
    by_gap: defaultdict[int, list[Event]] = defaultdict(list)
    for event in events:
        if event.kind in ("statement", "ask"):
            about = _place_of(event, places, len(gaps))
            if about is not None:
                by_gap[about].append(event)
    return tuple(_explained(gap, by_gap[place]) for place, gap in enumerate(gaps))


def _place_of(event: Event, places: Mapping[int, int], count: int) -> int | None:
    """Which gap an event is about: the one that begins at `about_from`; without one, the last."""
    if not event.about_from:
        return count - 1 if count else None
    try:
        since = datetime.fromisoformat(event.about_from)
    except ValueError:
        return None
    return places.get(_millisecond(since)) if since.tzinfo is not None else None


def _explained(gap: Gap, own: Sequence[Event]) -> Gap:
    """`own`: the gap's requests and statements. A request waits until its authority has made a statement."""
    stated: set[str] = set()  # authorities that make a statement later on
    waiting: list[Event] = []
    for event in reversed(own):
        if event.kind == "statement":
            stated.add(event.authority)
        elif event.to_authority not in stated:
            waiting.append(event)
    return msgspec.structs.replace(
        gap,
        statements=tuple(event for event in own if event.kind == "statement"),
        asks=tuple(event for event in own if event.kind == "ask"),
        open_asks=tuple(reversed(waiting)),
    )


def _millisecond(at: datetime) -> int:
    """Read models keep times to the millisecond."""
    return round(at.timestamp() * 1000)
