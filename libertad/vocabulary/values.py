"""Values that entries carry: moments, partial dates, names, money, places.

Every struct validates itself when it is made, so a value that exists is a value
that may be written. Errors name the rule in words a person can act upon.
"""

from __future__ import annotations

import re
from calendar import monthrange
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from typing import Literal
from zoneinfo import ZoneInfo, available_timezones

import msgspec

from libertad.vocabulary.codelists import Refused as Refused
from libertad.vocabulary.codelists import check_code, marked

Precision = Literal["minute", "hour", "day", "month", "year", "unknown"]
EARLIEST = datetime(1900, 1, 1, tzinfo=UTC)
LATEST = datetime(2200, 1, 1, tzinfo=UTC)


@lru_cache(maxsize=1)
def zones() -> frozenset[str]:
    """Every zone's name; read once, because it is a walk through folders."""
    return frozenset(available_timezones())


@lru_cache(maxsize=512)
def zone(name: str) -> ZoneInfo:
    """The zone of an IANA name ('America/Barbados'); Refused if there is none."""
    if name not in zones():
        raise Refused("zone", "'%(name)s' is not a time zone; choose one such as America/Barbados", name=name)
    return ZoneInfo(name)


def moment(at: datetime, field: str) -> datetime:
    """Check that a time has its offset from UTC and lies in 1900 to 2199, and give it back."""
    if at.tzinfo is None:
        raise Refused(field, "the time has no zone; give it with its offset from UTC")
    if not EARLIEST <= at < LATEST:
        raise Refused(field, "the date lies outside 1900 to 2199")
    return at


class Happened(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """When something happened: UTC, how precisely it is known, and the zone it was said in."""

    at: datetime
    zone: str
    precision: Precision = "minute"

    def __post_init__(self) -> None:
        moment(self.at, "happened")
        zone(self.zone)

    @property
    def utc(self) -> datetime:
        return self.at.astimezone(UTC)

    @property
    def local(self) -> datetime:
        return self.at.astimezone(zone(self.zone))


PARTIAL = re.compile(r"([0-9]{4})(?:-([0-9]{2}))?(?:-([0-9]{2}))?")
# Plain digits: Decimal alone would also take '1e5', '1_000' and other scripts' digits.
DENOMINATION = re.compile(r"-?[0-9]{1,12}(\.[0-9]{1,4})?")


def partial_date(text: str, field: str = "date") -> str:
    """Check 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD' (ISO 8601 reduced precision) and give it back."""
    match = PARTIAL.fullmatch(text)
    if not match:
        raise Refused(field, "give a year (1999), a year and month (1999-04) or a date (1999-04-30)")
    year, month, day = (int(part or 1) for part in match.groups())
    try:
        date(year, month, day)
    except ValueError:
        message = marked("%(text)s is not a date that exists: look at the day and the month")
        raise Refused(field, message, text=text) from None
    if not 1900 <= year < 2200:
        raise Refused(field, "the year lies outside 1900 to 2199")
    return text


def whole_date(text: str, field: str = "date") -> str:
    """Check a date with its day ('YYYY-MM-DD') and give it back."""
    if len(partial_date(text, field)) != 10:
        raise Refused(field, "give the whole date, with its day (1999-04-30)")
    return text


def span(partial: str) -> tuple[date, date]:
    """First and last day that a partial date allows."""
    year, month, day = ([int(part) for part in partial.split("-")] + [0, 0])[:3]
    first = date(year, month or 1, day or 1)
    if day:
        return first, first
    month = month or 12
    return first, date(year, month, monthrange(year, month)[1])


def whole_years(first: date, last: date) -> int:
    """Whole years gone from one day to another. Who was born on 29 February is a year older on 1 March."""
    return last.year - first.year - ((last.month, last.day) < (first.month, first.day))


class Dated(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A status of a counted record and when it was given (ms since 1970, UTC)."""

    counting: str
    status: str
    at: int


class Birth(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A birth date as far as it is known: partial date, or an age range on a day.

    `about` came with 0.2: a node of before passes it over and goes by the ages.
    """

    date: str = ""
    age_from: int | None = None
    age_to: int | None = None
    on: str = ""
    about: str = ""  # the year that was said, of which the ages follow: 'about 1998'

    def __post_init__(self) -> None:
        if self.about and (self.date or len(partial_date(self.about, "birth")) != 4):
            raise Refused("birth", "'about' goes with a year alone")
        if self.date:
            partial_date(self.date, "birth")
            if self.age_from is not None or self.age_to is not None:
                raise Refused("birth", "give a date or an age range, not both")
        elif self.age_from is None or self.age_to is None:
            raise Refused("birth", "give a partial date, or an age from and to")
        else:
            if not 0 <= self.age_from <= self.age_to <= 120:
                raise Refused("birth", "an age range goes from 0 to 120, the lower age first")
            if not self.on:
                raise Refused("birth", "say on which day the person was of that age")
            partial_date(self.on, "birth")

    def years(self) -> tuple[int, int]:
        """Earliest and latest birth year that this statement allows."""
        if self.date:
            year = int(self.date[:4])
            return year, year
        year = int(self.on[:4])
        return year - (self.age_to or 0) - 1, year - (self.age_from or 0)

    def agrees(self, other: Birth, day: datetime) -> bool:
        """Whether both may be true of one person, and say alike whether that is a child on `day`."""
        low, high = self.ages_on(day)
        others = other.ages_on(day)
        if (low >= 18, high < 18) != (others[0] >= 18, others[1] < 18):
            return False
        if self.date and other.date:
            (first, last), (from_, to) = span(self.date), span(other.date)
            return first <= to and from_ <= last
        mine, theirs = self.years(), other.years()
        return mine[0] <= theirs[1] and theirs[0] <= mine[1]

    def ages_on(self, day: datetime) -> tuple[int, int]:
        """Lowest and highest age in whole years on `day`, as far as the statement allows both."""
        today = day.date()
        first, last = span(self.date or self.on)
        if self.date:
            return max(0, whole_years(last, today)), max(0, whole_years(first, today))
        # A birthday may lie anywhere in the year: who was 17 may be 17 still or 18 a day later.
        elapsed = whole_years(first, today)
        if today != first and (today.month, today.day) != (first.month, first.day):
            elapsed += 1
        low = (self.age_from or 0) + whole_years(last, today)
        return max(0, low), max(0, (self.age_to or 0) + elapsed)


class PersonName(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A name as said or as written. `text` is whole; the parts are filled where known.

    Two surnames are the normal case in the region, so `family` may hold several words.
    """

    text: str
    kind: str = "said"
    given: str = ""
    family: str = ""

    def __post_init__(self) -> None:
        if not self.text.strip():
            raise Refused("name", "write the name as it was said; a first name is enough")
        if len(self.text) > 200:
            raise Refused("name", "a name has at most 200 characters")
        check_code("name-kinds", self.kind, "name kind")


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Where: WGS 84 degrees and how far off they may be, in metres; or only an address or area, in words."""

    lat: float | None = None
    lon: float | None = None
    within_m: int = 100
    words: str = ""

    def __post_init__(self) -> None:
        if self.lat is None or self.lon is None:
            if self.lat is not None or self.lon is not None:
                raise Refused("place", "give latitude and longitude, or neither")
            if not self.words.strip():
                raise Refused("place", "give an address or area in words, or latitude and longitude")
        elif not (-90 <= self.lat <= 90 and -180 <= self.lon <= 180):
            raise Refused("place", "latitude goes from -90 to 90, longitude from -180 to 180")
        if self.within_m < 0:
            raise Refused("place", "the distance cannot be negative")


class Cash(msgspec.Struct, frozen=True, kw_only=True):
    """Cash counted: ISO 4217 currency, denomination (decimal text) and number of pieces."""

    currency: str
    denomination: str
    pieces: int

    def __post_init__(self) -> None:
        check_code("currencies", self.currency, "currency")
        if not DENOMINATION.fullmatch(self.denomination):
            raise Refused(
                "denomination",
                "'%(denomination)s' is not a number; write 20 or 0.50",
                denomination=self.denomination,
            )
        if Decimal(self.denomination) <= 0:
            raise Refused("denomination", "a note or coin is worth more than 0")
        if self.pieces <= 0:
            raise Refused("pieces", "cash is counted: the number of notes or coins is above 0")

    @property
    def total(self) -> Decimal:
        return Decimal(self.denomination) * self.pieces


class SealReading(msgspec.Struct, frozen=True, kw_only=True):
    """A seal as somebody read it on an exhibit, and as it is on file ('' where none is)."""

    exhibit: str
    read: str
    on_file: str = ""

    def __post_init__(self) -> None:
        if not self.exhibit:
            raise Refused("seals", "say which exhibit's seal it is")
        if not self.read.strip() or len(self.read) > 64:
            raise Refused("seals", "write what the seal reads, at most %(most)s characters", most=64)


class Copied(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A copy of what a protection file holds, as it is disclosed: what kind of thing, when it was said or
    decided, and what it says, in codes ('status:presumed') and in words. It names no officer and no entry."""

    kind: str
    when: Happened | None = None
    codes: tuple[str, ...] = ()
    words: str = ""

    def __post_init__(self) -> None:
        check_code("disclosed-kinds", self.kind, "items")
        if not self.codes and not self.words.strip():
            raise Refused("items", "what is disclosed says something")
        if len(self.words) > 4000 or len(self.codes) > 40 or any(len(code) > 80 for code in self.codes):
            raise Refused("items", "what is disclosed at once is longer than any page takes")


class Answer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One indicator's answer. A 'no' from the person is not evidence against (docs/role-caseworker)."""

    indicator: str
    answer: str
    phase: str = ""
    evidence: str = ""

    def __post_init__(self) -> None:
        check_code("answers", self.answer, "answer")
