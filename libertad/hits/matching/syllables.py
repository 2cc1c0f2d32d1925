"""Chinese names: given names of two syllables that are written as one word or as two, in Pinyin or in
Wade-Giles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cache

from libertad.hits.matching import datafiles
from libertad.hits.matching.nicknames import known_as
from libertad.hits.matching.text import normalise_text

LONGEST = 12  # letters of a given name of two syllables


_ENDS = {
    "": "ai an ang ao ei en eng er ou",
    "b": "a ai an ang ao ei en eng i ian iao ie in ing o u",
    "p": "a ai an ang ao ei en eng i ian iao ie in ing o ou u",
    "m": "a ai an ang ao e ei en eng i ian iao ie in ing iu o ou u",
    "f": "a an ang ei en eng o ou u",
    "d t": "a ai an ang ao e ei en eng i ia ian iao ie ing iu ong ou u uan ui un uo",
    "n l": "a ai an ang ao e ei en eng i ia ian iang iao ie in ing iu ong ou u uan ue un uo",
    "g k h": "a ai an ang ao e ei en eng ong ou u ua uai uan uang ui un uo",
    "j q x": "i ia ian iang iao ie in ing iong iu u uan ue un",
    "zh ch sh": "a ai an ang ao e ei en eng i ong ou u ua uai uan uang ui un uo",
    "r": "an ang ao e en eng i ong ou u ua uan ui un uo",
    "z c s": "a ai an ang ao e ei en eng i ong ou u uan ui un uo",
    "y": "a an ang ao e i in ing o ong ou u uan ue un",
    "w": "a ai an ang ei en eng o u",
}
_PINYIN = frozenset(
    start + end for starts, ends in _ENDS.items() for start in starts.split() or [""] for end in ends.split()
)


@cache
def _wade_giles() -> frozenset[str]:
    return frozenset(normalise_text(row.form) for row in datafiles.variants() if row.system == "wade-giles")


@cache
def surnames() -> frozenset[str]:
    """Family names that China has in its list, in Pinyin and in other spellings."""
    listed = {
        normalise_text(row.name) for row in datafiles.frequencies("family") if row.country in ("CN", "TW")
    }
    listed = {word for word in listed if is_syllable(word)}
    return frozenset(
        listed | {form for form in map(normalise_text, _forms()) if not known_as(form).isdisjoint(listed)}
    )


def _forms() -> Iterator[str]:
    return (row.form for row in datafiles.variants() if row.system in ("wade-giles", "cantonese", "hokkien"))


def is_syllable(word: str) -> bool:
    """Whether it is one syllable of Mandarin in Pinyin or Wade-Giles."""
    return word in _PINYIN or word in _wade_giles()


def begins_or_ends(words: Sequence[str]) -> bool:
    """Whether a name of two or three words has a known Chinese surname in the first or last place."""
    return 2 <= len(words) <= 3 and (words[0] in surnames() or words[-1] in surnames())


def chinese(words: Sequence[str]) -> bool:
    """Whether a name of two or three words may be Chinese: a known surname in the first or last place, and
    others of one or two syllables."""
    if not begins_or_ends(words):
        return False
    return all(is_syllable(word) or _cut(word) for word in words)


@cache
def _cut(word: str) -> int:
    """Where a word is two syllables; 0 if nowhere."""
    if not 4 <= len(word) <= LONGEST:
        return 0
    cuts = [at for at in range(2, len(word) - 1) if is_syllable(word[:at]) and is_syllable(word[at:])]
    return cuts[-1] if cuts else 0


def split(words: Sequence[str]) -> tuple[tuple[str, ...], tuple[int, ...]] | None:
    """A Chinese name with each syllable by itself, and of which word each is; None where that changes
    nothing.

    >>> split(("mao", "zedong"))
    (('mao', 'ze', 'dong'), (0, 1, 1))
    """
    if not chinese(words) or all(map(is_syllable, words)):
        return None
    parts: list[str] = []
    of: list[int] = []
    for at, word in enumerate(words):
        cut = 0 if is_syllable(word) else _cut(word)
        pieces = [word[:cut], word[cut:]] if cut else [word]
        parts += pieces
        of += [at] * len(pieces)
    return tuple(parts), tuple(of)


def joined_forms(left: str, right: str) -> Iterator[str]:
    """Two words as one, also in Pinyin where both are syllables of another romanisation."""
    yield left + right
    if is_syllable(left) and is_syllable(right):
        for first in (left, *known_as(left)):
            for second in (right, *known_as(right)):
                if first + second != left + right:
                    yield first + second
