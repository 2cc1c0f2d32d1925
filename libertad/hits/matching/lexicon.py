"""The words that occur in names or values: how often, and which of them may be one another.

Words are numbered as they come. `Near` lists the pairs that are alike with how they are; what is not listed
differs. Two words are only compared where they share a key (sound, consonants, all but one letter, beginning,
end, nickname), so the cost grows with the words and not with their square.
"""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

import numpy as np
from numpy.typing import NDArray
from rapidfuzz import process
from rapidfuzz.distance import OSA, JaroWinkler

from libertad.hits.matching.compounds import strip_shared_part
from libertad.hits.matching.nicknames import arabic, known_as
from libertad.hits.matching.scripts import consonants, is_vowelless
from libertad.hits.matching.spelling import fold, heard_in
from libertad.hits.matching.text import skeleton

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]
CROWD = 400  # words under one key, of which none is compared: 'beginning with mari' says nothing


class How(IntEnum):
    """How two words of names are alike. The order is that of the model's parameters, not of strength."""

    SAME = 0
    SPELLING = 1
    NICKNAME = 2
    CLOSE = 3
    NEAR = 4
    INITIAL = 5
    DIFFERENT = 6


# As numbers: a member of an enumeration is a hundred times slower to name.
SAME, SPELLING, NICKNAME, CLOSE, NEAR, INITIAL, DIFFERENT = map(int, How)


def keys(word: str) -> set[str]:
    """What a word shares with those that may be the same name."""
    if len(word) < 3 or not word.isalpha():
        named = ("n" + name for name in (word, *known_as(word)) if word.isalpha())
        return {
            "d" + word,
            *named,
            *("d" + word[:i] + word[i + 1 :] for i in range(len(word)) if len(word) > 3),
        }
    sound = fold(word)
    bones, stops = skeleton(sound), consonants(word)
    word_keys = {"f" + sound, "n" + word, *("n" + name for name in known_as(word))}
    word_keys.update(f"l{at}{spoken}" for at, spoken in enumerate(heard_in(word)))
    if len(bones) > 2:
        word_keys.add("s" + bones)
    if len(stops) > 2:
        word_keys.add("a" + stops)
    if len(word) > 3:
        word_keys.add("d" + word)
        word_keys.update("d" + word[:i] + word[i + 1 :] for i in range(len(word)))
        word_keys.update(("b" + word[:4], "e" + word[-4:]))
    return word_keys


# What a key that two words share promises, by its first letter; only promised, for keys are kept as numbers.
SOUND, NAMED, BONES, STOPS, SPOKEN = 1, 2, 4, 8, 16
PROMISE = {"f": SOUND, "n": NAMED, "s": BONES, "a": STOPS, "l": SPOKEN}
ANY = SOUND | NAMED | BONES | STOPS | SPOKEN


def levels(left: Sequence[str], right: Sequence[str], promise: NDArray[np.uint8]) -> NDArray[np.int8]:
    """How each left word is like the right one beside it. Where nothing is promised neither sound, nor
    nicknames, nor consonants are compared."""
    if not left:
        return np.zeros(0, np.int8)
    left, right = zip(*map(strip_shared_part, left, right), strict=True)
    edits = process.cpdist(left, right, scorer=OSA.distance, score_cutoff=2, dtype=np.int32)
    similarity = process.cpdist(
        left, right, scorer=JaroWinkler.similarity, score_cutoff=0.9, dtype=np.float32
    )
    sizes = [np.fromiter(map(len, words), np.int64, len(words)) for words in (left, right)]
    short = np.minimum(*sizes)
    level = np.full(len(left), DIFFERENT, np.int8)
    near = (short > 2) & ((similarity > 0) | (edits == 1)) | (short > 5) & (edits <= 2)
    within, size = np.zeros(len(left), bool), short.tolist()
    for at in np.flatnonzero(~near).tolist():  # what is near already need not begin or end alike
        a, b = left[at], right[at]
        if a[0] == b[0] and (a.startswith(b) or b.startswith(a)):
            within[at] = True
            near[at] = size[at] > 2
        elif size[at] > 3 and a[-1] == b[-1] and (a.endswith(b) or b.endswith(a)):
            near[at] = True
    level[near] = NEAR
    level[(edits == 1) & (short > 3)] = CLOSE
    for at in np.flatnonzero(promise).tolist():
        left_word, right_word, promised = left[at], right[at], promise[at]
        if promised & SOUND and fold(left_word) == fold(right_word):
            level[at] = SPELLING
        elif promised & NAMED and called(left_word, right_word):
            level[at] = NICKNAME
        elif promised & STOPS and (is_vowelless(left_word) or is_vowelless(right_word)):
            level[at] = min(level[at], _without_vowels(left_word, right_word))
        elif promised & STOPS and level[at] in (DIFFERENT, NEAR) and _arabic_alike(left_word, right_word):
            level[at] = CLOSE
        elif promised & SPOKEN and level[at] in (DIFFERENT, NEAR) and _spoken_alike(left_word, right_word):
            level[at] = CLOSE
        elif promised & BONES and level[at] == DIFFERENT and short[at] > 3:
            bones = skeleton(fold(left_word))
            if len(bones) > 2 and bones == skeleton(fold(right_word)):
                level[at] = NEAR
    for at in np.flatnonzero(level == NEAR).tolist():
        if short[at] > 3 and _with_article(left[at], right[at]):
            level[at] = SPELLING
    level[short == 1] = DIFFERENT
    level[(short == 1) & within] = INITIAL
    level[edits == 0] = SAME
    return level


def _spoken_alike(left: str, right: str) -> bool:
    """Whether they are one name to speakers of one of the region's languages."""
    return any(
        left_sound and left_sound == right_sound
        for left_sound, right_sound in zip(heard_in(left), heard_in(right), strict=True)
    )


def _arabic_alike(left: str, right: str) -> bool:
    """Whether they have the same consonants and one is a name of Arabic, whose vowels differ by country."""
    stops = consonants(left)
    return len(stops) > 2 and (left in arabic() or right in arabic()) and stops == consonants(right)


def _without_vowels(left: str, right: str) -> int:
    """How two words are alike by their consonants, of which one has no more."""
    left_stops, right_stops = consonants(left), consonants(right)
    size = max(len(left_stops), len(right_stops))
    apart = OSA.distance(left_stops, right_stops, score_cutoff=2)
    if apart == 0:
        return SPELLING if size > 2 else CLOSE if size > 1 else DIFFERENT
    if apart == 1 and left_stops.replace("X", "s") == right_stops.replace("X", "s"):
        return CLOSE  # one letter of Hebrew is both
    if apart == 1 and size > 2:
        return CLOSE if size > 3 else NEAR
    return NEAR if apart == 2 and size > 5 else DIFFERENT


def _with_article(left: str, right: str) -> bool:
    """Whether one is the other with an Arabic article before it: Alharbi, Essayed."""
    long, short = (left, right) if len(left) > len(right) else (right, left)
    return long[2:] == short and long[0] in "ae" and long[1] in ("l", short[0])


def called(left: str, right: str) -> bool:
    """Whether one name is the other's nickname, or both are of one name."""
    left_names, right_names = known_as(left), known_as(right)
    return right in left_names or left in right_names or not left_names.isdisjoint(right_names)


@dataclass(frozen=True)
class Near:
    """Pairs of words that are alike: `code` is smaller * size + larger, ascending; `how` beside it."""

    size: int
    code: Ints
    how: NDArray[np.int8]

    def at(self, left_words: Ints, right_words: Ints) -> Ints:
        """Where each pair is listed; -1 where it is not."""
        code = np.minimum(left_words, right_words) * self.size + np.maximum(left_words, right_words)
        place = np.searchsorted(self.code, code)
        place[place == len(self.code)] = 0
        return (
            np.where(self.code[place] == code, place, -1) if len(self.code) else np.full(left_words.shape, -1)
        )


class Lexicon:
    """Words numbered as they come, each with how many records say it."""

    def __init__(self) -> None:
        self.words: list[str] = []
        self.ids: dict[str, int] = {}
        self.counts: list[int] = []

    def __len__(self) -> int:
        return len(self.words)

    def contains(self, word: str) -> bool:
        """Whether somebody says it."""
        return word in self.ids

    def cuts(self, word: str) -> list[int]:
        """Where the word may be two that somebody is called by."""
        if len(word) < 6:
            return []
        ids = self.ids
        return [at for at in range(3, len(word) - 2) if word[:at] in ids and word[at:] in ids]

    def texts(self, ids: Ints) -> list[str]:
        """The words of these numbers."""
        words = self.words
        return [words[at] for at in ids.tolist()]

    def count_of(self, ids: Ints) -> Floats:
        """How many records say each."""
        return np.array([self.counts[at] for at in ids.tolist()], np.float64)

    @property
    def total(self) -> int:
        return sum(self.counts)

    def add(self, word: str, times: int = 1) -> int:
        """The word's number; it is counted."""
        known = self.ids.get(word)
        if known is None:
            known = self.ids[word] = len(self.words)
            self.words.append(word)
            self.counts.append(0)
        self.counts[known] += times
        return known

    def near(self) -> Near:
        """All pairs of words that are alike."""
        shared: dict[str, list[int]] = defaultdict(list)
        for at, word in enumerate(self.words):
            for key in keys(word):
                shared[key].append(at)
        codes, promises = [np.zeros(0, np.int64)], [np.zeros(0, np.uint8)]
        size = max(len(self.words), 1)
        for key, group in shared.items():
            if 1 < len(group) <= CROWD:
                ids = np.array(group)
                first, second = np.triu_indices(len(ids), 1)
                codes.append(ids[first] * size + ids[second])
                promises.append(np.full(len(first), PROMISE.get(key[0], 0), np.uint8))
        return self.near_of(*together(np.concatenate(codes), np.concatenate(promises)))

    def promises(self, left_words: Ints, right_words: Ints) -> NDArray[np.uint8]:
        """What keys that each pair of words shares promise."""
        sounds = [fold(word) for word in self.words]
        bones = [
            skeleton(sound) if len(word) > 2 else "" for sound, word in zip(sounds, self.words, strict=True)
        ]
        bare = np.array([is_vowelless(word) for word in self.words], bool)
        named = np.array([bool(known_as(word)) for word in self.words], bool)
        promised = np.where(named[left_words] | named[right_words], np.uint8(NAMED), np.uint8(0))
        for promise, keys in ((SOUND, sounds), (BONES, bones)):
            number = factorize(keys)
            promised[number[left_words] == number[right_words]] |= promise
        stops = factorize(map(consonants, self.words))
        promised[bare[left_words] | bare[right_words] | (stops[left_words] == stops[right_words])] |= STOPS
        for spoken in zip(*map(heard_in, self.words), strict=True):
            number = factorize(("", *spoken))[1:]
            promised[(number[left_words] == number[right_words]) & (number[left_words] > 0)] |= SPOKEN
        return promised

    def near_of(self, code: Ints, promise: NDArray[np.uint8]) -> Near:
        """Those of these pairs (smaller * size + larger, each once, ascending) that are alike."""
        size = max(len(self.words), 1)
        smaller, larger = np.divmod(code, size)
        may = self._may_be_alike(smaller, larger) | (promise > 0)
        code, smaller, larger, promise = code[may], smaller[may], larger[may], promise[may]
        level = levels(self.texts(smaller), self.texts(larger), promise)
        is_near = (level != DIFFERENT) & (level != SAME)
        return Near(size, code[is_near], level[is_near])

    def _may_be_alike(self, left_words: Ints, right_words: Ints) -> NDArray[np.bool_]:
        """Whether the letters of each pair of words allow it, where no key promises anything.

        Two edits leave four letters that only one word has. A similarity of .9 (Jaro and Winkler) takes at
        least 1.5 ab / (a + b) common letters of words of a and b letters. What begins or ends a word has none
        but its.
        """
        if not len(left_words):
            return np.zeros(0, bool)
        sizes = np.fromiter(map(len, self.words), np.int64, len(self.words))
        every = np.frombuffer("".join(self.words).encode(), np.uint8)
        letters = np.bitwise_or.reduceat(
            np.uint32(1) << (every & 31).astype(np.uint32), np.cumsum(sizes) - sizes
        )
        left_letters, right_letters, a, b = (
            letters[left_words],
            letters[right_words],
            sizes[left_words],
            sizes[right_words],
        )
        apart: Ints = np.bitwise_count(left_letters ^ right_letters).astype(np.int64)
        shared = left_letters & right_letters
        held: NDArray[np.bool_] = (shared == left_letters) | (shared == right_letters)
        near: NDArray[np.bool_] = apart <= np.maximum(a + b - 3 * a * b / (a + b), 4)
        return held | near


class Counted(Lexicon):
    """Words that are as common as somebody else counted them."""

    def __init__(self, tally: Counter[str]) -> None:
        super().__init__()
        self.tally = tally

    def count_of(self, ids: Ints) -> Floats:
        return np.array([self.tally[word] for word in self.texts(ids)], np.float64)

    @property
    def total(self) -> int:
        return self.tally.total()


def factorize(texts: Iterable[str]) -> Ints:
    """A number for each, the same for the same."""
    known: dict[str, int] = {}
    return np.array([known.setdefault(text, len(known)) for text in texts], np.int64)


def ordered(numbers: NDArray[Any]) -> NDArray[Any]:
    """Each once, ascending. (Several times quicker than `np.unique` of NumPy 2.)"""
    numbers = np.sort(numbers)
    return numbers[begins(numbers)]


def begins(ordered: NDArray[Any]) -> Ints:
    """Where each value begins."""
    changes = np.empty(len(ordered), bool)
    changes[:1] = True
    np.not_equal(ordered[1:], ordered[:-1], out=changes[1:])
    return np.flatnonzero(changes)


def together(number: Ints, promise: NDArray[np.uint8]) -> tuple[Ints, NDArray[np.uint8]]:
    """Each number once, ascending, with all that is promised of it."""
    if not len(number):
        return number, promise
    order = np.argsort(number, kind="stable")
    number, promise = number[order], promise[order]
    first = begins(number)
    return number[first], np.bitwise_or.reduceat(promise, first)
