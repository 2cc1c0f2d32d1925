"""The operation's four windows, and which of them a team acts in."""

from __future__ import annotations

import datetime as dt

from scenarios.operation_libertad_2018.book import Book
from scenarios.operation_libertad_2018.stage import Stage

UTC = dt.UTC
SET = dt.datetime(2018, 3, 20, 15, tzinfo=UTC)
WINDOWS = {
    "Window 1": ("2018-04-03T12:00+00:00", "2018-04-04T20:00+00:00"),
    "Window 2": ("2018-04-05T12:00+00:00", "2018-04-06T20:00+00:00"),
    "Window 3": ("2018-04-07T04:30+00:00", "2018-04-08T10:00+00:00"),
    "Window 4": ("2018-04-08T12:00+00:00", "2018-04-09T20:00+00:00"),
}


def write(book: Book) -> None:
    """The coordinator sets each window two weeks before."""
    for name, (opens, closes) in WINDOWS.items():
        a, b = dt.datetime.fromisoformat(opens), dt.datetime.fromisoformat(closes)
        book.add(SET, lambda stage, n=name, a=a, b=b: _set(stage, n, a, b))


def _set(stage: Stage, name: str, opens: dt.datetime, closes: dt.datetime) -> None:
    stage.remember(
        f"window {name}",
        stage.do(
            "BB-centre", "coordinator", "set_window", source="decision", name=name, opens=opens, closes=closes
        ),
    )


def window_of(stage: Stage, at: dt.datetime) -> str:
    """The id of the window that is open at a moment; '' for a team that acts outside all of them."""
    for name, (opens, closes) in WINDOWS.items():
        if dt.datetime.fromisoformat(opens) <= at <= dt.datetime.fromisoformat(closes):
            return str(stage.get(f"window {name}"))
    return ""
