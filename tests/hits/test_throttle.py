"""Scoring beside the serving of pages rests; what somebody waits for does not."""

from __future__ import annotations

import threading
from collections.abc import Sequence

import pytest

from libertad.access.actor import Actor
from libertad.hits import index, record_builder, throttle, watcher
from libertad.operations.presenters import LeadSeen
from tests.hits.making import phone_lead
from tests.support.world import World


class Clock:
    """Time that passes only as it is told, and by sleeping."""

    def __init__(self) -> None:
        self.now, self.slept = 100.0, []  # type: float, list[float]

    def perf_counter(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.now += seconds


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    fake_clock = Clock()
    monkeypatch.setattr(throttle, "time", fake_clock)
    return fake_clock


def test_who_works_gently_rests_three_times_as_long(clock: Clock) -> None:
    with throttle.gently():
        clock.now += throttle.SLICE / 2
        throttle.breathe()
        assert clock.slept == []
        clock.now += throttle.SLICE
        throttle.breathe()
        assert clock.slept == [pytest.approx(1.5 * throttle.SLICE * throttle.REST)]
        throttle.breathe()
        assert len(clock.slept) == 1
        clock.now += 10.0
        throttle.breathe()
        assert clock.slept[1] == throttle.LONGEST


def test_who_is_waited_for_does_not_rest(clock: Clock) -> None:
    with throttle.gently():
        thread = threading.Thread(target=lambda: (setattr(clock, "now", clock.now + 9), throttle.breathe()))
        thread.start()
        thread.join()
    clock.now += 9
    throttle.breathe()
    assert clock.slept == []


def test_the_watch_works_gently(monkeypatch: pytest.MonkeyPatch) -> None:
    gentle: list[bool] = []

    def catch_up(here: object, note: bool) -> int:
        gentle.append(getattr(throttle._thread, "since", None) is not None)
        watch.stopping.set()
        return 0

    monkeypatch.setattr(watcher, "catch_up", catch_up)
    watch = watcher.Watch(None)  # type: ignore[arg-type]
    watch.thread.start()
    watch.thread.join(timeout=300)
    assert gentle == [True]


def test_a_first_index_reads_a_few_at_a_time_and_breathes_between(
    world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = {phone_lead(world, phone=f"+592 611 44{at:02d}") for at in range(5)}
    read: list[int] = []
    breaths: list[None] = []
    whole = record_builder.leads

    def read_leads(actor: Actor, *, ids: Sequence[str]) -> list[LeadSeen]:
        read.append(len(ids))
        return whole(actor, ids=ids)

    monkeypatch.setattr(record_builder, "AT_ONCE", 2)
    monkeypatch.setattr(record_builder, "leads", read_leads)
    monkeypatch.setattr(index, "breathe", lambda: breaths.append(None))
    index.forget()
    own_index = index.up_to_date(world.authorities["police"])
    assert {f"lead:{lead}" for lead in known} <= set(own_index.subjects)
    assert sum(read) >= 5 and max(read) == 2
    assert len(breaths) >= len(own_index.subjects)
