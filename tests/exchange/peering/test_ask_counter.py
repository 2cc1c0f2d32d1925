"""A peer's number of asks may leap, and shuts the real peer out for an hour at most."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.exchange.peering import ask_counter, peers
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import ASK, Channel
from libertad.exchange.scheduler import Pace, Scheduler
from libertad.exchange.sync.endpoint import UnknownPeer
from libertad.exchange.transport.http import NotKnown
from tests.exchange.conftest import Three
from tests.exchange.test_exchange import lead
from tests.support.nodes import settle

MOST = (1 << 53) - 1


def forged(three: Three, counter: int) -> bytes:
    """An ask in Guyana's name to the centre, by somebody who has its node's key."""
    channel = Channel(three.guyana.node.key.seed, three.centre.node.key.public)
    small = bytes.fromhex(three.guyana.node.key.origin.partition("/")[2])
    return small + channel.seal(ASK, pack(PullRequest(counter=counter)))


def is_answered(three: Three, counter: int) -> bool:
    try:
        list(three.centre.exchange.answer(forged(three, counter)))
    except UnknownPeer:
        return False
    return True


def the_real_peer_still_exchanges(three: Three) -> None:
    settle(list(three))
    is_answered(three, MOST)
    lead(three.guyana)
    three.guyana.pull(three.centre)
    three.centre.exchange.flush()
    row = peers.get(three.centre.node.sql(), three.guyana.node.key.origin)
    assert row is not None and row.counter_in < MOST


def test_a_leap_to_the_greatest_number_shuts_nobody_out(three: Three) -> None:
    the_real_peer_still_exchanges(three)


def test_numbers_that_may_leap_for_ever_are_noticed(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ask_counter, "too_far", lambda number: False)
    with pytest.raises(UnknownPeer):
        the_real_peer_still_exchanges(three)


def test_a_number_that_an_older_version_took_is_forgotten(three: Three) -> None:
    settle(list(three))
    origin = three.guyana.node.key.origin
    three.centre.node.writer.submit(lambda tx: peers.change(tx.sql, origin, counter_in=MOST))
    three.centre.exchange.memory(origin).counter = 0  # the process was started anew
    three.guyana.pull(three.centre)
    assert not is_answered(three, peers.now_ms() - 2 * ask_counter.HOUR), "a copy of what was heard before"


def test_after_the_greatest_leap_that_is_believed_the_real_peer_comes_back(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    settle(list(three))
    assert is_answered(three, peers.now_ms() + ask_counter.AHEAD - 10)
    with pytest.raises(UnknownPeer):
        three.guyana.pull(three.centre)
    later = peers.now_ms() + ask_counter.HOUR + 60_000
    monkeypatch.setattr(ask_counter, "now_ms", lambda: later)
    three.guyana.exchange.skip_ahead(three.centre.node.key.origin)
    three.guyana.pull(three.centre)
    three.guyana.pull(three.centre)


def test_a_peer_that_does_not_know_us_is_asked_with_a_greater_number(
    three: Three, monkeypatch: pytest.MonkeyPatch
) -> None:
    looping = Scheduler(three.guyana.node, processes=False)
    peer = peers.get(three.guyana.node.sql(), three.centre.node.key.origin)
    assert peer is not None

    def unknown(message: bytes) -> Any:
        raise NotKnown("404")

    monkeypatch.setattr(looping, "_trip", lambda peer: unknown)
    looping._pull(peer, Pace())
    assert looping.exchange._counter(peer) > peers.now_ms() + ask_counter.AHEAD - 2 * ask_counter.HOUR


def test_a_node_that_is_started_often_stays_below_what_is_believed(three: Three) -> None:
    exchange, origin = three.guyana.exchange, three.centre.node.key.origin
    for _ in range(50):
        exchange.counters.clear()  # a new process
        peer = peers.get(three.guyana.node.sql(), origin)
        assert peer is not None
        number = exchange._counter(peer)
    assert number < peers.now_ms() + 2 * ask_counter.HOUR
