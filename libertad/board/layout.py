"""Where labels, rows of sites and flags go on the map, so that none covers another.

Pure functions over plain boxes in px. Things are placed one after another, most urgent first: each
tries its places in order of preference and takes the first that is free, else the least covered.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from math import cos, hypot, pi, sin
from typing import NamedTuple

FREE = 0.01  # px2 below which a place counts as free: what is left is the arithmetic's rounding
SITE = 15.0  # px from one site to the next in a row, and the least between two on land


class Box(NamedTuple):
    """A rectangle: left, top, width, height."""

    x: float
    y: float
    w: float
    h: float

    def overlap(self, box: Box) -> float:
        """The area that both cover."""
        w = min(self.x + self.w, box.x + box.w) - max(self.x, box.x)
        h = min(self.y + self.h, box.y + box.h) - max(self.y, box.y)
        return w * h if w > 0 and h > 0 else 0.0

    def outside(self, width: float, height: float) -> float:
        """The area that lies beyond a frame of that size."""
        return self.w * self.h - self.overlap(Box(0, 0, width, height))

    def edge_towards(self, x: float, y: float) -> tuple[float, float]:
        """The point of the box nearest to (x, y): where a leader ends."""
        return min(max(x, self.x), self.x + self.w), min(max(y, self.y), self.y + self.h)


NARROW, WIDE = frozenset("iljftrI.,:'!| "), frozenset("mwMW@")


def text_width(text: str, size: float, bold: bool = False) -> float:
    """An upper estimate of a text's width in Atkinson Hyperlegible Next (measured: 0.54 em a letter)."""
    em = sum(0.32 if c in NARROW else 0.86 if c in WIDE else 0.66 if c.isupper() else 0.54 for c in text)
    return em * size * (1.04 if bold else 1.0)


def place(
    candidates: Iterable[Box], occupied: Sequence[Box], width: float, height: float
) -> tuple[Box, float]:
    """The first wanted box that is free and within the frame, else the one that covers least.

    Also says how much it covers: 0 is a free place.
    """
    best: tuple[Box, float] | None = None
    for box in candidates:
        lowest = best[1] if best else float("inf")
        cost = 4 * box.outside(width, height)
        x, y, right, bottom = box.x, box.y, box.x + box.w, box.y + box.h
        for each in occupied:
            if cost >= lowest:
                break
            if each.x < right and x < each.x + each.w and each.y < bottom and y < each.y + each.h:
                cost += box.overlap(each)
        if cost < FREE:
            return box, 0.0
        if cost < lowest:
            best = (box, cost)
    if best is None:
        raise ValueError("a label needs at least one place to try")
    return best


def around(x: float, y: float, w: float, h: float, first: float = 22, last: float = 260) -> Iterator[Box]:
    """Boxes of one size round a point, nearest first; to the right and the left before above and below."""
    distance = first
    while distance <= last:
        for turn in (0, 8, 1, 15, 7, 9, 2, 14, 6, 10, 3, 13, 5, 11, 4, 12):
            dx, dy = cos(turn * pi / 8), sin(turn * pi / 8)
            left = x + dx * distance - (w if dx < -0.3 else 0 if dx > 0.3 else w / 2)
            yield Box(left, y + dy * distance - h / 2, w, h)
        distance += 14


def near(at: tuple[float, float], w: float, h: float) -> Iterator[Box]:
    """A wished place first, then ever farther shifts from it."""
    yield Box(at[0], at[1], w, h)
    for distance in range(8, 240, 8):
        for turn in range(16):
            yield Box(at[0] + cos(turn * pi / 8) * distance, at[1] + sin(turn * pi / 8) * distance, w, h)


def spread(points: Sequence[tuple[float, float]], distance: float = SITE) -> tuple[tuple[float, float], ...]:
    """Move points apart until no two are nearer than `distance`; the earlier one stays where it is."""
    placed: list[tuple[float, float]] = []
    for x, y in points:
        spot = (x, y)
        ring, turn = 1, 0
        while any(hypot(spot[0] - a, spot[1] - b) < distance - 0.01 for a, b in placed):
            reach, steps = ring * distance / 2, 6 * ring
            spot = (x + cos(2 * pi * turn / steps) * reach, y + sin(2 * pi * turn / steps) * reach)
            turn += 1
            if turn == steps:
                ring, turn = ring + 1, 0
        placed.append(spot)
    return tuple(placed)


def row(x: float, y: float, count: int, a_row: int = 8) -> tuple[tuple[float, float], ...]:
    """Marks under a name: a row from (x, y) to the right, eight at most, then a row below."""
    return tuple((x + (i % a_row) * SITE, y + (i // a_row) * SITE) for i in range(count))


def lanes(starts: Sequence[float], width: float, limit: int = 3) -> tuple[int, ...]:
    """A lane for each mark (sorted by start) so that marks of that width in one lane do not touch.

    When `limit` lanes are full the mark goes to the one that is free soonest.
    """
    free: list[float] = []
    chosen: list[int] = []
    for start in starts:
        lane = next((i for i, end in enumerate(free) if end <= start), None)
        if lane is None and len(free) < limit:
            lane = len(free)
            free.append(start)
        elif lane is None:
            lane = free.index(min(free))
        free[lane] = start + width
        chosen.append(lane)
    return tuple(chosen)
