"""Dates of birth as registers and lists write them: in figures, or with the month's name.

What is no date gives as much of it as can be one, or nothing; nothing here refuses.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from functools import cache

from libertad.hits.matching.datafiles import FOLDER
from libertad.vocabulary import yamlfile

Parts = tuple[int, int, int]  # year, month, day; 0: not known
OLDEST = 130  # years
LONGEST = 80

_USUAL = re.compile(r"(\d{4})-(\d{2})-(\d{2})$")
_ISO = re.compile(r"(\d{4})(?:[-/.](\d{1,2})(?:[-/.](\d{1,2}))?)?(?:[T ].*)?$")
_TOGETHER = re.compile(r"(\d{4})(\d{2})(\d{2})(?:T.*)?$")
_PARTED = re.compile(r"(\d{1,2})[-/. ](\d{1,2})[-/. ](\d{4}|\d{2})(?: \d{1,2}:.*)?$")
_MONTH = re.compile(r"(\d{1,2})[-/.](\d{4})$")
_WORDS = re.compile(r"[a-z]+|\d+")
_BESIDE = frozenset({"de", "del", "do", "of", "the", "st", "nd", "rd", "th", "er", "le", "den", "di"})


def parts(text: str, month_first: bool = False) -> Parts | None:
    """Year, month and day that a text says; None where it is no date.

    '1990', '1990-04', '1990-04-23', '19900423', '23/04/1990', '04/1990', '23.4.90', '23 de abril de 1990',
    'Apr 23, 1990'. `month_first`: of two figures that could both be the month, the first is. A year of two
    figures is the latest that is not in the future.
    """
    text = text.strip()
    if match := _USUAL.match(text):
        year, month, day = match.groups()
        return int(year), int(month), int(day)
    if named := _parse_month_name(text):
        return named
    if match := _ISO.match(text):
        year, month, day = match.groups()
        return int(year), int(month or 0), int(day or 0)
    if match := _PARTED.match(text):
        first, second, year = match.groups()
        if len(year) == 2 and int(first) > 31:  # 90-04-23
            return _century(first), int(second), int(year)
        day, month = (second, first) if month_first else (first, second)
        if int(month) > 12 >= int(day):
            day, month = month, day
        return _century(year), int(month), int(day)
    if match := _TOGETHER.match(text):
        year, month, day = map(int, match.groups())
        return (year, month, day) if _living(year) else _together(text)
    if match := _MONTH.match(text):
        month, year = match.groups()
        return int(year), int(month), 0
    return None


def month_first(texts: Iterable[str]) -> bool:
    """Whether a column writes the month before the day: more of its dates say so than say the opposite."""
    balance = 0
    for text in texts:
        if match := _PARTED.match(text.strip()):
            first, second = int(match[1]), int(match[2])
            balance += (first <= 12 < second <= 31) - (second <= 12 < first <= 31)
    return balance > 0


def _together(text: str) -> Parts | None:
    """'23041990'."""
    year = int(text[4:8])
    return (year, int(text[2:4]), int(text[:2])) if _living(year) else None


def _parse_month_name(text: str) -> Parts | None:
    """A month's name with a year and perhaps a day; a year of two figures only after a day."""
    month, figures = 0, []
    for word in _WORDS.findall(_bare(text)):
        if word.isdecimal():
            figures.append(word)
        elif word in months():
            if month:
                return None
            month = months()[word]
        elif word not in _BESIDE:
            return None
    if not month or not 1 <= len(figures) <= 2:
        return None
    if len(figures) == 1:
        return (int(figures[0]), month, 0) if len(figures[0]) == 4 else None
    day, year = reversed(figures) if len(figures[0]) == 4 else figures
    if len(day) > 2 or len(year) not in (2, 4):
        return None
    return _century(year), month, int(day)


def _bare(text: str) -> str:
    """In lower case and without accents."""
    apart = unicodedata.normalize("NFKD", text[:LONGEST].lower())
    return "".join(c for c in apart if not unicodedata.combining(c))


def _century(year: str) -> int:
    number = int(year)
    if len(year) != 2:
        return number
    this_year = _this_year()
    return this_year - (this_year - number) % 100


def _living(year: int) -> bool:
    return 0 <= _this_year() - year <= OLDEST


def _this_year() -> int:
    return datetime.now(UTC).year


@cache
def months() -> Mapping[str, int]:
    """Names and short forms of months, without accents -> their numbers."""
    data = yamlfile.read(FOLDER / "months.yaml")
    by_name: dict[str, int] = {}
    for number, names in data.items():
        for name in names.split():
            if by_name.setdefault(name, number) != number:
                raise ValueError(f"months.yaml: {name} is of two months")
    return by_name
