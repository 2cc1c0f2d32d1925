"""What a reader sees of this room, as frozen objects."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from libertad.vocabulary.values import Happened


@dataclass(frozen=True)
class LeadSeen:
    """A lead as its reader sees it. `disputed` names grades of which two are on file.

    `standing`: '' or a code, since `standing_at`, on a `ground` (a code) and `because` of what was said.
    """

    id: str
    reference: str
    country: str
    summary: str
    source_grade: str
    information_grade: str
    handling: str
    handling_conditions: str
    reasons: str
    origin: str
    workplace: str
    site: str
    heard: str
    name: Sequence[str]
    phone: Sequence[str]
    vehicle: Sequence[str]
    vessel: Sequence[str]
    address: Sequence[str]
    place: Sequence[str]
    authority: str
    owner: str
    reported_at: datetime
    zone: str
    shown: Mapping[str, Sequence[str]]
    disputed: Sequence[str]
    standing: str
    standing_at: datetime | None
    ground: str
    because: str
    provenance: str
    compartment: str


@dataclass(frozen=True)
class Measure:
    """Living space: square metres, for how many people (None where nobody counted), and when."""

    living_space_m2: float
    living_space_people: int | None
    when: Happened


@dataclass(frozen=True)
class SiteSeen:
    """A site. `status`: not-visited, team-on-site, people-met, found-empty, aborted.

    `owner` is the id of the authority that registered it, `authority` its name. `living_space_*`: as it was
    registered; `visit_measure`: of the last visit that measured. Without `lat` and `lon` `place` alone is
    known, in words. `workplace_words`: its kind where no code says it.

    Of this, of a visit and of a check: `shown` are the entries behind each value, `versions` the values of
    fields of which two are on file, `corrections` the reasons of what was corrected.
    """

    id: str
    reference: str
    country: str
    name: str
    workplace: str
    zone: str
    access: Sequence[str]
    network: str
    place: str
    lat: float | None
    lon: float | None
    within_m: int | None
    living_space_m2: float | None
    living_space_people: int | None
    leads: Sequence[str]
    authority: str
    owner: str
    registered_at: datetime
    status: str
    visited_at: datetime | None
    people: int
    visits: int
    on_site: Sequence[str]
    shown: Mapping[str, Sequence[str]]
    versions: Mapping[str, Sequence[Any]]
    corrections: Sequence[str]
    provenance: str
    compartment: str
    visit_measure: Measure | None = None
    workplace_words: str = ""

    @property
    def measure(self) -> Measure | None:
        """The newest measure: of the last visit that took one, else of the registration."""
        registered = None
        if self.living_space_m2 is not None:
            when = Happened(at=self.registered_at, zone=self.zone)
            registered = Measure(self.living_space_m2, self.living_space_people, when)
        measures = [measure for measure in (registered, self.visit_measure) if measure is not None]
        return max(measures, key=lambda measure: measure.when.utc, default=None)

    @property
    def space_each(self) -> float | None:
        """Square metres a person by the newest measure; None where it does not tell."""
        newest = self.measure
        if newest is None or not newest.living_space_people:
            return None
        return newest.living_space_m2 / newest.living_space_people


@dataclass(frozen=True)
class TeamDanger:
    """An open danger of a team. `officer` and `authority` are ids, `words` may be ''."""

    when: Happened
    officer: str
    authority: str
    words: str
    entry: str


@dataclass(frozen=True)
class DangerClosed:
    """What was done about a team's danger. `officer` and `authority` are ids."""

    when: Happened
    officer: str
    authority: str
    done: str


@dataclass(frozen=True)
class ContactSeen:
    """Somebody reached a team or tried to. `officer` and `authority` are ids; `since`: later than the team's
    last check-in."""

    when: Happened
    officer: str
    authority: str
    how: str
    outcome: str
    agreed: str
    next_due: datetime | None
    site: str
    since: bool

    @property
    def reached(self) -> bool:
        return self.outcome != "not-reached"


@dataclass(frozen=True)
class MemberSeen:
    """An officer who is named in a team. `acknowledged`: when this tasking was; None: not, or the officer has
    no access any more (`has_access`) and so does not count as having read it."""

    officer: str
    name: str
    role: str
    has_access: bool
    acknowledged: datetime | None


@dataclass(frozen=True)
class TeamSeen:
    """A team against the operation's clock.

    `due` is when it speaks next; a team that is silent by plan is due when the silence ends.
    `overdue` is how long it has been due; None when it is not. `tasking`: the entries that said what it is
    to do, the last at `tasked_at`; `members` are asked to acknowledge it, `others` have no account,
    `unnamed` more are not named; `officers` is all of them.
    """

    id: str
    reference: str
    country: str
    officers: int
    site: str
    site_reference: str
    window: str
    state: str
    last_check_in: datetime | None
    first_check_in: datetime
    every_minutes: int
    due: datetime | None
    overdue: timedelta | None
    left: timedelta | None
    silent: bool
    silent_until: datetime | None
    silent_why: str
    danger: bool
    check_ins: int
    zone: str
    assigned_at: datetime
    authority: str
    owner: str
    provenance: str
    compartment: str
    taken_back: bool
    shown: Mapping[str, Sequence[str]]
    danger_at: datetime | None = None
    dangers: Sequence[TeamDanger] = ()
    danger_closed: Sequence[DangerClosed] = ()
    contacts: Sequence[ContactSeen] = ()
    tasking: Sequence[str] = ()
    tasked_at: datetime | None = None
    tasking_changed: bool = False
    members: Sequence[MemberSeen] = ()
    others: Sequence[str] = ()
    unnamed: int = 0
    task: str = ""

    @property
    def unread(self) -> list[MemberSeen]:
        """Who is named and has not acknowledged the tasking, while the team is out."""
        if self.taken_back or self.state == "returned":
            return []
        return [member for member in self.members if member.acknowledged is None]


@dataclass(frozen=True)
class CheckInSeen:
    id: str
    team: str
    site: str
    state: str
    note: str
    danger: bool
    next_due: datetime | None
    at: datetime
    zone: str
    officer: str
    authority: str
    provenance: str


@dataclass(frozen=True)
class VisitSeen:
    id: str
    site: str
    site_reference: str
    team: str
    country: str
    outcome: str
    people: int
    note: str
    living_space_m2: float | None
    living_space_people: int | None
    hours_a_day: float | None
    days_a_week: int | None
    conditions: Sequence[str]
    conditions_absent: Sequence[str]
    at: datetime
    zone: str
    officer: str
    authority: str
    shown: Mapping[str, Sequence[str]]
    versions: Mapping[str, Sequence[Any]]
    corrections: Sequence[str]
    provenance: str
    compartment: str


@dataclass(frozen=True)
class CheckSeen:
    """A question to a database. `document_ends`: last characters of a document's number."""

    id: str
    database: str
    about: str
    answer: str
    country: str
    person: str
    exhibit: str
    document_ends: str
    document_country: str
    note: str
    at: datetime
    zone: str
    officer: str
    authority: str
    owner: str
    shown: Mapping[str, Sequence[str]]
    versions: Mapping[str, Sequence[Any]]
    corrections: Sequence[str]
    provenance: str
    compartment: str


@dataclass(frozen=True)
class WindowSeen:
    id: str
    name: str
    opens: datetime
    closes: datetime
    shown: Mapping[str, Sequence[str]]
    provenance: str


@dataclass(frozen=True)
class Counts:
    """Anonymous rows counted: whole, and by each of their codes."""

    total: int
    by_country: Mapping[str, int]
    by_kind: Mapping[str, int]
    by_country_and_kind: Mapping[tuple[str, str], int]
    provenance: str
