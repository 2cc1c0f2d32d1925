"""The endpoint over a real server lies below the exchange's; to strangers it does not exist."""

from __future__ import annotations

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import PullRequest, pack
from libertad.exchange.protocol.secure_channel import ASK, small
from libertad.exchange.transport.http import trip
from libertad.hits.private import wire
from libertad.hits.private.answering import PATH
from libertad.hits.private.wire import Refused, Sync
from tests.exchange.transport.test_http import exchanged, masked, peer_of, request
from tests.support.serving import server
from tests.support.world import World

pytestmark = [pytest.mark.sqlite_only]


def test_a_peer_is_answered_and_a_stranger_is_nowhere(world: World) -> None:
    signer, channel = peer_of(world, peers.SUSPENDED)
    question = Sync(counter=1, owner="a" * 32, asker="b" * 32, epoch=0, after=0)
    sealed = channel.seal(wire.HIT, wire.pack(question))
    valid = small(signer.origin) + sealed
    asks = small(signer.origin) + channel.seal(ASK, pack(PullRequest(counter=1)))
    with server(world.home) as base:
        for body in (b"", b"a=1", valid, asks, valid[:-1] + bytes([valid[-1] ^ 1])):
            here, nowhere = (
                masked(exchanged(base, request("POST", path, body)), path) for path in (PATH, "/nowhere/")
            )
            assert here.startswith(b"HTTP/1.1 404")
            assert here == nowhere
        peer_of(world, peers.ACTIVE)
        (part,) = trip(base, path=PATH)(valid)
        answer = wire.answer(channel.answered(sealed, 0, part)[0])
        assert isinstance(answer, Refused)
        assert answer.why == "closed"  # nobody there answers, and the asker does not live at this node
        again = masked(exchanged(base, request("POST", PATH, valid)), PATH)
        assert again == masked(exchanged(base, request("POST", "/nowhere/", valid)), "/nowhere/")
        crossed = masked(exchanged(base, request("POST", PATH, asks)), PATH)
        assert crossed.startswith(b"HTTP/1.1 404")
