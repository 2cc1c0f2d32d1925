"""From what was written to what can be compared: words in plain Latin letters, and keys of how they sound.

Nothing here refuses: a matcher must take whatever a register holds. Text is cut at `LONGEST` characters and
`MOST` words, so that a name of 4,000 characters costs no more than a long one.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Sequence
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any, TypeVar

from anyascii import anyascii

from libertad.hits.matching.compounds import join
from libertad.hits.matching.datafiles import peoples
from libertad.hits.matching.particles import telling
from libertad.hits.matching.record import NUMBERED, Kind
from libertad.hits.matching.scripts import romanize

if TYPE_CHECKING:
    from functools import _lru_cache_wrapper as Remembered

T = TypeVar("T")
LONGEST = 200
MOST = 8
PLACEHOLDERS = {
    "na",
    "none",
    "null",
    "nil",
    "unknown",
    "unk",
    "unkown",
    "notknown",
    "noinformation",
    "tba",
    "tbc",
    "test",
    "desconocido",
    "desconocida",
    "sindatos",
    "nosabe",
    "noconsta",
    "ninguno",
    "ninguna",
    "inconnu",
    "inconnue",
    "onbekend",
    "desconhecido",
    "desconhecida",
    "naoinformado",
    "semnome",
    "nn",
    "sn",
}

TWICE = {"bb", "gg", "mm", "ss", "tt"}  # countries whose code is one letter twice: Barbados, Trinidad

_COUNTRY = re.compile(r"\s*([A-Za-z]{2}):(?=\s*\S)")
_BEFORE = re.compile(r"\s*([A-Za-z]{3}(?=\s+\w*\W?\d)|[A-Za-z]{2}(?=\s+[A-Za-z]+\d))\s+\S")
_APOSTROPHES = re.compile("['’ʼ`´‘ʻ]")
_HAN = re.compile("[\u3400-\u9fff\uac00-\ud7af]")
_CAMEL = re.compile(r"(?<=[a-z])(?=[A-Z])")
_JOINED = re.compile(r"(?<=[a-z]{3})(?=[A-Z][a-z]{2})")  # PolPot
_PLAIN = re.compile(r"[a-z]+(?: [a-z]+)*\Z")
_FOREIGN = re.compile(r"[^\0-\x7f]")
_SUN = re.compile(r"\b[ae](d|n|r|sh?|t|z|dh|th)-(?=\1)(?!d(?:i|ee)n)", re.IGNORECASE)
_BLANKS = re.compile("  +")
_NOT_DIGITS = re.compile("[^0-9]+")
_LETTERS = "".join(c.lower() if c.isalnum() or c == "\n" else " " for c in map(chr, range(128)))


_remembering: list[Remembered[Any]] = []


def remembered(maximum: int) -> Callable[[Callable[..., T]], Remembered[T]]:
    """As `lru_cache`, for what is asked of somebody's words: `forget` lets go of it."""

    def mark(function: Callable[..., T]) -> Remembered[T]:
        cached = lru_cache(maxsize=maximum)(function)
        _remembering.append(cached)
        return cached

    return mark


def forget() -> None:
    """Let go of the words that were looked at lately: somebody's may be erased."""
    for cached in _remembering:
        cached.cache_clear()


@remembered(1 << 16)
def normalise_text(text: str) -> str:
    """Lower case, in Latin letters and digits, words parted by one blank; no controls of direction or width.

    >>> normalise_text("Ibáñez-O’Neill, María")
    'ibanez oneill maria'
    """
    if len(text) <= LONGEST and _PLAIN.match(text):
        return text
    text = text[: 4 * LONGEST]
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _APOSTROPHES.sub("", text))  # which makes a blank of some
    if not text.isprintable():
        text = "".join(c for c in text if unicodedata.category(c) not in ("Cf", "Cc") or c in "\t\n")
    text = text[:LONGEST].replace("\n", " ")
    if _HAN.search(text):  # each character is one syllable, written with a capital
        text = _CAMEL.sub(" ", anyascii(_APOSTROPHES.sub("", _JOINED.sub(" ", text))))
    return _latin(text).strip()


def normalise_texts(texts: Sequence[str]) -> list[str]:
    """`normalise_text` of each, several times quicker: texts that are not odd are rewritten together, as
    lines of one text."""
    if len(texts) < 8:  # quicker alone
        return [normalise_text(text) for text in texts]
    odd = [at for at, text in enumerate(texts) if _odd(text)]
    lines = list(texts)
    for at in odd:
        lines[at] = ""
    plain_lines = list(map(str.strip, _latin("\n".join(lines)).split("\n")))
    for at in odd:
        plain_lines[at] = normalise_text(texts[at])
    return plain_lines


def _odd(text: str) -> bool:
    """Whether it must be cut or cleaned before it is in Latin letters."""
    if len(text) > LONGEST or not text.isprintable():
        return True
    return not text.isascii() and (not unicodedata.is_normalized("NFKC", text) or bool(_HAN.search(text)))


def _latin(lines: str) -> str:
    """Lines of what is not odd in plain letters, some with a blank at an end."""
    lines = _APOSTROPHES.sub("", _JOINED.sub(" ", lines))
    if not lines.isascii():
        lines = _APOSTROPHES.sub("", _FOREIGN.sub(lambda match: _letter(match[0]), lines))
    return _BLANKS.sub(" ", lines.translate(_LETTERS))


_letter = cache(anyascii)


def tokens(text: str, family: bool = False) -> tuple[str, ...]:
    """The words of a name that tell people apart: without titles and particles (`telling`). `family`: the
    text is a family name alone.

    >>> tokens("Dra. María de los Ángeles Pérez"), tokens("Sunita Das"), tokens("de Jong", family=True)
    (('maria', 'angeles', 'perez'), ('sunita', 'das'), ('jong',))
    """
    return _telling(text, normalise_text(without_articles(romanize(text))), family)


def tokens_of(texts: Sequence[str], family: bool = False) -> list[tuple[str, ...]]:
    """`tokens` of each."""
    read = normalise_texts([without_articles(romanize(text)) for text in texts])
    return [_telling(text, words, family) for text, words in zip(texts, read, strict=True)]


def _telling(text: str, words: str, family: bool) -> tuple[str, ...]:
    """`telling` of words in plain letters, which `text` became; in Chinese and Korean each is of the name."""
    if not text.isascii() and _HAN.search(text):
        return tuple(words.split())[:MOST]
    return telling(join(words).split(), family)[:MOST]


def without_articles(text: str) -> str:
    """Without an Arabic article that has taken the sound of its noun: 'As-Sayed', 'Ash-Sharif'."""
    return _SUN.sub("", text) if "-" in text else text


@remembered(1 << 16)
def empty(text: str) -> bool:
    """Whether the text stands for 'nothing known': blank, 'N/A', 'XXXXXXX', '0000000', '1234567'."""
    return nothing(normalise_text(text).replace(" ", ""))


def nothing(word: str) -> bool:
    """`empty` of plain letters without blanks."""
    return (
        not word
        or word in PLACEHOLDERS
        or word.count(word[0]) == len(word)
        or (len(word) >= 6 and word in "0123456789")
    )


def value_of(kind: Kind, text: str) -> str:
    """A fact as it is compared: numbers without blanks, texts in plain words; '' for a placeholder.

    >>> value_of("phone", "+592 600-1234"), value_of("phone", "00592 600 1234")
    ('5926001234', '5926001234')
    """
    return _value(kind, text, normalise_text(text))


def values_of(kind: Kind, texts: Sequence[str]) -> list[str]:
    """`value_of` each."""
    return [_value(kind, text, plainly) for text, plainly in zip(texts, normalise_texts(texts), strict=True)]


def _value(kind: Kind, text: str, plainly: str) -> str:
    """A telephone by its digits without the zeros or plus before its country, other numbers by letters and
    digits alone; a document's may have its country before it (`country_of`). A nationality by its code."""
    if kind == "phone":
        digits = _NOT_DIGITS.sub("", plainly).lstrip("0")
        return "" if len(digits) < 5 or len(set(digits)) == 1 or digits in "123456789" else digits
    country = country_of(text) if kind == "document" else ""
    if country:
        plainly = plainly.partition(" ")[2]
    bare = plainly.replace(" ", "")
    if kind == "nationality":
        return "" if nothing(bare) and bare not in TWICE else peoples().get(bare, plainly)
    if nothing(bare):
        return ""
    if kind == "handle":
        return text.strip().casefold()
    if country:
        return f"{country}:{bare}".upper()
    return bare.upper() if kind in NUMBERED else plainly


def country_of(document: str) -> str:
    """The code of the country before a document's number, or ''. Two letters and digits after a blank may be
    a number's own: 'PA 123456' says none.

    >>> country_of("GY:R0123456"), country_of("GUY R0123456"), country_of("PA 123456")
    ('GY', 'GY', '')
    """
    if colon := _COUNTRY.match(document):
        return colon[1]
    match = _BEFORE.match(document)
    code = peoples().get(match[1].lower(), match[1].lower()) if match else ""
    return code.upper() if code in known_countries() else ""


@cache
def known_countries() -> frozenset[str]:
    """The codes that `peoples` tells."""
    return frozenset(peoples().values())


def bare(kind: Kind, text: str) -> str:
    """`value_of` a number, that of a document without the country before it: 'GY:R0123456' is R0123456."""
    value = value_of(kind, text)
    return split_document(value)[1] if kind == "document" else value


def split_document(document: str) -> tuple[str, str]:
    """The country (or '') and the number of a document, as `value_of` gives it."""
    country, _, number = document.rpartition(":")
    return country, number


_VOWELS = str.maketrans("", "", "aeiou")


@remembered(1 << 16)
def skeleton(folded: str) -> str:
    """The consonants of a folded word and its first letter; what scripts without vowels keep."""
    return folded[:1] + folded[1:].translate(_VOWELS)
