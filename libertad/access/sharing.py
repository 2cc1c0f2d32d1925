"""Who answers a proposal to let a further authority read an identity file, and for how long it waits.

A second person of the authority that met the person. Where none can, or none answered in time, an authority
that reads the file already and stands on the same side of the wall. `sharing.yaml` has roles and numbers.

**No clock shortens the wait**: a proposal is as old as the time that has run (monotonic) since this process
took it up; only one of before the process started is dated by the device's clock. A clock set back lengthens
nothing either: of both ages the greater one makes it lapse.
"""

from __future__ import annotations

from collections.abc import Mapping, Set
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path

from libertad.access import amounts
from libertad.access.appointments import Staff
from libertad.journal import clock, sides
from libertad.journal.node import Node
from libertad.journal.sql import Sql
from libertad.vocabulary import yamlfile
from libertad.vocabulary.codelists import codelist

FILE = Path(__file__).with_name("sharing.yaml")
LARGEST = {"minutes": 24 * 60, "days": 30}
NAMES = ("assumed", *LARGEST, "since", "links", "approve")


@dataclass(frozen=True)
class SharingRules:
    """`wait`: until an authority that reads the file may approve; `lapse`: until nobody may. `since`: from
    when on a reader without an approval is marked; `links`: a link that nobody second confirmed. `approve`:
    by kind of authority the roles that approve."""

    assumed: bool
    wait: timedelta
    lapse: timedelta
    since: datetime
    links: datetime
    approve: Mapping[str, frozenset[str]]


def read(path: Path) -> SharingRules:
    """The rules of a file. Raises ValueError, which names what is wrong in it."""
    content = yamlfile.fields(path, NAMES)
    for name, largest in LARGEST.items():
        yamlfile.check_number(path, name, content[name], largest)
    since, links, roles = content["since"], content["links"], content["approve"]
    for name, moment in (("since", since), ("links", links)):
        if not isinstance(moment, datetime) or moment.tzinfo is None:
            raise ValueError(f"{path.name}: '{name}' is a moment with its zone")
    if not isinstance(roles, dict) or not set(roles) <= set(codelist("authority-kinds")):
        raise ValueError(f"{path.name}: 'approve' names kinds of authorities")
    for kind, names in roles.items():
        if not isinstance(names, list) or not names or not set(names) <= set(codelist("roles")):
            raise ValueError(f"{path.name}: '{kind}' names roles that approve")
    return SharingRules(
        content["assumed"],
        timedelta(minutes=content["minutes"]),
        timedelta(days=content["days"]),
        since,
        links,
        {kind: frozenset(names) for kind, names in roles.items()},
    )


@cache
def sharing_rules() -> SharingRules:
    """The rules that hold here."""
    return read(FILE)


def same_side(kind: str, other: str) -> bool:
    """Whether no wall stands between them: police approve police's, care approves care's."""
    approve = sharing_rules().approve
    return kind in approve and other in approve and sides.side(kind) == sides.side(other)


def may_propose(staff: Staff, officer: str) -> bool:
    """Whether who proposed something may share still: is in such a role, and has access."""
    return staff.may_still(officer, "share.propose", "person")


def second_persons(staff: Staff, officer: str) -> set[str]:
    """Who of an authority may answer what one of its officers proposed; none where nobody can."""
    return staff.seconds(officer, sharing_rules().approve.get(staff.kind, frozenset()))


def may_answer(staff: Staff, officer: str, kind: str, reader: str, role: str, names: frozenset[str]) -> bool:
    """Whether somebody, of an authority of this kind, is a second person of what `officer` proposed. `staff`
    is the proposer's."""
    approve = sharing_rules().approve.get(kind, frozenset())
    return role in approve and staff.may_confirm(reader, role, names, officer)


@dataclass(frozen=True)
class Age:
    """How old a proposal is: as far as a wait is over (`waited`), and as far as it lapses (`at_most`)."""

    waited: timedelta
    at_most: timedelta

    @property
    def unanswered(self) -> bool:
        """Whether nobody answered in time."""
        return self.waited >= sharing_rules().wait

    @property
    def lapsed(self) -> bool:
        return self.at_most >= sharing_rules().lapse


def age_of(here: Node, sql: Sql, authority: str, entry: str, said: datetime, end: int | None = None) -> Age:
    """Of an authority's proposal (its hash), said by its device's clock at `said`. `end`: of the journal."""
    wall = clock.now() - said
    ledger = amounts.take_up(here, sql, end).ledgers.get(authority)
    at = ledger.proposed.get(entry) if ledger is not None else None
    if at is None:
        return Age(wall, wall)
    run = timedelta(seconds=amounts.elapsed() - at)
    return Age(run, max(run, wall))


def waits_elsewhere(able: Set[str], age: Age) -> bool:
    """Whether an authority that reads the file already may approve: nobody can here, or nobody answered."""
    return not able or age.unanswered
