"""Registers doubled with the errors that FEBRL's generator publishes, whose author is not ours.

The shares of errors and the neighbours on a keyboard are those of `dsgen/generate.py` of FEBRL 0.4.2 (ANU;
P. Christen, Probabilistic data generation for deduplication and data linkage, IDEAL 2005), written anew. Its
lists of misspellings are of Australian names and are left out; their share goes to the other errors. The
persons are of `bench._people`, in households, with names of public registers: nobody in them is real.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from bench._people import COUNTRIES, Person, Population

Row = dict[str, str]
# How often a field is chosen, then what is done to it: one of these, by their shares.
ERRORS: Mapping[str, Mapping[str, float]] = {
    "given_name": {
        "insert": 0.05,
        "delete": 0.15,
        "substitute": 0.35,
        "transpose": 0.05,
        "another": 0.02,
        "words swapped": 0.02,
        "space in": 0.01,
        "space out": 0.01,
        "missing": 0.02,
    },
    "family_name": {
        "insert": 0.10,
        "delete": 0.10,
        "substitute": 0.35,
        "transpose": 0.04,
        "another": 0.02,
        "words swapped": 0.02,
        "space in": 0.01,
        "space out": 0.02,
        "missing": 0.02,
    },
    "birth_date": {"substitute": 0.50, "transpose": 0.30, "another": 0.05, "missing": 0.10},
    "address": {
        "insert": 0.10,
        "delete": 0.15,
        "substitute": 0.55,
        "transpose": 0.05,
        "another": 0.02,
        "words swapped": 0.03,
        "space in": 0.02,
        "space out": 0.03,
        "missing": 0.04,
    },
    "place": {
        "insert": 0.10,
        "delete": 0.15,
        "substitute": 0.22,
        "transpose": 0.04,
        "another": 0.01,
        "words swapped": 0.02,
        "space in": 0.02,
        "space out": 0.02,
        "missing": 0.01,
    },
    "phone": {"substitute": 0.40, "transpose": 0.30, "another": 0.15, "missing": 0.05},
    "document": {"substitute": 0.50, "transpose": 0.40, "another": 0.10},
}
CHOSEN = {
    "given_name": 10,
    "family_name": 15,
    "birth_date": 10,
    "address": 20,
    "place": 10,
    "phone": 5,
    "document": 5,
}
NAMES_SWAPPED = 0.05
SAME_ROW, SAME_COLUMN = 0.40, 0.30
# Neighbours of a to z, and of 1 to 0, in the keyboard's rows; of a to z in its columns.
IN_ROWS = (
    "s vn xv sf wr dg fh gj uo hk jl k n bm ip o w et ad ry yi cb qe zc tu x 2 13 24 35 46 57 68 79 80 9"
)
IN_COLUMNS = "qzw gh df erc d rvc tbv ybn k umn im o jk hj l p a f wxz gf j fg s sd h as"
ROW = dict(zip("abcdefghijklmnopqrstuvwxyz1234567890", IN_ROWS.split(), strict=True))
COLUMN = dict(zip("abcdefghijklmnopqrstuvwxyz", IN_COLUMNS.split(), strict=True))


@dataclass(frozen=True)
class Doubling:
    """`records` in all, of which the share `doubles` tell a person who is there already. `countries`: whose
    people they are. `most`: errors of a second telling at most, and at most `each` in one field."""

    records: int
    doubles: float
    countries: tuple[str, ...]
    columns: tuple[str, ...]
    seed: int
    most: int = 3
    each: int = 1


def persons(doubling: Doubling) -> Iterator[Person]:
    """Persons of these countries, household by household."""
    people = Population(0, doubling.seed)
    chosen = [country for country in COUNTRIES if country.code in doubling.countries]
    while True:
        yield from people._household(people.rng.choices(chosen, [country.share for country in chosen])[0])


def row(person: Person) -> Row:
    return {
        "id": person.id,
        "given_name": " ".join(person.given),
        "family_name": " ".join(person.surnames),
        "birth_date": person.born.isoformat(),
        "sex": person.sex,
        "nationality": person.country.code,
        "document": person.document,
        "phone": person.phone,
        "address": person.address,
        "place": person.place,
    }


def doubled(doubling: Doubling) -> tuple[list[Row], dict[str, str]]:
    """The rows in no order, and whose each is."""
    people = persons(doubling)
    again = round(doubling.records * doubling.doubles)
    return doubled_of([row(next(people)) for _ in range(doubling.records - again)], doubling)


def doubled_of(rows: list[Row], doubling: Doubling) -> tuple[list[Row], dict[str, str]]:
    """As many of these persons told again as make `doubling.records` rows; in no order, and whose each is."""
    rng = random.Random(f"doubled {doubling.seed}")
    again = doubling.records - len(rows)
    truth = {row["id"]: row["id"] for row in rows}
    fields = [name for name in doubling.columns if name in ERRORS]
    column_values = {name: [row[name] for row in rows] for name in fields}
    chosen = (
        rng.sample(range(len(rows)), again) if again <= len(rows) else rng.choices(range(len(rows)), k=again)
    )
    for number, at in enumerate(chosen):
        duplicate = second(rows[at], fields, column_values, doubling, rng) | {"id": f"d{number}"}
        truth[duplicate["id"]] = rows[at]["id"]
        rows.append(duplicate)
    rng.shuffle(rows)
    return [{name: row[name] for name in ("id", *doubling.columns)} for row in rows], truth


def second(
    first: Row,
    fields: Sequence[str],
    column_values: Mapping[str, Sequence[str]],
    doubling: Doubling,
    rng: random.Random,
) -> Row:
    """A second telling of a row, with one error at least."""
    duplicate, errors = dict(first), dict.fromkeys(fields, 0)
    for _ in range(rng.randint(1, doubling.most)):
        if rng.random() < NAMES_SWAPPED and {"given_name", "family_name"} <= set(fields):
            duplicate["given_name"], duplicate["family_name"] = (
                duplicate["family_name"],
                duplicate["given_name"],
            )
            continue
        name = rng.choices(fields, [CHOSEN[field] for field in fields])[0]
        if errors[name] < doubling.each and duplicate[name]:
            errors[name] += 1
            duplicate[name] = wrong(name, duplicate[name], column_values[name], rng)
    return duplicate


def wrong(name: str, value: str, alternatives: Sequence[str], rng: random.Random) -> str:
    """The value with one error."""
    shares = ERRORS[name]
    kind = rng.choices(list(shares), list(shares.values()))[0]
    if kind == "missing":
        return ""
    if kind == "another":
        return rng.choice(alternatives)
    words = value.split(" ")
    if kind == "words swapped":
        if len(words) > 1:
            at = rng.randrange(len(words) - 1)
            words[at], words[at + 1] = words[at + 1], words[at]
        return " ".join(words)
    if kind == "space out":
        return value.replace(" ", "", 1)
    return TYPED[kind](value, rng)


def _place(value: str, longer: int, rng: random.Random) -> int:
    """Errors are seldom at the beginning: around the middle."""
    middle = (len(value) + longer) / 2 + 1
    return max(0, min(round(rng.gauss(middle, 1.0)), len(value) - 1 + longer))


def _key(letter: str, rng: random.Random) -> str:
    """What is typed in a letter's place."""
    chance, low = rng.random(), letter.lower()
    if chance <= SAME_ROW and low in ROW:
        key = rng.choice(ROW[low])
    elif chance <= SAME_ROW + SAME_COLUMN and low in COLUMN:
        key = rng.choice(COLUMN[low])
    else:
        key = rng.choice("0123456789" if letter.isdigit() else "abcdefghijklmnopqrstuvwxyz")
    return key.upper() if letter.isupper() else key


def _insert(value: str, rng: random.Random) -> str:
    at = _place(value, 1, rng)
    return value[:at] + rng.choice("abcdefghijklmnopqrstuvwxyz") + value[at:]


def _delete(value: str, rng: random.Random) -> str:
    at = _place(value, 0, rng)
    return value[:at] + value[at + 1 :] if len(value) > 1 else value


def _substitute(value: str, rng: random.Random) -> str:
    at = _place(value, 0, rng)
    return value[:at] + _key(value[at], rng) + value[at + 1 :] if value[at].isalnum() else value


def _transpose(value: str, rng: random.Random) -> str:
    at = _place(value, -1, rng) if len(value) > 1 else 0
    return value[:at] + value[at : at + 2][::-1] + value[at + 2 :]


def _space(value: str, rng: random.Random) -> str:
    at = _place(value, 1, rng)
    return f"{value[:at]} {value[at:]}".strip()


TYPED: Mapping[str, Callable[[str, random.Random], str]] = {
    "insert": _insert,
    "delete": _delete,
    "substitute": _substitute,
    "transpose": _transpose,
    "space in": _space,
}


def write(path: Path, doubling: Doubling) -> dict[str, str]:
    """The table of it; returns whose each row is."""
    rows, truth = doubled(doubling)
    with path.open("w", encoding="utf-8", newline="") as file:
        out = csv.DictWriter(file, list(rows[0]))
        out.writeheader()
        out.writerows(rows)
    return truth
