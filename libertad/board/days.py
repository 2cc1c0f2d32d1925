"""The action days along the bottom: daylight by time zone, windows, visits and now."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.utils.formats import date_format

from libertad.board.daylight import days_between
from libertad.board.layout import lanes
from libertad.board.page_objects import Band, Day, DayRow, Days, Visit, Window

TOP, GAP, LANE, PADDING, ROOM = 48.0, 2.0, 10.5, 4.0, 104.0
MARK = 1.15  # per cent of the width that a visit's shape takes at 1,200 px


@dataclass(frozen=True)
class ZoneFact:
    """A time zone of the operation, the place by which its daylight is reckoned, and its clock."""

    key: str
    words: str
    places: str
    clock: str
    lat: float
    lon: float


@dataclass(frozen=True)
class WindowFact:
    """A time in which teams act together."""

    words: str
    opens: datetime
    closes: datetime


@dataclass(frozen=True)
class VisitFact:
    """A visit, or one that is due, in a zone (by its key)."""

    when: datetime
    zone: str
    shape: str
    title: str


def compose_days(
    first: datetime,
    last: datetime,
    now: datetime,
    now_words: str,
    zones: Sequence[ZoneFact],
    windows: Sequence[WindowFact],
    visits: Sequence[VisitFact],
    mark: str = "",
) -> Days:
    """The days from `first` midnight (UTC) to `last`; what lies beyond either is left out."""
    span = (last - first).total_seconds()

    def at(when: datetime) -> float:
        return min(max((when - first).total_seconds() / span * 100, 0.0), 100.0)

    def per_cent(number: float) -> str:
        return f"{number:.2f}%"

    by_zone = {
        zone.key: sorted(
            (v for v in visits if v.zone == zone.key and first <= v.when <= last), key=lambda v: v.when
        )
        for zone in zones
    }
    for lane_limit in (3, 2, 1):
        chosen = {key: lanes([at(v.when) for v in each], MARK, lane_limit) for key, each in by_zone.items()}
        heights = {key: (max(each, default=0) + 1) * LANE + PADDING for key, each in chosen.items()}
        if sum(heights.values()) + GAP * len(zones) <= ROOM:
            break
    rows: list[DayRow] = []
    y = TOP
    for zone in zones:
        height = heights[zone.key]
        count = max(chosen[zone.key], default=0) + 1
        offset = (height - count * LANE) / 2 + LANE / 2
        rows.append(
            DayRow(
                zone.words,
                zone.places,
                zone.clock,
                f"{y:.1f}",
                f"{height:.1f}",
                f"{y + height / 2 + 4.5:.1f}",
                tuple(
                    Band(per_cent(at(rise)), per_cent(at(fall) - at(rise)))
                    for rise, fall in days_between(first, last, zone.lat, zone.lon)
                ),
                tuple(
                    Visit(per_cent(at(v.when)), f"{y + offset + lane * LANE:.1f}", v.shape, v.title)
                    for v, lane in zip(by_zone[zone.key], chosen[zone.key], strict=True)
                ),
            )
        )
        y += height + GAP
    days: list[Day] = []
    day = first
    while day < last:
        words = date_format(day, "D j F" if not days else "D j")
        days.append(Day(per_cent(at(day)), words, day.date() == now.astimezone(UTC).date()))
        day += timedelta(days=1)
    return Days(
        tuple(days),
        tuple(
            Window(
                per_cent(at(w.opens)),
                per_cent(at(w.closes) - at(w.opens)),
                w.words,
                per_cent(at(w.closes) + 0.4),
            )
            for w in windows
            if w.closes > first and w.opens < last
        ),
        tuple(rows),
        per_cent(at(now)) if first <= now <= last else "",
        now_words,
        f"{y + 4:.0f}",
        mark,
    )
