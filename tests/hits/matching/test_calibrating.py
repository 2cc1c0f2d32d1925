"""Of ten pairs said to be one person by .9, nine are."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from libertad.hits.matching.calibrating import Calibration, first

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
    assert first()(np.array([-30.0, 0.0, 30.0])) == pytest.approx([0.0, 0.25, 1.0], abs=0.1)
