"""Who is an authority's second person: who reads what another of its officers opened, and never an own.

Police: the national lead. Care: the supervisor, else every other caseworker. Centre: coordinators and the
administrator. All others: the administrator; so too where the officer is that very person, or nobody else is.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from libertad.vocabulary import kinds

SUPERVISOR, CASEWORKER, ADMINISTRATOR = "supervisor", "caseworker", "administrator"


@dataclass(frozen=True)
class Roster:
    """An authority's kind, and the roles of its officers who are not withdrawn."""

    kind: str
    roles: Mapping[str, str]

    @property
    def seconds(self) -> frozenset[str]:
        """The roles of its second persons."""
        row = kinds.known(self.kind)
        if row is None:
            return frozenset({ADMINISTRATOR})
        present = set(self.roles.values())
        return next((names for names in row.seconds if names & present), row.seconds[-1])

    def is_second(self, reader: str, officer: str) -> bool:
        """Whether one of them reads what the other, who may have left, opened."""
        if reader == officer or reader not in self.roles:
            return False
        role, seconds = self.roles[reader], self.seconds
        if role in seconds:
            return True
        others = any(name != officer and of in seconds for name, of in self.roles.items())
        of_seconds = self.roles.get(officer) in seconds and seconds != {CASEWORKER}
        return role == ADMINISTRATOR and (of_seconds or not others)
