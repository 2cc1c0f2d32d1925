"""Writes the weights of libertad/hits/data/nicknames.csv from how common names are.

    python -m tools.nickname_weights

A weight says how likely a nickname means that name: the bearers of the name, among the bearers of all names
that the file has for the nickname in that language. Counted over the countries of the language, each with the
same weight, by frequency-given.csv. It takes the nickname to be as usual for one name as for another: nobody
has counted that.
"""

from __future__ import annotations

import csv
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from typing import NamedTuple

from libertad.hits.matching.datafiles import FOLDER, shares
from libertad.hits.matching.text import normalise_text

FILE = FOLDER / "nicknames.csv"
COUNTRIES = {
    "en": ("AG", "BB", "BZ", "DM", "GY", "JM", "KN", "LC", "TT", "US", "VC"),
    "es": ("CO", "CR", "CU", "DO", "EC", "ES", "GT", "HN", "NI", "PA", "PE", "SV", "VE"),
    "fr": ("FR", "HT"),
    "nl": ("NL", "SR"),
    "pt": ("BR",),
}
LEAST = 1e-4  # a name that no list of the language has: rarer than one in 10,000
PLACES = 3


class Pair(NamedTuple):
    name: str
    nickname: str
    language: str


def common(name: str, language: str, by_country: Mapping[str, Mapping[str, float]]) -> float:
    """The share of people with this given name, mean over the countries of the language."""
    countries = COUNTRIES[language]
    return max(
        LEAST,
        sum(by_country.get(country, {}).get(normalise_text(name), 0.0) for country in countries)
        / len(countries),
    )


def weights(pairs: Iterable[Pair], by_country: Mapping[str, Mapping[str, float]]) -> dict[Pair, float]:
    """Each pair's part; spellings of one name (Antônio, António) have the same and count once."""
    meant: dict[tuple[str, str], dict[str, float]] = defaultdict(dict)
    pairs = list(pairs)
    for pair in pairs:
        meant[normalise_text(pair.nickname), pair.language][normalise_text(pair.name)] = common(
            pair.name, pair.language, by_country
        )
    by_pair = {}
    for pair in pairs:
        names = meant[normalise_text(pair.nickname), pair.language]
        part = names[normalise_text(pair.name)] / sum(names.values())
        by_pair[pair] = max(round(part, PLACES), 10**-PLACES)
    return by_pair


def weighted(rows: Sequence[Mapping[str, str]]) -> list[dict[str, str]]:
    """The rows, in order of language, name and nickname, with their weights."""
    ordered = sorted(
        rows, key=lambda row: (row["language"], normalise_text(row["name"]), normalise_text(row["nickname"]))
    )
    pairs = [Pair(row["name"], row["nickname"], row["language"]) for row in ordered]
    by_pair = weights(pairs, shares("given", normalise_text))
    return [
        {**row, "weight": f"{by_pair[pair]:.{PLACES}g}"} for row, pair in zip(ordered, pairs, strict=True)
    ]


def main() -> None:
    with FILE.open(encoding="utf-8", newline="") as lines:
        rows = weighted(list(csv.DictReader(lines)))
    with FILE.open("w", encoding="utf-8", newline="") as lines:
        table = csv.DictWriter(
            lines, ("name", "nickname", "weight", "language", "source"), lineterminator="\n"
        )
        table.writeheader()
        table.writerows(rows)


if __name__ == "__main__":
    main()
