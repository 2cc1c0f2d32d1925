"""The device's clock gives an order to acts of one moment."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from libertad.access.acting import Act
from libertad.journal import clock
from libertad.journal.caches import Caches
from libertad.journal.node import node
from libertad.journal.transaction import Transaction
from libertad.operations.actions.set_clock import set_clock
from tests.support.world import World


def test_two_acts_of_one_millisecond_are_told_apart(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = datetime(2018, 4, 5, 9, 40, tzinfo=UTC)
    monkeypatch.setattr(clock, "now", lambda: stands)
    caches = Caches()
    first, second = caches.tick(), caches.tick()
    assert first == stands
    assert second > first


def test_a_clock_that_is_set_back_does_not_turn_the_order_round(monkeypatch: pytest.MonkeyPatch) -> None:
    times = iter([datetime(2018, 4, 5, tzinfo=UTC), datetime(2018, 4, 3, tzinfo=UTC)])
    monkeypatch.setattr(clock, "now", lambda: next(times))
    caches = Caches()
    assert caches.tick() < caches.tick()


def test_an_operations_clock_counts_from_the_moment_it_is_set(world: World) -> None:
    """It is remembered between jobs, and not beyond the entry that sets it anew."""
    coordinator = world.actor("coordinator")

    def job(tx: Transaction) -> tuple[datetime, datetime]:
        before = Act(tx, coordinator).now
        stands = datetime(2018, 4, 6, 12, tzinfo=UTC)
        set_clock(Act(tx, coordinator), reads=stands, set_at=datetime(2018, 4, 1, tzinfo=UTC), rate=0)
        return before, Act(tx, coordinator).now

    before, after = node().writer.submit(job)
    assert before != after == datetime(2018, 4, 6, 12, tzinfo=UTC)
    assert node().writer.submit(lambda tx: Act(tx, coordinator).now) == after
