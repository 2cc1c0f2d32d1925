"""Pairs of names in many scripts: names of several words as they are written and as people write them in
Latin letters, and hard ones that are of two persons (one word shared, the others not).

Words are those of `bench.peers.scripts`; Arabic names are also those of persons on Wikidata in two spellings.
Latin names are the region's of popnames, with spellings of `_scripts_latin.csv` (issue 11's examples and
general knowledge). All is in two halves, cut by a hash of each word, or of each person: `change` is for
whoever changes the matcher, `measure` for measuring alone. Declared on 27 November 2026, before anything was
changed.
"""

from __future__ import annotations

import csv
import hashlib
import random
import unicodedata
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from anyascii import anyascii
from rapidfuzz import fuzz

from bench._judging import area, best_f1
from bench._names import data

HALVES = ("change", "measure")
PAIRS = 120  # matches a kind and half, and as many that are none
ARABIC = frozenset(
    (
        "EG",
        "SY",
        "IQ",
        "LB",
        "MA",
        "SA",
        "PS",
        "JO",
        "AE",
        "YE",
        "KW",
        "QA",
        "SD",
        "BH",
        "LY",
        "OM",
        "MR",
        "DZ",
        "TN",
    )
)
EAST = frozenset(("IR", "PK", "AF"))
LATIN = ("VE", "CO", "DO", "BR", "HT", "PT", "FR", "ES", "NL", "PE", "CU", "MX", "AR")
SPELT = Path(__file__).with_name("_scripts_latin.csv")
Word = tuple[str, list[str]]  # as written, and its spellings
Naming = Callable[[random.Random], "Called"]


@dataclass(frozen=True)
class Pair:
    """Two names, of one person or not; `kind` says what is beside what."""

    kind: str
    left: str
    right: str
    same: bool


@dataclass(frozen=True)
class Called:
    """A name of several words, and another writing of each word."""

    written: tuple[str, ...]
    spelt: tuple[str, ...]


def half_of(word: str) -> str:
    """The half that a word or a person belongs to."""
    return HALVES[hashlib.sha256(word.encode()).digest()[0] & 1]


def pairs(told: Mapping[str, Any], half: str, seed: int = 11) -> list[Pair]:
    """All pairs of a half. `told`: what `bench.peers.scripts.names` gives."""
    rng, collected = random.Random(f"{seed} {half}"), []
    words = {
        script: [(name, forms) for name, forms in sorted(rows.items()) if forms and half_of(name) == half]
        for script, rows in told["words"].items()
    }
    for kind, called in _kinds(words, told["wade-giles"]).items():
        collected += list(_make_pairs(kind, called, rng))
    for kind, countries in (("Arabic, persons", ARABIC), ("Persian and Urdu, persons", EAST)):
        collected += list(_persons(kind, told["people"], countries, half, rng))
    return collected + list(_latin(half, rng))


def ratios(pairs: Sequence[Pair]) -> list[float]:
    """What anybody has at hand: rapidfuzz's WRatio of what anyascii makes of the names, in small letters."""
    return [fuzz.WRatio(anyascii(pair.left).lower(), anyascii(pair.right).lower()) for pair in pairs]


def by_kind(pairs: Sequence[Pair], scores: Mapping[str, Sequence[float]]) -> dict[str, dict[str, str]]:
    """Kind -> matcher -> its best F1 there and the area under its curve."""
    kinds: dict[str, list[int]] = defaultdict(list)
    for at, pair in enumerate(pairs):
        kinds[pair.kind].append(at)
    return {
        f"{kind}, {len(spots)} pairs": {
            name.split()[-1]: _figures([(of[at], pairs[at].same) for at in spots])
            for name, of in scores.items()
        }
        for kind, spots in kinds.items()
    }


def _figures(scored: list[tuple[float, bool]]) -> str:
    return f"F1 {best_f1(scored, sum(held for _, held in scored)).f1:.3f}, area {area(scored):.3f}"


def _kinds(words: Mapping[str, list[Word]], wade: Mapping[str, list[str]]) -> dict[str, Naming]:
    han, given_words = words["Han surnames"], words["Han given"]

    def mixed(script: str, minimum: int, maximum: int) -> Naming:
        def called(rng: random.Random) -> Called:
            chosen = rng.sample(words[script], rng.randint(minimum, maximum))
            return Called(tuple(name for name, _ in chosen), tuple(_title(rng.choice(f)) for _, f in chosen))

        return called

    def spelt(script: str) -> Naming:
        several = [row for row in words[script] if len(row[1]) > 1]

        def called(rng: random.Random) -> Called:
            forms = [rng.sample(row[1], 2) for row in rng.sample(several, 2)]
            return Called(tuple(_title(f[0]) for f in forms), tuple(_title(f[1]) for f in forms))

        return called

    def chinese(system: str, writing: str) -> Naming:
        def called(rng: random.Random) -> Called:
            surname = rng.choice([row for row in han if row[0] in wade])
            names = rng.sample([row for row in given_words if row[0] in wade and len(row[0]) == 1], 2)
            syllables = {
                "han": (surname[0], "".join(name for name, _ in names)),
                "pinyin": (_title(surname[1][0]), _title("".join(forms[0] for _, forms in names))),
                "wade-giles": (
                    _title(wade[surname[0]][0]),
                    _title("-".join(wade[name][0] for name, _ in names)),
                ),
                "elsewhere": (_title(surname[1][-1]), _title(" ".join(forms[0] for _, forms in names))),
            }
            left, right = syllables[writing], syllables[system]
            if writing == "han":
                left = ("".join(left),)  # type: ignore[assignment]
            return Called(left, right if rng.random() < 0.5 else right[::-1])

        return called

    def korean(rng: random.Random) -> Called:
        surname, names = rng.choice(words["Hangul surnames"]), rng.sample(words["Hangul given"], 2)
        syllables = [rng.choice(forms) for _, forms in names]
        given_name = _title(rng.choice(["", "-", " "]).join(syllables))
        latin = (_title(rng.choice(surname[1])), given_name)
        return Called(
            (surname[0] + "".join(n for n, _ in names),), latin if rng.random() < 0.5 else latin[::-1]
        )

    return {
        "Arabic, made up": mixed("Arabic", 2, 3),
        "Arabic, two spellings": spelt("Arabic"),
        "Persian, made up": mixed("Persian", 2, 3),
        "Han, Pinyin": chinese("pinyin", "han"),
        "Han, Wade-Giles": chinese("wade-giles", "han"),
        "Pinyin, Wade-Giles": chinese("wade-giles", "pinyin"),
        "Han, abroad": chinese("elsewhere", "han"),
        "Hangul": korean,
        "Cyrillic": mixed("Cyrillic surnames", 2, 2),
        "Hebrew": mixed("Hebrew", 2, 3),
        "Devanagari": mixed("Devanagari", 2, 3),
        "Devanagari, two spellings": spelt("Devanagari"),
        "Bengali": mixed("Bengali", 2, 3),
        "Bengali, two spellings": spelt("Bengali"),
    }


def _title(text: str) -> str:
    return text[:1].upper() + text[1:]


def _make_pairs(kind: str, called: Naming, rng: random.Random) -> Iterator[Pair]:
    """Names with their other writing, and with that of another who shares one word with them."""
    known: list[Called] = [called(rng) for _ in range(PAIRS)]
    for naming in known:
        yield Pair(kind, " ".join(naming.written), " ".join(naming.spelt), True)
    for at, naming in enumerate(known):
        neighbour = known[(at + 1) % len(known)]
        place = rng.randrange(len(naming.spelt))
        spelt = [*neighbour.spelt]
        spelt[min(place, len(spelt) - 1)] = naming.spelt[place]
        if set(spelt) != set(naming.spelt):
            yield Pair(kind, " ".join(naming.written), " ".join(spelt), False)


def _persons(
    kind: str, people: Sequence[Sequence[str]], countries: frozenset[str], half: str, rng: random.Random
) -> Iterator[Pair]:
    """Persons of these countries: Arabic beside Latin letters, two Latin spellings, and others who share a
    word.

    A name of which one side tells words that the other does not is left out, but for 'al' and the like.
    """
    spelt: dict[str, list[str]] = defaultdict(list)
    for key, latin, country in people:
        words = key.split()
        if country not in countries or half_of(key) != half or len(words) not in (2, 3):
            continue
        if len(latin.replace("-", " ").split()) >= len(words):
            spelt[key].append(latin)
    keys = sorted(spelt)
    sharing: dict[str, list[str]] = defaultdict(list)
    for key in keys:
        for word in set(key.split()):
            sharing[word].append(key)
    several = [key for key in keys if len(set(spelt[key])) == 2]
    for key in rng.sample(keys, 2 * PAIRS):
        yield Pair(kind, key, rng.choice(spelt[key]), True)
        if sharers := _sharing(key, sharing, rng):
            yield Pair(kind, key, rng.choice(spelt[rng.choice(sharers)]), False)
    for key in rng.sample(several, PAIRS):
        first, second = sorted(set(spelt[key]))
        yield Pair(f"{kind}, two spellings", first, second, True)
        if sharers := _sharing(key, sharing, rng):
            yield Pair(f"{kind}, two spellings", first, rng.choice(spelt[rng.choice(sharers)]), False)


def _sharing(key: str, sharing: Mapping[str, Sequence[str]], rng: random.Random) -> list[str]:
    """Others who share a word with this one, and of whom each has a word that the other has not."""
    words = set(key.split())
    return [
        other
        for word in sorted(words)
        for other in rng.sample(sharing[word], min(8, len(sharing[word])))
        if not set(other.split()) <= words and not words <= set(other.split())
    ]


def _latin(half: str, rng: random.Random) -> Iterator[Pair]:
    """Names of the region without their marks, in another order, joined, or as another spells them."""
    forenames, family = _popular("forenames", half), _popular("surnames", half)
    with SPELT.open(encoding="utf-8", newline="") as file:
        spelt = [
            (row["name"], row["spelling"]) for row in csv.DictReader(file) if half_of(row["name"]) == half
        ]

    def marked(rng: random.Random) -> Called:
        names, surnames = rng.sample(forenames, 2), rng.sample(family, 2)
        bare = [_bare(word) for word in (*names, *surnames)]
        variant = rng.choice(
            [
                bare,
                [*bare[2:], *bare[:2]],
                [bare[0] + bare[1].lower(), *bare[2:]],
                [*bare[:3]],
                [bare[0], *bare[2:]],
            ]
        )
        return Called((*names, *surnames), tuple(rng.choice((word, word.upper())) for word in variant))

    def otherwise(rng: random.Random) -> Called:
        (name, spelling), surname = rng.choice(spelt), rng.choice(family)
        return Called((name, surname), (spelling, surname))

    yield from _make_pairs("Latin", marked, rng)
    yield from _make_pairs("Latin, two spellings", otherwise, rng)


def _popular(kind: str, half: str) -> list[str]:
    place = data() / "matching" / "popnames" / f"common-{kind}-by-country.csv"
    with place.open(encoding="utf-8-sig", newline="") as file:
        rows = [row["Localized Name"] for row in csv.DictReader(file) if row["Country"] in LATIN]
    return sorted({name for name in rows if half_of(name) == half and len(name) > 2 and ord(name[0]) < 0x250})


def _bare(word: str) -> str:
    return "".join(c for c in unicodedata.normalize("NFD", word) if not unicodedata.combining(c))
