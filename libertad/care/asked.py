"""Which askings of a deciding authority are answered, and when it reads the file no more: pure rules.

A deciding authority is let into a protection file when it is asked, and not before. What it was asked for is
answered once a decision of that kind was read second after it was asked, whoever decided it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date, datetime
from typing import Any, NamedTuple

from libertad.care.appeals import LODGED
from libertad.vocabulary.values import span

IDENTIFICATION, RETURN = "identification", "return"  # of `decision-asks`


class Asking(NamedTuple):
    """One asking. `entry`: its id."""

    entry: str
    to: str
    what: str
    at: datetime


class Ruling(NamedTuple):
    """A decision on return or stay that counts. `appeal_by`: the last day to appeal, '' for none. `appeal`:
    as `ReturnDecision` has it."""

    at: datetime
    appeal_by: str
    appeal: str = ""


def unanswered(askings: Iterable[Asking], read_at: Mapping[str, Iterable[datetime | None]]) -> list[Asking]:
    """Those that wait, the first asked first. `read_at`: by kind of decision, when each was read second."""
    last = {what: max(filter(None, moments), default=None) for what, moments in read_at.items()}
    waiting = []
    for asking in sorted(askings, key=lambda asking: (asking.at, asking.entry)):
        answered = last.get(asking.what)
        if answered is None or answered < asking.at:
            waiting.append(asking)
    return waiting


def of_rows(asked: Iterable[Any], identified: Iterable[Any], returned: Iterable[Any]) -> list[Asking]:
    """Those that wait, of the rows of one file: what was asked, and the decisions of both kinds."""
    return unanswered(
        [Asking(row.pk, row.to, row.what, row.at) for row in asked],
        {
            IDENTIFICATION: [row.read_at for row in identified],
            RETURN: [row.read_at for row in returned],
        },
    )


def is_over(closed: bool, waits: bool, asks: bool, rulings: Iterable[Ruling], today: date) -> bool:
    """Whether the file can be taken back from a deciding authority: it is closed; or nothing waits for a
    second reader, nothing that this one was asked for waits, no appeal waits for its outcome, and the last
    day to appeal has gone by.

    `waits`: a decision waits to be read. `asks`: this authority was asked and has not answered.
    """
    if closed:
        return True
    listed = list(rulings)
    if waits or asks or any(ruling.appeal == LODGED for ruling in listed):
        return False
    last = max(listed, key=lambda ruling: ruling.at, default=None)
    return last is None or not last.appeal_by or span(last.appeal_by)[1] < today
