"""Which amounts are usual, by the kind of authority: `amounts.yaml`, read and checked once."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from libertad.access import glass
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.kinds import with_others

FILE = Path(__file__).with_name("amounts.yaml")
PEOPLE, OF_DAY, SEARCHES, SHARES, EXPORTS, WITHDRAWALS, GLASS = (
    "people",
    "people-of-day",
    "searches",
    "shares",
    "exports",
    "withdrawals",
    "glass",
)
PROPOSALS = ("share.propose", "link.propose")  # how long each waits is counted by the time that has run
# Entries that count, or that bear on what counts.
VERBS = frozenset(
    {
        "file.open",
        "search.made",
        "compartment.open",
        "compartment.readers",
        "compartment.remove",
        "officer.withdraw",
        "openings.read",
        *glass.VERBS,
        *PROPOSALS,
    }
)
LARGEST = 100_000
ByKind = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class AmountLimits:
    """`hour` and `week`: by kind of authority, by amount. `first`, `longest`: seconds to wait. `guests`: by
    amount, within an hour, of an officer of another authority with files of this one.

    `assumed`: nobody but Libertad set them, and the pages say so.
    """

    assumed: bool
    first: int
    longest: int
    hour: ByKind
    week: ByKind
    guests: Mapping[str, int]

    def wait(self, limit: int, count: int) -> int:
        """Seconds from the last of so many to the next one; 0 below the limit."""
        beyond = count - limit
        return 0 if beyond < 0 else min(self.longest, self.first << min(beyond, 20))


def read(path: Path) -> AmountLimits:
    """The limits of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("assumed", "wait", "hour", "week", "guests"))
    wait = _numbers(path, "wait", content["wait"], {"first", "longest"})
    if wait["first"] > wait["longest"]:
        raise ValueError(f"{path.name}: 'first' is not above 'longest'")
    every = set(codelist("amounts"))
    tables: dict[str, dict[str, dict[str, int]]] = {}
    for name in ("hour", "week"):
        rows = with_others(path, name, content[name])
        amounts = every - {OF_DAY} if name == "week" else every
        tables[name] = {kind: _numbers(path, f"{name}, {kind}", row, amounts) for kind, row in rows.items()}
    guests = _numbers(path, "guests", content["guests"], {PEOPLE, SHARES, EXPORTS})
    return AmountLimits(content["assumed"], wait["first"], wait["longest"], **tables, guests=guests)


def _numbers(path: Path, place: str, row: Any, names: set[str]) -> dict[str, int]:
    if not isinstance(row, dict) or set(row) != names:
        raise ValueError(f"{path.name}: '{place}' names each of {', '.join(sorted(names))} once")
    for name, number in row.items():
        if type(number) is not int or not 0 < number <= LARGEST:
            raise ValueError(f"{path.name}: '{place}, {name}' is a whole number from 1 to {LARGEST}")
    return row


@cache
def amount_limits() -> AmountLimits:
    """The limits that hold here."""
    return read(FILE)
