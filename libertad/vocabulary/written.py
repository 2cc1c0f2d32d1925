"""What people write: dates, numbers and telephone numbers, read without guessing.

Dates and numbers are read as written in English, Spanish, Portuguese, French and Dutch. What can mean two
things is Refused with both of them, and is never taken for one.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from decimal import Decimal, InvalidOperation

from libertad.vocabulary.codelists import PartialDate, marked
from libertad.vocabulary.values import Refused, partial_date, span

OLDEST = 120  # years
MONTHS = (
    "january enero janeiro janvier januari",
    "february febrero fevereiro fevrier februari",
    "march marzo marco mars maart mrt",
    "april abril avril",
    "may mayo maio mai mei",
    "june junio junho juin juni",
    "july julio julho juillet juli",
    "august agosto aout augustus",
    "september septiembre setiembre setembro septembre",
    "october octubre outubro octobre oktober",
    "november noviembre novembro novembre",
    "december diciembre dezembro decembre",
)
# Words between the parts of a date, and endings of its numbers.
BETWEEN = frozenset({"de", "del", "do", "da", "of", "the", "el", "le", "la", "op", "den"})
ABOUT = re.compile(
    r"^(?:about|around|approx(?:imately)?|circa|ca|c|hacia|alrededor de|aprox(?:imadamente)?|cerca de|"
    r"por volta de|vers|environ|omstreeks|rond|ongeveer|~)[. ]*(?=\S)"
)
NOT_THERE = "%(text)s is not a date that exists"  # of `partial_date`, which knows no other words for it
ABOUT_YEARS = 2  # what 'about 1998' allows on either side
ENDINGS = re.compile(r"([0-9])(?:st|nd|rd|th|er|re|e|o|a)\b")
YEAR_FIRST = re.compile(r"([0-9]{4})([-/.])([0-9]{1,2})(?:\2([0-9]{1,2}))?")
NUMBERS = re.compile(r"([0-9]{1,2})([-/. ])([0-9]{1,2})\2([0-9]{4}|[0-9]{2})")
MONTH_YEAR = re.compile(r"([0-9]{1,2})[-/.]([0-9]{4})")
WORDS = re.compile(r"[^\W\d_]+|[0-9]+")
DIALLED = frozenset("+-()/.*#x")


class OutOfBounds(Refused):
    """A number that can be read and cannot be meant."""

    def __init__(self, field: str, number: Decimal) -> None:
        self.number = number
        super().__init__(field, marked("%(number)s is not a value that it can have"), number=f"{number:f}")


def normalise(text: str) -> str:
    """In small letters, without accents and with single spaces."""
    letters = unicodedata.normalize("NFKD", text).lower()
    return " ".join("".join(sign for sign in letters if not unicodedata.combining(sign)).split())


def unseen(sign: str) -> bool:
    """Whether a sign is not seen as one: control signs, signs that change the direction, line separators."""
    return unicodedata.category(sign) in ("Cc", "Cf", "Co", "Cn", "Cs", "Zl", "Zp")


def month_of(word: str) -> int:
    """The month (1 to 12) of a name or of its first letters (three at least); 0 for none or several."""
    if len(word) < 3:
        return 0
    months = {
        number
        for number, names in enumerate(MONTHS, 1)
        if any(name.startswith(word) for name in names.split())
    }
    return months.pop() if len(months) == 1 else 0


def without_about(text: str) -> tuple[str, bool]:
    """What stands after 'about', and whether it does."""
    words = normalise(text)
    rest = ABOUT.sub("", words)
    return rest, rest != words


def read_date(text: str, today: date, field: str = "date", *, past: bool = False) -> str:
    """A date as people write it, as 'YYYY', 'YYYY-MM' or 'YYYY-MM-DD'; '' for nothing.

    A year of two digits is the nearest to `today`; for what lies in the `past` the last one before it.
    Refused for what can be two dates, or is none, in the words in which it was written.
    """
    try:
        return _read(text, today, field, past)
    except Refused as why:
        if not why.message.startswith(NOT_THERE):
            raise
        message = marked("'%(text)s' is not a date that exists: look at the day and the month")
        raise Refused(field, message, text=text.strip()) from None


def _read(text: str, today: date, field: str, past: bool) -> str:
    words = normalise(text).replace(",", " ").replace("º", " ")
    words = ENDINGS.sub(r"\1", " ".join(words.split()))
    if not words:
        return ""
    if match := YEAR_FIRST.fullmatch(words):
        year, _sign, month, day = match.groups()
        return _date(field, int(year), int(month), int(day or 0))
    if match := MONTH_YEAR.fullmatch(words):
        return _date(field, int(match[2]), int(match[1]))
    if match := NUMBERS.fullmatch(words):
        return _numbers(field, text, int(match[1]), int(match[3]), _year(match[4], today, past))
    return _words(field, text, [word for word in WORDS.findall(words) if word not in BETWEEN], today, past)


def _numbers(field: str, text: str, first: int, second: int, year: int) -> str:
    """Day and month as numbers: a number above 12 is the day; else both orders are offered."""
    if first > 12 or first == second:
        return _date(field, year, second, first)
    if second > 12:
        return _date(field, year, first, second)
    raise Refused(
        field,
        "'%(text)s' can be %(first)s or %(second)s: write the month as a word, such as 12 mar 1998",
        text=text.strip(),
        first=PartialDate(f"{year}-{second:02d}-{first:02d}"),
        second=PartialDate(f"{year}-{first:02d}-{second:02d}"),
    )


def _words(field: str, text: str, words: list[str], today: date, past: bool) -> str:
    """A date with the month as a word, or a year alone."""
    months = [(place, month_of(word)) for place, word in enumerate(words) if not word.isdigit()]
    numbers = [word for word in words if word.isdigit()]
    if not months and len(numbers) == 1 and len(numbers[0]) == 4:
        return _date(field, int(numbers[0]))
    if len(months) == 1 and months[0][1] and 1 <= len(numbers) <= 2:
        month, year = months[0][1], numbers[-1]
        if len(numbers) == 2 and len(numbers[0]) <= 2 and len(year) in (2, 4):
            return _date(field, _year(year, today, past), month, int(numbers[0]))
        if len(numbers) == 1 and len(year) == 4:
            return _date(field, int(year), month)
    raise Refused(
        field,
        "'%(text)s' is not a date that can be read: write it as 12 mar 1998, marzo 1998 or 1998",
        text=text.strip()[:40],
    )


def _year(text: str, today: date, past: bool) -> int:
    """A year of four digits; one of two is the nearest, or the last that is not to come."""
    if len(text) == 4:
        return int(text)
    century = today.year // 100 * 100
    choices = [century + step + int(text) for step in (-100, 0, 100)]
    if past:
        return max(year for year in choices if year <= today.year)
    return min(choices, key=lambda year: abs(year - today.year))


def _date(field: str, year: int, month: int = 0, day: int = 0) -> str:
    return partial_date("-".join([f"{year:04d}", *(f"{part:02d}" for part in (month, day) if part)]), field)


def check_birth(born: str, today: date, field: str = "birth") -> None:
    """Refused for a birth that lies ahead, or more than 120 years back."""
    first, last = span(born)
    if first > today:
        raise Refused(field, "%(date)s lies ahead: nobody is born then yet", date=PartialDate(born))
    if last.year < today.year - OLDEST:
        message = marked("%(date)s is more than 120 years ago: look at the year again")
        raise Refused(field, message, date=PartialDate(born))


def check_phone(text: str, field: str = "phone") -> None:
    """Refused for what nobody can dial. Numbers of every country are taken as they are written."""
    signs = text.strip()
    digits = sum(sign.isdigit() for sign in signs)
    rest = {
        sign for sign in normalise(signs).replace("ext", "x") if not sign.isdigit() and not sign.isspace()
    }
    if not 3 <= digits <= 20 or not rest <= DIALLED:
        raise Refused(
            field,
            "'%(text)s' is not a phone number: write its digits, such as +592 555 0142, and no words",
            text=signs[:40],
        )


def read_number(
    text: str,
    field: str = "number",
    *,
    minimum: Decimal | None = None,
    maximum: Decimal | None = None,
    whole: bool = False,
    decimals: int | None = None,
) -> Decimal:
    """A number with a decimal point or comma, and thousands apart by point, comma, space or apostrophe.

    '1.234' can be two numbers: Refused with both, unless only one lies between `minimum` and `maximum`, only
    a `whole` number can be meant, or only one with at most so many `decimals`.
    """
    signs = re.sub(r"[\s'\u2019]+(?=[0-9])", " ", text.strip().replace("\u2212", "-"))
    readings = list(
        dict.fromkeys(
            number
            for number in _readings(signs, whole)
            if number is not None and (decimals is None or len(f"{number:f}".partition(".")[2]) <= decimals)
        )
    )
    within = [n for n in readings if (minimum is None or n >= minimum) and (maximum is None or n <= maximum)]
    if len(within) == 1:
        return within[0]
    if len(within) > 1:
        low, high = sorted(within)[:2]
        raise Refused(
            field,
            "'%(text)s' can be %(low)s or %(high)s: write no sign between thousands, such as %(high)s",
            text=text.strip()[:40],
            low=f"{low.normalize():f}",
            high=f"{high.normalize():f}",
        )
    if readings:
        raise OutOfBounds(field, readings[0])
    if whole and minimum is not None and maximum is not None:
        raise Refused(
            field,
            "'%(text)s' is not a whole number from %(least)s to %(most)s: write it in digits",
            text=text.strip()[:40],
            least=f"{minimum:f}",
            most=f"{maximum:f}",
        )
    if whole:
        message = marked("'%(text)s' is not a whole number: write it in digits, such as 20")
        raise Refused(field, message, text=text.strip()[:40])
    raise Refused(field, "'%(text)s' is not a number: write it as 20, 0.50 or 7,55", text=text.strip()[:40])


def _readings(signs: str, whole: bool) -> list[Decimal | None]:
    """The number that the signs are with each of them as the decimal sign, and with none."""
    return [_number(signs, decimal) for decimal in (("",) if whole else (".", ",", ""))]


def _number(signs: str, decimal: str) -> Decimal | None:
    whole, _sign, part = signs.partition(decimal) if decimal and decimal in signs else (signs, "", "")
    if decimal and (decimal not in signs or not part.isdecimal() or not part.isascii()):
        return None
    groups = re.split(r"[., ]", whole.removeprefix("-"))
    if (
        not all(group.isascii() and group.isdecimal() for group in groups)
        or len(set(re.findall(r"[., ]", whole))) > 1
    ):
        return None
    if decimal and decimal in whole:
        return None
    if len(groups) > 1 and groups[0].startswith("0"):
        return None
    if len(groups) > 1 and not (1 <= len(groups[0]) <= 3 and all(len(group) == 3 for group in groups[1:])):
        return None
    try:
        return Decimal(
            ("-" if whole.startswith("-") else "") + "".join(groups) + (f".{part}" if part else "")
        )
    except InvalidOperation:
        return None


REFERENCE_PARTS = re.compile(r"[^\W\d_]+|\d+")


def read_reference(text: str) -> str:
    """A file's or exhibit's reference however it was typed: 'vc 0006', 'VC0006' and 'VC-0006' are one."""
    return "-".join(REFERENCE_PARTS.findall(text)).upper()
