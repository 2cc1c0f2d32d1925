"""A synthetic population: ours, made up and called so. No person in it exists.

People of the region's countries (and workers from China and India) in households that share surnames, an
address and sometimes a phone, with siblings and twins. Names by `bench._names`. Two surnames where Spanish is
spoken (the father's first), Portuguese order in Brazil (the mother's first), one elsewhere. `Person` is the
truth; what a register and a query say of it is in `bench._said`.
"""

from __future__ import annotations

import csv
import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path

from bench._names import pool

BORN_UNTIL = date(2026, 11, 1)  # births do not follow the clock, so that a seed is one population for ever
TWINS = 0.012


@dataclass(frozen=True, slots=True)
class Country:
    """A line of _countries.csv: its `share` of the population, languages with shares, `dial` and digits of a
    phone, `papers` (how a document is numbered: 'L' a letter, '9' a digit), how many wives take their
    husband's name (`married`) and how many people have a `second` given name. Set by us, roughly as the
    countries are."""

    code: str
    share: float
    languages: tuple[tuple[str, float], ...]
    dial: str
    digits: int
    papers: str
    married: float
    second: float
    towns: tuple[str, ...]


def _read() -> tuple[Country, ...]:
    with (Path(__file__).parent / "_countries.csv").open(encoding="utf-8", newline="") as file:
        return tuple(
            Country(
                row["code"],
                float(row["share"]),
                tuple((language[:2], int(language[2:]) / 100) for language in row["languages"].split()),
                row["dial"],
                int(row["digits"]),
                row["papers"],
                float(row["married"]),
                float(row["second"]),
                tuple(row["towns"].split(", ")),
            )
            for row in csv.DictReader(file)
        )


COUNTRIES = _read()
PARTICLES = {"pt": (("da ", 0.12), ("dos ", 0.06), ("de ", 0.05)), "es": (("De La ", 0.01), ("Del ", 0.01))}
STREETS = {
    "es": "Calle {} {}",
    "pt": "Rua {} {}",
    "nl": "{}straat {}",
    "fr": "{1}, rue {0}",
    "en": "{1} {0} Street",
}


@dataclass(frozen=True, slots=True)
class Person:
    """The truth of one person."""

    id: str
    given: tuple[str, ...]
    surnames: tuple[str, ...]
    country: Country
    language: str
    sex: str
    born: date
    document: str
    phone: str
    address: str
    place: str


class Population:
    """`count` persons in order, the same for a seed; iterate to make them."""

    def __init__(self, count: int, seed: int = 1) -> None:
        self.count, self.rng = count, random.Random(f"people {seed}")
        self._drawn: dict[tuple[str, ...], list[str]] = {}
        self._made = 0

    def __iter__(self) -> Iterator[Person]:
        rng = self.rng
        weights = [country.share for country in COUNTRIES]
        while True:
            for country in rng.choices(COUNTRIES, weights=weights, k=1000):
                for person in self._household(country):
                    yield person
                    if self._made == self.count:
                        return

    def name(self, kind: str, language: str, country: str, sex: str = "") -> str:
        key = (kind, language, country, sex)
        drawn = self._drawn.get(key)
        if not drawn:
            drawn = self._drawn[key] = pool(*key).draw(self.rng, 5000)
        return drawn.pop()

    def _surname(self, country: Country, language: str) -> str:
        name, chance = self.name("family", language, country.code), self.rng.random()
        for particle, share in PARTICLES.get(language, ()):
            if chance < share:
                return particle + name
            chance -= share
        return name

    def _surnames(self, country: Country, language: str) -> tuple[str, ...]:
        two = language in ("es", "pt")
        return tuple(self._surname(country, language) for _ in range(2 if two else 1))

    def _given_names(self, country: Country, language: str, sex: str) -> tuple[str, ...]:
        first = self.name("given", language, country.code, sex)
        if " " in first or self.rng.random() >= country.second:
            return (first,)
        second = self.name("given", language, country.code, sex)
        return (first,) if second == first else (first, second)

    def paper(self, country: Country) -> str:
        rng = self.rng
        alphabets = {"9": "0123456789", "L": "ABCDEFGHJKLMNPRSTUVWXYZ"}
        shape = country.papers
        if country.code in ("VE", "TT"):  # the letter means something there
            alphabets = {"9": alphabets["9"]}
        return "".join(rng.choice(alphabets[c]) if c in alphabets else c for c in shape)

    def number(self, country: Country) -> str:
        rest = country.digits - 1
        return f"{country.dial}{self.rng.randrange(2, 10)}{self.rng.randrange(10**rest):0{rest}d}"

    def _person(
        self,
        country: Country,
        language: str,
        surnames: tuple[str, ...],
        sex: str,
        born: date,
        home: tuple[str, str, str],
    ) -> Person:
        self._made += 1
        address, place, phone = home
        if self.rng.random() >= 0.15 or not phone:
            phone = self.number(country)
        names = self._given_names(country, language, sex)
        paper = self.paper(country)
        return Person(
            f"p{self._made}", names, surnames, country, language, sex, born, paper, phone, address, place
        )

    def _home(self, country: Country, language: str) -> tuple[str, str, str]:
        rng = self.rng
        street = STREETS.get(language, STREETS["en"])
        address = street.format(self.name("family", language, country.code), rng.randrange(1, 200))
        towns = country.towns
        place = towns[min(int(rng.expovariate(0.6)), len(towns) - 1)]
        return address, place, self.number(country)

    def _born(self, youngest: float, oldest: float) -> date:
        return BORN_UNTIL - timedelta(days=self.rng.randrange(int(youngest * 365), int(oldest * 365)))

    def _household(self, country: Country) -> Iterator[Person]:
        """One alone; or a mother, mostly with a partner, and children with their ages apart."""
        rng = self.rng
        language = _spoken(country, rng.random())
        home = self._home(country, language)
        father, mother = self._surnames(country, language), self._surnames(country, language)
        if rng.random() < 0.3:
            sex = rng.choice("FM")
            yield self._person(country, language, father, sex, self._born(16, 70), home)
            return
        eldest = rng.randrange(0, 28)
        hers = self._born(eldest + 16, eldest + 40)
        partner = rng.random() < 0.6
        children = born_to(language, father if partner or rng.random() < 0.6 else mother, mother)
        wife = married(language, mother, father) if partner and rng.random() < country.married else mother
        yield self._person(country, language, wife, "F", hers, home)
        if partner:
            his = hers - timedelta(days=rng.randrange(-4 * 365, 9 * 365))
            yield self._person(country, language, father, "M", his, home)
        born = self._born(eldest, eldest + 1)
        for _ in range(1 + min(int(rng.expovariate(0.7)), 6)):
            yield self._person(country, language, children, rng.choice("FM"), born, home)
            if rng.random() < TWINS:
                yield self._person(country, language, children, rng.choice("FM"), born, home)
            born += timedelta(days=rng.randrange(330, 5 * 365))
            if born > BORN_UNTIL:
                return


def _spoken(country: Country, chance: float) -> str:
    for language, share in country.languages:
        if chance < share:
            return language
        chance -= share
    return country.languages[0][0]


def born_to(language: str, father: tuple[str, ...], mother: tuple[str, ...]) -> tuple[str, ...]:
    """A child's surnames: Spanish father's then mother's, Portuguese mother's last then father's last."""
    if language == "es":
        return (father[0], mother[0])
    if language == "pt":
        return (mother[-1], father[-1])
    return father


def married(language: str, hers: tuple[str, ...], his: tuple[str, ...]) -> tuple[str, ...]:
    """'García de Pérez', 'Souza Silva', 'Pinas-Wong' in Dutch, else the husband's."""
    if language == "es":
        return (hers[0], f"de {his[0]}")
    if language == "pt":
        return (hers[-1], his[-1])
    if language == "nl":
        return (f"{his[0]}-{hers[0]}",)
    return his
