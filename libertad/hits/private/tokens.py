"""What of a record is asked for under the PRF: tokens, by the kind of fact whose key and quota they have.

A number is one token. A person is several that overlap, so that one wrong or missing part of a name or a
birth leaves others that agree; each holds enough (two words and a year, one word and a day, three words) that
few persons share it. Words are the consonants of how they sound, and stand in no order: vowels are misheard,
and given and family names taken for each other, too often for more.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from itertools import combinations
from typing import Literal, get_args

from libertad.hits.matching.record import NUMBERED, Birth, Record
from libertad.hits.matching.spelling import fold
from libertad.hits.matching.text import bare, empty, skeleton, tokens, value_of

Of = Literal["person", "document", "phone", "device", "vehicle", "vessel", "handle", "field"]
KINDS: tuple[Of, ...] = get_args(Of)
ASKED: tuple[Of, ...] = KINDS[:-1]  # `field` opens nothing by itself
WORDS = 5  # of all names of a record
YEARS = 6  # of an age that are asked for, the likeliest first
LEAST_NUMBER = 5  # signs of a number that says something
TAIL = 8  # digits of a phone: the country is often left out
FIELD_YEARS = 4
FIELDS = 12  # of a record that are compared
COMPARED = ("name", "turned", "birthday", "month", "year", "sex", *NUMBERED, "nationality", "place")
Tokens = dict[Of, list[bytes]]


def tokens_of(record: Record) -> Tokens:
    """All tokens of a record, by kind; the most telling first. An asker sends as many as a batch takes."""
    by_kind: Tokens = {"person": person(record)}
    for kind, text in record.facts:
        if kind in NUMBERED and (value := number(kind, text)):
            token_kind: Of = kind  # type: ignore[assignment]
            values = by_kind.setdefault(token_kind, [])
            if value.encode() not in values:
                values.append(value.encode())
    return {kind: values for kind, values in by_kind.items() if values}


def person(record: Record) -> list[bytes]:
    """Tokens of names with parts of the birth."""
    names, birth = words(record), record.birth
    pairs = [f"{first} {second}" for first, second in combinations(names, 2)]
    texts: list[str] = []
    if birth is not None and birth.exact:
        day = birth.earliest
        texts += [f"day {word} {turned(day)}" for word in names]
        texts += [f"year {pair} {day.year}" for pair in pairs]
        texts += [f"birthday {pair} {day:%m-%d}" for pair in pairs]
    elif birth is not None:
        texts += [f"year {pair} {year}" for year in years(birth) for pair in pairs]
    texts += [f"names {' '.join(three)}" for three in combinations(names, 3)]
    return [text.encode() for text in dict.fromkeys(texts)]


def fields(record: Record) -> list[tuple[str, str]]:
    """(field, value) of what is compared once a token has met, at most FIELDS: each is equal or is not."""
    fields: list[tuple[str, str]] = [("name", word) for word in words(record)]
    born = list(births(record.birth)) if record.birth is not None else []
    fields += [field for field in born if field[0] != "month"]
    if sex := record.sex.strip().casefold()[:1]:
        fields.append(("sex", sex))
    fields += [
        (kind, value) for kind, text in record.facts if kind in NUMBERED and (value := number(kind, text))
    ]
    fields += [("nationality", value) for value in nationalities(record)]
    fields += [
        field for field in born if field[0] == "month"
    ]  # of a full record the first that says too little
    fields += [("place", value) for text in record.all("place") if (value := value_of("place", text))]
    return list(dict.fromkeys(fields))[:FIELDS]


def near_years(record: Record) -> list[tuple[str, str]]:
    """Years beside that of a birth, asked for in the places that the record's own fields leave: the other
    side may say the next year. Which fields are asked for the asker alone knows; they are always FIELDS."""
    birth = record.birth
    if birth is None or birth.earliest.year != birth.latest.year:
        return []
    year, own = birth.earliest.year, fields(record)
    neighbours = [("year", str(near)) for near in (year - 1, year + 1)]
    return neighbours[: max(FIELDS - len(own), 0)]


def nationalities(record: Record) -> list[str]:
    """As they are compared: each by its code, however it is called."""
    return [value for text in record.all("nationality") if (value := value_of("nationality", text))]


def births(birth: Birth) -> Iterator[tuple[str, str]]:
    """A birth to compare by: its day is birthday and year. An interval has the years that it may be in."""
    if birth.exact:
        day = birth.earliest
        yield "turned", turned(day)
        yield "birthday", f"{day:%m-%d}"
        yield "month", day.isoformat()[:7]
    for year in years(birth)[:FIELD_YEARS]:
        yield "year", str(year)


def words(record: Record) -> list[str]:
    """The words of all its names, as they sound; of many the longest. In the order of the alphabet."""
    sounds: dict[str, None] = {}
    for name in record.names:
        for word in (*tokens(name.full), *tokens(name.given), *tokens(name.family, family=True)):
            if len(word) > 1 and not empty(word):
                sounds[sound(word)] = None
    return sorted(sorted(sounds, key=lambda text: (-len(text), text))[:WORDS])


def sound(word: str) -> str:
    """The consonants of how a word sounds, with its first letter."""
    return skeleton(fold(word))


def number(kind: str, text: str) -> str:
    """A number as it is compared: a document without its country, a phone by its last digits; or ''."""
    value = bare(kind, text)  # type: ignore[arg-type]
    if len(value) < LEAST_NUMBER:
        return ""
    return value[-TAIL:] if kind == "phone" else value


def years(birth: Birth) -> list[int]:
    """The years of a birth, those in the middle first; none where there are too many to ask for."""
    span = range(birth.earliest.year, birth.latest.year + 1)
    if len(span) > YEARS:
        return []
    return sorted(span, key=lambda year: abs(2 * year - span[0] - span[-1]))


def turned(day: date) -> str:
    """The same for 4 March and 3 April."""
    low, high = sorted((day.month, day.day)) if day.day <= 12 else (day.month, day.day)
    return f"{day.year}-{low:02d}-{high:02d}"


def prf_inputs(values: Iterable[tuple[str, str]]) -> list[bytes]:
    """Fields as inputs of the PRF."""
    return [f"{field} {value}".encode() for field, value in values]
