"""Which names a word may stand for: nicknames, and names in another romanisation, from the data files."""

from __future__ import annotations

from functools import cache

from libertad.hits.matching import datafiles
from libertad.hits.matching.text import normalise_text

_NONE: frozenset[str] = frozenset()


@cache
def _names_by_word() -> dict[str, frozenset[str]]:
    names_by_word = {word: set(names) for word, names in datafiles.known_as(normalise_text).items()}
    for form, names in datafiles.written_for(normalise_text).items():
        names_by_word.setdefault(form, set()).update(names)
    for row in datafiles.arabic():
        first, *variants = row.forms.split()
        for form in variants:
            names_by_word.setdefault(form, set()).add(first)
    return {
        word: frozenset(name for name in names if name != word and " " not in name)
        for word, names in names_by_word.items()
        if " " not in word
    }


@cache
def arabic() -> frozenset[str]:
    """Words in plain letters that are names in Arabic letters."""
    return frozenset(form for row in datafiles.arabic() for form in row.forms.split())


def known_as(word: str) -> frozenset[str]:
    """The names that are also called so: pepe -> jose, hsi -> xi.

    Words are as `text.normalise_text` gives them. A word may stand for several names, and for none.
    """
    return _names_by_word().get(word, _NONE)
