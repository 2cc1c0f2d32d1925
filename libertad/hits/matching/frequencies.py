"""How common a word is in the names of the region, where a register is too small to tell."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np

from libertad.hits.matching.datafiles import frequencies, namesakes
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.text import tokens_of

ALL = 0  # the first row of shares: among all
UNSAID = -1  # in the place of a row, where one of two records says no nationality
WEIGHT = 2000.0  # the words of names here that the region stands for
UNHEARD = 1e-5  # the share of a word that no list has
UNLISTED = 1e-4  # and that the lists of given and family names of its country do not have
# Where a country has no list, a word is taken for a middling name: in those that have, the mean surprise of a
# given or a family name is 8 to 9 bits, one in 400, and one word in two is of either kind.
MIDDLING = 1 / 800
AMONG = 500.0  # the words of names of a people here that the lists of its country stand for
GUESSED = 100.0  # and a guess, where it has none


def region() -> dict[str, float]:
    """Word -> share of the words of all names, each country counting the same."""
    return _lists()[0]


def countries() -> dict[str, tuple[dict[str, float], float, float]]:
    """Country (ISO 3166, in small letters) -> word -> share of the words of its names; the share of others;
    how many words heard here these are worth."""
    return _lists()[1]


@cache
def _lists() -> tuple[dict[str, float], dict[str, tuple[dict[str, float], float, float]]]:
    """`region` and `countries`, in one reading of the lists of given and of family names."""
    everywhere: dict[str, float] = defaultdict(float)
    by_country: dict[str, dict[str, float]] = defaultdict(lambda: defaultdict(float))
    lists: Counter[str] = Counter()
    for rows in (frequencies("given"), frequencies("family")):
        here = {row.country for row in rows}
        lists.update(country.lower() for country in here)
        for row, words in zip(rows, tokens_of([row.name for row in rows]), strict=True):
            people = by_country[row.country.lower()]
            for word in words:
                people[word] += row.share / 2
                everywhere[word] += row.share / len(here) / 2
    for namesake in namesakes():  # where it may be a particle it is no rare name
        if namesake.role != "mark":
            everywhere[namesake.word] = max(everywhere[namesake.word], MIDDLING)
    country_lists = {
        country: (dict(words), UNLISTED, AMONG) if lists[country] == 2 else (dict(words), MIDDLING, GUESSED)
        for country, words in by_country.items()
    }
    return dict(everywhere), country_lists


def listed(words: Sequence[str]) -> Floats:
    """The share of each word in the lists of the region; 0 where no list has it."""
    known = region()
    return np.array([known.get(word, 0.0) for word in words], np.float64)


def often_among(nation: str, words: Sequence[str], lists: Floats, counts: Floats, total: float) -> Floats:
    """The share of each word among people of a nationality, by its count among those here (who have `total`
    words) and in the lists of their country and of the region (`lists`: as `listed` tells)."""
    known, unlisted_share, weight = countries().get(nation, ({}, MIDDLING, GUESSED))
    own = np.array([known.get(word, unlisted_share) for word in words], np.float64)
    share: Floats = (counts + weight * np.maximum(own, lists)) / (total + weight)
    return share


def often(
    words: Sequence[str],
    counts: Sequence[int] | Floats,
    total: float | None = None,
    lists: Floats | None = None,
) -> Floats:
    """The share of each word, by its count here (of `total` words, else of all these) and in the region."""
    regional = np.maximum(listed(words) if lists is None else lists, UNHEARD)
    here = np.asarray(counts, np.float64)
    share: Floats = (here + WEIGHT * regional) / ((here.sum() if total is None else total) + WEIGHT)
    return share
