"""Work done again and again: what fails in one turn is tried in the next, and told without its values."""

from __future__ import annotations

import logging
import threading

import pytest

from libertad.journal.periodic import Periodic
from libertad.journal.rings import RingError

logger = logging.getLogger("libertad.test")
FAILURE = "the test's work failed"


def turns(
    fails: list[BaseException], *, at_once: bool = True, every: float = 0.0
) -> tuple[Periodic, threading.Event]:
    """One that fails so often, each time otherwise, and then sets the event."""
    done, left = threading.Event(), iter(fails)

    def work() -> None:
        for error in left:
            raise error
        done.set()

    return Periodic("libertad-test", every, work, logger, FAILURE, at_once=at_once), done


def test_it_goes_on_after_what_failed_and_tells_types_alone(caplog: pytest.LogCaptureFixture) -> None:
    periodic, done = turns([ValueError("Yulimar"), RingError("locked"), KeyError("Peña")])
    periodic.start()
    assert done.wait(30)
    periodic.stop()
    assert not periodic.thread.is_alive()
    assert [record.getMessage() for record in caplog.records if record.name == logger.name] == [
        f"{FAILURE} ({kind}); it is tried again" for kind in ("ValueError", "KeyError")
    ]


def test_it_waits_for_its_first_turn_unless_it_is_to_begin_at_once() -> None:
    periodic, done = turns([], at_once=False, every=600.0)
    periodic.start()
    assert not done.wait(0.2)
    periodic.stop()
    assert not periodic.thread.is_alive() and not done.is_set()


def test_stopping_what_never_started_is_harmless() -> None:
    periodic, done = turns([])
    periodic.stop()
    assert not done.is_set()
