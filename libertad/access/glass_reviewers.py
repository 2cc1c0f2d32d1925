"""Who reviews what an officer did alone because of danger to life: a second person, and no other account of
the same one."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from libertad.access.second_persons import ADMINISTRATOR, Roster


@dataclass(frozen=True)
class Reviewers:
    """An authority's officers. `names`: name and number of each, the withdrawn ones too (`identity`);
    `unconfirmed`: whose appointment is not confirmed: they confirm nobody, and review nothing."""

    roster: Roster
    names: Mapping[str, frozenset[str]]
    unconfirmed: Collection[str]

    def is_another(self, reader: str, officer: str) -> bool:
        """Whether two accounts are of two people, as far as name and number tell."""
        known = self.names.get(officer, frozenset())
        return reader != officer and not known & self.names.get(reader, frozenset())

    def of(self, officer: str) -> set[str]:
        """Who reviews: whoever reads what the officer opens; where there is nobody, an administrator."""
        able = {
            name
            for name in self.roster.roles
            if name not in self.unconfirmed and self.is_another(name, officer)
        }
        seconds = {name for name in able if self.roster.is_second(name, officer)}
        return seconds or {name for name in able if self.roster.roles[name] == ADMINISTRATOR}
