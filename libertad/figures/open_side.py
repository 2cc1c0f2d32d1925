"""The open side as of a cut: its people, its line of all, and a hash by which two nodes compare theirs."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass

import msgspec

from libertad.figures.counting import Line, Person, as_of, connected_components, count, person, total
from libertad.figures.tallied import EVER, All, all_tallies


@dataclass(frozen=True)
class OpenSide:
    """Everybody on the open side, each once; `hash` is of all tallies as they stood."""

    people: tuple[Person, ...]
    line: Line
    hash: str


def open_side(ask: All, compartment: str, moment: int | None) -> OpenSide:
    """The open side of an operation as of a moment (ms), None for now. `ask` runs SQL."""
    until = EVER if moment is None else moment
    now = [
        tally_then
        for tally_then in (as_of(tally, until) for tally in all_tallies(ask, compartment))
        if tally_then
    ]
    rows = [
        (tally.id, tally.country, tally.met_at, tally.met, sorted(tally.statuses), sorted(tally.links))
        for tally in sorted(now, key=lambda tally: tally.id)
    ]
    people = tuple(person(members) for members in connected_components(now))
    return OpenSide(people, total(count(people)), hashlib.sha256(msgspec.json.encode(rows)).hexdigest())
