"""Counting people, purely: from anonymous tallies and their links to lines that add up.

A tally is one record of one person under a random counting id. Linked records are one person: counted once,
where first met. This is the open side: first views of the officers who met the person, detention and arrest,
never one for the other. What care decided is no part of a tally: `care_cells` counts it for care alone, and a
release gives it for the whole operation at once (`Block`).
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, fields, replace
from typing import NamedTuple

from libertad.people.tally_states import Dated, custody, first_view


@dataclass(frozen=True, slots=True)
class Tally:
    """One record: where and when it was made (ms), its dated statuses, its dated links (at, other, same).

    `met`: it is of a person met, and not only of somebody detained.
    """

    id: str
    country: str
    met_at: int
    statuses: tuple[Dated, ...] = ()
    links: tuple[tuple[int, str, bool], ...] = ()
    met: bool = True


class State(NamedTuple):
    """What holds of a record or of a person. `protection` '' = nobody met as a possible victim.

    It is the first view. `custody`: '', 'released' or 'held' (both without arrest), or 'arrested'; `charged`
    only with an arrest.
    """

    protection: str
    custody: str = ""
    charged: bool = False

    @property
    def victim(self) -> bool:
        """Seen as a potential victim."""
        return self.protection == "potential-victim"


@dataclass(frozen=True)
class Line:
    """One line of the table: a country or territory, or all. Subtractions reconcile in each.

    `not_a_victim`, `not_assessed` and `potential` are first views; with `met_twice` they are all the records.
    """

    records: int = 0
    met_twice: int = 0
    not_a_victim: int = 0
    not_assessed: int = 0
    potential: int = 0
    released: int = 0
    held: int = 0
    arrests: int = 0
    charged: int = 0
    arrested_victims: int = 0

    @property
    def detained(self) -> int:
        """Detained at any time: whoever was arrested was detained too."""
        return self.released + self.held + self.arrests

    def __add__(self, addend: Line) -> Line:
        return Line(*(getattr(self, f.name) + getattr(addend, f.name) for f in fields(self)))


@dataclass(frozen=True)
class Block:
    """With what care decided, for the whole operation and against one open side; reconciles by itself."""

    records: int = 0
    met_twice: int = 0
    not_a_victim: int = 0
    not_assessed: int = 0
    potential: int = 0
    presumed: int = 0
    confirmed: int = 0

    @property
    def potential_victims(self) -> int:
        """Each person once: potential, presumed and confirmed."""
        return self.potential + self.presumed + self.confirmed

    @property
    def reconciles(self) -> bool:
        less = self.met_twice + self.not_a_victim + self.not_assessed
        return self.records - less == self.potential_victims and min(vars(self).values()) >= 0


COLUMN = {"not-assessed": "not_assessed", "potential-victim": "potential", "not-a-victim": "not_a_victim"}
DECIDED_COLUMN = COLUMN | {"presumed": "presumed", "confirmed": "confirmed"}


@dataclass(frozen=True)
class Person:
    """Linked records as one person. `first` is where first met, `again` the later records.

    `taken` is the record of the first detention or arrest: an arrest counts where it was made.
    """

    state: State
    members: tuple[Tally, ...]
    first: Tally | None
    again: tuple[Tally, ...]
    taken: Tally | None


def as_of(tally: Tally, moment: int | None) -> Tally | None:
    """The tally as it stood at a moment (ms): what happened later left out; None if nothing had yet."""
    if moment is None:
        return tally
    dates = [tally.met_at, *(s[0] for s in tally.statuses), *(link[0] for link in tally.links)]
    if max(dates) <= moment:
        return tally
    statuses = tuple(status for status in tally.statuses if status[0] <= moment)
    met = tally.met and tally.met_at <= moment
    if not met and not statuses:
        return None
    return replace(
        tally, met=met, statuses=statuses, links=tuple(link for link in tally.links if link[0] <= moment)
    )


def connected_components(tallies: Sequence[Tally]) -> list[list[Tally]]:
    """Connected components over the links that hold: a pair's latest word. 'Not the same' ends a link."""
    here = {tally.id: tally for tally in tallies}
    words: dict[tuple[str, str], tuple[int, bool]] = {}
    for tally in tallies:
        for at, other_id, same in tally.links:
            if other_id in here and other_id != tally.id:
                pair = (min(tally.id, other_id), max(tally.id, other_id))
                # Said at one moment: 'not the same' holds, so that nobody is lost from the count.
                words[pair] = max(words.get(pair, (at, same)), (at, same), key=lambda w: (w[0], not w[1]))
    root = {name: name for name in here}

    def find(name: str) -> str:
        while root[name] != name:
            root[name] = root[root[name]]
            name = root[name]
        return name

    for (first, other_id), (_at, same) in words.items():
        if same:
            a, b = find(first), find(other_id)
            root[max(a, b)] = min(a, b)
    groups: dict[str, list[Tally]] = defaultdict(list)
    for tally in sorted(tallies, key=lambda t: (t.met_at, t.id)):
        groups[find(tally.id)].append(tally)
    return list(groups.values())


def person(members: Sequence[Tally]) -> Person:
    """One person of records in the order met."""
    met = [tally for tally in members if tally.met]
    together = [status for tally in members for status in tally.statuses]
    firsts = [
        (at, t.id, t) for t in members for at, status in t.statuses if status in ("detained", "arrested")
    ]
    return Person(
        state=State((first_view(together) or "not-assessed") if met else "", *custody(together)),
        members=tuple(members),
        first=met[0] if met else None,
        again=tuple(met[1:]),
        taken=min(firsts)[2] if firsts else None,
    )


def people(tallies: Iterable[Tally], moment: int | None = None) -> list[Person]:
    """Everybody in these tallies as of a moment, each once."""
    standing = [now for now in (as_of(tally, moment) for tally in tallies) if now is not None]
    return [person(members) for members in connected_components(standing)]


def count(persons: Iterable[Person]) -> dict[str, Line]:
    """Lines by country or territory. Their sum is the line of all."""
    sums: dict[str, Counter[str]] = defaultdict(Counter)
    for group in persons:
        if group.first is not None:
            here = sums[group.first.country]
            here["records"] += 1
            here[COLUMN[group.state.protection]] += 1
            for later in group.again:
                total = sums[later.country]
                total["records"] += 1
                total["met_twice"] += 1
        if group.taken is not None:
            sums[group.taken.country].update(in_custody(group.state))
    return {country: Line(**numbers) for country, numbers in sums.items()}


def line(state: State, times: int) -> Line:
    """What `times` people in a state, each met or taken once, make of a line."""
    numbers = {name: value * times for name, value in in_custody(state).items()}
    if state.protection:
        numbers |= {"records": times, COLUMN[state.protection]: times}
    return Line(**numbers)


def in_custody(state: State) -> dict[str, int]:
    if state.custody == "arrested":
        return {"arrests": 1, "charged": int(state.charged), "arrested_victims": int(state.victim)}
    return {state.custody: 1} if state.custody else {}


def total(lines: Mapping[str, Line]) -> Line:
    """The line of all."""
    return sum(lines.values(), Line())
