"""Names that are common among a people say little of two of it, however rare they are in the register."""

from __future__ import annotations

import numpy as np
import pytest

from libertad.hits.matching import Hit, Matcher, Name, Record
from libertad.hits.matching.calibration import first
from libertad.hits.matching.comparison import Context
from libertad.hits.matching.lexicon import CLOSE, INITIAL, SAME
from libertad.hits.matching.linking import link
from libertad.hits.matching.matcher import EXPECTED, hits
from libertad.hits.matching.model import NAMES, Model, Prior
from libertad.hits.matching.name_alignment import FORM, ITSELF, alike_by_chance
from libertad.hits.matching.query import Asked
from libertad.hits.matching.record import Birth
from libertad.hits.matching.record_table import Words, build_frame
from libertad.hits.matching.segment import Segment
from tests.hits.matching.test_linking import crowd

FEW = ("Jean Pierre", "Marie Joseph", "Wilner Charles", "Jean Baptiste", "Roseline Pierre")


def person(id: str, name: str, nation: str = "", born: str = "") -> Record:
    facts = (("nationality", nation),) if nation else ()
    return Record(id, (Name(name),), Birth.of_text(born), facts=facts)  # type: ignore[arg-type]


def settlers(nation: str = "HT", names: tuple[str, ...] = FEW) -> list[Record]:
    return [person(f"{nation}{n}", names[n % len(names)], nation, f"{1970 + n % 30}") for n in range(40)]


RECORDS = [*crowd(), *(person(f"v{n}", f"Maria Gonzalez{n}", "VE") for n in range(40)), *settlers()]


def shared(hit: Hit, name: str) -> float:
    """Of how many people a name is, as the hit says."""
    return next(reason.share for reason in hit.reasons if reason.left.casefold() == name)


def filled(records: list[Record]) -> Matcher:
    matcher = Matcher()
    for record in records:
        matcher.upsert(record)
    return matcher


def test_a_name_is_as_common_as_among_those_who_say_the_same_nationality() -> None:
    matcher = filled(RECORDS)
    haitian = person("r", "Wilner Charles", "HT")
    same = matcher.compare(person("q", "Wilner Charles", "HT"), haitian)
    none = matcher.compare(person("q", "Wilner Charles"), person("r", "Wilner Charles"))
    assert shared(same, "wilner") > 2 * shared(none, "wilner")
    # One word says what the people is; the other is then no surprise.
    assert max(shared(none, word) / shared(same, word) for word in ("wilner", "charles")) > 0.4
    # Two who say two nationalities may be of one people all the same.
    assert shared(matcher.compare(person("q", "Wilner Charles", "DO"), haitian), "wilner") > shared(
        none, "wilner"
    )


def test_two_workers_of_a_people_without_lists_are_no_hit_by_their_names() -> None:
    names = ("Minh Châu", "Thu Lan", "Hạnh Hoa", "Đức Quang")
    hit_by_nation = {}
    for nation in ("VN", ""):
        workers = settlers("VN", names)
        workers = workers if nation else [person(w.id, w.names[0].full) for w in workers]
        matcher = filled([*crowd(), *workers])
        (hit_by_nation[nation], *_) = matcher.ask(person("q", "Minh Chau", nation), 20, -20.0)
    assert hit_by_nation["VN"].bits < 2.0 < hit_by_nation[""].bits + 3.0
    assert hit_by_nation["VN"].bits < hit_by_nation[""].bits - 3.0


def test_an_index_a_matcher_and_tables_say_the_same() -> None:
    question = person("q", "Jean Charles", "HT", "1975")
    segment = Segment.of(RECORDS)
    prior = Prior.of(EXPECTED, len(segment))
    alone = {hit.id: hit.bits for hit in hits(Asked.of(segment, question), Model(), prior, first(), 20, -9.0)}
    matcher = {hit.id: hit.bits for hit in filled(RECORDS).ask(question, 20, -9.0)}
    assert alone and matcher == pytest.approx(alone, abs=0.3)
    words = Words()
    query_frame, frame = build_frame([question], words), build_frame(RECORDS, words)
    context = Context.of(words, query_frame, frame)
    at = np.array([n for n, record in enumerate(RECORDS) if record.id in alone])
    bits = Model().score(context.compare(query_frame, frame, np.zeros_like(at), at, Model()), prior)
    assert dict(zip((RECORDS[n].id for n in at), bits.tolist(), strict=True)) == pytest.approx(alone, abs=0.6)


def test_what_nobody_says_a_nationality_of_is_told_as_before() -> None:
    linked = link([person("a", "Rosa Quispe"), *crowd()], [person("b", "Rosa Quispe")])
    assert linked.context.row is None and len(linked.context.names.own) == 1


def test_a_misspelling_weighs_what_the_name_does_and_two_common_names_are_two() -> None:
    def bits(left: float, right: float) -> float:
        chances = alike_by_chance(np.array([CLOSE]), np.array([left]), np.array([right]))
        return float(chances[0] + np.log2(NAMES.m[CLOSE]))

    common, rare = 1 / 50, 1e-5
    misspelt = 1e-7 + common * float(FORM[CLOSE])
    same = np.log2(NAMES.m[SAME] / common)
    assert bits(misspelt, common) == pytest.approx(same, abs=0.5)
    assert bits(common, common / 2) < 0 < bits(rare, common)
    assert NAMES.m[SAME] == ITSELF
    assert FORM[SAME] == FORM[INITIAL] == 0
