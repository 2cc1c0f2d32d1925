"""How alike two values of a fact are."""

from __future__ import annotations

import pytest

from libertad.hits.matching.facts import Alike, comparison_levels
from libertad.hits.matching.record import Kind


@pytest.mark.parametrize(
    ("kind", "one", "other", "how"),
    [
        ("address", "13 durham place hamilton", "13", Alike.DIFFERENT),  # the number of a house is no address
        ("address", "13 durham place hamilton", "durham place", Alike.PART),
        ("address", "13 durham place", "13 durhan place", Alike.CLOSE),
        ("place", "rio", "rio de janeiro", Alike.PART),
        ("place", "ringwood 5047 sa", "phillip 5047 sa", Alike.PART),  # a postcode is a place
        ("place", "ringwood 504 sa", "phillip 504 sa", Alike.DIFFERENT),
        ("other", "seen in 1994 at sea", "lost 1994", Alike.DIFFERENT),  # a year is none
    ],
)
def test_texts_agree_in_part_by_what_tells_something(kind: Kind, one: str, other: str, how: Alike) -> None:
    assert comparison_levels([one, other], [other, one], kind).tolist() == [how, how]


def test_a_document_whose_country_is_written_as_part_of_it_is_the_same() -> None:
    assert comparison_levels(["GY:R0183456"], ["GYR0183456"], "document").tolist() == [Alike.SAME]
    assert comparison_levels(["GYR0183456"], ["GY:R0183456"], "document").tolist() == [Alike.SAME]
    assert comparison_levels(["GY:R0183456"], ["VE:R0183456"], "document").tolist() == [Alike.PART]
    assert comparison_levels(["R0183456"], ["R0999111"], "document").tolist() == [Alike.DIFFERENT]
