"""Clocks for this room's tests: most tell of April 2018, and dates are judged by the operation's clock."""

from __future__ import annotations

import datetime as dt

import pytest

from libertad.operations.actions.set_clock import set_clock
from tests.support.world import World


def set_to(world: World, day: int, hour: int = 12) -> None:
    """The operation's clock shows this moment of April 2018, and goes on from there."""
    reads = world.at(1, hour).at + dt.timedelta(days=day - 1)
    world.perform("coordinator", set_clock, reads=reads, set_at=dt.datetime.now(dt.UTC), rate=1.0)


@pytest.fixture
def ninth_of_april(world: World) -> None:
    set_to(world, 9)


@pytest.fixture
def end_of_april(world: World) -> None:
    set_to(world, 30)
