"""Records in columns, so that many pairs are compared at once. Several frames share one `Words`."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cache, cached_property
from itertools import pairwise
from operator import add

import numpy as np
from numpy.typing import NDArray

from libertad.hits.matching import syllables, text
from libertad.hits.matching.columns import Column, Said, Told
from libertad.hits.matching.lexicon import Ints, Lexicon
from libertad.hits.matching.record import NUMBERED, TEXTS, Birth, Kind, Record

MOST_WORDS = 6
EPOCH = date(1, 1, 1).toordinal()
SEXES = {
    "m": 1,
    "male": 1,
    "man": 1,
    "masculino": 1,
    "hombre": 1,
    "homme": 1,
    "boy": 1,
    "f": 2,
    "female": 2,
    "woman": 2,
    "femenino": 2,
    "mujer": 2,
    "femme": 2,
    "girl": 2,
    "x": 3,
    "other": 3,
    "intersex": 3,
}
GIVEN, FAMILY = 1, 2
NONE = np.uint32(0xFFFFFFFF)
FEW = 1000  # records whose words are also tried as two
FACTS: tuple[Kind, ...] = (*NUMBERED, *TEXTS)


@dataclass
class Words:
    """The lexicons that frames share: one of names' words, one of the values of each kind of fact."""

    names: Lexicon = field(default_factory=Lexicon)
    values: dict[Kind, Lexicon] = field(default_factory=dict)

    def of(self, kind: Kind) -> Lexicon:
        return self.values.setdefault(kind, Lexicon())

    def counts(self) -> dict[Kind, list[int]]:
        """How many records say each word and value so far."""
        return {kind: list(lexicon.counts) for kind, lexicon in self._all()}

    def count_as(self, counts: dict[Kind, list[int]]) -> None:
        """As if nobody had said anything since `counts` were taken."""
        for kind, lexicon in self._all():
            known = counts.get(kind, [])
            lexicon.counts[:] = known + [0] * (len(lexicon.counts) - len(known))

    def _all(self) -> Iterator[tuple[Kind, Lexicon]]:
        yield "name", self.names
        yield from self.values.items()


@dataclass(frozen=True)
class Many:
    """Several numbers a record: those of record r are `value[start[r]:start[r + 1]]`. Where nobody has two,
    `start` may be empty; then `value[r]` is that of record r, or `NONE`."""

    start: NDArray[np.integer]
    value: NDArray[np.integer]

    @property
    def count(self) -> Ints:
        return np.diff(self.start)

    def of(self, rows: Ints) -> tuple[Ints, Ints]:
        """Where the numbers of these records begin, and how many they are."""
        if not len(self.start):
            return rows, (self.value[rows] != NONE).astype(np.int64)
        start = self.start[rows].astype(np.int64)
        return start, self.start[rows + 1].astype(np.int64) - start

    def packed(self) -> Many:
        """The same in as few bytes as will do, for who only asks `of`."""
        count = self.count
        if not len(count) or count.max() > 1:
            return Many(self.start.astype(np.uint32), self.value.astype(np.uint32))
        value = np.full(len(count), NONE)
        value[count > 0] = self.value
        return Many(np.zeros(0, np.uint32), value)


@dataclass(frozen=True)
class Frame:
    """`names`: each record's rows of `words` (padded with -1) and `roles`; births as days since year 1."""

    ids: list[str]
    words: NDArray[np.int32]
    roles: NDArray[np.int8]
    names: Many
    earliest: NDArray[np.int32]
    latest: NDArray[np.int32]
    placeholder: NDArray[np.bool_]
    sex: NDArray[np.int8]
    facts: dict[Kind, Many]

    def __len__(self) -> int:
        return len(self.earliest)

    @cached_property
    def sexes(self) -> NDArray[np.int64]:
        """How many records say each sex."""
        return np.bincount(self.sex, minlength=4)

    def people(self, rows: Ints) -> NDArray[np.bool_]:
        """Which of these records tell of a person: a text, a phone or a site says no name, birth or sex."""
        _, names = self.names.of(rows)
        is_person: NDArray[np.bool_] = (names > 0) | (self.earliest[rows] >= 0) | (self.sex[rows] > 0)
        return is_person


Row = tuple[tuple[str, ...], tuple[int, ...]]  # the words of a name and their roles


_UNTOLD = (0,) * MOST_WORDS


@cache
def _part_roles(given: int, family: int) -> tuple[int, ...]:
    return ((GIVEN,) * given + (FAMILY,) * family)[:MOST_WORDS]


def _rows(names: Iterable[tuple[tuple[str, ...], ...]]) -> list[Row]:
    """The words of each of a record's names with their roles, once each. `names`: the words of the given and
    of the family name and of the whole."""
    roles_by_words: dict[tuple[str, ...], tuple[int, ...]] = {}
    for given, family, full in names:
        if not given and not family:
            roles_by_words.setdefault(full[:MOST_WORDS], _UNTOLD[: len(full)])
            continue
        parts = dict.fromkeys(family, FAMILY) | dict.fromkeys(given, GIVEN) if full else {}
        if not full or not parts.keys() <= set(full):  # no full name, or the parts say something else
            roles_by_words[(given + family)[:MOST_WORDS]] = _part_roles(len(given), len(family))
        if full:
            roles_by_words.setdefault(
                full[:MOST_WORDS], tuple([parts.get(word, 0) for word in full[:MOST_WORDS]])
            )
    return [row for row in roles_by_words.items() if not text.nothing("".join(row[0]))]


def name_rows(record: Record) -> list[Row]:
    """The words of each of its names with their roles, once each."""
    tokens = text.tokens
    return _rows(
        [(tokens(name.given), tokens(name.family, True), tokens(name.full)) for name in record.names]
    )


def _otherwise(
    words: tuple[str, ...], roles: tuple[int, ...], lexicon: Lexicon, cuts: Callable[[str], list[int]]
) -> Iterator[Row]:
    """A name with two words written as one that somebody has, and, where `cuts` tells, with one as two."""
    for at, both in enumerate(pairwise(words)):
        for joined in filter(lexicon.contains, syllables.joined_forms(*both)):
            together = (*roles[:at], max(roles[at : at + 2]), *roles[at + 2 :])
            yield (*words[:at], joined, *words[at + 2 :]), together
    if parted := syllables.split(words):
        parts, of = parted
        yield parts[:MOST_WORDS], tuple([roles[at] for at in of])[:MOST_WORDS]
    for at, word in enumerate(words if len(words) < MOST_WORDS else ()):
        for cut in cuts(word):
            split = (*words[:at], word[:cut], word[cut:], *words[at + 1 :])
            yield split, (*roles[:at], roles[at], roles[at], *roles[at + 1 :])
        if cuts is not _no_cuts and (parts := _parts(word, lexicon.contains, MOST_WORDS + 1 - len(words))):
            split = (*words[:at], *parts, *words[at + 1 :])
            yield split, (*roles[:at], *[roles[at]] * len(parts), *roles[at + 1 :])


def _no_cuts(_word: str) -> list[int]:
    """Where many records are read at once no word is tried as several."""
    return []


def _parts(word: str, known: Callable[[str], bool], maximum: int) -> tuple[str, ...]:
    """A word of at least nine letters as three or more that somebody is called by, of three letters or more;
    () where it is none."""
    if len(word) < 9:
        return ()
    ways: list[tuple[str, ...]] = [()]
    while ways:
        parts = ways.pop()
        rest = word[sum(map(len, parts)) :]
        if len(parts) > 1 and known(rest) and len(parts) < maximum:
            return (*parts, rest)
        if len(parts) + 2 < maximum or len(parts) < 2:
            ways += [(*parts, rest[:at]) for at in range(3, len(rest) - 2) if known(rest[:at])]
    return ()


def build_frame_pair(left: Iterable[Record], right: Iterable[Record], shared: Words) -> tuple[Frame, Frame]:
    """`build_frame` of two sides: either knows what the other writes as one word or as two."""
    both = tabulate(left, shared), tabulate(right, shared)
    return add_compound_variants(both[0], shared.names), add_compound_variants(both[1], shared.names)


def build_frame(records: Iterable[Record] | Said, shared: Words) -> Frame:
    """Records as columns; their words and values are numbered in `shared`."""
    return add_compound_variants(tabulate(records, shared), shared.names)


def tabulate(records: Iterable[Record] | Said, shared: Words) -> Frame:
    """`build_frame` of records that are some of many, without compound variants: what others write as one
    word or as two is not known yet."""
    columns = records if isinstance(records, Said) else Said.of(records)
    words, roles, names = _names(columns, shared.names)
    days = np.array([_days(birth) for birth in columns.birth.once], np.int32).reshape(-1, 3)[
        columns.birth.which
    ]
    sexes = [SEXES.get(sex.strip().casefold(), 0) for sex in columns.sex.once]
    facts = {
        kind: _values(kind, columns.facts[kind], shared, len(columns))
        for kind in FACTS
        if kind in columns.facts
    }
    return Frame(
        ids=columns.ids,
        words=words,
        roles=roles,
        names=names,
        earliest=days[:, 0],
        latest=days[:, 1],
        placeholder=days[:, 2].astype(bool),
        sex=np.array(sexes, np.int8)[columns.sex.which],
        facts={kind: ragged for kind, ragged in facts.items() if len(ragged.value)},
    )


def _names(columns: Said, lexicon: Lexicon) -> tuple[NDArray[np.int32], NDArray[np.int8], Many]:
    """Rows of words and roles, and which of them are whose."""
    parts = _words(columns.given), _words(columns.family, family=True), _words(columns.full)
    names = list(zip(*parts, strict=True))
    start = np.searchsorted(columns.name_of, np.arange(len(columns) + 1)).tolist()
    rows_by_record = [_rows(names[a:b]) for a, b in pairwise(start)]
    rows = [row for of in rows_by_record for row in of]
    flagged_words = [(word, True) for words, _roles in rows for word in words]
    if any(map(syllables.begins_or_ends, (words for words, _roles in rows))):
        flagged_words = [flagged_word for of in rows_by_record for flagged_word in _with_syllables(of)]
    number = _number_texts(lexicon, Column.of(word for word, _written in flagged_words))
    number = number[
        np.fromiter((is_written for _word, is_written in flagged_words), np.bool_, len(flagged_words))
    ]
    begin = np.zeros(len(rows_by_record) + 1, np.int64)
    np.cumsum([len(of) for of in rows_by_record], out=begin[1:])
    return *_filled(rows, number), Many(begin, np.arange(len(rows)))


def _with_syllables(rows: Sequence[Row]) -> Iterator[tuple[str, bool]]:
    """The words of a record's names, each with whether it is written so; after them the syllables that they
    are read as. These are counted with the rest: else a syllable that many bear within a word would look
    like one that nobody bears."""
    written_words = {word for words, _roles in rows for word in words}
    read: dict[str, bool] = {}
    for words, _roles in rows:
        yield from ((word, True) for word in words)
        if parted := syllables.split(words):
            read.update(dict.fromkeys(parted[0], False))
    yield from ((word, False) for word in read if word not in written_words)


def _filled(rows: Sequence[Row], number: Ints) -> tuple[NDArray[np.int32], NDArray[np.int8]]:
    """The numbers of the words of all rows, and their roles, as columns."""
    present = (
        np.arange(MOST_WORDS) < np.array([len(row_words) for row_words, _roles in rows], np.int64)[:, None]
    )
    words, roles = np.full(present.shape, -1, np.int32), np.zeros(present.shape, np.int8)
    words[present] = number
    roles[present] = [role for _told, roles in rows for role in roles]
    return words, roles


def add_compound_variants(frame: Frame, lexicon: Lexicon) -> Frame:
    """With names that somebody writes as one word or as two written otherwise as well."""
    extra = list(_compound_variants(frame, lexicon))
    if not extra:
        return frame
    rows = [row for _of, row in extra]
    number = np.array([lexicon.add(word, 0) for row_words, _roles in rows for word in row_words], np.int64)
    words, roles = _filled(rows, number)
    owner = np.append(np.repeat(np.arange(len(frame)), frame.names.count), [of for of, _row in extra])
    order = np.argsort(owner, kind="stable")
    start = np.searchsorted(owner[order], np.arange(len(frame) + 1))
    return replace(
        frame,
        words=np.concatenate([frame.words, words])[order],
        roles=np.concatenate([frame.roles, roles])[order],
        names=Many(start, np.arange(len(order))),
    )


def _compound_variants(frame: Frame, lexicon: Lexicon) -> Iterator[tuple[int, Row]]:
    """Rows that say the same otherwise, with whose they are."""
    is_small = len(frame) <= FEW
    owner = np.repeat(np.arange(len(frame)), frame.names.count)
    chosen = np.arange(len(owner))
    if not is_small:
        chosen = np.flatnonzero(_rows_with_compounds(frame.words, lexicon) | _chinese(frame.words, lexicon))
    cuts: Callable[[str], list[int]] = cache(lexicon.cuts) if is_small else _no_cuts
    words, known = lexicon.words, lexicon.contains
    rows = zip(
        owner[chosen].tolist(), frame.words[chosen].tolist(), frame.roles[chosen].tolist(), strict=True
    )
    for of, numbers, roles in rows:
        row_words = tuple([words[number] for number in numbers if number >= 0])
        both = list(map(add, row_words, row_words[1:]))
        if (
            any(map(known, both))
            or any(map(cuts, row_words))
            or syllables.chinese(row_words)
            or (is_small and any(len(word) > 8 for word in row_words))
        ):
            for row in _otherwise(row_words, tuple(roles[: len(row_words)]), lexicon, cuts):
                yield of, row


def _rows_with_compounds(words: NDArray[np.int32], lexicon: Lexicon) -> NDArray[np.bool_]:
    """The rows in which two words side by side are one of somebody's."""
    ids, size = lexicon.ids, len(lexicon)
    known = [
        ids[word[:at]] * size + ids[word[at:]]
        for word in lexicon.words
        for at in range(1, len(word))
        if word[:at] in ids and word[at:] in ids
    ]
    first, second = words[:, :-1].astype(np.int64), words[:, 1:]
    pair = np.where(second >= 0, first * size + second, -1)
    return np.asarray(np.isin(pair, np.array(known, np.int64)).any(axis=1))


def _chinese(words: NDArray[np.int32], lexicon: Lexicon) -> NDArray[np.bool_]:
    """The rows with a Chinese surname."""
    known = [number for word in syllables.surnames() if (number := lexicon.ids.get(word)) is not None]
    return np.asarray(np.isin(words, np.array(known, np.int64)).any(axis=1))


def _words(names: Column[str], family: bool = False) -> Iterator[tuple[str, ...]]:
    """The words of each."""
    return map(text.tokens_of(names.once, family).__getitem__, names.which.tolist())


def _values(kind: Kind, facts: Told, shared: Words, size: int) -> Many:
    """The numbers of what records say of a kind, each once a record, in their order."""
    values = facts.value.replaced(text.values_of(kind, facts.value.once))
    says = np.array([bool(value) for value in values.once], bool)[values.which]
    owner, number = facts.of[says], values.which[says]
    if (owner[1:] == owner[:-1]).any():  # some say several, perhaps one twice
        first = np.sort(np.unique(owner * len(values.once) + number, return_index=True)[1])
        owner, number = owner[first], number[first]
    if len(number):
        number = _number_texts(shared.of(kind), Column(values.once, number))
    return Many(np.searchsorted(owner, np.arange(size + 1)), number)


def _number_texts(lexicon: Lexicon, texts: Column[str]) -> Ints:
    """The number of each text, which is counted."""
    counts = np.bincount(texts.which, minlength=len(texts.once)).tolist()
    numbers = [lexicon.add(value, n) if n else -1 for value, n in zip(texts.once, counts, strict=True)]
    return np.array(numbers, np.int64)[texts.which]


def _days(birth: Birth | None) -> tuple[int, int, bool]:
    if birth is None:
        return -1, -1, False
    return birth.earliest.toordinal() - EPOCH, birth.latest.toordinal() - EPOCH, birth.placeholder
