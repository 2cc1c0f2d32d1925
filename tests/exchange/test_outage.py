"""Four hours without any link, in virtual time: retries stay spread and slow, and afterwards all arrives."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest

from libertad.exchange import scheduler as loops
from libertad.exchange.scheduler import EVERY, LONGEST, Pace, Scheduler
from tests.exchange.conftest import Three
from tests.exchange.making import begun
from tests.exchange.test_exchange import lead, same
from tests.support.nodes import Party

OUTAGE = 4 * 3600.0
ADDRESS = "update exchange_peer set address = 'http://somewhere'"
Attempts = dict[tuple[str, str], list[float]]


class AtOnce:
    """Runs what is given to it in its caller's thread."""

    def submit(self, fn: Callable[..., Any], *arguments: Any) -> None:
        fn(*arguments)

    def shutdown(self, **_: Any) -> None:
        pass


class World:
    """The loops of some parties on one clock, all of whose links go up and down together."""

    def __init__(self, parties: list[Party], monkeypatch: pytest.MonkeyPatch) -> None:
        self.now, self.up, self.attempts = 1000.0, True, Attempts()
        monkeypatch.setattr(loops, "time", SimpleNamespace(monotonic=lambda: self.now))
        self.by_origin = {party.node.key.origin: party for party in parties}
        self.loops = [self.looped(party) for party in parties]

    def looped(self, party: Party) -> Scheduler:
        loop = Scheduler(party.node, processes=False)
        loop.pool = AtOnce()  # type: ignore[assignment]
        loop.exchange = party.exchange
        # By the writer: a peer whose row was changed past it is not believed, and nothing of it is stored.
        party.node.writer.submit(lambda tx: tx.sql.run(ADDRESS) and None)

        def trip(peer: Any) -> Any:
            self.attempts.setdefault((party.name, peer.origin), []).append(self.now)
            if not self.up:
                raise ConnectionRefusedError
            return party.trip_to(self.by_origin[peer.origin])

        loop._trip = trip  # type: ignore[method-assign]
        return loop

    def run(self, seconds: float, speak: Callable[[], None] = lambda: None, each: float = 1800.0) -> None:
        until, word = self.now + seconds, self.now
        while self.now < until:
            if self.now >= word:
                speak()
                word += each
            for loop in self.loops:
                loop._due()
            soon = min(pace.next for looped in self.loops for pace in looped.paces.values())
            self.now = min(until, max(self.now + 0.05, soon))


def test_after_four_hours_without_links_everything_arrives(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    begun(three)
    world = World(list(three), monkeypatch)
    world.run(60)
    world.up = False
    lead_ids: list[str] = []
    began = world.now
    world.attempts.clear()
    world.run(
        OUTAGE, lambda: lead_ids.append(lead(three.guyana, summary=f"During the outage {len(lead_ids)}"))
    )
    assert len(lead_ids) == 8
    for times in world.attempts.values():
        gaps = [later - earlier for earlier, later in itertools.pairwise(times)]
        # No faster than the pace says: doubling from 10 s to five minutes, each at most 30% sooner.
        for number, gap in enumerate(gaps, 1):
            assert gap >= 0.7 * min(LONGEST, EVERY * 2 ** min(number, 10)) - 0.1
            assert gap <= LONGEST + 0.1
        assert len(times) <= 8 + OUTAGE / (0.7 * LONGEST)
    assert {row[0] for row in three.centre.rows("operations_lead", "id")}.isdisjoint(lead_ids)
    errors = three.centre.rows("exchange_peer", "error")
    assert errors == [("nothing answers at its address: its node is down or its address has changed",)] * 2
    assert spread([times[-1] - began for times in world.attempts.values()])
    world.up = True
    world.run(LONGEST + 60)
    assert {row[0] for row in three.centre.rows("operations_lead", "id")} > set(lead_ids)
    same(three.centre, three.guyana, "operations_lead", "id, reported_at")
    assert three.centre.rows("exchange_peer", "error") == [("",), ("",)]


def spread(moments: list[float]) -> bool:
    """Whether those who lost their links together do not ask together hours later."""
    ordered = sorted(moments)
    together = sum(later - earlier < 1.0 for earlier, later in itertools.pairwise(ordered))
    return together <= len(ordered) // 2


def test_planted_retries_without_jitter_would_come_together(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("libertad.exchange.scheduler.random.uniform", lambda *_: 1.0)
    begun(three)
    world = World(list(three), monkeypatch)
    world.up = False
    world.run(3600)
    assert not spread([times[-1] for times in world.attempts.values()])


def test_the_pace_after_failures(monkeypatch: pytest.MonkeyPatch) -> None:
    now = [0.0]
    monkeypatch.setattr(loops, "time", SimpleNamespace(monotonic=lambda: now[0]))
    pace, waits = Pace(), []
    for _ in range(12):
        pace.record_failure(EVERY)
        waits.append(pace.next - now[0])
    assert all(0.7 * LONGEST <= wait <= LONGEST for wait in waits[6:])
    assert waits[0] <= 2 * EVERY
    pace.record_success(EVERY, more=False, answered=50_000, seconds=8.0, parcels=4)
    assert (pace.failures, pace.chunk) == (0, int(50_000 / 8.0 * loops.AIM))
    pace.record_failure(
        EVERY, moved=True
    )  # the line works and was cut: soon again, with the chunk that it bears
    assert (pace.failures, pace.next - now[0] <= loops.SOON, pace.chunk) == (0, True, 12_500)
    pace.record_failure(EVERY)
    assert (pace.failures, pace.chunk) == (1, loops.SLOW)
