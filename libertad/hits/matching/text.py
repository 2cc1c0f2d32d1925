"""From what was written to what can be compared: words in plain Latin letters, and keys of how they sound.

Nothing here refuses: a matcher must take whatever a register holds. Text is cut at `LONGEST` characters and
`MOST` words, so that a name of 4,000 characters costs no more than a long one.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache, lru_cache

from anyascii import anyascii

from libertad.hits.matching.datafiles import particles
from libertad.hits.matching.record import NUMBERED, Kind

LONGEST = 200
MOST = 8
PLACEHOLDERS = {
    "na", "none", "null", "nil", "unknown", "unk", "unkown", "notknown", "noinformation", "tba", "tbc",
    "test", "desconocido", "desconocida", "sindatos", "nosabe", "noconsta", "ninguno", "ninguna", "inconnu",
    "inconnue", "onbekend", "desconhecido", "desconhecida", "naoinformado", "semnome", "nn", "sn",
}  # fmt: skip

_APOSTROPHES = re.compile("['’ʼ`´‘ʻ]")
_HAN = re.compile("[\u3400-\u9fff\uac00-\ud7af]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINED = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")  # PolPot
_WORD = re.compile(r"[a-z0-9]+")
_PLAIN = re.compile(r"[a-z ]*\Z")


@lru_cache(maxsize=1 << 16)
def plain(text: str) -> str:
    """Lower case, in Latin letters and digits, words parted by one blank; no controls of direction or width.

    >>> plain("Ibáñez-O’Neill, María")
    'ibanez oneill maria'
    """
    if _PLAIN.match(text):
        return text[:LONGEST]
    text = text[: 4 * LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n")
    text = text[:LONGEST]
    text = _APOSTROPHES.sub("", _JOINED.sub(" ", text))
    if not text.isascii():
        han = bool(_HAN.search(text))
        text = anyascii(text)
        if han:  # each character is one syllable, written with a capital
            text = _CAMEL.sub(" ", text)
        text = _APOSTROPHES.sub("", text)
    return " ".join(_WORD.findall(text.lower()))


@cache
def _roles() -> tuple[frozenset[str], frozenset[str]]:
    """Words that tell nobody apart wherever they stand, and those that do not before a name (titles)."""
    anywhere: set[str] = set()
    before: set[str] = set()
    for row in particles():
        words = plain(row.particle).split()
        if len(words) == 1 and (len(words[0]) > 1 or words[0] in "ye"):  # other letters may be initials
            (before if row.role == "title" else anywhere).add(words[0])
    return frozenset(anywhere), frozenset(before - anywhere)


def tokens(text: str) -> tuple[str, ...]:
    """The words of a name that tell people apart: without titles and particles, unless nothing else is left.

    >>> tokens("Dra. María de los Ángeles Pérez")
    ('maria', 'angeles', 'perez')
    """
    words = plain(text).split()
    anywhere, before = _roles()
    start = 0
    while len(words) - start > 2 and words[start] in before:
        start += 1
    told = [word for word in words[start:] if word not in anywhere]
    return tuple((told or words)[:MOST])


@lru_cache(maxsize=1 << 16)
def empty(text: str) -> bool:
    """Whether the text stands for 'nothing known': blank, 'N/A', 'XXXXXXX', '0000000', '1234567'."""
    word = plain(text).replace(" ", "")
    return (
        not word or word in PLACEHOLDERS or len(set(word)) == 1 or (len(word) >= 6 and word in "0123456789")
    )


def number(text: str) -> str:
    """A document's, phone's or plate's number by its letters and digits alone; '' for a placeholder."""
    return "" if empty(text) else plain(text).replace(" ", "").upper()


def phone(text: str) -> str:
    """The digits of a telephone number without the zeros or plus before its country.

    >>> phone("+592 600-1234"), phone("00592 600 1234")
    ('5926001234', '5926001234')
    """
    digits = "".join(c for c in plain(text) if c.isdigit()).lstrip("0")
    return "" if len(digits) < 5 or len(set(digits)) == 1 or digits in "123456789" else digits


def value_of(kind: Kind, said: str) -> str:
    """A fact as it is compared: numbers without blanks, texts in plain words; '' for a placeholder."""
    if kind == "phone":
        return phone(said)
    if kind == "handle":
        return "" if empty(said) else said.strip().casefold()
    if kind in NUMBERED:
        return number(said)
    return "" if empty(said) else plain(said)


def bare(kind: Kind, said: str) -> str:
    """`value_of` a number, that of a document without the country before it: 'GY:R0123456' is R0123456."""
    return value_of(kind, said.rpartition(":")[2] if kind == "document" else said)


_VOWELS = re.compile("(?<!^)[aeiou]")


def skeleton(folded: str) -> str:
    """The consonants of a folded word and its first letter; what scripts without vowels keep."""
    return _VOWELS.sub("", folded)
