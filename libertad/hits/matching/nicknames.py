"""Which names a word may stand for: nicknames, and names in another romanisation, from the data files."""

from __future__ import annotations

from functools import cache

from libertad.hits.matching import datafiles
from libertad.hits.matching.text import plain

_NONE: frozenset[str] = frozenset()


@cache
def _known() -> dict[str, frozenset[str]]:
    found: dict[str, set[str]] = {}
    pairs = [(row.nickname, row.name) for row in datafiles.nicknames()]
    pairs += [(row.form, row.canonical) for row in datafiles.variants()]
    for said, name in pairs:
        short, long = plain(said), plain(name)
        if short != long and " " not in short + long:
            found.setdefault(short, set()).add(long)
    return {said: frozenset(names) for said, names in found.items()}


def known_as(word: str) -> frozenset[str]:
    """The names that are also called so: pepe -> jose, hsi -> xi.

    Words are as `text.plain` gives them. A word may stand for several names, and for none.
    """
    return _known().get(word, _NONE)
