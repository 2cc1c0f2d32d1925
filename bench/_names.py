"""Names for the synthetic population: common ones from popnames, rarer ones made in their manner.

Common names have the shares that the files give. Where a file gives none, ranks follow a power law. The lists
are short (10 to 100 names a country), and no country is made of 30 surnames: what the lists do not cover
goes to names of the neighbours with the same language, then to names that a Markov chain over the
language's own names makes up, whose frequencies fall as 1 / (rank + 60). So there are common names, rare
names, and rare names that look like common ones.
"""

from __future__ import annotations

import csv
import os
import random
import unicodedata
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cache
from itertools import accumulate
from pathlib import Path

MADE_UP = 4000  # distinct made-up names a language and kind
FLAT = 60
HEAD_SURNAMES, HEAD_GIVEN = 0.40, 0.25  # of all bearers at most, where the file tells no shares
EACH = 0.015  # and at most so many a listed name
NEIGHBOURS = 0.30  # of the rest: names of other countries of the language
ORDER = 2
TRIES = 20
LOST = {"Ferndo": "Fernando", "Berrdo": "Bernardo", "thaniel": "Nathaniel"}  # a syllable, in the file itself

# Language areas, with the countries whose lists are pooled for them.
LANGUAGES: dict[str, tuple[str, ...]] = {
    "es": (
        "CO",
        "MX",
        "ES",
        "AR",
        "PE",
        "VE",
        "DO",
        "CU",
        "EC",
        "CL",
        "CR",
        "GT",
        "PA",
        "PR",
        "PY",
        "BO",
        "UY",
    ),
    "pt": ("BR", "PT"),
    "nl": ("AW", "NL", "SR"),
    "fr": ("FR", "HT", "CH", "BE", "ML"),
    "en": ("GB", "US", "JM", "IE", "AU", "NZ"),
    "in": ("IN", "NP", "BD", "PK", "LK"),
    "zh": ("CN", "TW"),
}
# What the chain learns from besides, where a language's own lists are too short to make new names of.
ALSO = {"pt": ("es",), "nl": ("en", "es"), "fr": ("en",)}


def data() -> Path:
    """The folder of shared data sets (`LIBERTAD_DATA`)."""
    default = Path(__file__).resolve().parents[2] / "shared" / "data"
    place = Path(os.environ.get("LIBERTAD_DATA") or default)
    if not (place / "matching").is_dir():
        raise FileNotFoundError(f"no data sets for matching in {place}: set LIBERTAD_DATA")
    return place


@dataclass
class Pool:
    """Names with their shares; `draw` draws many at once, which is what makes a million persons quick."""

    names: list[str]
    shares: list[float]
    sums: list[float] = field(init=False)

    def __post_init__(self) -> None:
        self.sums = list(accumulate(self.shares))

    def draw(self, rng: random.Random, count: int) -> list[str]:
        return rng.choices(self.names, cum_weights=self.sums, k=count)


def strip_accents(text: str) -> str:
    """Without accents; the letters that are letters of their own (ñ) too."""
    return "".join(c for c in unicodedata.normalize("NFD", text) if not unicodedata.combining(c))


@cache
def listed(kind: str) -> dict[str, list[tuple[str, float]]]:
    """Country (and 'VE F' with the sex, for given names) -> names with their shares, as the file has them."""
    name = "common-surnames-by-country.csv" if kind == "family" else "common-forenames-by-country.csv"
    by_key: dict[str, list[tuple[str, float]]] = defaultdict(list)
    with (data() / "matching" / "popnames" / name).open(encoding="utf-8-sig", newline="") as file:
        for row in csv.DictReader(file):
            spelling = LOST.get(row["Romanized Name"].strip(), row["Romanized Name"].strip())
            if not spelling or not spelling[0].isupper():  # 'than': the file lost a syllable
                continue
            key = row["Country"] if kind == "family" else f"{row['Country']} {row['Gender']}"
            share = float((row.get("Percent") or "0").replace(",", "") or 0)
            count = float((row.get("Count") or "0").replace(",", "") or 0)
            by_key[key].append((spelling, share or count))
    return by_key


def _shares(names: Sequence[tuple[str, float]], head: float) -> dict[str, float]:
    """Shares of a country's listed names, of 1 for all its people."""
    total = sum(share for _, share in names)
    if 0 < total < 0.8:  # the file's own percentages
        return {name: share for name, share in names if share}
    weights = [share or 1 / (rank + 5) for rank, (_, share) in enumerate(names)]
    if total > 1 and any(not share for _, share in names):
        weights = [1 / (rank + 5) for rank in range(len(names))]
    return {name: head * weight / sum(weights) for (name, _), weight in zip(names, weights, strict=True)}


def made_up(names: Sequence[str], count: int, rng: random.Random) -> list[str]:
    """New words in the manner of `names`, by a chain of the last two letters."""
    after: dict[str, list[str]] = defaultdict(list)
    known = set(names)
    for name in names:
        text = "^" * ORDER + name.lower() + "$"
        for place in range(ORDER, len(text)):
            for order in range(1, ORDER + 1):
                after[text[place - order : place]].append(text[place])
    words: dict[str, None] = {}
    for _ in range(count * TRIES):
        text = "^" * ORDER
        while not text.endswith("$") and len(text) < 16:
            # now and then forget a letter: a chain of few names would only repeat them
            order = ORDER if rng.random() < 0.9 else ORDER - 1
            text += rng.choice(after[text[-order:]])
        word = text.strip("^$").title()
        if 3 <= len(word) <= 11 and " " not in word and word not in known:
            words[word] = None
            if len(words) == count:
                break
    return list(words)


def _pooled(kind: str, language: str, sex: str) -> list[str]:
    lists = listed(kind)
    keys = [f"{country} {sex}".strip() for country in LANGUAGES[language]]
    return list(dict.fromkeys(name for key in keys for name, _ in lists.get(key, [])))


@cache
def _rare(kind: str, language: str, sex: str) -> list[str]:
    learnt = [name for of in (language, *ALSO.get(language, ())) for name in _pooled(kind, of, sex)]
    single = [name for name in learnt if " " not in name and "-" not in name]
    return made_up(single, MADE_UP, random.Random(f"{kind} {language} {sex}"))


@cache
def pool(kind: str, language: str, country: str, sex: str = "") -> Pool:
    """All names of one kind ('given', 'family') of a country, with their shares."""
    names = listed(kind).get(f"{country} {sex}".strip(), [])
    head = min(HEAD_GIVEN if kind == "given" else HEAD_SURNAMES, EACH * len(names))
    shares: dict[str, float] = defaultdict(float, _shares(names, head) if names else {})
    rest = 1 - sum(shares.values())
    near = _pooled(kind, language, sex)
    for rank, name in enumerate(near):
        shares[name] += rest * NEIGHBOURS / (rank + 20) / sum(1 / (r + 20) for r in range(len(near)))
    rare = _rare(kind, language, sex)
    falling = [1 / (rank + FLAT) for rank in range(len(rare))]
    for name, weight in zip(rare, falling, strict=True):
        shares[name] += rest * (1 - NEIGHBOURS) * weight / sum(falling)
    return Pool(list(shares), list(shares.values()))
