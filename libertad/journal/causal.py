"""Which word is the last: the one that was said in knowledge of the others. No device's clock decides it.

An entry names the last words about its rows that its node had in the same file (`Body.after`). Nobody can
name an entry that is not there yet, so what is named came before, whatever dates the two claim. Entries that
name nothing, because they are of before (0.1, and 0.2 until it named them), follow one another by date, as
they did then. Words of which neither was said in knowledge of the other **cross**: both stand, and a person
settles it by a word that is said in knowledge of both.

Pure functions of the set of entries: no order of arrival, no clock of a machine.
"""

from __future__ import annotations

import heapq
from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from libertad.journal.folding import Said

Key = Callable[["Said"], Any]
MOST = 64  # last words that an entry names; more than that cross only where somebody makes them cross


def date(entry: Said) -> tuple[Any, ...]:
    """(happened, device's clock, hash): the order of words of which neither knew the other."""
    return entry.at, entry.clock, entry.id


def acted(entry: Said) -> tuple[Any, ...]:
    """(device's clock, hash): the same of acts that are done by being said, whatever moment they claim."""
    return entry.clock, entry.id


class Causes:
    """Entries of one row, in the order of a key, and what each was said in knowledge of.

    Entries are named by their place in `entries`; a set of them is a whole number with a bit for each.
    """

    def __init__(self, entries: Iterable[Said], key: Key = date, *, dated: bool = True) -> None:
        """`dated`: entries may date themselves before what they knew (`belated`); words of access do not."""
        self.entries, self.dated = sorted(entries, key=key), dated
        places = {entry.id: place for place, entry in enumerate(self.entries)}
        self.parents: list[list[int]] = []
        old = -1  # the place of the last entry that names nothing
        for place, entry in enumerate(self.entries):
            after = entry.body.after
            if after is not None:
                self.parents.append([places[name] for name in after if name in places])
            else:
                self.parents.append([old] if old >= 0 else [])
                old = place
        self.plain = all(entry.body.after is None for entry in self.entries)
        self._before: list[int] | None = None

    def sequence(self) -> list[int]:
        """Places so that all come after what they knew; of several that could come, the first by key."""
        waits = [len(set(parents)) for parents in self.parents]
        followers: list[list[int]] = [[] for _ in self.entries]
        for place, parents in enumerate(self.parents):
            for parent in set(parents):
                followers[parent].append(place)
        ready = [place for place, count in enumerate(waits) if not count]
        order: list[int] = []
        while ready:
            place = heapq.heappop(ready)
            order.append(place)
            for follower in followers[place]:
                waits[follower] -= 1
                if not waits[follower]:
                    heapq.heappush(ready, follower)
        return order

    @property
    def before(self) -> list[int]:
        """By place: the set of all that an entry was said in knowledge of, also through others."""
        if self._before is None:
            self._before = [0] * len(self.entries)
            for place in self.sequence():
                known = 0
                for parent in self.parents[place]:
                    known |= self._before[parent] | 1 << parent
                self._before[place] = known
        return self._before

    def knew(self, place: int, known_place: int) -> bool:
        """Whether the one entry was said in knowledge of the other."""
        return bool(self.before[place] >> known_place & 1)

    def last(self, places: Iterable[int]) -> list[int]:
        """Those of these places of which no other one knew, in order."""
        ordered = sorted(places)
        known = 0
        for place in ordered:
            known |= self.before[place]
        return [place for place in ordered if not known >> place & 1]

    def belated(self, place: int, known_place: int) -> bool:
        """Whether an entry, said in knowledge of the other, dates itself before it: then it stands before it.

        Not where the other is dated after this one was said: that date is wrong.
        """
        entry, of = self.entries[place], self.entries[known_place]
        return self.dated and entry.at < of.at <= entry.clock

    def standing(self) -> list[Said]:
        """All entries in the order in which they stand: each after those that it knew, unless it dates itself
        before them; those of which neither knew the other by the key."""
        if self.plain or len(self.entries) < 2:
            return self.entries
        order: list[int] = []
        for place in self.sequence():
            at = len(order)
            while at and place < order[at - 1]:  # places are in the order of the key
                neighbour = order[at - 1]
                if self.knew(place, neighbour) and not self.belated(place, neighbour):
                    break
                at -= 1
            order.insert(at, place)
        return [self.entries[place] for place in order]

    def words(self, places: Iterable[int]) -> list[int]:
        """Those of these places whose word is the last. More than one: they cross.

        What was recorded belatedly takes no other's place; of entries that name nothing the last counts.
        """
        candidates, effective = set(places), 0
        for place in self.sequence():
            if place in candidates:
                known = self.before[place] & effective
                prior = self.last(n for n in candidates if known >> n & 1)
                if not any(self.belated(place, prior_place) for prior_place in prior):
                    effective |= 1 << place
        return self.last(place for place in candidates if effective >> place & 1)


class Standing(list["Said"]):
    """Entries of one row in the order in which they stand, and what each was said in knowledge of."""

    def __init__(self, entries: Iterable[Said]) -> None:
        listed = list(entries)
        self._causes = Causes(listed) if len(listed) > 1 else None  # most rows are of one entry
        super().__init__(self._causes.standing() if self._causes else listed)

    @property
    def causes(self) -> Causes:
        return self._causes or Causes(self)


def in_order(entries: Iterable[Said], key: Key = date) -> list[Said]:
    """Entries of things that happened, in the order in which they stand; `key` orders those of which neither
    knew the other."""
    return Causes(entries, key).standing()


def as_said(entries: Iterable[Said], key: Key = date) -> list[Said]:
    """Entries that are acts by being said (an appointment, where a node answers, a decision), in the order in
    which they stand: none dates itself before what it knew, also where an operation's clock was set back."""
    return Causes(entries, key, dated=False).standing()


def causes_of(entries: Sequence[Said]) -> Causes:
    return entries.causes if isinstance(entries, Standing) else Causes(entries)


def crossing(entries: Sequence[Said], words: Iterable[Said]) -> list[Said]:
    """Of these words of a row the last ones: one, or those that cross. `entries`: all of the row, through
    which one may have known the other."""
    causes, named = causes_of(entries), {word.id for word in words}
    places = [place for place, entry in enumerate(causes.entries) if entry.id in named]
    return [causes.entries[place] for place in causes.words(places)]


def last_words(entries: Iterable[Said], compartment: str) -> list[str]:
    """What an entry that is about to be said about a row names: hashes of its last words in the same file."""
    here = [entry for entry in entries if entry.compartment == compartment]
    if len(here) < 2:
        return [entry.id for entry in here]
    causes = Causes(here)
    return [causes.entries[place].id for place in causes.last(range(len(causes.entries)))][-MOST:]
