"""An index in parts answers as one does, and says which parts did not answer."""

from __future__ import annotations

from collections import Counter

import pytest

from libertad.hits.matching import Hit, Record
from libertad.hits.matching.asked import Asked
from libertad.hits.matching.calibrating import first
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.segment import Segment
from libertad.hits.matching.sharding import Heard, Part, Question, gather, place
from tests.hits.matching.test_linking import PEOPLE, crowd, person

RECORDS = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)] + crowd()
ASKED = [
    person("q", "Julimar", "Pena", "1994-12-03", "0058 412-5550134"),
    person("q", "J.", "Baptiste", "1979", "+509 3455 0102"),
    person("q", "Maria", "Silva", "1999-05-21"),
    person("a4", "Shanice", "Browne", "2001-09-09", "+1 246 555 0177"),
]
WITHIN = 0.1  # bits


def alone(record: Record, minimum: float = 0.0) -> list[Hit]:
    """What one index answers."""
    segment = Segment.of(RECORDS)
    prior = Prior.of(EXPECTED, len(segment))
    return hits(Asked.of(segment, record), Model(), prior, first(), 20, minimum, record.id)


class Lost:
    """A shard that cannot be reached, from the first round or from the second on."""

    def __init__(self, part: Part, at_once: bool) -> None:
        self.part, self.at_once = part, at_once

    def hear(self, question: Question) -> Heard:
        if self.at_once:
            raise ConnectionError
        return self.part.hear(question)

    def ask(self, question: Question, heard: Heard) -> list[Hit]:
        raise TimeoutError


def test_one_shard_is_one_index() -> None:
    for record in ASKED:
        answer = gather(Question(record, least=-20.0), Part.split(RECORDS, 1))
        expected = [(hit.id, pytest.approx(hit.bits, abs=1e-3)) for hit in alone(record, -20.0)]
        assert sorted((hit.id, hit.bits) for hit in answer.hits) == sorted(expected, key=lambda pair: pair[0])


@pytest.mark.parametrize("shards", [2, 5, 16])
def test_the_same_hits_with_the_same_bits_in_however_many_shards(shards: int) -> None:
    parts = Part.split(RECORDS, shards)
    for record in ASKED:
        expected = {hit.id: hit.bits for hit in alone(record)}
        bits_by_id = {hit.id: hit.bits for hit in gather(Question(record), parts).hits}
        assert bits_by_id == pytest.approx(expected, abs=WITHIN) and (bits_by_id or record.id == "a4")


def test_frequencies_are_those_of_all_shards() -> None:
    """Without what is heard from the others, a shard would take a common name for a rare one."""
    parts = Part.split(RECORDS, 8)
    question = Question(person("q", "Rosa", "Quispe", "1983-04-04"), least=-30.0)
    totals = Heard.together(part.hear(question) for part in parts)
    assert totals.own["rosa"] == 21
    for part in parts:
        local_bits = {hit.id: hit.bits for hit in part.ask(question, part.hear(question))}
        all_of_it = {hit.id: hit.bits for hit in part.ask(question, totals)}
        assert local_bits.keys() == all_of_it.keys()
        assert all(local_bits[record_id] >= all_of_it[record_id] - 1e-6 for record_id in local_bits)
        assert not local_bits or any(
            local_bits[record_id] > all_of_it[record_id] + 0.1 for record_id in local_bits
        )


def test_a_shared_phone_weighs_what_it_does_in_the_whole() -> None:
    records = [person(f"s{n}", f"Given{n}", f"Family{n}", "", "+592 600 1234") for n in range(30)]
    question = Question(person("q", "Given3", "Family3", "", "+592 600 1234"), least=-20.0)
    for shards in (1, 6):
        parts = Part.split(records, shards)
        totals = Heard.together(part.hear(question) for part in parts)
        assert list(totals.values["phone"].values()) == [30]
    (whole, *_), (sharded, *_) = (gather(question, Part.split(records, shards)).hits for shards in (1, 6))
    assert whole.id == sharded.id == "s3"
    assert sharded.bits == pytest.approx(whole.bits, abs=WITHIN)


@pytest.mark.parametrize("at_once", [True, False])
def test_a_lost_shard_is_named_and_the_others_still_answer(at_once: bool) -> None:
    parts = Part.split(RECORDS, 4)
    record = ASKED[0]
    home = place("a0", 4)
    away = (home + 1) % 4
    for lost in (home, away):
        shards = [Lost(part, at_once) if at == lost else part for at, part in enumerate(parts)]
        answer = gather(Question(record), shards)
        assert answer.missing == (lost,)
        assert ("a0" in {hit.id for hit in answer.hits}) == (lost == away)
    assert gather(Question(record), parts).missing == ()


def test_nothing_is_found_where_no_shard_answers() -> None:
    answer = gather(Question(ASKED[0]), [Lost(part, True) for part in Part.split(RECORDS, 3)])
    assert answer.hits == () and answer.missing == (0, 1, 2)


def test_another_question_between_the_rounds_changes_nothing() -> None:
    (part,) = Part.split(RECORDS, 1)
    question, second = Question(ASKED[0]), Question(ASKED[2])
    totals = part.hear(question)
    part.hear(second)
    assert part.ask(question, totals) == list(gather(question, [part]).hits)


def test_shards_are_of_one_size_and_a_records_shard_never_changes() -> None:
    counts = Counter(place(f"person {n}", 16) for n in range(16_000))
    assert len(counts) == 16 and max(counts.values()) < 1150
    assert [place(record_id, 16) for record_id in ("a0", "P-GY-003", "ñ")] == [8, 8, 14]


def test_an_empty_shard_and_a_record_that_says_nothing_raise_nothing() -> None:
    parts = Part.split(RECORDS[:2], 16)
    assert gather(Question(Record("q")), parts).hits == ()
    assert gather(Question(ASKED[0]), parts).hits[0].id == "a0"
