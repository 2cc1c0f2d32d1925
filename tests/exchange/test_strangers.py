"""Both nodes are authenticated by their keys on every request: whoever is no active peer is a stranger."""

from __future__ import annotations

from typing import Any

import pytest

from libertad.exchange.peering import peers
from libertad.exchange.sync.endpoint import Exchange, UnknownPeer
from tests.exchange.conftest import Three


def capture_request(three: Three) -> tuple[bytes, Exchange]:
    """A good ask of Guyana's to the centre, as it is on the line."""
    asks: list[bytes] = []

    def listen(message: bytes) -> Any:
        asks.append(message)
        return three.centre.exchange.answer(message)

    three.guyana.exchange.pull(three.centre.node.key.origin, listen)
    return asks[0], three.centre.exchange


def test_a_copy_of_an_ask_is_a_strangers(three: Three) -> None:
    message, exchange = capture_request(three)
    with pytest.raises(UnknownPeer):
        exchange.answer(message)
    # Planted: without the counter the copy is answered.
    exchange.memory(three.guyana.node.key.origin).counter = -1
    three.centre.node.writer.submit(
        lambda tx: peers.change(tx.sql, three.guyana.node.key.origin, counter_in=-1)
    )
    assert list(exchange.answer(message))


def test_a_message_sent_back_is_a_strangers(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """The centre's own ask to Guyana, reflected at the centre under Guyana's name."""
    from nacl.bindings import crypto_box_open_afternm

    from libertad.exchange.protocol import secure_channel

    asks: list[bytes] = []

    def listen(message: bytes) -> Any:
        asks.append(message)
        return three.guyana.exchange.answer(message)

    three.centre.exchange.pull(three.guyana.node.key.origin, listen)
    reflected = secure_channel.small(three.guyana.node.key.origin) + asks[0][8:]
    with pytest.raises(UnknownPeer):
        three.centre.exchange.answer(reflected)

    def without_direction(self: secure_channel.Channel, kind: bytes, data: bytes) -> bytes:
        plain: bytes = crypto_box_open_afternm(
            data[secure_channel.NONCE :], data[: secure_channel.NONCE], self._key
        )
        return plain[9:]

    monkeypatch.setattr(secure_channel.Channel, "open", without_direction)
    assert list(three.centre.exchange.answer(reflected))  # planted: the direction is not looked at


def test_a_suspended_peer_is_a_stranger(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    message, exchange = capture_request(three)
    origin = three.guyana.node.key.origin
    peers.set_state(three.centre.node, origin, peers.SUSPENDED)
    exchange.memory(origin).counter = -1
    three.centre.node.writer.submit(lambda tx: peers.change(tx.sql, origin, counter_in=-1))
    with pytest.raises(UnknownPeer):
        exchange.answer(message)
    get = peers.get

    def active(sql: Any, name: str) -> Any:
        peer = get(sql, name)
        return peer and peer._replace(state=peers.ACTIVE)

    monkeypatch.setattr(peers, "get", active)
    assert list(exchange.answer(message))  # planted: the state is not looked at


def test_a_refusal_takes_the_same_work_whoever_asks(three: Three, monkeypatch: pytest.MonkeyPatch) -> None:
    """A stranger, a suspended peer and a forged ask of a peer cost one look-up and one opening each."""
    from libertad.exchange.protocol import secure_channel

    message, exchange = capture_request(three)
    opened: list[int] = []
    real = secure_channel.Channel.open
    monkeypatch.setattr(secure_channel.Channel, "open", lambda *a: (opened.append(1), real(*a))[1])  # type: ignore[func-returns-value]
    stranger, forged = bytes(6) + b"ab" + message[8:], message[:-1] + bytes([message[-1] ^ 1])
    for request in (stranger, forged):
        opened.clear()
        with pytest.raises(UnknownPeer):
            exchange.answer(request)
        assert opened == [1]
    peers.set_state(three.centre.node, three.guyana.node.key.origin, peers.SUSPENDED)
    opened.clear()
    with pytest.raises(UnknownPeer):
        exchange.answer(message)
    assert opened == [1]
