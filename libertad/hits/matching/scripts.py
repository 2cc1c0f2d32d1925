"""Names in Arabic, Hebrew and the scripts of India in Latin letters, as their bearers write them.

Arabic and Hebrew leave short vowels out. Words that are common are read by a list (`data/arabic.csv`: how
people on Wikidata spell them); others keep their consonants alone (`is_vowelless`), by which they are
compared (`consonants`). Other scripts are left to `anyascii`.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from libertad.hits.matching import datafiles

_READ = re.compile("[\u0590-\u05ff\u0600-\u06ff\u0750-\u077f\u0900-\u0d7f]")
_ARABIC = re.compile("[\u0600-\u06ff\u0750-\u077f]+")
_HEBREW = re.compile("[\u0590-\u05ff]+")
_INDIC = re.compile("[\u0900-\u0d7f]+")
_MARKS = re.compile("[\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u06d6-\u06ed\u0640\u200c\u200d]")
# How letters are normalised that are often left out or typed otherwise (Arabic, Persian and Urdu).
TYPED = str.maketrans("أإآٱىيئؤکةہھۀ", "اااايييوكهههه", "ء")
_ABD = re.compile("(?<![\u0600-\u06ff])(عبد|ابو|ابي) (?=[\u0600-\u06ff])")
_FAITH = re.compile("(?<=[\u0600-\u06ff]) (?=الدين(?![\u0600-\u06ff]))")
_LETTERS = {
    "ا": "",
    "ب": "b",
    "پ": "p",
    "ت": "t",
    "ٹ": "t",
    "ث": "t",
    "ج": "j",
    "چ": "x",
    "ح": "h",
    "خ": "k",
    "د": "d",
    "ڈ": "d",
    "ذ": "d",
    "ر": "r",
    "ڑ": "r",
    "ز": "z",
    "ژ": "j",
    "س": "s",
    "ش": "x",
    "ص": "s",
    "ض": "d",
    "ط": "t",
    "ظ": "z",
    "ع": "",
    "غ": "g",
    "ف": "f",
    "ڤ": "v",
    "ق": "q",
    "ك": "k",
    "گ": "g",
    "ل": "l",
    "م": "m",
    "ن": "n",
    "ں": "n",
    "ه": "h",
    "و": "w",
    "ي": "y",
    "ے": "y",
    "א": "",
    "ב": "b",
    "ג": "g",
    "ד": "d",
    "ה": "h",
    "ו": "w",
    "ז": "z",
    "ח": "h",
    "ט": "t",
    "י": "y",
    "כ": "k",
    "ך": "k",
    "ל": "l",
    "מ": "m",
    "ם": "m",
    "נ": "n",
    "ן": "n",
    "ס": "s",
    "ע": "",
    "פ": "p",
    "ף": "f",
    "צ": "z",
    "ץ": "z",
    "ק": "k",
    "ר": "r",
    "ש": "x",
    "ת": "t",
}
# By their place in a script's block of 128, which the scripts of India share (Unicode, chapter 12).
_VOWELS = dict(enumerate("a a i i u u ri li e e e ai o o o au".split(), 0x05))  # noqa: SIM905
_SIGNS = dict(enumerate("a i i u u ri ri e e e ai o o o au".split(), 0x3E))  # noqa: SIM905
_STOPS = dict(
    enumerate("k kh g gh n ch chh j jh n t th d dh n t th d dh n n p ph b bh m".split(), 0x15)  # noqa: SIM905
) | dict(enumerate("y r r l l l v sh sh s h".split(), 0x2F))  # noqa: SIM905
_STOPS |= dict(enumerate("q kh gh z r rh f y".split(), 0x58))  # noqa: SIM905
_ASSAMESE = {0x70: "r", 0x71: "w"}
_DOTTED = {"k": "q", "j": "z", "d": "r", "dh": "rh", "ph": "f"}
_NUKTA, _VIRAMA, _NASALS = 0x3C, 0x4D, (0x01, 0x02)
_BENGALI, _GURMUKHI = 0x0980, 0x0A00


def romanize(text: str) -> str:
    """The text with words of these scripts in Latin letters; anything else as it is.

    >>> romanize("محمد عبد الرحمن"), romanize("शर्मा")
    ('mohamed abdulrahman', 'sharma')
    """
    if text.isascii() or not _READ.search(text):
        return text
    text = _MARKS.sub("", unicodedata.normalize("NFKC", text))
    text = _FAITH.sub("", _ABD.sub(r"\1", text.translate(TYPED)))
    text = _ARABIC.sub(lambda match: _arabic(match[0]), text)
    text = _HEBREW.sub(lambda match: bare(match[0]), text)
    return _INDIC.sub(lambda match: _indic(match[0]), text)


def _arabic(word: str) -> str:
    """By the list, whole or without its article; else its consonants."""
    known = _spelt()
    if word in known:
        return known[word]
    if word.endswith("الدين") and len(word) > 7:
        return _arabic(word[:-5]) + "uddin"
    if word == "ال":
        return "al"
    if word.startswith("عبد") and len(word) > 4:
        rest = word[3:].removeprefix("ال")
        return "abdul" + known.get(rest, bare(rest))
    if word.startswith("ابو") and len(word) > 4:
        rest = word[3:].removeprefix("ال")
        return "abu" + known.get(rest, bare(rest))
    if word.startswith("ال") and len(word) > 4:
        return known.get(word[2:], bare(word[2:]))
    return bare(word)


@cache
def _spelt() -> dict[str, str]:
    """Arabic word -> how most people spell it."""
    return {row.written: row.forms.partition(" ")[0] for row in datafiles.arabic()}


def bare(word: str) -> str:
    """Its consonants; a vowel only where it begins with one. A Hebrew 'bet' is a 'v' but at the beginning."""
    start = "a" if word[:1] in "اعאע" else ""
    word = word[:1] + word[1:].replace("ב", "ڤ")
    final = len(word) - 1
    letters = [
        _LETTERS.get(sign, "") for at, sign in enumerate(word) if at < final or sign not in "هה" or at == 0
    ]
    return start + "".join(letters)


def is_vowelless(word: str) -> bool:
    """Whether a word in plain letters keeps its consonants alone, as `romanize` leaves them."""
    return len(word) > 1 and not _WITHIN.search(word) and word not in _SHORT


_SHORT = frozenset(("ng", "hm", "mc", "st", "jr", "sr", "dr", "ma", "my", "ly"))  # and not written so
_WITHIN = re.compile("(?<!^)[aeiou]")
_SIGN = re.compile("tsch|tch|sch|sh|ch|kh|gh|qu|ck|dj|zh|dh|th|ph|ts|tz|.")
_CLASSES = {
    "tsch": "X",
    "tch": "X",
    "sch": "X",
    "sh": "X",
    "ch": "X",
    "x": "X",
    "kh": "k",
    "gh": "k",
    "qu": "k",
    "ck": "k",
    "q": "k",
    "c": "k",
    "g": "k",
    "dj": "j",
    "zh": "j",
    "dh": "d",
    "th": "t",
    "ph": "f",
    "v": "f",
    "p": "b",
    "ts": "z",
    "tz": "z",
}


@cache
def consonants(word: str) -> str:
    """What a word in plain letters keeps in a script without vowels; one letter for those that are taken for
    one another. 'w' and 'y' may be vowels and stay at the beginning only.

    >>> consonants("muhammad"), consonants("mhmd"), consonants("youssef"), consonants("ywsf")
    ('mhmd', 'mhmd', 'ysf', 'ysf')
    """
    if word.startswith("ou") and word[2:3] in ("a", "e", "i"):
        word = "w" + word[2:]
    signs = list(word) if is_vowelless(word) else _SIGN.findall(_TWICE.sub(r"\1", word))
    first, *rest = signs
    letters = ["a" if first in "aeiou" else _CLASSES.get(first, first)]
    letters += [_CLASSES.get(sign, sign) for sign in rest if sign not in "aeiouwy"]
    if letters[-1] == "h" and len(letters) > 1:
        letters.pop()
    return "".join(letters)


_TWICE = re.compile(r"(.)\1+")


def _indic(word: str) -> str:
    """A word of a script of India: consonants with the vowel that is not written, which is mute at the end
    and between two syllables that are heard."""
    syllables: list[
        list[str]
    ] = []  # consonants, vowel ('' silenced, '?' not written), sound through the nose
    for sign in word:
        place, block = ord(sign) & 0x7F, ord(sign) & ~0x7F
        if place in _STOPS or (place in _ASSAMESE and block == _BENGALI):
            initial = block == _BENGALI and place == 0x2F and not syllables
            stop = _STOPS.get(place) or _ASSAMESE[place]
            syllables.append(["j" if initial else stop, "?", ""])
        elif place in _VOWELS:
            syllables.append(["", _VOWELS[place], ""])
        elif not syllables:
            continue
        elif place in _SIGNS:
            syllables[-1][1] = _SIGNS[place]
        elif place == _VIRAMA:
            syllables[-1][1] = ""
        elif place == _NUKTA:
            syllables[-1][0] = _DOTTED.get(syllables[-1][0], syllables[-1][0])
        elif place in _NASALS or (place == 0x70 and block == _GURMUKHI):
            syllables[-1][2] = "n"
    _silence(syllables)
    return _NASAL.sub(lambda match: "ng" if match[1] == "h" else "m", "".join(map("".join, syllables)))


_NASAL = re.compile("n(?=([hpbm]))")


def _silence(syllables: list[list[str]]) -> None:
    """Decide of each vowel that is not written whether it is heard."""
    for at in range(len(syllables) - 1, -1, -1):
        if syllables[at][1] != "?":
            continue
        before = syllables[at - 1][1] if at else ""
        after = syllables[at + 1] if at + 1 < len(syllables) else None
        mute = bool(before) and (after is None or bool(after[0] and after[1]))
        syllables[at][1] = "" if mute else "a"
