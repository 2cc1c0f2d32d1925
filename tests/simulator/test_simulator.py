"""The simulator: whole seeds hold, a planted bug is caught, a seed replays, and fewer steps show the same."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.simulator.faults import STORIES, WEIGHTS
from tests.simulator.planted import BUGS
from tests.simulator.running import Outcome, command, minimised, run
from tests.simulator.world import image

# django_db: so that there is a migrated database. The group: one founding for all.
pytestmark = [pytest.mark.sqlite_only, pytest.mark.django_db, pytest.mark.xdist_group("simulator")]
CLEAN = range(12)


@pytest.fixture(scope="module", autouse=True)
def founded(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """The world that every seed starts from; its tables are made like the test database's."""
    with django_db_blocker.unblock():
        image()
    yield


def first(bug: str, seeds: range) -> Outcome:
    """The first of the seeds in which a planted bug is caught."""
    for seed in seeds:
        outcome = run(seed, bug)
        if outcome.wrong:
            return outcome
    raise AssertionError(f"{bug} is caught in none of {seeds}")


@pytest.mark.parametrize("seed", CLEAN)
def test_every_invariant_holds(seed: int) -> None:
    outcome = run(seed)
    assert not outcome.wrong, "\n".join([*outcome.trace[-40:], outcome.wrong, command(outcome)])


@settings(
    max_examples=12, derandomize=True, deadline=None, suppress_health_check=[*HealthCheck], database=None
)
@given(
    seed=st.integers(0, 2**32), steps=st.lists(st.sampled_from((*STORIES, *WEIGHTS)), min_size=1, max_size=20)
)
def test_every_invariant_holds_whatever_the_steps(seed: int, steps: list[str]) -> None:
    """Steps that no seed's weights choose; hypothesis names the fewest that fail."""
    outcome = run(seed, steps=steps)
    assert not outcome.wrong, "\n".join([*outcome.trace[-40:], outcome.wrong])


@pytest.mark.parametrize("bug", BUGS)
def test_a_planted_bug_is_caught(bug: str) -> None:
    assert first(bug, range(100, 106)).wrong


def test_a_seed_does_the_same_each_time() -> None:
    first_run, second_run = run(3), run(3)
    assert first_run.trace and first_run.trace == second_run.trace
    assert first_run.counts == second_run.counts
    assert run(4).trace != first_run.trace


def test_fewer_steps_show_the_same() -> None:
    outcome = first("acknowledged-before-commit", range(3))
    steps = minimised(outcome.seed, outcome.bug)
    assert 0 < len(steps) < 4
    assert run(outcome.seed, outcome.bug, steps).wrong
    assert command(outcome, steps).endswith("--only " + ",".join(map(str, steps)))
