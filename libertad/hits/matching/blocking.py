"""Which pairs are worth comparing: those that share something rare enough.

Each record gives keys: two words of its names, a word with a birth or a fact, numbers by themselves. A key
that too many records share is left out; such records meet under another one. DuckDB joins them, on disk if
need be.
"""

from __future__ import annotations

from collections.abc import Iterator

import duckdb
import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching.facts import _parts
from libertad.hits.matching.frame import Frame, Words
from libertad.hits.matching.lexicon import How, Ints, Near
from libertad.hits.matching.record import NUMBERED
from libertad.hits.matching.spelling import fold

CROWD = 60
Keys = NDArray[np.uint64]
_MIX = np.uint64(0x9E3779B97F4A7C15)


def mixed(*parts: NDArray[np.signedinteger]) -> Keys:
    """One number from several, well spread."""
    found = np.zeros(np.broadcast_shapes(*(p.shape for p in parts)), np.uint64)
    for part in parts:
        found = (found ^ part.astype(np.uint64)) * _MIX
        found ^= found >> np.uint64(29)
    return found


def usual(words: Words, near: Near) -> Ints:
    """For each word the most common one that it may be a misspelling or nickname of; itself if none is."""
    lexicon = words.names
    counts = np.array(lexicon.counts, np.int64)
    sounds: dict[str, int] = {}
    best = np.arange(len(lexicon))
    for at in np.argsort(-counts, kind="stable"):
        best[at] = sounds.setdefault(fold(lexicon.words[at]), int(at))
    close = near.how <= How.CLOSE
    one, other = near.code[close] // near.size, near.code[close] % near.size
    rarer = np.where(counts[one] < counts[other], one, other)
    common = np.where(counts[one] < counts[other], other, one)
    order = np.argsort(counts[common], kind="stable")
    rarer, common = rarer[order], common[order]
    far = counts[common] > 2 * counts[rarer]
    best[rarer[far]] = best[common[far]]  # the most common comes last and stays
    return best


def keys(frame: Frame, usual_word: Ints) -> tuple[Ints, Keys]:
    """(record, key) of everything that may bring two records together."""
    parts = list(_keys(frame, usual_word))
    return np.concatenate([p[0] for p in parts]), np.concatenate([p[1] for p in parts])


def _keys(frame: Frame, usual_word: Ints) -> Iterator[tuple[Ints, Keys]]:
    record = np.repeat(np.arange(len(frame)), frame.names.count)
    word = np.where(frame.words >= 0, usual_word[frame.words], -1) if len(usual_word) else frame.words
    wide = word.shape[1]
    for x in range(wide):
        for y in range(x + 1, wide):
            has = (word[:, x] >= 0) & (word[:, y] >= 0)
            a, b = word[has, x], word[has, y]
            yield record[has], mixed(np.full(has.sum(), 1), np.minimum(a, b), np.maximum(a, b))
    for x in range(wide):
        has = word[:, x] >= 0
        yield record[has], mixed(np.full(has.sum(), 0), word[has, x])
    year, month, day = _parts(np.maximum(frame.earliest, 0))
    born = (frame.earliest >= 0)[record]
    exact = born & ((frame.earliest == frame.latest) & ~frame.placeholder)[record]
    dated = np.minimum(month, day) * 32 + np.maximum(month, day)  # swapped or not
    for x in range(wide):
        for tag, has, what in ((2, born, year), (3, exact, dated)):
            has = has & (word[:, x] >= 0)
            yield record[has], mixed(np.full(has.sum(), tag), word[has, x], what[record[has]])
    days = np.flatnonzero((frame.earliest >= 0) & (frame.earliest == frame.latest))
    exact = days[~frame.placeholder[days]]
    yield exact, mixed(np.full(len(exact), 4), frame.earliest[exact])
    for number, (kind, many) in enumerate(sorted(frame.facts.items())):
        owner = np.repeat(np.arange(len(frame)), many.count)
        if kind in NUMBERED or kind == "address":
            yield owner, mixed(np.full(len(owner), 10 + number), many.value)
        if kind in NUMBERED:
            continue
        dates = np.isin(owner, days)
        yield (
            owner[dates],
            mixed(np.full(dates.sum(), 40 + number), many.value[dates], frame.earliest[owner[dates]]),
        )
        for x in range(2):  # the first two words of its first name
            first = frame.names.start[:-1][owner]
            has = frame.names.count[owner] > 0
            at = word[np.where(has, first, 0), x] if len(word) else np.full(len(owner), -1)
            has = has & (at >= 0)
            yield owner[has], mixed(np.full(has.sum(), 70 + number), many.value[has], at[has])


def pairs(left: Frame, right: Frame | None, usual_word: Ints, crowd: int = CROWD) -> tuple[Ints, Ints]:
    """Pairs of record numbers, each once; within `left` (first < second) where there is no `right`."""
    base = duckdb.connect()
    owner, key = keys(left, usual_word)
    mine = {"record": owner, "key": key}
    base.register("mine_given", mine)
    base.execute("create table mine as select distinct record, key from mine_given")
    if right is None:
        found = base.execute(
            "with few as (select key from mine group by key having count(*) between 2 and ?) "
            "select distinct a.record as one, b.record as other from few join mine a using (key) "
            "join mine b using (key) where a.record < b.record",
            [crowd],
        ).fetchnumpy()
    else:
        owner, key = keys(right, usual_word)
        base.register("theirs_given", {"record": owner, "key": key})
        base.execute("create table theirs as select distinct record, key from theirs_given")
        found = base.execute(
            "with few as (select key from mine group by key having count(*) <= ? "
            "intersect select key from theirs group by key having count(*) <= ?) "
            "select distinct a.record as one, b.record as other from few join mine a using (key) "
            "join theirs b using (key)",
            [crowd, crowd],
        ).fetchnumpy()
    one, other = np.asarray(found["one"], np.int64), np.asarray(found["other"], np.int64)
    order = np.lexsort((other, one))  # the same tables give the same pairs in the same order
    return one[order], other[order]
