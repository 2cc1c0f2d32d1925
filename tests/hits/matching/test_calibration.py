"""Of ten pairs said to be one person by .9, nine are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.hits.matching.calibration import Calibration, first
from libertad.hits.matching.matcher import Matcher, normalise_probabilities
from libertad.hits.matching.record import Hit
from tools.first_curve import KNOTS, fitted

DECISIONS = st.lists(st.tuples(st.floats(-40, 40), st.booleans()), max_size=60)


@given(DECISIONS)
def test_the_curve_never_falls(decisions: list[tuple[float, bool]]) -> None:
    for curve in (Calibration.of(decisions), Calibration.of(decisions, first())):
        chance = curve(np.linspace(-50, 50, 300))
        assert (np.diff(chance) >= -1e-12).all()
        assert chance.min() >= 0 and chance.max() <= 1


def test_it_learns_what_was_decided() -> None:
    chance = np.random.default_rng(4)
    bits = chance.uniform(-10, 10, 4000)
    same = chance.random(4000) < 1 / (1 + np.exp2(-0.5 * bits))  # the bits say twice too much
    curve = Calibration.of(zip(bits.tolist(), same.tolist(), strict=True), first())
    for at in (-4.0, 0.0, 4.0):
        assert curve(np.array([at]))[0] == pytest.approx(1 / (1 + 2 ** (-0.5 * at)), abs=0.08)


def test_a_few_decisions_do_not_turn_it_over() -> None:
    curve = Calibration.of([(12.0, False)], first())
    assert curve(np.array([12.0]))[0] > 0.7


def test_until_somebody_decided_it_is_the_measured_one() -> None:
    assert Calibration.of([]) is first()
    assert first()(np.array([-30.0, 0.0, 30.0])) == pytest.approx([0.0, 0.5, 1.0], abs=0.1)


def test_chances_of_one_question_come_to_one_with_that_of_nobody() -> None:
    def normalise(*chances: float) -> list[float]:
        return [
            hit.probability
            for hit in normalise_probabilities([Hit(str(n), 0.0, chance) for n, chance in enumerate(chances)])
        ]

    assert normalise_probabilities([]) == [] and normalise(0.8) == pytest.approx([0.8])
    assert sum(normalise(0.8, 0.8, 0.8)) <= 1.05
    assert normalise(0.99, 0.6)[1] < 0.05  # that it is somebody else is what the best leaves
    assert min(normalise(0.99999, 0.99999)) > 0.98  # but a person may be there twice


def draw_questions(
    shift: float, chance: np.random.Generator, count: int = 3000
) -> list[list[tuple[float, bool]]]:
    """Questions with three hits each, whose bits say `shift` too many."""
    questions = []
    for _ in range(count):
        bits = chance.uniform(-10, 14, 3)
        odds = np.exp2(bits - shift)
        truth = chance.choice(4, p=np.append(odds, 1.0) / (1 + odds.sum()))
        questions.append([(float(b), at == truth) for at, b in enumerate(bits)])
    return questions


def test_the_first_curve_is_the_one_that_makes_the_answers_likeliest() -> None:
    chance = np.random.default_rng(5)
    curve = fitted([draw_questions(1.0, chance), draw_questions(2.0, chance)], rounds=400)
    middle = (KNOTS >= -4) & (KNOTS <= 8)
    assert np.abs(curve.knots - (KNOTS - 2.0))[middle].max() < 1.0 and (np.diff(curve.knots) > 0).all()
    assert curve.more == pytest.approx([1.0, 0.0], abs=0.4)


def test_between_two_sizes_the_first_curve_lies_between_theirs() -> None:
    at = np.array([-4.0, 0.0, 3.0])
    small, middle, large = (first(size)(at) for size in (2000, 6300, 20_000))
    assert (np.minimum(small, large) <= middle).all() and (middle <= np.maximum(small, large)).all()
    assert np.abs(small - large).max() > 0.01
    assert first(1)(at) == pytest.approx(first(2000)(at))
    assert (first()(at) <= small).all()
    assert first(10**9)(at) == pytest.approx(first(10**6)(at))
    matcher = Matcher()
    assert matcher.calibration is first(0)
    assert Matcher(calibration=first(20_000)).calibration is first(20_000)
