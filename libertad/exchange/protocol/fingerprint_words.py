"""A key's fingerprint in words, for two people who compare it by telephone.

Each of the two reads the words of a key from an own screen, in an own language; the sixfold digits are the
same in every language. The words carry 77 bits of SHA-256 and a check word (docs/exchange-format.md), which
tells a word that was misheard, or two that changed places, from a key that is another one.
"""

from __future__ import annotations

import hashlib
import unicodedata
from collections.abc import Sequence
from functools import cache

from mnemonic import Mnemonic

CONTEXT = b"libertad fingerprint v1\x00"
LISTS = {"en": "english", "es": "spanish", "fr": "french", "pt": "portuguese"}
COUNT = 8
BITS = 11
GROUPS, DIGITS = 6, 5
# x^11 + x^2 + 1, irreducible over two elements: words are elements of the field of 2048.
FIELD = 0b1000_0000_0101


def fingerprint(public: bytes) -> bytes:
    """SHA-256 of context and key."""
    return hashlib.sha256(CONTEXT + public).digest()


def fingerprint_words(public: bytes, language: str) -> tuple[str, ...]:
    """Eight words in the reader's language ('es', 'pt-br'); English where there is no list, as for Dutch."""
    words = word_list(language)
    return tuple(words[number] for number in _numbers(public))


def digits(public: bytes) -> tuple[str, ...]:
    """Six groups of five digits: the same for readers of every language."""
    data = fingerprint(public)
    groups = (data[at : at + DIGITS] for at in range(0, GROUPS * DIGITS, DIGITS))
    return tuple(f"{int.from_bytes(group, 'big') % 10**DIGITS:0{DIGITS}}" for group in groups)


def same(words: Sequence[str], public: bytes) -> bool:
    """Whether these words, in any of the languages and with or without accents, are this key's."""
    spoken = tuple(normalise(word) for word in words)
    return any(spoken == tuple(map(normalise, fingerprint_words(public, language))) for language in LISTS)


def checksum_holds(words: Sequence[str]) -> bool:
    """Whether the words are some key's: False means that one was misheard, or that two changed places."""
    spoken = [normalise(word) for word in words]
    for language in LISTS:
        known = _places(language)
        if len(spoken) == COUNT and all(word in known for word in spoken):
            numbers = [known[word] for word in spoken]
            if _check(numbers[:-1]) == numbers[-1]:
                return True
    return False


@cache
def word_list(language: str) -> tuple[str, ...]:
    """The 2048 words of a language's list, by number, as they are written."""
    name = LISTS.get(language.lower().replace("_", "-").partition("-")[0], "english")
    return tuple(unicodedata.normalize("NFC", word) for word in Mnemonic(name).wordlist)


def normalise(word: str) -> str:
    """A word as it is compared: without accents, capitals and space around it."""
    apart = unicodedata.normalize("NFKD", word.strip().casefold())
    return "".join(sign for sign in apart if not unicodedata.combining(sign))


@cache
def _places(language: str) -> dict[str, int]:
    return {normalise(word): number for number, word in enumerate(word_list(language))}


def _numbers(public: bytes) -> list[int]:
    """Numbers of the words: seven from the fingerprint's first 77 bits, and the check."""
    bits = int.from_bytes(fingerprint(public)[:10], "big") >> 3
    numbers = [(bits >> (BITS * at)) % 2**BITS for at in range(COUNT - 2, -1, -1)]
    return [*numbers, _check(numbers)]


def _check(numbers: Sequence[int]) -> int:
    """Sum of each number times a power of x that no other has: notices any one wrong word, and any swap."""
    total = 0
    for number in numbers:
        total = _double(total ^ number)
    return total


def _double(number: int) -> int:
    """Times x."""
    number <<= 1
    return number ^ FIELD if number >> BITS else number
