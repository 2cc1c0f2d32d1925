"""The public version: small numbers are withheld, and as many others as keep them from being worked out.

It protects the cells of one table against its own totals. It does not protect against comparing with an
earlier release or with what others publish, and the page says so.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import NamedTuple

THRESHOLD = 10


class Shown(NamedTuple):
    """Cells with their values, None where withheld; and the total, withheld if it is small itself."""

    cells: dict[str, int | None]
    total: int | None


def withhold(values: Mapping[str, int], threshold: int = THRESHOLD) -> Shown:
    """Withhold every number from 1 to below a level: the threshold, raised until none can be worked out.

    A reader knows the total, the level and this rule. The level is raised while the sum of the withheld
    numbers leaves any of them fewer than `threshold` possible values. Because the level alone decides, never
    an order among equals, what is withheld tells nothing more (test_public.py tries all tables).
    Zeros are shown, unless nothing suffices: then the whole column is withheld, and a small total with it.
    """
    whole = sum(values.values())
    positive = [value for value in values.values() if value]
    if 0 < whole < threshold:
        return Shown(dict.fromkeys(values), None)
    if not any(value < threshold for value in positive):
        return Shown(dict(values), whole)
    level = threshold
    while not safe([value for value in positive if value < level], level, threshold):
        if level > max(positive):
            return Shown(dict.fromkeys(values), whole)
        level += 1
    return Shown({name: None if 0 < value < level else value for name, value in values.items()}, whole)


def safe(withheld: list[int], level: int, threshold: int) -> bool:
    """Whether their sum leaves each withheld number, known to lie in 1..level-1, enough possible values."""
    hidden = len(withheld) - 1
    if hidden < 1:
        return False
    maximum = min(level - 1, sum(withheld) - hidden)
    minimum = max(1, sum(withheld) - hidden * (level - 1))
    return maximum - minimum >= threshold - 1
