"""Words of a key: the same key the same words, a misheard word noticed, comparable across languages."""

from __future__ import annotations

import hashlib
import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from libertad.exchange.protocol import fingerprint_words as phrase
from libertad.exchange.protocol.fingerprint_words import (
    checksum_holds,
    digits,
    fingerprint_words,
    same,
    word_list,
)

KEY = bytes(range(32))
KEYS = st.binary(min_size=32, max_size=32)
LANGUAGES = ("en", "es", "fr", "pt")


def test_the_words_of_a_known_key_stay_what_they_are() -> None:
    """Worked out here from the page's rule: two versions of the program must read alike."""
    bits = "".join(f"{byte:08b}" for byte in hashlib.sha256(b"libertad fingerprint v1\x00" + KEY).digest())
    numbers = [int(bits[at : at + 11], 2) for at in range(0, 77, 11)]
    total = 0
    for place, number in enumerate(numbers):
        times = 7 - place  # times x, so often, in the field of 2048
        for _ in range(times):
            number = number * 2 ^ (0x805 if number & 0x400 else 0)
        total ^= number
    listed = word_list("en")
    assert fingerprint_words(KEY, "en") == tuple(listed[index] for index in [*numbers, total])
    assert all(len(group) == 5 and group.isdigit() for group in digits(KEY)) and len(digits(KEY)) == 6


@pytest.mark.parametrize("language", LANGUAGES)
def test_every_list_has_2048_words_that_differ_without_their_accents(language: str) -> None:
    listed = word_list(language)
    assert len(listed) == len({phrase.normalise(word) for word in listed}) == 2048
    assert phrase._places(language) == {phrase.normalise(word): at for at, word in enumerate(listed)}


def test_languages_have_their_words_and_others_get_english() -> None:
    by_language = {language: fingerprint_words(KEY, language) for language in LANGUAGES}
    assert len(set(by_language.values())) == 4
    for code in ("nl", "xx", "", "en-gb"):
        assert fingerprint_words(KEY, code) == by_language["en"]
    assert fingerprint_words(KEY, "pt-BR") == fingerprint_words(KEY, "pt_br") == by_language["pt"]


@settings(deadline=None, max_examples=50)
@given(key=KEYS, other=KEYS, language=st.sampled_from(LANGUAGES))
def test_words_are_those_of_their_key_and_of_no_other(key: bytes, other: bytes, language: str) -> None:
    spoken = fingerprint_words(key, language)
    assert same(spoken, key) and checksum_holds(spoken)
    assert same([word.upper() + " " for word in spoken], key)
    assert same([phrase.normalise(word) for word in spoken], key)
    if key != other:
        assert not same(fingerprint_words(other, language), key) and digits(key) != digits(other)


def test_every_single_misheard_word_is_noticed() -> None:
    """All 2047 other words in every place: a check that only mostly works is not enough."""
    spoken = list(fingerprint_words(KEY, "en"))
    other_lists = {phrase.normalise(word) for language in ("es", "fr", "pt") for word in word_list(language)}
    assert not set(spoken) <= other_lists
    for place in range(8):
        for wrong in word_list("en"):
            if wrong == spoken[place]:
                continue
            misheard = [*spoken[:place], wrong, *spoken[place + 1 :]]
            assert not same(misheard, KEY)
            assert not _check_holds(misheard)
        assert not checksum_holds(misheard)


def _check_holds(spoken: list[str]) -> bool:
    numbers = [phrase._places("en")[word] for word in spoken]
    return phrase._check(numbers[:-1]) == numbers[-1]


def test_two_words_that_changed_places_are_noticed() -> None:
    rng = random.Random(7)
    for _ in range(100):
        spoken = list(fingerprint_words(rng.randbytes(32), "en"))
        for first in range(8):
            for second in range(first):
                if spoken[first] != spoken[second]:
                    swapped = list(spoken)
                    swapped[first], swapped[second] = swapped[second], swapped[first]
                    assert not _check_holds(swapped)


@pytest.mark.parametrize("told", [[], ["abandon"], ["abandon"] * 7, ["abandon"] * 9, ["nowordofalist"] * 8])
def test_what_is_no_row_of_words_is_no_fingerprint(told: list[str]) -> None:
    assert not checksum_holds(told) and not same(told, KEY)


def test_a_check_that_does_not_check_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A sum without weights misses words that changed places."""

    def sum_only(numbers: list[int]) -> int:
        total = 0
        for number in numbers:
            total ^= number
        return total

    monkeypatch.setattr(phrase, "_check", sum_only)
    with pytest.raises(AssertionError):
        test_two_words_that_changed_places_are_noticed()
