"""A name weighs in private as it does in the open: by how common it is among people of one nationality."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable

import pytest

from libertad.hits.matching.facts import Born
from libertad.hits.matching.model import BIRTH
from libertad.hits.matching.record import Record
from libertad.hits.private.tokens import FIELDS, fields, near_years, sound
from libertad.hits.private.weighing import SPAN, Among, Shares, Weight, weigh
from tests.support.private_sides import record

PEOPLE = [
    record(f"{nation} {at}", name, nationality=nation)
    for nation, name in (("VE", "Maria Gonzalez"), ("GY", "Radhika Persaud"), ("HT", "Jean Pierre"))
    for at in range(30)
]


def bits(word: str, said: Iterable[str], among: Among, people: Iterable[Record] = PEOPLE) -> float:
    return Shares(people).bits([sound(word)], list(said), among)[0]


def weighed(mine: Record, theirs: Record, people: Iterable[Record] = PEOPLE) -> dict[str, Weight]:
    """As the asker weighs a card of the other's record."""
    ours, others = fields(mine), fields(theirs)
    has, near = Counter(field for field, _ in others), frozenset(near_years(mine))
    same = frozenset(others) & (frozenset(ours) | near)
    return {one.kind: one for one in weigh(ours, has, same, Shares(people), near=near)}


def test_a_peoples_own_name_says_less_among_them_and_more_among_others() -> None:
    for word, nation, other in (("gonzalez", "ve", "gy"), ("persaud", "gy", "ve"), ("jean", "ht", "ve")):
        own = bits(word, [nation], Among.OWN)
        assert own + 1 < bits(word, [other], Among.OWN)
        assert own < bits(word, [], Among.UNSAID)


def test_where_they_say_two_it_is_as_common_as_where_it_is_most() -> None:
    assert bits("persaud", ["ve"], Among.ANY) == pytest.approx(bits("persaud", ["gy"], Among.OWN), abs=0.3)
    assert bits("gonzalez", ["ve"], Among.ANY) <= bits("gonzalez", ["ve"], Among.OWN)


def test_where_one_does_not_say_the_word_that_most_marks_a_people_tells_it() -> None:
    known = Shares(PEOPLE)
    heard = [sound("radhika"), sound("persaud")]
    unsaid, unlike = known.bits(heard, [], Among.UNSAID), known.bits(heard, [], Among.ANY)
    gained = [one - other for one, other in zip(unsaid, unlike, strict=True)]
    assert sorted(gained)[0] == 0
    assert max(gained) > 1
    assert known.bits([], [], Among.UNSAID) == []


def test_where_nobody_says_a_nationality_all_are_one_people() -> None:
    people = [record(str(at), name) for at, name in enumerate(["Maria Gonzalez", "Jean Pierre"] * 20)]
    each = {bits("gonzalez", [], among, people) for among in Among}
    assert len(each) == 1


def test_a_name_that_one_alone_has_marks_no_people() -> None:
    one = [*PEOPLE, record("x", "Xiomara Quezada", nationality="GY")]
    two = [*one, record("y", "Xiomara Quezada", nationality="GY")]
    assert bits("xiomara", ["ve"], Among.ANY, one) > bits("xiomara", ["ve"], Among.ANY, two) + 1


def test_a_card_is_weighed_by_what_both_say_however_they_call_it() -> None:
    hers = record("1", "Radhika Persaud", "1999-03-04", nationality="GY")
    found = {
        said: weighed(record("2", "Radhika Persaud", "1999-03-04", nationality=said), hers)
        for said in ("GY", "guyanese", "Guyana", "VE")
    }
    assert {said: each["nationality"].how for said, each in found.items()} == {
        "GY": "same", "guyanese": "same", "Guyana": "same", "VE": "different",
    }  # fmt: skip
    names = {said: each["name"].bits for said, each in found.items()}
    assert names["GY"] == names["guyanese"] == names["Guyana"]
    ve = [*PEOPLE, *(record(f"ve {at}", "Yusleidy Paredes", nationality="VE") for at in range(30))]
    both = record("3", "Yusleidy Paredes", nationality="VE")
    silent = record("4", "Yusleidy Paredes")
    assert weighed(both, both, ve)["name"].bits < weighed(silent, silent, ve)["name"].bits
    assert "nationality" not in weighed(silent, both, ve)


def test_a_birth_weighs_what_the_model_of_the_open_matcher_says() -> None:
    day, year = record("1", "Ana Perez", "1999-03-04"), record("2", "Ana Perez", "1999")
    found = {(one.id, other.id): weighed(one, other)["birth"] for one in (day, year) for other in (day, year)}
    assert {pair: one.how for pair, one in found.items()} == {
        ("1", "1"): "same", ("1", "2"): "overlaps", ("2", "1"): "overlaps", ("2", "2"): "overlaps",
    }  # fmt: skip
    exact, vague = BIRTH.weights[Born.SAME], BIRTH.weights[Born.OVERLAP]
    assert found["1", "1"].bits == pytest.approx(exact + math.log2(SPAN), abs=0.01)
    assert found["1", "2"].bits == pytest.approx(vague + math.log2(SPAN / 365.25), abs=0.01)
    assert vague > -1  # that it is vague says nothing of whose it is


def test_a_document_is_one_number_with_or_without_its_country() -> None:
    one, other = record("1", document="GY:R0123456"), record("2", document="R 0123456")
    assert weighed(one, other)["document"].how == "same"


def born(said: str, there: str) -> Weight:
    return weighed(record("1", "Radhika Persaud", said), record("2", "Radhika Persaud", there))["birth"]


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
        "1", "Yulimar del Carmen González Rojas", "1999-03-04", "female", nationality="VE",
        phone="4125557391",
        document="VE:V27654321", handle="a@b.cd", place="Caracas",
    )  # fmt: skip
    for mine in (full, record("2", "Radhika Persaud", "1999-03-04"), record("3", "Radhika Persaud", "1999")):
        assert len(fields(mine)) + len(near_years(mine)) <= FIELDS
    assert near_years(full) == []
    assert near_years(record("4", "Radhika Persaud")) == []
