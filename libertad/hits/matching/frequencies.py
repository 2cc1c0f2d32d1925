"""How common a word is in the names of the region, where a register is too small to tell."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from functools import cache

import numpy as np

from libertad.hits.matching.datafiles import frequencies
from libertad.hits.matching.lexicon import Floats
from libertad.hits.matching.text import tokens

UNHEARD = 1e-5  # the share of a word that no list has


@cache
def _region() -> dict[str, float]:
    """Word -> share of the words of all names, each country counting the same."""
    found: dict[str, float] = defaultdict(float)
    for rows in (frequencies("given"), frequencies("family")):
        countries = len({row.country for row in rows})
        for row in rows:
            for word in tokens(row.name):
                found[word] += row.share / countries / 2
    return dict(found)


def shares(words: Sequence[str]) -> Floats:
    """The share of each word in the region's names."""
    known = _region()
    return np.array([max(known.get(word, 0.0), UNHEARD) for word in words], np.float64)
