"""The device's clock gives an order to acts of one moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from libertad.journal import writer


def test_two_acts_of_one_millisecond_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = datetime(2018, 4, 5, 9, 40, tzinfo=UTC)
    monkeypatch.setattr(writer, "now", lambda: stands)
    caches = writer.Caches()
    first, second = caches.tick(), caches.tick()
    assert first == stands
    assert second > first


def test_a_clock_that_is_set_back_does_not_turn_the_order_round(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([datetime(2018, 4, 5, tzinfo=UTC), datetime(2018, 4, 3, tzinfo=UTC)])
    monkeypatch.setattr(writer, "now", lambda: next(times))
    caches = writer.Caches()
    assert caches.tick() < caches.tick()
