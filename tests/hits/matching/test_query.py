"""What a question skips changes no answer: it finds what comparing it with every record finds."""

from __future__ import annotations

import random
from collections import defaultdict

import numpy as np
import pytest

from libertad.hits.matching import Name, Record
from libertad.hits.matching.calibration import first
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.name_alignment import Rarity, letters_of
from libertad.hits.matching.postings import Postings, key_of, mixed
from libertad.hits.matching.query import Asked
from libertad.hits.matching.record import Birth
from libertad.hits.matching.segment import CROWD, Segment
from tests.hits.matching.test_linking import PEOPLE, crowd, person

RECORDS = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd()
LEAST = 0.0
ASKED = [
    person("q", "Julimar", "Pena", "1994-12-03", "0058 412-5550134"),
    person("q", "J.", "Baptiste", "1979", "+509 3455 0102"),
    person("q", "Maria", "Silva", "1999-05-21"),
    person("q", "Quispe", "Rosa", "1983-04-04"),
    Record("q", (Name("Yulimar Peña Rojas"), Name("Julimar P.")), Birth.of_parts(1994)),
    *(person("q", *fields) for fields in PEOPLE),
]


@pytest.mark.parametrize("record", ASKED, ids=lambda record: record.names[0].text)
def test_a_question_finds_what_a_comparison_with_every_record_finds(record: Record) -> None:
    segment = Segment.of(RECORDS)
    model, prior = Model(), Prior.of(EXPECTED, len(segment))
    query = Asked.of(segment, record)
    every = np.arange(len(segment))
    bits = model.score(
        query.context.compare(query.frame, segment.frame, np.zeros_like(every), every, model), prior
    )
    expected = {RECORDS[at].id: float(bits[at]) for at in np.flatnonzero(bits >= LEAST)}
    bits_by_id = {hit.id: hit.bits for hit in hits(query, model, prior, first(), len(RECORDS), LEAST)}
    assert bits_by_id == pytest.approx(expected, abs=1e-4)


def test_the_sheet_of_a_question_says_what_the_lists_of_like_words_say() -> None:
    segment = Segment.of([*RECORDS, Record("i", (Name("J. Pena"), Name("Yulimar X. Rojas")))])
    for record in ASKED:
        query = Asked.of(segment, record)
        names, rare = query.context.words.names, query.context.names
        own = np.zeros((len(rare.own), len(names) + 1))
        own[:, rare.word] = rare.own  # type: ignore[attr-defined]
        words = [names[at] for at in range(len(names))]  # type: ignore[index]
        letters, single = letters_of(words)
        general = Rarity(rare.near, rare.alike, own, rare.letters, letters, single)
        asked_words = np.append(rare.word, -1)[:, None]  # type: ignore[attr-defined]
        listed_words = np.arange(-1, len(segment.names))[None, :]
        for group in range(len(rare.own)):
            row = np.array([[group]])
            both = (
                rare.between(asked_words, listed_words, row),
                general.between(asked_words, listed_words, row),
            )
            assert all(np.array_equal(first, second) for first, second in zip(*both, strict=True))


def test_a_word_is_read_as_two_only_where_a_name_here_has_both() -> None:
    apart = [
        Record("b", (Name("Mar Ordonez"),)),
        Record("c", (Name("Iana Ordonez"),)),
        Record("d", (Name("Fridrich Buchenberg"),)),
    ]
    segment = Segment.of(apart)
    assert len(Asked.of(segment, Record("q", (Name("Mariana Ordonez"),))).frame.words) == 1
    query = Asked.of(segment, Record("q", (Name("Fridrichbuchenberg"),)))
    assert len(query.frame.words) == 2
    (hit,) = hits(query, Model(), Prior.of(EXPECTED, 3), first(), 5, 0.0)
    assert hit.id == "d" and [reason.how for reason in hit.reasons if reason.kind == "name"] == [
        "same",
        "same",
    ]


def test_two_words_that_very_many_have_together_are_still_read_apart() -> None:
    records = [Record(f"m{n}", (Name(f"Jose Luis Family{chr(97 + n % 26)}"),)) for n in range(CROWD + 50)]
    query = Asked.of(Segment.of(records), Record("q", (Name("Joseluis Familyx"),)))
    assert len(query.frame.words) == 2


def test_postings_find_what_is_under_each_key() -> None:
    rng = random.Random(3)
    listed = [(rng.randrange(400), number) for number in range(3000)] + [(999, n) for n in range(30)]
    by = defaultdict(set)
    for key, number in listed:
        by[key].add(number)
    keys, numbers = np.array(listed).T
    postings = Postings.of(mixed(keys), numbers, 20)
    queried = np.arange(1000)
    answers = defaultdict(set)
    for which, number in zip(*postings.find(mixed(queried)), strict=True):
        answers[which].add(number)
    for key in range(1000):
        assert set(postings.at(key_of(key))) == answers[key]
        assert answers[key] >= (by[key] if len(by[key]) <= 20 else set())
    assert not answers[999] and sum(map(len, answers.values())) < 3010
