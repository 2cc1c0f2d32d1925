"""Many records in columns: each says there what it says alone."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import pytest

from libertad.hits.matching.record import Birth, Name, Record
from libertad.hits.matching.record_table import FEW, Frame, Many, Words, build_frame, name_rows
from tests.hits.matching.test_linking import crowd

ODD = [
    Record("e"),
    Record("p", (Name("?"), Name("N/A"))),
    Record("l", (Name("A" * 4000),)),
    Record("z", (Name("Yu\u200bli\u202emar 李"),), facts=(("document", "0000000"), ("phone", "1"))),
    Record("x", (Name("X"),), Birth.of_parts(1990), "?", (("place", "\ufeff"),)),
    Record(
        "m",
        (Name("Ana Ruiz", "Ana", "Ruiz"), Name("Luz Ruiz"), Name("Ana RUIZ")),
        None,
        "female",
        (("phone", "+592 600 1234"), ("handle", "@ana"), ("phone", "5926001234"), ("phone", "5926009999")),
    ),
    Record("d", (Name("A B", "Ana", "Ruiz"),)),
    Record("n", (Name("", "Ana Maria Luisa", "Ruiz Perez de la Cruz Soto"),)),
]


def words_and_values(
    frame: Frame, words: Words, at: int
) -> tuple[list[list[tuple[str, int]]], list[list[str]]]:
    """The words of a record's names with their roles, and its values."""
    texts = words.names.words
    rows = range(frame.names.start[at], frame.names.start[at + 1])
    both = [zip(frame.words[row].tolist(), frame.roles[row].tolist(), strict=True) for row in rows]
    names = [[(texts[word], role) for word, role in row if word >= 0] for row in both]
    values = [
        [words.of(kind).words[number] for number in column.value[column.start[at] : column.start[at + 1]]]
        for kind, column in frame.facts.items()
    ]
    return names, [value for value in values if value]


def test_each_says_among_many_what_it_says_alone() -> None:
    records = ODD + [record for turn in range(6) for record in crowd()]
    assert len(records) > FEW
    words = Words()
    frame = build_frame(records, words)
    for at, record in enumerate(records):
        alone = Words()
        assert words_and_values(frame, words, at) == words_and_values(build_frame([record], alone), alone, 0)
        assert words_and_values(frame, words, at)[0] == [
            list(zip(*row, strict=True)) for row in name_rows(record)
        ]


def test_words_and_values_are_counted_once_a_record_and_numbered_as_they_come() -> None:
    words = Words()
    frame = build_frame([ODD[5], Record("o", (Name("Ruiz Ana"),), facts=(("phone", "5926009999"),))], words)
    assert words.names.words == ["ana", "ruiz", "luz"] and words.names.counts == [2, 3, 1]
    assert words.of("phone").words == ["5926001234", "5926009999"] and words.of("phone").counts == [1, 2]
    assert list(frame.facts["phone"].count) == [2, 1]


def test_words_written_as_one_by_some_stand_beside_for_who_writes_two() -> None:
    words = Words()
    frame = build_frame(
        [Record("1", (Name("Ana Maria Ruiz"),)), Record("2", (Name("Anamaria Ruiz"),))], words
    )
    assert words_and_values(frame, words, 0)[0] == [
        [("ana", 0), ("maria", 0), ("ruiz", 0)],
        [("anamaria", 0), ("ruiz", 0)],
    ]
    assert words_and_values(frame, words, 1)[0] == [
        [("anamaria", 0), ("ruiz", 0)],
        [("ana", 0), ("maria", 0), ("ruiz", 0)],
    ]
    assert words.names.counts == [1, 1, 2, 1]


@pytest.mark.parametrize("counts", [[1, 0, 1, 1], [0, 0], [2, 0, 1], [], [1] * 5])
def test_numbers_of_records_are_the_same_in_fewer_bytes(counts: list[int]) -> None:
    unpacked = Many(np.append(0, np.cumsum(counts, dtype=np.int64)), np.arange(sum(counts)) + 7)
    packed = unpacked.packed()
    rows = np.arange(len(counts))
    for form in (unpacked, packed):
        start, count = form.of(rows)
        values = [form.value[at : at + n].tolist() for at, n in zip(start, count, strict=True)]
        assert values == [unpacked.value[a:b].tolist() for a, b in pairwise(unpacked.start.tolist())]
    assert packed.start.nbytes + packed.value.nbytes <= 4 * (len(counts) + 1 + sum(counts))
    assert not counts or max(counts) > 1 or not len(packed.start)
