"""What a record may say of a person, vehicle or phone, as the matcher takes it, and what it answers."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Literal

import msgspec

from libertad.hits.matching.dates import parts

Kind = Literal[
    "name",
    "birth",
    "sex",
    "nationality",
    "document",
    "phone",
    "device",
    "vehicle",
    "vessel",
    "handle",
    "address",
    "place",
    "other",
    "kin",
]

NUMBERED: tuple[Kind, ...] = ("document", "phone", "device", "vehicle", "vessel", "handle")
TEXTS: tuple[Kind, ...] = ("nationality", "address", "place", "other")


class Name(msgspec.Struct, frozen=True, order=True):
    """One name: `full`, or its parts where the source tells them apart. Any script, any order."""

    full: str = ""
    given: str = ""
    family: str = ""

    @property
    def text(self) -> str:
        return self.full or f"{self.given} {self.family}".strip()


class Birth(msgspec.Struct, frozen=True, order=True):
    """An interval of days within which a person was born, both ends included.

    `placeholder`: 1 January (or 1 July) of a year, which many registers write for 'only the year is known'.
    """

    earliest: date
    latest: date
    placeholder: bool = False

    @property
    def exact(self) -> bool:
        return self.earliest == self.latest and not self.placeholder

    @classmethod
    def of_text(cls, text: str, month_first: bool = False) -> Birth | None:
        """Read a date as people write it (`dates.parts`); what is no date (month 81) gives its year, or
        None."""
        date_parts = parts(text, month_first)
        return cls.of_parts(*date_parts) if date_parts else None

    @classmethod
    def of_parts(cls, year: int, month: int = 0, day: int = 0) -> Birth | None:
        """From a year, with month and day where known (0: not known); None if no such year can be."""
        if not 1 <= year <= 9998:
            return None
        if 1 <= month <= 12 and day:
            try:
                born = date(year, month, day)
            except ValueError:
                return cls.of_parts(year, month)
            return cls(born, born, placeholder=day == 1 and month in (1, 7))
        if 1 <= month <= 12:
            after = date(year + month // 12, month % 12 + 1, 1)
            return cls(date(year, month, 1), after - timedelta(days=1))
        return cls(date(year, 1, 1), date(year, 12, 31))

    @classmethod
    def of_age(cls, youngest: int, oldest: int, on: date) -> Birth | None:
        """From an age in years, or a range of them, as it was on the day `on`."""
        if not 0 <= youngest <= oldest <= 130:
            return None
        return cls(_years_before(on, oldest + 1) + timedelta(days=1), _years_before(on, youngest))


class Record(msgspec.Struct, frozen=True):
    """What is known of one person (or thing): every field may be empty or hold several values.

    `facts` holds numbers and texts by their kind; a document may be written 'GY:R0123456', country first.
    `where` is the country of the record, for the frequencies of its names.
    """

    id: str
    names: tuple[Name, ...] = ()
    birth: Birth | None = None
    sex: str = ""
    facts: tuple[tuple[Kind, str], ...] = ()
    where: str = ""

    def all(self, kind: Kind) -> list[str]:
        return [value for of, value in self.facts if of == kind]


class Reason(msgspec.Struct, frozen=True):
    """One weight in bits. `how`: a key of `SENTENCES`; `share`: of the others that are so (0: not known)."""

    kind: Kind
    bits: float
    left: str
    right: str
    how: str
    share: float = 0.0


class Hit(msgspec.Struct, frozen=True):
    """A record that may be of the same person: log-odds in bits with the prior, its chance, and why."""

    id: str
    bits: float
    probability: float
    reasons: tuple[Reason, ...] = ()


def _years_before(day: date, years: int) -> date:
    year = max(day.year - years, 1)
    try:
        return day.replace(year=year)
    except ValueError:  # 29 February
        return day.replace(year=year, day=28)
