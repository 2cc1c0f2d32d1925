"""What a reader sees of headcounts, rooms and ways in, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from libertad.operations.space import m2_of
from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class Told:
    """Numbers of people that an officer said: by group where they were counted, by reason where explained."""

    entry: str
    when: Happened
    officer: str
    authority: str
    groups: Mapping[str, int]
    note: str

    @property
    def total(self) -> int:
        return sum(self.groups.values())


@dataclass(frozen=True)
class HeadcountSeen:
    """A headcount. `counts`: the one that stands first, then earlier ones; the last of `explanations` stands.

    `stands` and `explains` are the entries whose place the next count or explanation takes.
    """

    id: str
    site: str
    team: str
    visit: str
    total: int
    explained: int
    other: int
    counts: Sequence[Told]
    explanations: Sequence[Told]
    stands: Sequence[str]
    explains: Sequence[str]
    provenance: str
    compartment: str

    @property
    def when(self) -> Happened:
        return self.counts[0].when


def explained_of(difference: int, explained: int, other: int) -> int:
    """How much of a difference is explained: of more on file than counted, only another reason does."""
    return min(explained if difference > 0 else other, abs(difference))


@dataclass(frozen=True)
class Reckoning:
    """The counts of a site that stand, beside the people whom files say were met there.

    `recorded`: None where the reader's authority keeps no files of people of this country. `visited`: each
    team that counted has recorded its visit.
    """

    headcounts: Sequence[HeadcountSeen]
    recorded: int | None
    visited: bool

    @property
    def sum_counted(self) -> int:
        return sum(headcount.total for headcount in self.headcounts)

    @property
    def difference(self) -> int:
        """Counted less recorded; below 0 where more are on file than were counted."""
        return self.sum_counted - (self.recorded or 0)

    @property
    def explained(self) -> int:
        explained, other = (sum(getattr(h, name) for h in self.headcounts) for name in ("explained", "other"))
        return explained_of(self.difference, explained, other)

    @property
    def unexplained(self) -> int:
        """How many nobody has explained; 0 where it is not known who is on file."""
        return 0 if self.recorded is None else abs(self.difference) - self.explained


@dataclass(frozen=True)
class RoomSeen:
    """A room; None and '' where it was not measured. `shown`, `versions`, `corrections` as of a site."""

    id: str
    site: str
    label: str
    length_m: float | None
    width_m: float | None
    height_m: float | None
    sleeping: int | None
    measured: str
    lock: str
    water: str
    light: str
    note: str
    when: Happened
    officer: str
    authority: str
    owner: str
    shown: Mapping[str, Sequence[str]]
    versions: Mapping[str, Sequence[Any]]
    corrections: Sequence[str]
    provenance: str
    compartment: str

    @property
    def m2(self) -> float | None:
        return m2_of(self.length_m, self.width_m)

    @property
    def m2_each(self) -> float | None:
        """Square metres for each who sleeps there; None where it is not known."""
        return self.m2 / self.sleeping if self.m2 is not None and self.sleeping else None


@dataclass(frozen=True)
class WayInSeen:
    """A way to a site. `closed`: nobody gets in this way any more."""

    id: str
    site: str
    path: str
    last_network: str
    seen_coming: str
    note: str
    closed: bool
    when: Happened
    officer: str
    authority: str
    owner: str
    shown: Mapping[str, Sequence[str]]
    versions: Mapping[str, Sequence[Any]]
    corrections: Sequence[str]
    provenance: str
    compartment: str
