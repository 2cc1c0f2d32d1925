"""Requests to erase and their receipts: signed, whole, of their own kind."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libertad.exchange.protocol import erasure_messages, signed
from libertad.exchange.protocol.signed import Wrong
from libertad.journal.header import device_id
from libertad.journal.rings import Rings

ASKS, GIVES = "a" * 32, "b" * 32
FILES = (b"p" * 16, b"q" * 16)
SHARED = settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])


@pytest.fixture
def rings(tmp_path: Path) -> Rings:
    new_rings = Rings(tmp_path)
    new_rings.create(ASKS)
    new_rings.create(GIVES)
    return new_rings


def publics(rings: Rings) -> dict[bytes, tuple[bytes, str]]:
    devices = {authority: rings.device(authority)[0] for authority in rings.authorities()}
    return {device_id(public): (public, authority) for authority, public in devices.items()}


def test_a_request_says_who_asks_for_what_and_when(rings: Rings) -> None:
    data = erasure_messages.request(rings, ASKS, reversed(FILES), 7)
    request = erasure_messages.read_request(data, publics(rings))
    assert request[1:] == (FILES, ASKS, 7) and len(request.id) == 16
    shorter = erasure_messages.read_request(
        erasure_messages.request(rings, ASKS, FILES[:1], 7), publics(rings)
    )
    later = erasure_messages.read_request(erasure_messages.request(rings, ASKS, FILES, 8), publics(rings))
    assert len({request.id, shorter.id, later.id}) == 3, "the id is of all that is asked"


@pytest.mark.parametrize("outcome", [0, 12, *erasure_messages.REFUSALS])
def test_a_receipt_says_who_promises_and_what(rings: Rings, outcome: int | str) -> None:
    data = erasure_messages.receipt(rings, GIVES, b"r" * 16, 9, outcome)
    assert erasure_messages.read_receipt(data, publics(rings)) == (b"r" * 16, GIVES, 9, outcome)


def test_one_kind_is_never_the_other(rings: Rings) -> None:
    message = erasure_messages._Request(b"", ASKS, FILES, 7)
    data = signed.write(rings, erasure_messages.RECEIPT, message)
    with pytest.raises(Wrong) as why:
        erasure_messages.read_request(data, publics(rings))
    assert why.value.reason == "signature"
    with pytest.raises(Wrong):
        erasure_messages.read_receipt(erasure_messages.request(rings, ASKS, FILES, 7), publics(rings))


def test_a_device_that_is_not_believed_signs_nothing(rings: Rings) -> None:
    data = erasure_messages.request(rings, ASKS, FILES, 7)
    for known in ({}, {d: (p, GIVES) for d, (p, _) in publics(rings).items()}):
        with pytest.raises(Wrong) as why:
            erasure_messages.read_request(data, known)
        assert why.value.reason == "device"


@SHARED
@given(data=st.data(), of=st.sampled_from(["request", "receipt"]))
def test_changed_anywhere_it_is_refused(rings: Rings, data: st.DataObject, of: str) -> None:
    read: Any = erasure_messages.read_request if of == "request" else erasure_messages.read_receipt
    if of == "request":
        whole = bytearray(erasure_messages.request(rings, ASKS, FILES, 7))
    else:
        whole = bytearray(erasure_messages.receipt(rings, GIVES, b"r" * 16, 9, 1))
    whole[data.draw(st.integers(0, len(whole) - 1))] ^= data.draw(st.integers(1, 255))
    with pytest.raises(Wrong):
        read(bytes(whole), publics(rings))


def test_a_signature_that_is_not_checked_is_noticed(rings: Rings, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("libertad.exchange.protocol.signed.crypto_sign_open", lambda data, public: b"")
    with pytest.raises(pytest.fail.Exception):
        test_one_kind_is_never_the_other(rings)


def test_what_cannot_be_meant_is_neither_written_nor_read(rings: Rings) -> None:
    for files in ((), (b"short",), [bytes([n // 256, n % 256]) * 8 for n in range(1001)]):
        with pytest.raises(Wrong, match="1 to 1000 files"):
            erasure_messages.request(rings, ASKS, files, 7)
    for outcome in (-1, 1 << 32, "done"):
        with pytest.raises(Wrong, match="how many keys"):
            erasure_messages.receipt(rings, GIVES, b"r" * 16, 9, outcome)
    unsorted = erasure_messages._Request(b"", ASKS, tuple(reversed(FILES)), 7)
    with pytest.raises(Wrong, match="in order"):
        erasure_messages.read_request(signed.write(rings, erasure_messages.REQUEST, unsorted), publics(rings))
    with pytest.raises(Wrong, match="out of range"):
        erasure_messages.request(rings, ASKS, FILES, -1)
