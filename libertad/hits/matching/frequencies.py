"""How common a word is in the names of the region, where a register is too small to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np

from libertad.hits.matching.datafiles import frequencies
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.text import tokens

WEIGHT = 2000.0  # the words of names here that the region stands for
UNHEARD = 1e-5  # the share of a word that no list has


@cache
def region() -> dict[str, float]:
    """Word -> share of the words of all names, each country counting the same."""
    found: dict[str, float] = defaultdict(float)
    for rows in (frequencies("given"), frequencies("family")):
        countries = len({row.country for row in rows})
        for row in rows:
            for word in tokens(row.name):
                found[word] += row.share / countries / 2
    return dict(found)


def often(words: Sequence[str], counts: Sequence[int], total: float | None = None) -> Floats:
    """The share of each word, by its count here (of `total` words, else of all these) and in the region."""
    known = region()
    lists = np.array([max(known.get(word, 0.0), UNHEARD) for word in words], np.float64)
    here = np.asarray(counts, np.float64)
    found: Floats = (here + WEIGHT * lists) / ((here.sum() if total is None else total) + WEIGHT)
    return found
