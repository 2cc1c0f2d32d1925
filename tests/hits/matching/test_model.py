"""What the ways of being alike weigh."""

from __future__ import annotations

import numpy as np
import pytest

from libertad.hits.matching.facts import Born
from libertad.hits.matching.matcher import Matcher
from libertad.hits.matching.model import BIRTH, SURNAMES, Model
from libertad.hits.matching.record import Birth, Hit, Name, Record


def person(given_name: str, family: str, born: str = "") -> Record:
    return Record(given_name, (Name(given=given_name, family=family),), Birth.of_text(born))


def name_bits(hit: Hit) -> float:
    """Bits of the names."""
    return sum(reason.bits for reason in hit.reasons if reason.kind == "name")


def test_how_precisely_a_birth_is_told_says_nothing_of_whose_it_is() -> None:
    """Of a hundred persons whose age alone is told once, for nearly all the age fits."""
    weights = BIRTH.weights
    assert -0.3 < weights[Born.OVERLAP] < 0 and -0.3 < weights[Born.SAME] < 0
    rarely = BIRTH.m * np.where(np.isin(np.arange(len(Born)), BIRTH.vague), 0.1, 1.0)
    often = Model(fields={**Model().fields, "birth": type(BIRTH)(rarely, BIRTH.u, BIRTH.vague)})
    assert often.fields["birth"].weights[Born.OVERLAP] == pytest.approx(weights[Born.OVERLAP])


def test_names_in_each_others_place_are_one_slip_however_many_words_they_have() -> None:
    matcher = Matcher()

    def cost(given_name: str, family: str) -> float:
        straight, turned = person(given_name, family), person(family, given_name)
        same, crossed = matcher.compare(straight, straight), matcher.compare(straight, turned)
        assert sum(why.bits for why in crossed.reasons) + matcher.prior.same == pytest.approx(crossed.bits)
        return name_bits(same) - name_bits(crossed)

    assert cost("Yulimar", "Peña") == pytest.approx(-Model().swapped, abs=0.01)
    assert cost("Yulimar Kenia", "Peña Quispe") == pytest.approx(-Model().swapped, abs=0.01)


def test_twins_bear_one_surname_and_half_of_other_relatives_do() -> None:
    matcher = Matcher()
    for n in range(3000):
        matcher.upsert(person(f"Given{n}", f"Family{n % 300}", f"{1950 + n % 60}-03-{1 + n % 28:02}"))

    def kin(left: Record, right: Record) -> float:
        return -sum(reason.bits for reason in matcher.compare(left, right).reasons if reason.kind == "kin")

    siblings = kin(person("Elowen", "Quinlan", "1990-01-30"), person("Fabiana", "Quinlan", "1993-02-11"))
    twins = kin(person("Elowen", "Quinlan", "1990-01-30"), person("Fabiana", "Quinlan", "1990-01-30"))
    assert twins > siblings + SURNAMES
