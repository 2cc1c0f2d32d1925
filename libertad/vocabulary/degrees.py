"""Degrees of latitude and longitude, read as maps, telephones and GPS devices show them."""

from __future__ import annotations

import re
from decimal import Decimal

from libertad.vocabulary.values import Refused
from libertad.vocabulary.written import read_number

LATITUDE, LONGITUDE = "NS", "EW"  # the letters for plus and for minus
EXAMPLES = {LATITUDE: ("6.8012", "6\u00b048'04\" N"), LONGITUDE: ("-58.1551", "58\u00b009'18\" W")}
SIXTY = Decimal(60)
SIGNS = re.compile(r"[\s\u00b0\u00ba'\u2032\u2019\"\u2033\u201d]+")
LETTER = re.compile(r"[^\W\d_]")
LONGEST = 40


def read_degrees(text: str, sides: str, field: str = "degrees") -> Decimal:
    """-58.1551, '58,1551 W' and '58\u00b009\u203218\u2033W' as decimal degrees, of `LATITUDE` or `LONGITUDE`.

    Refused for what is no degrees, has the letter of the other axis, or a sign and a letter at once.
    """
    cleaned = text.strip().upper().replace("\u2212", "-")[:LONGEST]
    letters = "".join(LETTER.findall(cleaned))
    parts = [part for part in SIGNS.split(LETTER.sub(" ", cleaned)) if part]
    minus = any(part.startswith("-") for part in parts)
    if len(letters) > 1 or (letters and (letters not in sides or minus)) or not 1 <= len(parts) <= 3:
        raise _refused(text, sides, field)
    try:
        numbers = [read_number(part, field, minimum=-Decimal(180), maximum=Decimal(180)) for part in parts]
    except Refused:
        raise _refused(text, sides, field) from None
    sixtieths = numbers[1:]
    if any(not 0 <= number < SIXTY for number in sixtieths) or any(n % 1 for n in numbers[:-1]):
        raise _refused(text, sides, field)
    total = sum((abs(number) / SIXTY**power for power, number in enumerate(numbers)), Decimal(0))
    return -total if minus or letters == sides[1] else total


def _refused(text: str, sides: str, field: str) -> Refused:
    plain, signs = EXAMPLES[sides]
    return Refused(
        field,
        "'%(text)s' cannot be read: write degrees such as %(plain)s or %(signs)s",
        text=text.strip()[:LONGEST],
        plain=plain,
        signs=signs,
    )
