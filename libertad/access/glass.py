"""Break-glass: for how long and how often, and what of it still counts. `glass.yaml` has the numbers.

What an officer may do by it rests on the sealed entries (`amounts.py` reads them), and never on a row alone
that a thief of the database could write. **No clock makes it longer**: it ends by the time that has run since
(monotonic). Of what was said before the process started the device's clock tells the age; where the node's
clock is behind what its journal says already, none of it opens anything any more, and the officer says anew.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import NamedTuple, cast

from libertad.journal.folding import Said
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.verbs.glass import WORDS, GlassBreak, GlassReview

FILE = Path(__file__).with_name("glass.yaml")
READ, SHARE, DISCLOSE = "read", "share", "disclose"
NOT_RIGHT = "not-right"
HOUR, WEEK = 3600.0, 7 * 24 * 3600.0
BEHIND = timedelta(minutes=5)  # by which a device's clock may run ahead of one that is right
VERBS = frozenset({"glass.break", "glass.review"})


@dataclass(frozen=True)
class GlassRules:
    """`hours`: how long it opens; `week`: by way how often; `review`: hours; `told`: days; `words`: signs."""

    assumed: bool
    hours: int
    week: Mapping[str, int]
    review: int
    told: int
    words: int


def read(path: Path) -> GlassRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    most = {"hours": 24, "review": 24, "told": 60, "words": WORDS}
    content = yamlfile.fields(path, ("assumed", "week", *most))
    for name, largest in most.items():
        yamlfile.check_number(path, name, content[name], largest)
    week, ways = content["week"], codelist("glass-ways")
    if not isinstance(week, dict) or set(week) != set(ways):
        raise ValueError(f"{path.name}: 'week' names each of {', '.join(sorted(ways))} once")
    for way, number in week.items():
        yamlfile.check_number(path, f"week, {way}", number, 100)
    return GlassRules(**content)


@cache
def glass_rules() -> GlassRules:
    """The rules that hold here."""
    return read(FILE)


class Broken(NamedTuple):
    """One `glass.break` of an own officer; `at`: monotonic seconds. `opens`: False for what is of before this
    process, where the node's clock cannot say how old it is."""

    entry: Said
    person: str
    at: float
    opens: bool

    @property
    def way(self) -> str:
        return cast(GlassBreak, self.entry.content).way


@dataclass
class Glasses:
    """Of one authority, by the entry: what was broken, and what second persons said of it."""

    broken: dict[str, Broken] = field(default_factory=dict)
    reviews: dict[str, list[Said]] = field(default_factory=dict)

    def take_up(self, entry: Said, person: str, at: float, opens: bool) -> None:
        """Count what one entry says."""
        if isinstance(entry.content, GlassBreak):
            self.broken[entry.id] = Broken(entry, person, at, opens)
        elif isinstance(entry.content, GlassReview):
            self.reviews.setdefault(entry.content.entry, []).append(entry)

    def count(self, officer: str, way: str, now: float) -> int:
        """How often an officer did this within seven days."""
        return sum(deed.way == way and now - deed.at < WEEK for deed in self._of(officer))

    def opening(self, officer: str, person: str, now: float) -> dict[str, float]:
        """By the entries because of which a person's protection file is open to an officer, for how many more
        seconds."""
        span = glass_rules().hours * HOUR
        return {
            deed.entry.id: deed.at + span - now
            for deed in self._of(officer)
            if deed.way == READ and deed.person == person and deed.opens and now < deed.at + span
        }

    def late(self, officer: str, now: float) -> list[Said]:
        """Of an officer's those of which no second person has said in time whether they were right."""
        return [deed.entry for deed in self._of(officer) if self._is_late(deed, now)]

    def _is_late(self, deed: Broken, now: float) -> bool:
        limit, officer = glass_rules().review * HOUR, deed.entry.officer
        sound = [s for s in self.reviews.get(deed.entry.id, ()) if s.officer not in ("", officer)]
        in_time = any((review.clock - deed.entry.clock).total_seconds() <= limit for review in sound)
        return not in_time and now - deed.at > limit

    def _of(self, officer: str) -> Iterator[Broken]:
        return (deed for deed in self.broken.values() if deed.entry.officer == officer)
