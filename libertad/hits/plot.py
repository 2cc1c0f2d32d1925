"""How far a score can be trusted, as a figure: log-odds on both axes, so that bits taken at their word are a
straight line. Across in percent of the width, down in pixels: the page scales it without scaling its words.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

LOWEST, HIGHEST, STEP = -12, 16, 2  # bits; what lies beyond counts in the last step
LEFT, RIGHT = 15.0, 98.0  # percent
TOP, BOTTOM, MOST = 16.0, 256.0, 10.0  # pixels, and the log-odds at both ends: 99.9% and 0.1%
COUNTS, BAR = 316.0, 36.0  # where the bars of the counts stand, and the height of the longest
SHARES = (0.999, 0.99, 0.9, 0.5, 0.1, 0.01, 0.001)


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Mark:
    x: float
    y: float
    label: str = ""


@dataclass(frozen=True)
class Bar:
    """Decisions of one step: those that found the same stand below, the others above them."""

    x: float
    width: float
    same_y: float
    same_height: float
    rest_y: float
    rest_height: float


@dataclass(frozen=True)
class Step:
    """Bits from `low` to below `high`, open where None: what was decided, and what the curve says of it."""

    low: int | None
    high: int | None
    decided: int
    same: int
    chance: float


@dataclass(frozen=True)
class Plot:
    curve: Sequence[Line]
    word: Line
    shares: Sequence[Mark]
    bits: Sequence[Mark]
    found: Sequence[Mark]
    bars: Sequence[Bar]
    left: float = LEFT
    right: float = RIGHT
    bottom: float = BOTTOM
    counts: float = COUNTS


def across(bits: float) -> float:
    share = (min(max(bits, LOWEST), HIGHEST) - LOWEST) / (HIGHEST - LOWEST)
    return round(LEFT + (RIGHT - LEFT) * share, 2)


def down(chance: float) -> float:
    """A probability by its log-odds."""
    minimum = 2.0**-MOST / (1 + 2.0**-MOST)
    sure = min(max(chance, minimum), 1 - minimum)
    odds = math.log2(sure / (1 - sure))
    return round(TOP + (BOTTOM - TOP) * (MOST - odds) / (2 * MOST), 1)


def steps(decisions: Iterable[tuple[float, bool]], curve: Callable[[float], float]) -> list[Step]:
    """Decisions by the bits that they were taken with."""
    counts: dict[int, list[int]] = {at: [0, 0] for at in range(LOWEST, HIGHEST, STEP)}
    for bits, same in decisions:
        at = min(max(math.floor(bits / STEP) * STEP, LOWEST), HIGHEST - STEP)
        counts[at][0] += 1
        counts[at][1] += same
    return [
        Step(
            at if at > LOWEST else None,
            at + STEP if at + STEP < HIGHEST else None,
            decided,
            same,
            curve(at + STEP / 2),
        )
        for at, (decided, same) in counts.items()
    ]


def drawn(
    listed: Sequence[Step],
    bends: Iterable[float],
    curve: Callable[[float], float],
    share_words: Callable[[float], str],
) -> Plot:
    """The figure of these steps and of the curve, which bends at so many bits."""
    whole = [float(LOWEST), *(at for at in bends if LOWEST < at < HIGHEST), float(HIGHEST)]
    points = [(across(at), down(curve(at))) for at in whole]
    maximum = max((step.decided for step in listed), default=0) or 1
    bars, marks = [], []
    for number, step in enumerate(listed):
        low = LOWEST + number * STEP
        if not step.decided:
            continue
        same, rest = (BAR * n / maximum for n in (step.same, step.decided - step.same))
        x, width = across(low), across(low + STEP) - across(low)
        bars.append(
            Bar(
                round(x + width * 0.1, 2),
                round(width * 0.8, 2),
                round(COUNTS - same, 1),
                round(same, 1),
                round(COUNTS - same - rest, 1),
                round(rest, 1),
            )
        )
        marks.append(Mark(across(low + STEP / 2), down(step.same / step.decided)))
    return Plot(
        [Line(*start, *end) for start, end in itertools.pairwise(points)],
        Line(across(-MOST), BOTTOM, across(MOST), TOP),
        [Mark(LEFT, down(share), share_words(share)) for share in SHARES],
        [Mark(across(at), BOTTOM, f"{at:+d}" if at else "0") for at in range(LOWEST, HIGHEST + 1, 4)],
        marks,
        bars,
    )
