"""What the care of each country says of its places: each action day once, by hand, before the teams start."""

from __future__ import annotations

import datetime as dt
from random import Random

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

DAYS = range(3, 8)
HOUR = 10  # UTC; before the first team leaves


def write(book: Book) -> None:
    """Enough at first, few and none where many come; one country says it once and forgets it."""
    rng = Random("places")
    countries = list(book.data["countries"])
    forgets = countries[-1]
    for minute, code in enumerate(countries):
        level = 2
        for day in DAYS:
            at = dt.datetime(2018, 4, day, HOUR, minute, tzinfo=dt.UTC)
            word = ("none", "few", "enough")[level]
            book.add(at, lambda stage, c=code, w=word: _say(stage, c, w), f"{code}-care")
            if code == forgets:
                break
            level = max(0, min(2, level - rng.choice((0, 0, 1, 1, -1))))


def _say(stage: Stage, code: str, word: str) -> None:
    stage.do(f"{code}-care", "caseworker", "set_capacity", source="decision", places=word)
