"""Suspending an officer: access ends at once by the word of one, and comes back unless a second upholds it.

It counts at the officer's own node, where the officer signs in: sessions, streams and keys of programs.
A robbed administrator does little harm by it: each word lasts a day (`suspensions.yaml`), one person has few
unanswered ones, and who is appointed by one suspends nobody. A row that somebody else than this node wrote,
changed or took away lets nobody in.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Any

import msgspec

from libertad.access.appointments import settled_rows
from libertad.journal import guards
from libertad.journal.guards import GUARDS
from libertad.journal.sql import Sql
from libertad.vocabulary import yamlfile

FILE = Path(__file__).with_name("suspensions.yaml")
TABLE, CLOCK = "access_officersuspension", "access_suspension_clock"
# How it stands: by the word of one for a day, upheld by a second; or over: lifted, lapsed, withdrawn.
ALONE, UPHELD = "alone", "upheld"
LIFTED, LAPSED, WITHDRAWN = "lifted", "lapsed", "withdrawn"
STANDING = frozenset({ALONE, UPHELD})
LARGEST = {"lasts_hours": 168, "alone": 50, "within_days": 365}


@dataclass(frozen=True)
class SuspensionLimits:
    """`lasts`: a suspension by one. `alone`: so many unanswered ones one person has `within` so long."""

    assumed: bool
    lasts: timedelta
    alone: int
    within: timedelta


def read(path: Path) -> SuspensionLimits:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", *LARGEST))
    for name, largest in LARGEST.items():
        yamlfile.check_number(path, name, content[name], largest)
    return SuspensionLimits(
        content["assumed"],
        timedelta(hours=content["lasts_hours"]),
        content["alone"],
        timedelta(days=content["within_days"]),
    )


@cache
def suspension_limits() -> SuspensionLimits:
    """The limits that hold here."""
    return read(FILE)


def suspended(sql: Sql) -> set[str]:
    """Officers of all authorities who have no access now; those of rows that are not right among them."""
    rows, wrong = settled_rows(sql, TABLE)
    names = GUARDS[TABLE].names
    officer, state = names.index("id"), names.index("state")
    return {row[officer] for row in rows if row[state] in STANDING} | wrong


def is_shut(columns: Mapping[str, Any] | None) -> bool:
    """Whether the believed row of an officer, or that there is none, leaves no access."""
    return columns is not None and columns["state"] in STANDING


def unanswered(sql: Sql, officers: Sequence[str], now: int) -> list[tuple[str, int]]:
    """(whom, when in ms) one of these suspended within the days that count, and nobody second answered.

    A time that lies ahead counts: a clock that was set frees nobody.
    """
    since = now - int(suspension_limits().within.total_seconds() * 1000)
    guard = GUARDS[TABLE]
    names, pending = guard.names, []
    for row in guards.rows(sql, guard):
        columns = dict(zip(names, row, strict=True))
        if sql.believes(TABLE, row):
            spent = msgspec.json.decode(columns["spent"])
            pending += [(columns["id"], at) for by, at in spent if by in officers and at > since]
    return pending
