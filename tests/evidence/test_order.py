"""Custody's folds do not depend on the order in which entries arrive."""

from __future__ import annotations

from tests.evidence.test_look import custody
from tests.support.shuffling import assert_order_free
from tests.support.world import World


def test_any_causally_valid_order_gives_the_same_rows(world: World) -> None:
    custody(world)
    assert_order_free(world)
