"""Operations: windows, leads, sites, teams, visits, database checks."""

from __future__ import annotations

from datetime import datetime

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Place, Refused, whole_date, zone


class OperationOpen(Verb, frozen=True, kw_only=True):
    """An operation: name, first and last action day, the countries and territories in it."""

    VERB = "operation.open"
    SUBJECT = "operation"
    CODES = {"country": "countries"}
    name: str
    first_day: str
    last_day: str
    zone: str
    country: tuple[str, ...] = ()
    note: str = ""

    def check(self) -> None:
        whole_date(self.first_day, "first day")
        whole_date(self.last_day, "last day")
        zone(self.zone)
        if self.last_day < self.first_day:
            raise Refused("last day", "lies before the first day")


class OperationClock(Verb, frozen=True, kw_only=True):
    """The operation's clock: it stood at `reads` when the wall clock stood at `set_at`.

    From then on it runs `rate` operation seconds per wall second (0 stands still, 1 is real time).
    """

    VERB = "operation.clock"
    SUBJECT = "operation"
    reads: datetime
    set_at: datetime
    rate: float

    def check(self) -> None:
        if not 0 <= self.rate <= 100_000:
            raise Refused("rate", "goes from 0 (standing still) to 100,000")


class WindowSet(Verb, frozen=True, kw_only=True):
    """A time in which teams act together."""

    VERB = "window.set"
    SUBJECT = "window"
    name: str
    opens: datetime
    closes: datetime

    def check(self) -> None:
        if self.closes <= self.opens:
            raise Refused("closes", "the window closes after it opens")


class LeadReport(Verb, frozen=True, kw_only=True):
    """A lead. Source and information are graded apart (UK 3x5x2); the handling code says how far it goes."""

    VERB = "lead.report"
    SUBJECT = "lead"
    CODES = {
        "source_grade": "source-grades",
        "information_grade": "information-grades",
        "handling": "handling-codes",
        "origin": "lead-origins",
        "workplace": "workplaces",
        "country": "countries",
    }
    reference: str
    country: str
    summary: str
    source_grade: str
    information_grade: str
    handling: str
    handling_conditions: str = ""
    origin: str = ""
    workplace: str = ""
    site: str = ""

    def check(self) -> None:
        if not self.summary.strip():
            raise Refused("summary", "say what was reported, in a sentence")
        if self.handling == "C" and not self.handling_conditions.strip():
            raise Refused("handling_conditions", "code C needs its conditions")


class SiteRegister(Verb, frozen=True, kw_only=True):
    """A workplace: kind, where, how it is reached, and the living space per person as measured."""

    VERB = "site.register"
    SUBJECT = "site"
    CODES = {"workplace": "workplaces", "access": "site-access", "country": "countries"}
    reference: str
    name: str
    country: str
    workplace: str
    place: Place
    zone: str
    access: tuple[str, ...] = ()
    network: str = ""
    living_space_m2: float | None = None
    living_space_people: int | None = None
    lead: tuple[str, ...] = ()

    def check(self) -> None:
        zone(self.zone)
        if self.living_space_m2 is not None and not 0 < self.living_space_m2 < 100_000:
            raise Refused("living_space_m2", "a measured space is above 0 and below 100,000 square metres")
        if self.living_space_people is not None and self.living_space_people < 1:
            raise Refused("living_space_people", "is at least 1")


class TeamAssign(Verb, frozen=True, kw_only=True):
    """A team is given a site in a window, with the time by which it must first check in."""

    VERB = "team.assign"
    SUBJECT = "team"
    CODES = {"country": "countries"}
    reference: str
    country: str
    officers: int
    site: str
    window: str = ""
    first_check_in: datetime
    every_minutes: int = 120
    silent_until: datetime | None = None
    silent_why: str = ""

    def check(self) -> None:
        if not 1 <= self.officers <= 500:
            raise Refused("officers", "a team has 1 to 500 officers")
        if not 5 <= self.every_minutes <= 7 * 24 * 60:
            raise Refused("every_minutes", "check-ins are 5 minutes to 7 days apart")
        if self.silent_until and not self.silent_why:
            raise Refused("silent_why", "say why the team will be silent")


class TeamCheckIn(Verb, frozen=True, kw_only=True):
    """A team says that it is well and where it stands; `next_due` is when it speaks again."""

    VERB = "team.check_in"
    SUBJECT = "team"
    CODES = {"state": "team-states"}
    state: str
    next_due: datetime | None = None
    note: str = ""
    danger: bool = False


class VisitRecord(Verb, frozen=True, kw_only=True):
    """What a team found at a site: people, an empty place, or a visit broken off."""

    VERB = "visit.record"
    SUBJECT = "visit"
    CODES = {"outcome": "visit-outcomes", "country": "countries"}
    site: str
    team: str
    country: str
    outcome: str
    people: int = 0
    note: str = ""

    def check(self) -> None:
        if self.outcome == "people-found" and self.people < 1:
            raise Refused("people", "people were found: say how many")
        if self.outcome != "people-found" and self.people:
            raise Refused("people", "nobody was found, so the number is 0")


class CheckRecord(Verb, frozen=True, kw_only=True):
    """A question to a database and its answer. `about` is what was asked about."""

    VERB = "check.record"
    SUBJECT = "check"
    CODES = {
        "database": "databases",
        "about": "check-subjects",
        "answer": "check-answers",
        "country": "countries",
    }
    database: str
    about: str
    answer: str
    country: str
    person: str = ""
    exhibit: str = ""
    document_ends: str = ""
    document_country: str = ""
    note: str = ""


class HitCount(Verb, frozen=True, kw_only=True):
    """Anonymous: a database check gave a hit. So that figures reconcile without opening a file."""

    VERB = "hit.count"
    SUBJECT = "hit"
    CODES = {"about": "check-subjects", "country": "countries"}
    about: str
    country: str


class SiteCount(Verb, frozen=True, kw_only=True):
    """Anonymous: a site and its state, for those who may count sites but not see where they are."""

    VERB = "site.count"
    SUBJECT = "site-count"
    CODES = {"workplace": "workplaces", "country": "countries"}
    workplace: str
    country: str
