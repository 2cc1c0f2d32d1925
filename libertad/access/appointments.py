"""Appointments by one: which wait for a second person, and who that is. Four eyes that stop nobody.

Until it is confirmed an appointment stands marked, and whoever is appointed works: what is recorded, an
intake and danger never wait. Whoever is still marked confirms nobody: neither does an officer whom one
administrator made up. `appointments.yaml` has the roles.
"""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

import msgspec

from libertad.access.matrix import matrix
from libertad.journal import guards
from libertad.journal.guards import GUARDS
from libertad.journal.seals import LOOKS, Seals
from libertad.journal.sql import Sql
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist
from libertad.vocabulary.kinds import with_others

FILE = Path(__file__).with_name("appointments.yaml")
TABLE = "access_appointment"


@dataclass(frozen=True)
class SecondRoles:
    """`awaited`: roles an appointment to which waits for a second person. `confirm`: by kind of authority the
    roles that confirm, in turn. `counts`: as how many an opening by an unconfirmed officer counts."""

    awaited: frozenset[str]
    confirm: Mapping[str, tuple[str, ...]]
    counts: int


def read(path: Path) -> SecondRoles:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, ("roles", "confirm", "counts"))
    roles, confirm = content["roles"], with_others(path, "confirm", content["confirm"])
    _check_names(path, "roles", roles, set(codelist("roles")))
    for role, row in roles.items():
        if not isinstance(row, dict) or set(row) != {"second", "why"} or type(row["second"]) is not bool:
            raise ValueError(f"{path.name}: '{role}' says 'second', true or false, and 'why'")
    awaited = frozenset(role for role, row in roles.items() if row["second"])
    for kind, names in confirm.items():
        if not isinstance(names, list) or not names or not set(names) <= awaited:
            raise ValueError(
                f"{path.name}: who confirms in '{kind}' is in a role that waits for a second itself"
            )
    yamlfile.check_number(path, "counts", content["counts"], 10)
    return SecondRoles(awaited, {kind: tuple(names) for kind, names in confirm.items()}, content["counts"])


def _check_names(path: Path, place: str, content: Any, names: set[str]) -> None:
    if not isinstance(content, dict) or set(content) != names:
        raise ValueError(f"{path.name}: '{place}' names each of {', '.join(sorted(names))} once")


@cache
def second_roles() -> SecondRoles:
    """The rules that hold here."""
    return read(FILE)


# -- as the rows tell --------------------------------------------------------------------------------


class Unconfirmed(NamedTuple):
    """An appointment that no second person has confirmed. `by`: who made it, and those before it; `at` in ms.
    Of a row that this node did not write so nothing is told: `role` is ''."""

    by: tuple[str, ...] = ()
    role: str = ""
    at: int = 0
    withdrawn: bool = False

    @property
    def waits(self) -> bool:
        """Whether it waits for a second person now: for nobody who left, or who is in another role."""
        return not self.role or (not self.withdrawn and self.role in second_roles().awaited)


def unconfirmed(sql: Sql) -> dict[str, Unconfirmed]:
    """By officer, of all authorities on file; those who were withdrawn, or are in another role now, as well.

    A row that somebody else than this node changed, wrote or took away confirms nobody.
    """
    guard = GUARDS[TABLE]
    rows, wrong = settled_rows(sql, TABLE)
    listed = dict.fromkeys(wrong, Unconfirmed())
    for row in rows:
        columns = dict(zip(guard.names, row, strict=True))
        if not columns["confirmed_by"] and columns["id"] not in wrong:
            by = tuple(msgspec.json.decode(columns["by"]))
            listed[columns["id"]] = Unconfirmed(
                by, columns["role"], columns["at"], bool(columns["withdrawn"])
            )
    return listed


def by_one(sql: Sql) -> dict[str, Unconfirmed]:
    """Of these the ones that wait for a second person now."""
    return {officer: appointment for officer, appointment in unconfirmed(sql).items() if appointment.waits}


def settled_rows(sql: Sql, table: str) -> tuple[list[guards.Values], set[str]]:
    """All rows of a guarded table, and the names of those that are not right; asked again first, since the
    node may have written one between the row and its seal."""
    guard, seals = GUARDS[table], sql.sealed
    for _look in range(LOOKS):
        rows = guards.rows(sql, guard)
        if not isinstance(seals, Seals) or not any(seals.compare(guard, rows)):
            break
    return rows, sql.wrong(table, rows)


@dataclass(frozen=True)
class Person:
    """An officer of an authority, as far as it is asked who confirms. `names`: name and number, however
    written: two accounts that share one are of the same person."""

    role: str
    names: frozenset[str] = frozenset()
    withdrawn: bool = False


@dataclass(frozen=True)
class Staff:
    """An authority's officers, and whose appointment nobody has confirmed (also of other authorities)."""

    kind: str
    officers: Mapping[str, Person]
    unconfirmed: Mapping[str, Unconfirmed]

    def hands(self, officer: str) -> set[str]:
        """Whoever had a hand in an appointment: the appointed, who appointed, and who appointed those where
        nobody confirmed them."""
        hands: set[str] = set()
        listed = [officer]
        while listed:
            name = listed.pop()
            if name not in hands:
                hands.add(name)
                listed += self.unconfirmed[name].by if name in self.unconfirmed else ()
        return hands

    def may_confirm(self, reader: str, role: str, names: frozenset[str], officer: str) -> bool:
        """Whether somebody is a second person of an appointment at all."""
        hands = self.hands(officer)
        if reader in hands or reader in self.unconfirmed or role not in second_roles().awaited:
            return False
        return not any(names & self.officers[name].names for name in hands if name in self.officers)

    def seconds(self, officer: str, roles: Container[str]) -> set[str]:
        """Who of the authority in one of these roles is a second person of what one of its officers did."""
        return {
            name
            for name, person in self.officers.items()
            if person.role in roles
            and not person.withdrawn
            and self.may_confirm(name, person.role, person.names, officer)
        }

    def confirmers(self, officer: str) -> set[str]:
        """Who of the authority confirms an officer's appointment; where nobody can, a coordinator does."""
        for role in second_roles().confirm.get(self.kind, ()):
            if able := self.seconds(officer, {role}):
                return able
        return set()

    def may_still(self, officer: str, verb: str, kind: str) -> bool:
        """Whether an officer who said something in a file of a kind has access, and such a role, still."""
        person = self.officers.get(officer)
        return person is not None and not person.withdrawn and matrix().may_say(person.role, verb, kind)


def identity(words: Mapping[str, Any]) -> frozenset[str]:
    """Name and service number of an officer, however written."""
    texts = (words.get("name", ""), words.get("service_number", ""))
    return frozenset("".join(filter(str.isalnum, text.casefold())) for text in texts) - {""}
