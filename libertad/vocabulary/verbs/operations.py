"""Operations: windows, leads, sites, teams, visits, database checks."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from libertad.vocabulary.body import Verb
from libertad.vocabulary.values import Place, Refused, partial_date, whole_date, zone

MOST_PEOPLE = 10_000
# By what somebody or something that a lead names may be met again.
NAMED = ("name", "phone", "vehicle", "vessel", "address", "place")
LONGEST_NAMED = 200


def short(text: str, field: str, limit: int = 32) -> None:
    """Refuse a reference or name that is empty or longer than a row holds."""
    if not text.strip():
        raise Refused(field, "is missing; fill it in")
    if len(text) > limit:
        raise Refused(field, "has at most %(most)s characters", most=limit)


def measured(m2: float | None, people: int | None, correcting: bool) -> None:
    """Refuse a living space that nobody can have measured."""
    if m2 is not None and not 0 < m2 < 100_000:
        raise Refused("living_space_m2", "a measured space is above 0 and below 100,000 square metres")
    if people is not None and not 1 <= people <= MOST_PEOPLE:
        raise Refused("living_space_people", "is at least 1, and at most 10,000")
    if people is not None and m2 is None and not correcting:
        raise Refused("living_space_m2", "say how large the measured space is, or leave out the people")


def observed(hours: float | None, days: int | None, present: Sequence[str], missing: Sequence[str]) -> None:
    """Refuse working hours that no day or week has, and an indicator that is both found and not found."""
    if hours is not None and not 0 < hours <= 24:
        raise Refused("hours_a_day", "a day has 24 hours: give what is above 0 and at most 24")
    if days is not None and not 1 <= days <= 7:
        raise Refused("days_a_week", "a week has 7 days: give 1 to 7")
    if set(present) & set(missing):
        raise Refused("conditions_absent", "the same is ticked as found and as not found; keep one of them")


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
        short(self.name, "name", 200)
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
        short(self.name, "name", 200)
        if self.closes <= self.opens:
            raise Refused("closes", "the window closes after it opens")


class LeadReport(Verb, frozen=True, kw_only=True):
    """A lead. Source and information are graded apart (UK 3x5x2); the handling code says how far it goes.

    `heard`: the day on which the officer heard it, as far as it is known. `NAMED`: what it names.

    With `correction` it says only what changes of its words; grades are graded anew.
    """

    VERB = "lead.report"
    CORRECTS = "correction"
    SUBJECT = "lead"
    CODES = {
        "source_grade": "source-grades",
        "information_grade": "information-grades",
        "handling": "handling-codes",
        "origin": "lead-origins",
        "workplace": "workplaces",
        "country": "countries",
    }
    reference: str = ""
    country: str = ""
    summary: str = ""
    source_grade: str = ""
    information_grade: str = ""
    handling: str = ""
    handling_conditions: str = ""
    origin: str = ""
    workplace: str = ""
    site: str = ""
    heard: str = ""
    name: tuple[str, ...] = ()
    phone: tuple[str, ...] = ()
    vehicle: tuple[str, ...] = ()
    vessel: tuple[str, ...] = ()
    address: tuple[str, ...] = ()
    place: tuple[str, ...] = ()
    correction: str = ""

    def check(self) -> None:
        if self.heard:
            partial_date(self.heard, "heard")
        for field in NAMED:
            if any(not value.strip() or len(value) > LONGEST_NAMED for value in getattr(self, field)):
                raise Refused(field, "write each in 1 to %(most)s characters", most=LONGEST_NAMED)
        if self.correction:
            return
        for name in ("reference", "country", "source_grade", "information_grade", "handling"):
            if not getattr(self, name):
                raise Refused(name, "is missing; fill it in")
        if not self.summary.strip():
            raise Refused("summary", "say what was reported, in a sentence")
        if self.handling == "C" and not self.handling_conditions.strip():
            raise Refused("handling_conditions", "code C needs its conditions")


class LeadGrade(Verb, frozen=True, kw_only=True):
    """A lead is graded anew, with the reasons. The earlier grades stay on file, superseded."""

    VERB = "lead.grade"
    SUBJECT = "lead"
    CODES = {
        "source_grade": "source-grades",
        "information_grade": "information-grades",
        "handling": "handling-codes",
    }
    source_grade: str
    information_grade: str
    handling: str
    handling_conditions: str = ""
    reasons: str

    def check(self) -> None:
        for name in ("source_grade", "information_grade", "handling"):
            if not getattr(self, name):
                raise Refused(name, "is missing; fill it in")
        if not self.reasons.strip():
            raise Refused("reasons", "say why the grades change")
        if self.handling == "C" and not self.handling_conditions.strip():
            raise Refused("handling_conditions", "code C needs its conditions")


class LeadStanding(Verb, frozen=True, kw_only=True):
    """Whether a lead still holds: fresh when something confirms it, stale when people were met elsewhere.

    `ground` is what it rests on, as a code: what a hit says of persons stays in the hit's own file.
    """

    VERB = "lead.standing"
    SUBJECT = "lead"
    CODES = {"standing": "lead-standings", "ground": "standing-grounds"}
    standing: str
    ground: str
    because: str = ""

    def check(self) -> None:
        if not self.standing:
            raise Refused("standing", "say whether the lead is fresh or stale")
        if not self.ground:
            raise Refused("ground", "say what it rests on")
        if self.ground == "other" and not self.because.strip():
            raise Refused("because", "say what it rests on")


class SiteRegister(Verb, frozen=True, kw_only=True):
    """A workplace: kind, where, how it is reached, and the living space per person as measured.

    `workplace_words` says what kind it is where no code does.
    With `reasons` it is a correction: it says only what changes. `counting` names its anonymous count.
    """

    VERB = "site.register"
    CORRECTS = "reasons"
    SUBJECT = "site"
    CODES = {"workplace": "workplaces", "access": "site-access", "country": "countries"}
    reference: str = ""
    name: str = ""
    country: str = ""
    workplace: str = ""
    workplace_words: str = ""
    place: Place | None = None
    zone: str = ""
    access: tuple[str, ...] = ()
    network: str = ""
    living_space_m2: float | None = None
    living_space_people: int | None = None
    lead: tuple[str, ...] = ()
    counting: str = ""
    reasons: str = ""

    def check(self) -> None:
        if not self.reasons:
            short(self.reference, "reference")
            short(self.name, "name", 200)
            for name in ("country", "workplace", "place"):
                if not getattr(self, name):
                    raise Refused(name, "is missing; fill it in")
            zone(self.zone)
            if self.workplace == "other" and not self.workplace_words.strip():
                raise Refused("workplace_words", "say what kind of place it is")
        measured(self.living_space_m2, self.living_space_people, bool(self.reasons))


class TeamAssign(Verb, frozen=True, kw_only=True):
    """A team is given a site in a window, with the time by which it must first check in.

    `member`: its officers by account, on whose Today the tasking stands; `others`: those without, by rank and
    name; `officers`: how many more there are, not named. `task`: what it is to do, and who does what.
    With `correction` it says only what changes; `taken_back`: there is no such team, it was recorded by
    mistake or twice.
    """

    VERB = "team.assign"
    CORRECTS = "correction"
    SUBJECT = "team"
    CODES = {"country": "countries"}
    reference: str = ""
    country: str = ""
    officers: int = 0
    member: tuple[str, ...] = ()
    others: tuple[str, ...] = ()
    task: str = ""
    site: str = ""
    window: str = ""
    first_check_in: datetime | None = None
    every_minutes: int = 120
    silent_until: datetime | None = None
    silent_why: str = ""
    taken_back: bool = False
    correction: str = ""

    def check(self) -> None:
        if self.taken_back and not self.correction:
            raise Refused("taken_back", "say why there is no such team")
        if not self.correction:
            short(self.reference, "reference")
            for name in ("country", "site", "first_check_in"):
                if not getattr(self, name):
                    raise Refused(name, "is missing; fill it in")
            if not (self.member or self.others or self.officers):
                raise Refused("member", "say who is in the team, or how many")
        if not 0 <= self.officers <= 500:
            raise Refused("officers", "a team has at most 500 officers who are not named")
        if len(self.task) > 1000:
            raise Refused("task", "say it in at most 1000 characters")
        if not 5 <= self.every_minutes <= 7 * 24 * 60:
            raise Refused("every_minutes", "check-ins are 5 minutes to 7 days apart")
        if self.correction:
            return
        if self.silent_until and not self.silent_why.strip():
            raise Refused("silent_why", "say why the team will be silent")
        if self.silent_why.strip() and not self.silent_until:
            raise Refused("silent_until", "say until when the team will be silent")


class TeamCheckIn(Verb, frozen=True, kw_only=True):
    """A team says that it is well and where it stands; `next_due` is when it speaks again.

    `site` is the team's site, so that the site's own status follows from its entries alone.
    """

    VERB = "team.check_in"
    SUBJECT = "team"
    CODES = {"state": "team-states"}
    state: str
    site: str = ""
    next_due: datetime | None = None
    note: str = ""
    danger: bool = False

    def check(self) -> None:
        if not self.state:
            raise Refused("state", "say where the team stands")


class TeamContact(Verb, frozen=True, kw_only=True):
    """Somebody reached a team, or tried: how, what was agreed, and when it reports next.

    By a coordinator or national lead, never the team itself. `site`: where it is sent now; `left`: the site
    that it leaves by being recalled or sent elsewhere, so that the site's own status follows.
    """

    VERB = "team.contact"
    SUBJECT = "team"
    CODES = {"how": "contact-ways", "outcome": "contact-outcomes"}
    how: str
    outcome: str
    agreed: str = ""
    next_due: datetime | None = None
    site: str = ""
    left: str = ""

    def check(self) -> None:
        if not self.how:
            raise Refused("how", "say how it was tried")
        if not self.outcome:
            raise Refused("outcome", "say whether the team was reached, and what was agreed")
        if len(self.agreed) > 1000:
            raise Refused("agreed", "say it in at most 1000 characters")
        if self.outcome == "not-reached":
            if self.next_due or self.site or self.left:
                raise Refused("outcome", "who was not reached has agreed to nothing")
            return
        if not self.agreed.strip():
            raise Refused("agreed", "say what was agreed")
        if self.next_due is None:
            raise Refused("next_due", "say when the team reports next")
        if (self.outcome == "sent-elsewhere") != bool(self.site):
            raise Refused("site", "name the site to which the team is sent, and only then")


class VisitRecord(Verb, frozen=True, kw_only=True):
    """What a team found at a site: people, an empty place, or a visit broken off.

    It may have measured the living space and how long people work there, and looked for the ILO's indicators:
    `conditions` were found, `conditions_absent` looked for and not found; nobody looked for the rest.
    With `reasons` it is a correction: it says only what changes.
    """

    VERB = "visit.record"
    CORRECTS = "reasons"
    SUBJECT = "visit"
    CODES = {
        "outcome": "visit-outcomes",
        "country": "countries",
        "conditions": "indicators-ilo-11",
        "conditions_absent": "indicators-ilo-11",
    }
    site: str
    team: str = ""
    country: str = ""
    outcome: str = ""
    people: int = 0
    note: str = ""
    living_space_m2: float | None = None
    living_space_people: int | None = None
    hours_a_day: float | None = None
    days_a_week: int | None = None
    conditions: tuple[str, ...] = ()
    conditions_absent: tuple[str, ...] = ()
    reasons: str = ""

    def check(self) -> None:
        measured(self.living_space_m2, self.living_space_people, bool(self.reasons))
        observed(self.hours_a_day, self.days_a_week, self.conditions, self.conditions_absent)
        if self.reasons and not self.outcome:
            return
        if not self.outcome:
            raise Refused("outcome", "say what was found: people, an empty place, or a visit broken off")
        if self.outcome == "people-found" and not 1 <= self.people <= MOST_PEOPLE:
            raise Refused("people", "people were found: say how many, 1 to 10,000")
        if self.outcome != "people-found" and self.people:
            raise Refused("people", "nobody was found, so the number is 0")


class CheckRecord(Verb, frozen=True, kw_only=True):
    """A question to a database and its answer. `about` is what was asked about.

    With `reasons` it is a correction: it says only what changes. `counting` names the count of its hit.
    """

    VERB = "check.record"
    CORRECTS = "reasons"
    SUBJECT = "check"
    CODES = {
        "database": "databases",
        "about": "check-subjects",
        "answer": "check-answers",
        "country": "countries",
        "document_country": "countries",
    }
    database: str = ""
    about: str = ""
    answer: str = ""
    country: str = ""
    person: str = ""
    exhibit: str = ""
    document_ends: str = ""
    document_country: str = ""
    note: str = ""
    counting: str = ""
    reasons: str = ""

    def check(self) -> None:
        for name in ("database", "about", "answer", "country"):
            if not getattr(self, name) and not self.reasons:
                raise Refused(name, "is missing; fill it in")
        if len(self.document_ends) > 4:
            raise Refused("document_ends", "write the last four characters at most, never the whole number")


class HitCount(Verb, frozen=True, kw_only=True):
    """Anonymous: a database check gave a hit. So that figures reconcile without opening a file.

    Said again under the same id, `corrected`, when the check is; `taken_back` when it was no hit after all.
    """

    VERB = "hit.count"
    SUBJECT = "hit"
    CODES = {"about": "check-subjects", "country": "countries"}
    about: str
    country: str
    taken_back: bool = False
    corrected: bool = False


class SiteCount(Verb, frozen=True, kw_only=True):
    """Anonymous: a site and its kind, for those who may count sites but not see where they are.

    Said again under the same id when the site's kind is corrected.
    """

    VERB = "site.count"
    SUBJECT = "site-count"
    CODES = {"workplace": "workplaces", "country": "countries"}
    workplace: str
    country: str
