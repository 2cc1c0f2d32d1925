"""An index that is added to, taken from and asked: the same answers in any order, nothing left behind."""

from __future__ import annotations

import random
from pathlib import Path

import msgspec
import pytest

from libertad.hits.matching import Hit, Matcher, Name, Record, segment_file, words
from libertad.hits.matching.calibration import first
from libertad.hits.matching.matcher import FULL, hits
from libertad.hits.matching.model import Model, Prior
from libertad.hits.matching.query import Asked
from libertad.hits.matching.record import Birth
from libertad.hits.matching.segment import Segment
from tests.hits.matching.test_linking import PEOPLE, crowd, person

PERSONS = [person(f"a{n}", *fields) for n, fields in enumerate(PEOPLE)]
MOVED = person("q", "Julimar", "Pena", "1994-12-03", "0058 412-5550134")


def filled(records: list[Record]) -> Matcher:
    matcher = Matcher()
    for record in records:
        matcher.upsert(record)
    return matcher


def test_somebody_who_was_moved_is_found_with_reasons_that_a_person_can_read() -> None:
    best = filled(PERSONS + crowd()).ask(MOVED)[0]
    assert best.id == "a0" and best.probability > 0.9
    assert any(words(reason).startswith("Julimar and Yulimar sound alike") for reason in best.reasons)
    assert any("day and month may have changed places" in words(reason) for reason in best.reasons)


def test_reasons_and_the_prior_add_up() -> None:
    matcher = filled(PERSONS + crowd())
    for hit in matcher.ask(MOVED, 5, -20.0):
        assert sum(reason.bits for reason in hit.reasons) + matcher.prior.same == pytest.approx(
            hit.bits, abs=0.01
        )


def test_order_does_not_matter() -> None:
    records = (
        PERSONS
        + crowd()
        + [person(f"d{n}", *PEOPLE[n % 10][:2], f"19{n % 60 + 30}-01-02") for n in range(400)]
    )
    shuffled = random.Random(7).sample(records, len(records))
    assert len(records) > 2 * FULL
    answers = [
        [(hit.id, round(hit.bits, 3)) for hit in filled(sample).ask(MOVED, 10, -20.0)]
        for sample in (records, shuffled)
    ]
    assert [one for one in answers[0] if one[1] > -9] == [one for one in answers[1] if one[1] > -9]


def test_many_put_at_once_are_as_each_put_alone() -> None:
    alone, together = filled(PERSONS + crowd()), Matcher()
    together.upsert_all(crowd())
    together.upsert_all([person("a0", "Some", "Body", "1950-01-02"), *crowd(), *PERSONS])
    assert len(alone) == len(together)
    assert alone.tally.names == together.tally.names and alone.tally.values == together.tally.values
    assert alone.tally.names.total() == together.tally.names.total()
    answers = [[(hit.id, hit.bits) for hit in matcher.ask(MOVED, 10, -9.0)] for matcher in (alone, together)]
    assert [id_ for id_, _bits in answers[0]] == [id_ for id_, _bits in answers[1]]
    assert [bits for _id, bits in answers[0]] == pytest.approx([bits for _id, bits in answers[1]], abs=0.01)


def test_its_own_id_is_never_a_hit() -> None:
    assert all(hit.id != "a0" for hit in filled(PERSONS).ask(PERSONS[0], 20, -99.0))


def test_what_was_dropped_is_gone_and_what_was_put_again_is_new() -> None:
    matcher = filled(PERSONS + crowd() + [person(f"d{n}", "Ana", "Ruiz", "1990-05-05") for n in range(FULL)])
    size = len(matcher)
    matcher.drop("a0")
    assert len(matcher) == size - 1
    assert all(hit.id != "a0" for hit in matcher.ask(MOVED, 20, -99.0))
    assert matcher._segments
    for segment, _ in matcher._segments:
        assert b"584125550134" not in segment.values["phone"].words.blob.tobytes()
    assert "584125550134" not in matcher.tally.values["phone"]
    matcher.upsert(person("a0", "Somebody", "Else", "1950-01-02"))
    assert all(hit.id != "a0" for hit in matcher.ask(MOVED, 20, 0.0))
    matcher.drop("nobody")


def test_nothing_is_kept_of_whom_nobody_says_any_more() -> None:
    matcher = filled(crowd())
    matcher.upsert(person("x", "Xiomarys", "Quintanilla", "1991-05-06", "+50760001234"))
    matcher.drop("x")
    assert "xiomarys" not in matcher.tally.names and "quintanilla" not in matcher.tally.names


def test_relatives_are_not_the_same_person() -> None:
    home = (("address", "Calle Feras 122"), ("place", "Caracas"), ("phone", "+584145550111"))
    sister = Record(
        "s", (Name(given="Nelery", family="Carcias Oroño"),), Birth.of_text("2011-04-05"), "F", home
    )
    sibling = Record(
        "o", (Name(given="Isana", family="Carcias Oroño"),), Birth.of_text("2009-12-24"), "F", home
    )
    again = Record("n", (Name(given="Nelery", family="Carcias"),), Birth.of_text("2011-04-05"), "F", home[:2])
    by_id = {hit.id: hit for hit in filled([*crowd(), sister]).ask(sibling, 20, -99.0)}
    assert by_id["s"].probability < 0.2
    assert any(reason.kind == "kin" and reason.bits < -5 for reason in by_id["s"].reasons)
    assert filled([*crowd(), sister]).ask(again)[0].id == "s"


def test_twins_are_not_the_same_person() -> None:
    home = (("nationality", "LC"), ("place", "Castries"))
    born = Birth.of_text("2015-01-31")
    twin = Record("t", (Name(given="Elowen", family="Quinlan"),), born, "F", home)
    sibling = Record("o", (Name(given="Fabiana", family="Quinlan"),), born, "F", home)
    matcher = filled([*crowd(), twin])
    (hit,) = (hit for hit in matcher.ask(sibling, 20, -99.0) if hit.id == "t")
    assert hit.bits < 2
    assert any(reason.kind == "kin" and reason.bits < -8 for reason in hit.reasons)
    again = msgspec.structs.replace(twin, id="again")
    assert matcher.ask(again)[0].probability > 0.9


def test_two_whole_dates_within_a_year_are_two_births() -> None:
    """A year apart is near only where a day was not said; else every classmate would be."""
    left = Record("m", (Name("Ruth Crussen"),), Birth.of_text("2012-08-17"))
    for born, way in (("2013-01-28", "some_years"), ("2013", "near_year"), ("2013-08-17", "one_part")):
        right = Record("t", (Name("Ruth Crussen"),), Birth.of_text(born))
        (birth,) = (reason for reason in Matcher().compare(left, right).reasons if reason.kind == "birth")
        assert birth.how == way, born


def test_a_document_is_the_same_with_its_country_or_without_but_not_with_another() -> None:
    def compared(left: str, right: str) -> tuple[str, float]:
        records = [Record(id_, facts=(("document", number),)) for id_, number in (("a", left), ("b", right))]
        reasons = Matcher().compare(*records).reasons
        (document,) = (reason for reason in reasons if reason.kind == "document")
        return document.how, document.bits

    (same, full), (known, less) = compared("GY:R0123456", "GY:R0123456"), compared("GY:R0123456", "R0123456")
    assert same == known == "same" and full - 2 < less < full
    assert compared("GY:R0123456", "SR:R0123456")[0] == "part"
    assert compared("R0123456", "R-012 3456") == (same, full)
    assert compared("gy: r0123457", "R0123456")[0] == "close"
    matcher = filled([*crowd(), Record("d", facts=(("document", "GY:R0123456"),))])
    assert matcher.ask(Record("q", facts=(("document", "R0123456"),)))[0].id == "d"
    assert not matcher.ask(Record("q", facts=(("document", "GY:0000000"),)))


def test_two_records_compare_alone_as_they_do_among_all() -> None:
    matcher = filled(PERSONS + crowd())
    assert matcher.compare(MOVED, PERSONS[0]).bits == pytest.approx(matcher.ask(MOVED)[0].bits, abs=0.2)


@pytest.mark.parametrize(
    "record",
    [
        Record("e"),
        Record("e", (Name("?"), Name("N/A"))),
        Record("e", (Name("A" * 4000),)),
        Record("e", (Name("Yu\u200bli\u202emar 李"),), facts=(("document", "0000000"), ("phone", "1"))),
        Record("e", (Name("X"),), Birth.of_parts(1990), "?", (("place", "\ufeff"),), "??"),
    ],
)
def test_odd_records_go_in_and_ask_without_harm(record: Record) -> None:
    matcher = filled([*PERSONS, record])
    assert matcher.ask(record, 3, 0.0) is not None
    assert Matcher().ask(record) == []


def test_an_index_in_a_file_answers_as_the_one_in_memory(tmp_path: Path) -> None:
    segment = Segment.of(PERSONS + crowd())
    path = tmp_path / "index"
    assert segment_file.write(path, segment) == path.stat().st_size
    prior = Prior.of(0.5, len(segment))
    answers = [
        hits(Asked.of(index, MOVED), Model(), prior, first(), 5, -20.0)
        for index in (segment, segment_file.read(path))
    ]
    assert answers[0] == answers[1] and answers[0][0].id == "a0"


def test_a_torn_or_foreign_file_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "index"
    segment_file.write(path, Segment.of(PERSONS))
    whole = path.read_bytes()
    path.write_bytes(whole[:-10])
    with pytest.raises(segment_file.Damaged, match="not whole"):
        segment_file.read(path)
    changed = bytearray(whole)
    changed[len(whole) // 2] ^= 1
    path.write_bytes(changed)
    with pytest.raises(segment_file.Damaged, match="not whole"):
        segment_file.read(path)
    path.write_bytes(whole.replace(b"letters.npy", b"lettres.npy"))
    with pytest.raises(segment_file.Damaged, match="another version"):
        segment_file.read(path)
    path.write_bytes(b"id,name\n1,Ana\n")
    with pytest.raises(segment_file.Damaged, match="no index"):
        segment_file.read(path)


def weights(hit: Hit) -> dict[str, float]:
    """The heaviest of each kind."""
    return {reason.kind: reason.bits for reason in reversed(hit.reasons)}


def test_two_records_compare_with_the_frequencies_of_the_index() -> None:
    matcher = filled([person(f"r{n}", "Zoraida", f"Abc{chr(97 + n)}", "") for n in range(20)])
    own, candidate = (person(id_, "Zoraida", "Xyz", "", "+592 600 1234") for id_ in "xy")
    alone = matcher.compare(own, candidate)
    assert alone.bits == pytest.approx(matcher.compare_many([(own, candidate)], among=1)[0], abs=1e-3)
    assert sum(reason.bits for reason in alone.reasons) + matcher.prior.same == pytest.approx(
        alone.bits, abs=0.01
    )
    shares = [
        next(reason.share for reason in scorer.compare(own, candidate).reasons if reason.left == "Zoraida")
        for scorer in (Matcher(), matcher)
    ]
    assert shares[1] > 100 * shares[0]
    for n in range(5):
        matcher.upsert(person(f"p{n}", f"Given{n}", f"Family{n}", "", "+592 600 1234"))
    assert weights(matcher.compare(own, candidate))["phone"] < weights(alone)["phone"] - 1


def test_a_tally_knows_how_many_it_counts() -> None:
    matcher = filled(PERSONS)
    matcher.upsert(PERSONS[0])
    matcher.drop("a1")
    for counts in (matcher.tally.names, *matcher.tally.values.values()):
        assert counts.total() == sum(counts.values())
