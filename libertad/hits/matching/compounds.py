"""Arabic names of several words that are one name: Abd al-Rahman, Salah ad-Din. People write them as one
word, two or three, in many ways; here they are one word and begin or end alike.

A 'servant of' (abd) is joined only with a name of God, so that Abdul Khan keeps his surname.
"""

from __future__ import annotations

import re
from functools import cache

from libertad.hits.matching import datafiles
from libertad.hits.matching.scripts import consonants

_ARTICLE = "(?:[aeu][ldnrstz]|[aeu]sh|a|e|u)"
_SERVANT = re.compile(rf"\babd{_ARTICLE}?(?: {_ARTICLE})? ([a-z]{{3,}})")
_JOINED = re.compile(r"\babd(?:[aeiou]?l|[aeiou]([rsntzd])(?=\1)|[aeiou]s(?=sh)|[aeiou]?)([a-z]{3,})\b")
_FAITH = re.compile(
    r"\b([a-z]{3,}) (?:[aeu][ld] |[aeu]dd?)d?(?:i|ee)ne?\b|\b([a-z]{3,}?)(?:[aeu]dd|eld)(?:i|ee)ne?\b"
)
SERVANT, FAITH = "abdul", "uddin"
_FATHER = re.compile(r"\b(abo?u) ([a-z]{3,})")
_ODD = re.compile(r"abd|abo?u |d(?:i|ee)n")


def join(words: str) -> str:
    """Words in plain letters, parted by blanks, with such names as one.

    >>> join("abd al rahman hassan"), join("salah ad din"), join("abdul khan")
    ('abdulrahman hassan', 'salahuddin', 'abdul khan')
    """
    if not _ODD.search(words):
        return words
    words = _FATHER.sub(lambda match: _father(match[0], match[2]), words)
    words = _SERVANT.sub(lambda match: _servant(match[0], match[1]), words)
    words = _JOINED.sub(lambda match: _servant(match[0], match[2]), words)
    return _FAITH.sub(lambda match: (match[1] or match[2]) + FAITH, words)


def _servant(spelling: str, name: str) -> str:
    return SERVANT + name if _sound_keys(name) in _names() else spelling


def _sound_keys(word: str) -> tuple[str, str]:
    """Its consonants in two ways: the one tells Hamid from Samad, the other Ghani from Khan."""
    from libertad.hits.matching.spelling import fold  # which reads the module that reads this
    from libertad.hits.matching.text import skeleton

    return consonants(word), skeleton(fold(word))


def _father(spelling: str, name: str) -> str:
    """Abu Bakr as one word, where people are called so; else as it is written."""
    return next((whole for whole in (f"abu{name}", f"abou{name}") if whole in _fathers()), spelling)


@cache
def _fathers() -> frozenset[str]:
    """How names that begin with 'father of' are spelt as one word."""
    rows = [row for row in datafiles.arabic() if row.written.startswith("ابو")]
    return frozenset(form for row in rows for form in row.forms.split())


def strip_shared_part(left: str, right: str) -> tuple[str, str]:
    """Two words without what both have of such a name: Abdulhamid and Abdulghani are not alike for Abdul."""
    if min(len(left), len(right)) <= len(SERVANT):
        return left, right
    if left.startswith(SERVANT) and right.startswith(SERVANT):
        left, right = left[len(SERVANT) :], right[len(SERVANT) :]
    elif left.endswith(FAITH) and right.endswith(FAITH):
        left, right = left[: -len(FAITH)], right[: -len(FAITH)]
    return left, right


@cache
def _names() -> frozenset[tuple[str, str]]:
    """How the names of God sound that stand after 'abd' in `data/arabic.csv`."""
    rows = {row.written: row.forms.split() for row in datafiles.arabic()}
    sounds: set[tuple[str, str]] = set()
    for word in rows:
        if word.startswith("عبد") and len(word) > 5:
            sounds.update(map(_sound_keys, rows.get(word[3:].removeprefix("ال"), ())))
    return frozenset(sound for sound in sounds if len(sound[0]) > 1)
