"""A name weighs in private as it does in the open: by how common it is among people of one nationality."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import pytest

from libertad.hits.matching.facts import Born
from libertad.hits.matching.model import BIRTH
from libertad.hits.matching.record import Record
from libertad.hits.private.private_score import SPAN, Among, Shares, Weight, weigh
from libertad.hits.private.tokens import FIELDS, fields, near_years, sound
from tests.support.private_sides import record

PEOPLE = [
    record(f"{nation} {at}", name, nationality=nation)
    for nation, name in (("VE", "Maria Gonzalez"), ("GY", "Radhika Persaud"), ("HT", "Jean Pierre"))
    for at in range(30)
]


def bits(word: str, nations: Iterable[str], group: Among, people: Iterable[Record] = PEOPLE) -> float:
    return Shares(people).bits([sound(word)], list(nations), group)[0]


def weighed(own_record: Record, peer_record: Record, people: Iterable[Record] = PEOPLE) -> dict[str, Weight]:
    """As the asker weighs a card of the other's record."""
    own_fields, peer_fields = fields(own_record), fields(peer_record)
    has, near = Counter(field for field, _ in peer_fields), frozenset(near_years(own_record))
    same = frozenset(peer_fields) & (frozenset(own_fields) | near)
    return {weight.kind: weight for weight in weigh(own_fields, has, same, Shares(people), near=near)}


def test_a_peoples_own_name_says_less_among_them_and_more_among_others() -> None:
    for word, nation, foreign in (("gonzalez", "ve", "gy"), ("persaud", "gy", "ve"), ("jean", "ht", "ve")):
        own = bits(word, [nation], Among.OWN)
        assert own + 1 < bits(word, [foreign], Among.OWN)
        assert own < bits(word, [], Among.UNSAID)


def test_where_they_say_two_it_is_as_common_as_where_it_is_most() -> None:
    assert bits("persaud", ["ve"], Among.ANY) == pytest.approx(bits("persaud", ["gy"], Among.OWN), abs=0.3)
    assert bits("gonzalez", ["ve"], Among.ANY) <= bits("gonzalez", ["ve"], Among.OWN)


def test_where_one_does_not_say_the_word_that_most_marks_a_people_tells_it() -> None:
    known = Shares(PEOPLE)
    sounds = [sound("radhika"), sound("persaud")]
    unsaid, unlike = known.bits(sounds, [], Among.UNSAID), known.bits(sounds, [], Among.ANY)
    gained = [left - right for left, right in zip(unsaid, unlike, strict=True)]
    assert sorted(gained)[0] == 0
    assert max(gained) > 1
    assert known.bits([], [], Among.UNSAID) == []


def test_where_nobody_says_a_nationality_all_are_one_people() -> None:
    people = [record(str(at), name) for at, name in enumerate(["Maria Gonzalez", "Jean Pierre"] * 20)]
    each = {bits("gonzalez", [], group, people) for group in Among}
    assert len(each) == 1


def test_a_name_that_one_alone_has_marks_no_people() -> None:
    first = [*PEOPLE, record("x", "Xiomara Quezada", nationality="GY")]
    second = [*first, record("y", "Xiomara Quezada", nationality="GY")]
    assert bits("xiomara", ["ve"], Among.ANY, first) > bits("xiomara", ["ve"], Among.ANY, second) + 1


def test_a_card_is_weighed_by_what_both_say_however_they_call_it() -> None:
    hers = record("1", "Radhika Persaud", "1999-03-04", nationality="GY")
    by_nationality = {
        nationality: weighed(record("2", "Radhika Persaud", "1999-03-04", nationality=nationality), hers)
        for nationality in ("GY", "guyanese", "Guyana", "VE")
    }
    assert {nationality: each["nationality"].how for nationality, each in by_nationality.items()} == {
        "GY": "same",
        "guyanese": "same",
        "Guyana": "same",
        "VE": "different",
    }
    names = {nationality: each["name"].bits for nationality, each in by_nationality.items()}
    assert names["GY"] == names["guyanese"] == names["Guyana"]
    ve = [*PEOPLE, *(record(f"ve {at}", "Yusleidy Paredes", nationality="VE") for at in range(30))]
    both = record("3", "Yusleidy Paredes", nationality="VE")
    silent = record("4", "Yusleidy Paredes")
    assert weighed(both, both, ve)["name"].bits < weighed(silent, silent, ve)["name"].bits
    assert "nationality" not in weighed(silent, both, ve)


def test_a_birth_weighs_what_the_model_of_the_open_matcher_says() -> None:
    day, year = record("1", "Ana Perez", "1999-03-04"), record("2", "Ana Perez", "1999")
    births = {
        (left.id, right.id): weighed(left, right)["birth"] for left in (day, year) for right in (day, year)
    }
    assert {pair: birth.how for pair, birth in births.items()} == {
        ("1", "1"): "same",
        ("1", "2"): "overlaps",
        ("2", "1"): "overlaps",
        ("2", "2"): "overlaps",
    }
    exact, vague = BIRTH.weights[Born.SAME], BIRTH.weights[Born.OVERLAP]
    assert births["1", "1"].bits == pytest.approx(exact + math.log2(SPAN), abs=0.01)
    assert births["1", "2"].bits == pytest.approx(vague + math.log2(SPAN / 365.25), abs=0.01)
    assert vague > -1  # that it is vague says nothing of whose it is


def test_a_document_is_one_number_with_or_without_its_country() -> None:
    left, right = record("1", document="GY:R0123456"), record("2", document="R 0123456")
    assert weighed(left, right)["document"].how == "same"


def born(left: str, right: str) -> Weight:
    return weighed(record("1", "Radhika Persaud", left), record("2", "Radhika Persaud", right))["birth"]


def test_a_birth_in_the_next_year_weighs_more_than_one_in_any_other() -> None:
    assert born("1999", "1999").bits > born("1999", "2000").bits > born("1999", "1969").bits
    assert born("1999-03-04", "2000-08-21").bits > born("1999-03-04", "1969-08-21").bits
    assert born("1999-03-04", "1969-03-04").bits > born("1999-03-04", "1969-08-21").bits
    assert born("1999-03-04", "2000-03-04").bits > born("1999-03-04", "1969-03-04").bits
    assert born("1999-03-04", "1998-03-04").how == "close"
    assert born("1999-03-04", "1969-03-04").how == "different"
    assert born("1999-03-04", "1999-03-09").how == "close"


def test_years_beside_ones_own_take_only_the_places_that_are_left() -> None:
    full = record(
        "1",
        "Yulimar del Carmen González Rojas",
        "1999-03-04",
        "female",
        nationality="VE",
        phone="4125557391",
        document="VE:V27654321",
        handle="a@b.cd",
        place="Caracas",
    )
    for own_record in (
        full,
        record("2", "Radhika Persaud", "1999-03-04"),
        record("3", "Radhika Persaud", "1999"),
    ):
        assert len(fields(own_record)) + len(near_years(own_record)) <= FIELDS
    assert near_years(full) == []
    assert near_years(record("4", "Radhika Persaud")) == []
