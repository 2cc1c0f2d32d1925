"""What a register and a query say of the synthetic persons, and the files of it.

`python -m bench._said FOLDER COUNT [SEED]` writes people.csv with COUNT persons, queries.csv and truth.csv:
1,000 queries about persons that are in people.csv and 1,000 about persons of the same households and
distributions that are not. Every query is a second telling of the truth, independent of what the register
has.

The proportions below were set before any matcher had seen the data, from the errors that were to be covered
and what border records look like, and are not tuned to one. truth.csv names the noise of each query, so
that misses can be counted by their kind.
"""

from __future__ import annotations

import csv
import random
import sys
from collections.abc import Callable
from datetime import date
from pathlib import Path

from bench._misspelt import misspelt, short
from bench._names import strip_accents
from bench._people import COUNTRIES, Person, Population

COLUMNS = (
    "id",
    "name",
    "given_name",
    "family_name",
    "birth_date",
    "age",
    "sex",
    "nationality",
    "document",
    "phone",
    "address",
    "place",
)
MEMBERS = 1000

# The register: how often a field is missing or poor.
GAPS = {
    "second given missing": 0.15,
    "second surname missing": 0.10,
    "misspelt": 0.02,
    "birth missing": 0.03,
    "only year": 0.02,
    "placeholder": 0.04,
    "sex missing": 0.01,
    "document missing": 0.45,
    "phone missing": 0.45,
    "address missing": 0.35,
    "place missing": 0.05,
}

# The query. Names: each applies by itself, where it can.
NAMES = {
    "second given missing": 0.45,
    "first given missing": 0.05,
    "second surname missing": 0.30,
    "first surname missing": 0.03,
    "surnames exchanged": 0.03,
    "nickname": 0.08,
    "initial": 0.03,
    "misspelt": 0.30,
    "misspelt twice": 0.08,
    "joined": 0.01,
    "given and family swapped": 0.05,
}
ACCENTS_DROPPED, CAPITALS = 0.60, 0.30
ONE_FIELD = 0.20  # the whole name in one field; of these, 0.4 the surname first, half of them with a comma
# The birth date: exactly one of these.
BIRTH = {
    "": 0.55,
    "day and month swapped": 0.04,
    "year off by one": 0.05,
    "digit wrong": 0.04,
    "only year": 0.08,
    "placeholder": 0.04,
    "age": 0.08,
    "age range": 0.05,
    "birth missing": 0.07,
}
# Of the rest: how often it is told at all, and how often what is told is another.
DOCUMENT = {"told": 0.25, "renewed": 0.10, "digits": 0.15}
PHONE = {"told": 0.30, "new": 0.30, "digits": 0.08, "without country": 0.25}
ADDRESS = {"told": 0.20, "moved": 0.40}
PLACE = {"told": 0.60, "moved": 0.30}
SEX = {"missing": 0.05, "wrong": 0.01}
NATIONALITY = {"missing": 0.15, "wrong": 0.02}

Said = dict[str, str]


def register(person: Person, rng: random.Random) -> Said:
    """The person's row in the population file."""

    def gap(name: str) -> bool:
        return rng.random() < GAPS[name]

    given_names, surnames = list(person.given), list(person.surnames)
    if len(given_names) > 1 and gap("second given missing"):
        given_names = given_names[:1]
    if len(surnames) > 1 and gap("second surname missing"):
        surnames = surnames[:1] if person.language == "es" else surnames[-1:]
    if gap("misspelt"):
        words = misspelt(given_names + surnames, rng)
        given_names, surnames = words[: len(given_names)], words[len(given_names) :]
    born = person.born.isoformat()
    if gap("birth missing"):
        born = ""
    elif gap("only year"):
        born = born[:4]
    elif gap("placeholder"):
        born = f"{born[:4]}-01-01"
    return {
        "id": person.id,
        "name": "",
        "given_name": " ".join(given_names),
        "family_name": " ".join(surnames),
        "birth_date": born,
        "age": "",
        "sex": "" if gap("sex missing") else person.sex,
        "nationality": person.country.code,
        "document": "" if gap("document missing") else person.document,
        "phone": "" if gap("phone missing") else person.phone,
        "address": "" if gap("address missing") else person.address,
        "place": "" if gap("place missing") else person.place,
    }


class Asking:
    """Queries about persons, each with the kinds of noise it got. `on`: the day for which ages are told."""

    def __init__(self, people: Population, on: date, seed: int = 1) -> None:
        self.people, self.on, self.rng = people, on, random.Random(f"queries {seed}")

    def about(self, person: Person) -> tuple[Said, list[str]]:
        noise: list[str] = []
        row = dict.fromkeys(COLUMNS, "")
        row |= self._names(person, noise)
        row |= self._birth(person, noise)
        row |= self._rest(person, noise)
        return row, noise

    def _names(self, person: Person, noise: list[str]) -> Said:
        rng = self.rng
        given_names, surnames = list(person.given), list(person.surnames)

        def happens(name: str, possible: bool = True) -> bool:
            if possible and rng.random() < NAMES[name]:
                noise.append(name)
                return True
            return False

        if happens("second given missing", len(given_names) > 1):
            given_names = given_names[:1]
        elif happens("first given missing", len(given_names) > 1):
            given_names = given_names[1:]
        if happens("second surname missing", len(surnames) > 1):
            # in Brazil it is the last one that people go by
            surnames = surnames[:1] if person.language == "es" else surnames[-1:]
        elif happens("first surname missing", len(surnames) > 1):
            surnames = surnames[1:]
        elif happens("surnames exchanged", len(surnames) > 1):
            surnames.reverse()
        if happens("nickname"):
            given_names[0] = short(given_names[0], rng)
        elif happens("initial"):
            given_names[0] = given_names[0][:1]
        times = 2 if happens("misspelt twice") else 1 if happens("misspelt") else 0
        for _ in range(times):
            words = misspelt(given_names + surnames, rng)
            given_names, surnames = words[: len(given_names)], words[len(given_names) :]
        if happens("joined", len(given_names) > 1):
            given_names = ["".join(given_names).title()]
        return self._write_name(given_names, surnames, happens, noise)

    def _write_name(
        self, given_names: list[str], surnames: list[str], happens: Callable[[str], bool], noise: list[str]
    ) -> Said:
        rng = self.rng
        first, last = " ".join(given_names), " ".join(surnames)
        dropped = rng.random() < ACCENTS_DROPPED and strip_accents(first + last) != first + last
        if dropped:
            noise.append("accents dropped")
            first, last = strip_accents(first), strip_accents(last)
        if rng.random() < CAPITALS:
            first, last = first.upper(), last.upper()
        if happens("given and family swapped"):
            first, last = last, first
        if rng.random() >= ONE_FIELD:
            return {"given_name": first, "family_name": last}
        noise.append("one field")
        chance = rng.random()
        return {"name": f"{first} {last}" if chance < 0.6 else f"{last}{',' if chance < 0.8 else ''} {first}"}

    def _birth(self, person: Person, noise: list[str]) -> Said:
        rng, born = self.rng, person.born
        kind = rng.choices(list(BIRTH), weights=list(BIRTH.values()))[0]
        if kind == "day and month swapped" and (born.day > 12 or born.day == born.month):
            kind = ""
        if kind:
            noise.append(kind)
        age = self.on.year - born.year - ((self.on.month, self.on.day) < (born.month, born.day))
        text = born.isoformat()
        if kind == "age":  # told by somebody who guesses now and then
            return {"age": str(max(age + rng.choices((0, 1, -1), weights=(8, 1, 1))[0], 0))}
        if kind == "age range":
            low = max(age - rng.randrange(0, 5), 0)
            return {"age": f"{low}-{low + 4}"}
        if kind == "day and month swapped":
            text = f"{born.year}-{born.day:02d}-{born.month:02d}"
        elif kind == "year off by one":
            text = f"{born.year + rng.choice((1, -1))}{text[4:]}"
        elif kind == "digit wrong":
            text = self._digit(text)
        elif kind == "only year":
            text = text[:4]
        elif kind == "placeholder":
            text = f"{text[:4]}-01-01"
        return {} if kind == "birth missing" else {"birth_date": text}

    def _digit(self, text: str) -> str:
        """One digit of day, month or year wrong, so that it still is a date."""
        while True:
            at = self.rng.choice((2, 3, 5, 6, 8, 9))
            wrong = text[:at] + self.rng.choice("0123456789") + text[at + 1 :]
            if wrong == text:
                continue
            try:
                date.fromisoformat(wrong)
            except ValueError:
                continue
            return wrong

    def _rest(self, person: Person, noise: list[str]) -> Said:
        rng, row = self.rng, {}
        chance = rng.random
        if chance() < DOCUMENT["told"]:
            paper, which = person.document, chance()
            if which < DOCUMENT["renewed"]:
                paper = self.people.paper(person.country)
                noise.append("another document")
            elif which < DOCUMENT["renewed"] + DOCUMENT["digits"]:
                paper = _spoilt(paper, rng)
                noise.append("document's digits")
            row["document"] = paper
        if chance() < PHONE["told"]:
            phone, which = person.phone, chance()
            if which < PHONE["new"]:
                phone = self.people.number(person.country)
                noise.append("another phone")
            elif which < PHONE["new"] + PHONE["digits"]:
                phone = _spoilt(phone, rng)
                noise.append("phone's digits")
            elif which < PHONE["new"] + PHONE["digits"] + PHONE["without country"]:
                phone = phone.removeprefix(person.country.dial)
                noise.append("phone without country")
            row["phone"] = phone
        if chance() < ADDRESS["told"]:
            moved = chance() < ADDRESS["moved"]
            row["address"] = f"Main Street {rng.randrange(1, 300)}" if moved else person.address
            noise += ["another address"] * moved
        if chance() < PLACE["told"]:
            moved = chance() < PLACE["moved"]
            where = rng.choice(COUNTRIES) if moved else person.country
            row["place"] = rng.choice(where.towns) if moved else person.place
            noise += ["another place"] * moved
        which = chance()
        if which >= SEX["missing"]:
            wrong = which < SEX["missing"] + SEX["wrong"]
            row["sex"] = ("M" if person.sex == "F" else "F") if wrong else person.sex
            noise += ["sex wrong"] * wrong
        which = chance()
        if which >= NATIONALITY["missing"]:
            wrong = which < NATIONALITY["missing"] + NATIONALITY["wrong"]
            row["nationality"] = rng.choice(COUNTRIES).code if wrong else person.country.code
            noise += ["nationality wrong"] * (row["nationality"] != person.country.code)
        return row


def _spoilt(number: str, rng: random.Random) -> str:
    """A digit wrong, or two exchanged, or the last one or two lost."""
    kind, at = rng.randrange(3), rng.randrange(1, len(number) - 1)
    if kind == 0:
        return number[:at] + rng.choice("0123456789") + number[at + 1 :]
    if kind == 1:
        return number[:at] + number[at + 1] + number[at] + number[at + 2 :]
    return number[: -rng.choice((1, 2))]


def write(folder: Path, count: int, seed: int = 1, asked: int = MEMBERS, on: date | None = None) -> None:
    """people.csv with `count` persons, queries.csv and truth.csv (id, person, noise; no person: absent)."""
    chosen = random.Random(f"chosen {seed}").sample(range(count + asked), 2 * asked)
    absent, members = set(chosen[:asked]), set(chosen[asked:])
    people, rng = Population(count + asked, seed), random.Random(f"register {seed}")
    subjects: list[tuple[Person, bool]] = []
    folder.mkdir(parents=True, exist_ok=True)
    with (folder / "people.csv").open("w", encoding="utf-8", newline="") as file:
        rows = csv.DictWriter(file, COLUMNS)
        rows.writeheader()
        for number, person in enumerate(people):
            if number in absent or number in members:
                subjects.append((person, number in members))
            if number not in absent:
                rows.writerow(register(person, rng))
    random.Random(f"order {seed}").shuffle(subjects)
    asking = Asking(people, on or date.today(), seed)  # noqa: DTZ011 - an age is told by the local calendar
    with (
        (folder / "queries.csv").open("w", encoding="utf-8", newline="") as queries,
        (folder / "truth.csv").open("w", encoding="utf-8", newline="") as truth,
    ):
        asks, truths = csv.DictWriter(queries, COLUMNS), csv.writer(truth)
        asks.writeheader()
        truths.writerow(("id", "person", "noise"))
        for number, (person, member) in enumerate(subjects):
            row, noise = asking.about(person)
            asks.writerow(row | {"id": f"q{number}"})
            truths.writerow((f"q{number}", person.id if member else "", "; ".join(noise)))


if __name__ == "__main__":
    place, amount, *seeds = sys.argv[1:]
    write(Path(place), int(amount), int(seeds[0]) if seeds else 1)
