"""Which pairs are worth comparing: those that share something rare enough.

Each record gives keys: two words of its names, a word with a birth or a fact, numbers whole and by both ends.
A key that too many records share is left out; such records meet under another one. In batches DuckDB joins
the keys, on disk if need be; an index keeps them in `Postings`.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import cache
from itertools import combinations

import duckdb
import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.facts import parts_of
from libertad.hits.matching.lexicon import How, Ints, Near
from libertad.hits.matching.postings import Keys, code, mixed
from libertad.hits.matching.record import NUMBERED, TEXTS, Kind
from libertad.hits.matching.record_table import Frame, Words
from libertad.hits.matching.spelling import fold
from libertad.hits.matching.text import split_document

CROWD = 60
ENDS = 6  # letters or figures of a number that are a key by themselves, at either end
WORD, TWO, YEAR, DATE, BORN, HOME = range(6)
KINDS = {kind: number for number, kind in enumerate((*NUMBERED, *TEXTS))}
WHOLE, FRONT, BACK, WITH_BIRTH, WITH_WORD = (10 + len(KINDS) * turn for turn in range(5))


def usual(words: Words, near: Near) -> Ints:
    """For each word the most common one that it may be a misspelling or nickname of; itself if none is."""
    lexicon = words.names
    counts = np.array(lexicon.counts, np.int64)
    sounds: dict[str, int] = {}
    best = np.arange(len(lexicon))
    for at in np.argsort(-counts, kind="stable"):
        best[at] = sounds.setdefault(fold(lexicon.words[at]), int(at))
    close = near.how <= How.CLOSE
    smaller, larger = near.code[close] // near.size, near.code[close] % near.size
    rarer = np.where(counts[smaller] < counts[larger], smaller, larger)
    common = np.where(counts[smaller] < counts[larger], larger, smaller)
    order = np.argsort(counts[common], kind="stable")
    rarer, common = rarer[order], common[order]
    far = counts[common] > 2 * counts[rarer]
    best[rarer[far]] = best[common[far]]  # the most common comes last and stays
    return best


def codes(words: Words) -> dict[Kind, NDArray[np.uint32]]:
    """For each kind of fact its values' codes; of a number three: whole, its beginning, its end."""
    by_kind: dict[Kind, NDArray[np.uint32]] = {}
    for kind, lexicon in words.values.items():
        by_kind[kind] = np.array([codes_of(kind, value) for value in lexicon.words], np.uint32).reshape(-1, 3)
    return by_kind


def codes_of(kind: Kind, value: str) -> tuple[int, int, int]:
    """A value's codes: whole, and the two ends of a number that is long enough (else 0). Of a document the
    country is left out, for not everybody says it."""
    if kind == "document":
        _country, value = split_document(value)
    if kind in NUMBERED and len(value) > ENDS:
        return code(value), code(value[:ENDS]), code(value[-ENDS:])
    return code(value), 0, 0


def tagged(tag: int, *parts: NDArray[np.integer]) -> Keys:
    """Keys of one kind."""
    return mixed(*parts, since=_begun(tag))


@cache
def _begun(tag: int) -> np.uint64:
    seed: np.uint64 = mixed(np.array([tag]))[0]
    return seed


def keys(
    frame: Frame, word: NDArray[np.signedinteger], coded: Mapping[Kind, NDArray[np.uint32]]
) -> tuple[Ints, Keys]:
    """(record, key) of everything that may bring two records together.

    `word`: the frame's words as they are to be compared; `coded`: as `codes` gives it.
    """
    parts = [*_of_words(frame, word), *of_facts(frame, word, coded)]
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _of_words(frame: Frame, word: NDArray[np.signedinteger]) -> Iterator[tuple[Ints, Keys]]:
    record = np.repeat(np.arange(len(frame)), frame.names.count)
    wide = word.shape[1]
    for x, y in combinations(range(wide), 2):
        has = (word[:, x] >= 0) & (word[:, y] >= 0)
        a, b = word[has, x], word[has, y]
        yield record[has], tagged(TWO, np.minimum(a, b), np.maximum(a, b))
    year, dated, exact = births(frame)
    for x in range(wide):
        has = word[:, x] >= 0
        yield record[has], tagged(WORD, word[has, x])
        for tag, birth_part in ((YEAR, year), (DATE, dated)):
            has_both = has & (birth_part[record] > 0)
            yield record[has_both], tagged(tag, word[has_both, x], birth_part[record[has_both]])
    yield exact, tagged(BORN, frame.earliest[exact])


def births(frame: Frame) -> tuple[Ints, Ints, Ints]:
    """Year, and day and month in whatever order (0: not known); and which records have a whole date."""
    year, month, day = parts_of(np.maximum(frame.earliest, 0))
    whole = (frame.earliest >= 0) & (frame.earliest == frame.latest) & ~frame.placeholder
    dated = np.where(whole, np.minimum(month, day) * 32 + np.maximum(month, day), 0)
    return np.where(frame.earliest >= 0, year, 0), dated, np.flatnonzero(whole)


def of_facts(
    frame: Frame, word: NDArray[np.signedinteger], coded: Mapping[Kind, NDArray[np.uint32]]
) -> Iterator[tuple[Ints, Keys]]:
    known = frame.earliest >= 0
    for kind, ragged in sorted(frame.facts.items()):
        owner = np.repeat(np.arange(len(frame)), ragged.count)
        value = coded[kind][ragged.value]
        turn = KINDS[kind]
        if kind in NUMBERED or kind == "address":
            yield owner, tagged(WHOLE + turn, value[:, 0])
        if kind in NUMBERED:
            ends = value[:, 1] > 0
            yield owner[ends], tagged(FRONT + turn, value[ends, 1])
            yield owner[ends], tagged(BACK + turn, value[ends, 2])
            continue
        if kind == "nationality":  # too many have it
            continue
        dates = known[owner] & (kind != "address")  # an address is a key by itself
        yield owner[dates], tagged(WITH_BIRTH + turn, value[dates, 0], frame.earliest[owner[dates]])
        named = frame.names.count[owner] > 0
        first = np.where(named, frame.names.start[:-1][owner], 0)
        for x in range(2 if len(word) else 0):  # the first two words of its first name
            has = named & (word[first, x] >= 0)
            yield owner[has], tagged(WITH_WORD + turn, value[has, 0], word[first[has], x])


def _homes(frame: Frame, words: Words) -> tuple[Ints, Keys]:
    """Each word of an address with the place: what brings those together of whom little else is told, one of
    the two being misspelt. Only in batches, for an index has no room for so many."""
    if not {"address", "place"} <= frame.facts.keys():
        return np.zeros(0, np.int64), tagged(HOME, np.zeros(0, np.int64))
    word_codes = [
        [code(word) for word in value.split() if word.isalpha() and len(word) > 2]
        for value in words.of("address").words
    ]
    start = np.cumsum([0, *map(len, word_codes)])
    words_of = np.array([word_code for row_codes in word_codes for word_code in row_codes], np.uint32)
    place = np.array([code(value) for value in words.of("place").words], np.uint32)
    homes, places = frame.facts["address"], frame.facts["place"]
    home, which = _each(start[homes.value], start[homes.value + 1])
    owner = np.repeat(np.arange(len(frame)), homes.count)[home]
    again, at = _each(places.start[owner], places.start[owner + 1])
    return owner[again], tagged(HOME, words_of[which[again]], place[places.value[at]])


def _each(start: NDArray[np.integer], end: NDArray[np.integer]) -> tuple[Ints, Ints]:
    """All places from each `start` to before its `end`, and which of these they are of."""
    count = end - start
    of = np.repeat(np.arange(len(count)), count)
    return of, np.arange(len(of)) - (np.cumsum(count) - count)[of] + start[of]


def pairs(
    left: Frame, right: Frame | None, words: Words, usual_word: Ints, crowd: int = CROWD
) -> tuple[Ints, Ints]:
    """Pairs of record numbers, each once; within `left` (first < second) where there is no `right`."""
    base = duckdb.connect()
    coded = codes(words)
    for name, frame in (("mine", left), ("theirs", right)):
        if frame is not None:
            word: NDArray[np.signedinteger] = (
                np.where(frame.words >= 0, usual_word[frame.words], -1) if len(usual_word) else frame.words
            )
            owner, key = map(np.concatenate, zip(keys(frame, word, coded), _homes(frame, words), strict=True))
            base.register("given", {"record": owner, "key": key})
            base.execute(f"create table {name} as select distinct record, key from given")  # noqa: S608
    if right is None:
        columns = base.execute(
            "with few as (select key from mine group by key having count(*) between 2 and ?) "
            "select distinct a.record as one, b.record as other from few join mine a using (key) "
            "join mine b using (key) where a.record < b.record",
            [crowd],
        ).fetchnumpy()
    else:
        columns = base.execute(
            "with few as (select key from mine group by key having count(*) <= ? "
            "intersect select key from theirs group by key having count(*) <= ?) "
            "select distinct a.record as one, b.record as other from few join mine a using (key) "
            "join theirs b using (key)",
            [crowd, crowd],
        ).fetchnumpy()
    left_rows, right_rows = np.asarray(columns["one"], np.int64), np.asarray(columns["other"], np.int64)
    order = np.lexsort((right_rows, left_rows))  # the same tables give the same pairs in the same order
    return left_rows[order], right_rows[order]
