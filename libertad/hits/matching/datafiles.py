"""Names of the region as data: read, checked and kept at first use. No row without a source, no row twice.

The files lie in `libertad/hits/data`; what each holds, where from and under which licence is in
docs/hits-data.md. Names stand as they are properly spelt, in lower case with their accents: fold them as you
fold what you compare.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from functools import cache
from operator import itemgetter
from pathlib import Path
from typing import Literal, NamedTuple

from libertad.vocabulary import yamlfile

FOLDER = Path(__file__).parents[1] / "data"

Role = Literal["particle", "title", "generation", "married"]
Part = Literal["given", "family"]
ROLES = ("particle", "title", "generation", "married")
NAMESAKES = ("first", "marked", "short", "title", "mark")
SYSTEMS = ("wade-giles", "cantonese", "hokkien", "hakka", "akan", "indian", "arabic")
LANGUAGE = re.compile(r"any|[a-z]{2,3}")
COUNTRY = re.compile(r"[A-Z]{2}")


class Fault(ValueError):
    """A row that breaks its file's rule, said with file and line."""

    def __init__(self, file: str, line: int, problem: str) -> None:
        super().__init__(f"{file}, line {line}: {problem}")


class Source(NamedTuple):
    title: str
    address: str
    licence: str


class Nickname(NamedTuple):
    """Bearers of `name` are called `nickname`. `weight`: the part of `name` among all names that the file has
    for the nickname in this language, by how many people bear them (`tools/nickname_weights.py`)."""

    name: str
    nickname: str
    weight: float
    language: str
    source: str


class Variant(NamedTuple):
    """`form` is `canonical` written in another system. One form may stand for several names."""

    form: str
    canonical: str
    system: str
    source: str


class Particle(NamedTuple):
    particle: str
    language: str
    role: str
    source: str


class Namesake(NamedTuple):
    """A word that is a particle or title in one language and a name in `language`. Role: where it is one.

    `first`: in the first place of a whole name; `marked`: where another word shows the language (`mark`,
    itself no particle); `short`: only where else no two words were left; `title`: wherever it stands.
    """

    word: str
    language: str
    role: str
    source: str


class Spelt(NamedTuple):
    """A word of Arabic names without its article, and its `forms` in Latin letters, the commonest first,
    parted by blanks."""

    written: str
    forms: str
    source: str


class Frequency(NamedTuple):
    """`share` of a country's people carry `name`, among their given or among their family names."""

    name: str
    country: str
    share: float
    source: str


@cache
def sources() -> dict[str, Source]:
    """Where rows come from, by the code that they name."""
    data = yamlfile.read(FOLDER / "sources.yaml")
    return {code: Source(**row) for code, row in data["sources"].items()}


@cache
def peoples() -> dict[str, str]:
    """A nationality's code (two letters, lower case) by what the country and its people are called."""
    code_by_name: dict[str, str] = {}
    for file in ("countries.yaml", "country-names.yaml"):
        for line, (code, called) in enumerate(yamlfile.read(FOLDER / file).items(), 1):
            if not COUNTRY.fullmatch(str(code)):
                raise Fault(file, line, f"'{code}' is no country's code; 'NO' is written with quotes")
            for name in called.split():
                if code_by_name.get(name, code.lower()) != code.lower():
                    raise Fault(file, line, f"'{name}' is {code_by_name[name].upper()} and {code}")
                code_by_name[name] = code.lower()
    return code_by_name


@cache
def nicknames() -> tuple[Nickname, ...]:
    """Names and what their bearers are called; a pair stands once a language."""
    pairs = []
    for line, row in rows("nicknames.csv", Nickname._fields, ("name", "nickname", "language")):
        weight = number("nicknames.csv", line, row["weight"])
        nickname = Nickname(row["name"], row["nickname"], weight, row["language"], row["source"])
        if nickname.name == nickname.nickname:
            raise Fault("nicknames.csv", line, f"'{nickname.name}' is no nickname of itself")
        pairs.append(nickname)
    return tuple(pairs)


@cache
def variants() -> tuple[Variant, ...]:
    """Forms of names in other romanisations; a pair of form and name stands once."""
    forms = []
    for line, row in rows("variants.csv", Variant._fields, ("form", "canonical")):
        if row["system"] not in SYSTEMS:
            raise Fault("variants.csv", line, f"'{row['system']}' is none of {', '.join(SYSTEMS)}")
        forms.append(Variant(**row))
    return tuple(forms)


@cache
def arabic() -> tuple[Spelt, ...]:
    """How words in Arabic letters are spelt; each stands once."""
    return tuple(Spelt(**row) for _line, row in rows("arabic.csv", Spelt._fields, ("written",)))


@cache
def particles() -> tuple[Particle, ...]:
    """Words that stand with names and tell nobody apart, by language and role; some have two roles."""
    words = []
    for line, row in rows("particles.csv", Particle._fields, ("particle", "language", "role")):
        if row["role"] not in ROLES:
            raise Fault("particles.csv", line, f"'{row['role']}' is none of {', '.join(ROLES)}")
        words.append(Particle(**row))
    return tuple(words)


@cache
def namesakes() -> tuple[Namesake, ...]:
    """Particles that are names elsewhere, and the words that show where; a word stands once a language."""
    words = []
    for line, row in rows("namesakes.csv", Namesake._fields, ("word", "language")):
        if row["role"] not in NAMESAKES:
            raise Fault("namesakes.csv", line, f"'{row['role']}' is none of {', '.join(NAMESAKES)}")
        words.append(Namesake(**row))
    return tuple(words)


@cache
def frequencies(part: Part) -> tuple[Frequency, ...]:
    """How common names are, by country (ISO 3166, two letters); a name stands once a country."""
    file = f"frequency-{part}.csv"
    names = []
    for line, row in rows(file, Frequency._fields, ("name", "country")):
        share = number(file, line, row["share"])
        if not COUNTRY.fullmatch(row["country"]):
            raise Fault(file, line, f"'{row['country']}' is no country's code")
        names.append(Frequency(row["name"], row["country"], share, row["source"]))
    return tuple(names)


def known_as(fold: Callable[[str], str]) -> dict[str, dict[str, float]]:
    """Nickname to the names it may stand for and their weights, folded by `fold`; all languages together."""
    by_nickname: dict[str, dict[str, float]] = {}
    for row in nicknames():
        names = by_nickname.setdefault(fold(row.nickname), {})
        name = fold(row.name)
        names[name] = max(names.get(name, 0.0), row.weight)
    return by_nickname


def written_for(fold: Callable[[str], str]) -> dict[str, frozenset[str]]:
    """Form to all names that it may be written for, itself among them, all folded by `fold`. Two words may be
    the same name where these sets meet: Wong may be Huang or Wang."""
    by_form: dict[str, set[str]] = {}
    for row in variants():
        form = fold(row.form)
        by_form.setdefault(form, {form}).add(fold(row.canonical))
    return {form: frozenset(names) for form, names in by_form.items()}


def shares(part: Part, fold: Callable[[str], str]) -> dict[str, dict[str, float]]:
    """Country to name to share, names folded by `fold`; spellings that fall together add up."""
    by_country: dict[str, dict[str, float]] = {}
    for row in frequencies(part):
        country = by_country.setdefault(row.country, {})
        key = fold(row.name)
        country[key] = min(1.0, country.get(key, 0.0) + row.share)
    return by_country


def rows(file: str, fields: tuple[str, ...], key: tuple[str, ...]) -> Iterator[tuple[int, dict[str, str]]]:
    """The rows of a file with their line numbers. Refused: another header, an empty or untrimmed cell,
    capitals in a name, an unknown source, a row whose `key` was there before."""
    seen_keys: set[object] = set()
    source, language = fields.index("source"), fields.index("language") if "language" in fields else None
    get_key, known = itemgetter(*map(fields.index, key)), sources()
    with (FOLDER / file).open(encoding="utf-8", newline="") as lines:
        table = csv.reader(lines)
        if tuple(next(table, ())) != fields:
            raise Fault(file, 1, f"the header must be {','.join(fields)}")
        for line, cells in enumerate(filter(None, table), 2):
            if len(cells) != len(fields) or not all(cells) or cells != list(map(str.strip, cells)):
                raise Fault(file, line, "a cell is empty, too many or not trimmed")
            if cells[0] != cells[0].lower():
                raise Fault(file, line, f"'{cells[0]}' is not in lower case")
            if cells[source] not in known:
                raise Fault(file, line, f"the source '{cells[source]}' is not in sources.yaml")
            if language is not None and not LANGUAGE.fullmatch(cells[language]):
                raise Fault(file, line, f"'{cells[language]}' is no language's code")
            if (row_key := get_key(cells)) in seen_keys:
                raise Fault(
                    file, line, f"{row_key if isinstance(row_key, str) else ', '.join(row_key)} stands twice"
                )
            seen_keys.add(row_key)
            yield line, dict(zip(fields, cells, strict=True))


def number(file: str, line: int, text: str) -> float:
    """A share above 0 and at most 1."""
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value <= 1:
        raise Fault(file, line, f"'{text}' is not above 0 and at most 1")
    return value
