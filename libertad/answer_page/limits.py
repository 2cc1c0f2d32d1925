"""How long a one-time page is there and how often it is tried: `limits.yaml`, read and checked once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path

from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("limits.yaml")
LARGEST = {
    "hours": 168,
    "tries": 10,
    "digits": 12,
    "words": 500,
    "days_ahead": 730,
    "kept_days": 90,
    "each_burst": 1000,
    "each_minute": 1000,
    "all_burst": 10_000,
    "all_minute": 10_000,
}
LEAST_DIGITS = 6


@dataclass(frozen=True)
class PageLimits:
    """As in the file; `assumed`: nobody but Libertad set them."""

    assumed: bool
    hours: int
    tries: int
    digits: int
    words: int
    days_ahead: int
    kept_days: int
    each_burst: int
    each_minute: int
    all_burst: int
    all_minute: int

    @property
    def open_for(self) -> timedelta:
        """From when a page was asked for until it is gone."""
        return timedelta(hours=self.hours)


def read(path: Path) -> PageLimits:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    assumed = yamlfile.fields(path, ("assumed", *LARGEST))["assumed"]
    numbers = yamlfile.numbers(path, LARGEST)
    if numbers["digits"] < LEAST_DIGITS:
        raise ValueError(f"{path.name}: a code has at least {LEAST_DIGITS} digits")
    return PageLimits(assumed, **numbers)


@cache
def page_limits() -> PageLimits:
    """The limits that hold here."""
    return read(FILE)
