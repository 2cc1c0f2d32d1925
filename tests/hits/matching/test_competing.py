"""Pairs of one table are seen beside the other pairs of their records, where it shows that these tell."""

from __future__ import annotations

import numpy as np
import pytest

from libertad.hits.matching.calibration import repeat_ratio, rival_chances
from libertad.hits.matching.lexicon import Floats, Ints

SURE = 0.9999


def doubled_once(persons: int) -> tuple[Floats, Ints, Ints]:
    """Persons who are in a table twice, surely; a third record is likely to be of the first of them, by its
    own pair, and another pair is as likely by itself and has no rival."""
    left = np.append(2 * np.arange(persons), [0, 2 * persons + 1])
    right = np.append(2 * np.arange(persons) + 1, [2 * persons, 2 * persons + 2])
    return np.append(np.full(persons, SURE), [0.6, 0.6]), left, right


def random_pairs(records: int, pairs: int) -> tuple[Floats, Ints, Ints]:
    """Sure pairs that fall at random: of a record that has one, as many have another as of any."""
    chance = np.random.default_rng(3)
    left, right = chance.integers(0, records, (2, pairs))
    apart = left != right
    return np.full(apart.sum(), SURE), left[apart], right[apart]


def test_where_nobody_is_in_a_table_more_than_twice_a_third_record_is_of_another() -> None:
    chance, left, right = doubled_once(200)
    beside = rival_chances(chance, left, right, 0.5)
    assert beside[:200] == pytest.approx(chance[:200], abs=1e-3)
    assert beside[200] < 0.05 and beside[201] == pytest.approx(0.6)


def test_where_doubles_fall_at_random_one_says_nothing_of_another() -> None:
    chance, left, right = random_pairs(1000, 1500)
    chance[::3] = 0.6
    assert rival_chances(chance, left, right, 3.0) == pytest.approx(chance, abs=0.06)


def test_how_often_people_are_more_than_twice_is_seen_from_the_likely_pairs() -> None:
    assert repeat_ratio(*doubled_once(200), 0.5) < 0.02
    assert repeat_ratio(*random_pairs(1000, 1500), 3.0) == pytest.approx(1.0, abs=0.1)
    nobody = np.zeros(0, np.int64)
    assert repeat_ratio(np.zeros(0), nobody, nobody, 0.01) < 0.02


def test_a_second_double_that_is_as_sure_stays() -> None:
    """Somebody may be in a table three times all the same."""
    chance, left, right = doubled_once(200)
    chance[200] = SURE
    assert rival_chances(chance, left, right, 0.5)[[0, 200]] == pytest.approx([1.0, 1.0], abs=0.03)
