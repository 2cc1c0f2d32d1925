"""Whatever bytes come: the documented refusals and no other exception, and nothing is stored."""

from __future__ import annotations

import io
import os
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from libertad.exchange.peering import peers
from libertad.exchange.protocol.messages import (
    BadMessage,
    CarriedEntry,
    ControlMessage,
    Parcel,
    PullRequest,
    pack,
    unpack,
)
from libertad.exchange.protocol.secure_channel import ANSWER, ASK, LAST, Channel, NotOurs
from libertad.exchange.receiving import receiver
from libertad.exchange.sync.endpoint import HANDLERS, LIES, UnknownPeer
from libertad.exchange.transport import http
from libertad.journal import header
from libertad.journal.header import Malformed
from tests.exchange.conftest import Three
from tests.exchange.making import begun, state
from tests.exchange.test_exchange import lead
from tests.support.lying import Liar

pytestmark = [pytest.mark.sqlite_only]  # of the line and the decoder: the same on any database
AGAIN = settings(
    max_examples=int(os.environ.get("LIBERTAD_FUZZ", "150")),
    deadline=None,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
NUMBERS = st.one_of(st.integers(-2, 300), st.sampled_from([2**31, 2**53 - 1, 2**53, 2**63, 2**64 - 1]))
# Anything that MessagePack holds, small.
THINGS = st.recursive(
    st.none() | st.booleans() | NUMBERS | st.binary(max_size=40) | st.text(max_size=10) | st.floats(),
    lambda inner: st.lists(inner, max_size=5) | st.dictionaries(st.sampled_from("nazmfwxycokgrhspqe"), inner),
    max_leaves=20,
)
SHARES = st.floats(0, 1)
CHANGES = st.lists(
    st.tuples(st.sampled_from(["flip", "cut", "insert", "double", "drop"]), SHARES, st.binary(max_size=9)),
    min_size=1,
    max_size=6,
)


def mutated(data: bytes, changes: list[tuple[str, float, bytes]]) -> bytes:
    """The bytes with some changes, each at a share of the length."""
    altered = bytearray(data)
    for kind, share, extra in changes:
        at = int(share * max(0, len(altered) - 1))
        if kind == "flip" and altered:
            altered[at] ^= (extra[0] if extra else 1) or 1
        elif kind == "cut":
            del altered[at:]
        elif kind == "insert":
            altered[at:at] = extra
        elif kind == "double":
            altered[at:at] = altered[at : at + 32]
        elif kind == "drop":
            del altered[at : at + max(1, len(extra))]
    return bytes(altered)


def refused(call: Callable[[], Any], *documented: type[Exception]) -> Any:
    """What it gives, or None where it refused as documented. Any other exception fails the test."""
    try:
        return call()
    except documented:
        return None


SAMPLES: list[msgspec.Struct] = [
    PullRequest(
        counter=7,
        after=12,
        fills=[(bytes(16), 3)],
        word=ControlMessage(number=1, got=[("a" * 32, bytes(32))]),
    ),
    PullRequest(counter=8, fingerprints=[bytes(16)] * 256, named=[bytes(32)]),
    Parcel(
        start=1,
        end=4,
        head=9,
        note="x",
        proof=[bytes(32)] * 3,
        entries=[CarriedEntry(1, b"h", bytes(64), b"b"), CarriedEntry(3, b"", b"", None)],
        word=ControlMessage(notes=["n"], proofs=[(1, 2, [bytes(32)])], forks=[[b"", b"", b"", b""]]),
    ),
]


@AGAIN
@given(
    st.binary(max_size=400)
    | st.builds(lambda message, changes: mutated(pack(message), changes), st.sampled_from(SAMPLES), CHANGES)
)
def test_unpack_of_any_bytes(data: bytes) -> None:
    for kind in (PullRequest, Parcel):
        refused(partial(unpack, data, kind), BadMessage)


@AGAIN
@given(THINGS | st.builds(lambda message, changes: (message, changes), st.sampled_from(SAMPLES), CHANGES))
def test_unpack_of_any_message(thing: Any) -> None:
    """Compressed rightly, so that it is the decoder that has to refuse."""
    import zstandard

    plain = (
        mutated(msgspec.msgpack.encode(thing[0]), thing[1])
        if isinstance(thing, tuple)
        else refused(partial(msgspec.msgpack.encode, thing), OverflowError)
    )
    data = zstandard.ZstdCompressor().compress(plain or b"")
    for kind in (PullRequest, Parcel):
        unpacked = refused(partial(unpack, data, kind), BadMessage)
        if isinstance(unpacked, Parcel):
            assert 0 <= unpacked.start <= unpacked.end < 1 << 53
            assert len(unpacked.entries) <= 4096


@AGAIN
@given(st.binary(max_size=200), CHANGES, st.sampled_from([ASK, ANSWER, LAST]))
def test_open_of_any_bytes(data: bytes, changes: list[tuple[str, float, bytes]], kind: bytes) -> None:
    seeds = [bytes([n]) * 32 for n in (1, 2)]
    publics = [header.keypair(seed)[0] for seed in seeds]
    first, second = Channel(seeds[0], publics[1]), Channel(seeds[1], publics[0])
    assert refused(partial(second.open, kind, data), NotOurs) is None
    sealed = first.seal(kind, data)
    assert second.open(kind, sealed) == data
    changed = mutated(sealed, changes)
    assert changed == sealed or refused(partial(second.open, kind, changed), NotOurs) is None
    assert refused(partial(first.open, kind, sealed), NotOurs) is None  # reflected


HEADER = header.Header(
    1, bytes(16), bytes(16), 3, bytes(32), (bytes(32), b"\x01" * 32), "police", bytes(32), bytes(32), 304
).encode()


@AGAIN
@given(
    st.binary(max_size=300)
    | CHANGES.map(partial(mutated, HEADER))
    | st.lists(THINGS, min_size=10, max_size=10).map(lambda parts: __import__("cbor2").dumps(parts))
)
def test_decode_of_any_header(data: bytes) -> None:
    decoded = refused(partial(header.decode, data), Malformed)
    if decoded is not None:
        assert decoded.encode() == data
        assert (type(decoded.version), type(decoded.seq), type(decoded.length)) == (int, int, int)
        assert 0 <= decoded.seq < 1 << 53


def test_a_version_that_only_equals_one_is_none() -> None:
    import cbor2

    parts = cbor2.loads(HEADER)
    for version in (1.0, True, 99, "1", None):
        with pytest.raises(Malformed, match="version"):
            header.decode(cbor2.dumps([version, *parts[1:]], canonical=True))
    with pytest.raises(Malformed, match="sequence"):
        header.decode(cbor2.dumps([*parts[:3], 1 << 53, *parts[4:]], canonical=True))


@AGAIN
@given(st.binary(max_size=300), st.lists(st.binary(max_size=50), max_size=5), CHANGES)
def test_parts_of_any_stream(data: bytes, good: list[bytes], changes: list[tuple[str, float, bytes]]) -> None:
    whole = b"".join(http.HEAD.pack(len(part)) + part for part in good if part)
    assert list(http.parts(io.BytesIO(whole).read)) == [part for part in good if part]
    for stream in (data, mutated(whole, changes), whole + data):
        refused(lambda s=stream: list(http.parts(io.BytesIO(s).read)), ConnectionError)  # type: ignore[misc]


def test_a_gigabyte_that_is_announced_takes_no_memory() -> None:
    sizes: list[int] = []

    def read(size: int) -> bytes:
        sizes.append(size)
        return (1 << 30).to_bytes(4, "big")[:size]

    with pytest.raises(ConnectionError, match=r"announced 1,073,741,824 bytes .*the connection was closed"):
        list(http.parts(read))
    assert sizes == [4]


def test_a_part_that_drips_is_given_up(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte every ten seconds, on a clock that says so."""
    now = [0.0]
    monkeypatch.setattr("libertad.exchange.transport.http.time.monotonic", lambda: now[0])
    sent = 0

    def read(size: int) -> bytes:
        nonlocal sent
        now[0] += 10
        sent += 1
        return http.HEAD.pack(60_000)[sent - 1 : sent] if sent <= 4 else b"x"

    with pytest.raises(TimeoutError):
        list(http.parts(read))
    assert 60_000 / http.SLOWEST + http.PART_WITHIN <= now[0] < 60_000 / http.SLOWEST + http.PART_WITHIN + 20
    assert sent < 50


@AGAIN
@given(changes=CHANGES, packed=st.booleans(), data=st.data())
def test_taking_of_changed_parcels(three: Three, changes: Any, packed: bool, data: Any) -> None:
    """Real parcels, changed on the wire or in their fields by who has the key: refused, or right."""
    liar, centre = prepared(three)
    peer = liar.peer_record()
    real = liar.honest(PullRequest(counter=1, after=peer.taken))
    before = state(centre)
    place = data.draw(st.integers(0, len(real) - 1))
    if packed:
        import zstandard

        plain = zstandard.ZstdCompressor().compress(mutated(msgspec.msgpack.encode(real[place]), changes))
        decoded = refused(lambda: unpack(plain, Parcel), BadMessage)
        parcels = [*real[:place], decoded] if decoded is not None else []
    else:
        parcels = [*real[:place], fields(real[place], data, changes)]
    ready = refused(lambda: receiver.ready(centre.node, peer, parcels), *LIES)
    if ready is not None and ready.proven.cursor > peer.taken:
        # What was not refused is what the peer has: the same headers under its own signed root.
        know = {entry.header for parcel in real for entry in parcel.entries}
        assert {entry.header for entry in ready.proven.entries} <= know
    assert state(centre) == before


def fields(parcel: Parcel, data: Any, changes: Any) -> Parcel:
    """One of its fields, or of an entry's, is another."""
    field = data.draw(st.sampled_from(["start", "end", "note", "proof", "fill", "size", "entry", "entries"]))
    if field in ("start", "end", "size"):
        return msgspec.structs.replace(parcel, **{field: data.draw(st.integers(0, 60))})
    if field == "note":
        return msgspec.structs.replace(
            parcel, note=mutated(parcel.note.encode(), changes).decode("utf-8", "replace")
        )
    if field == "proof":
        return msgspec.structs.replace(parcel, proof=data.draw(st.lists(st.binary(max_size=33), max_size=6)))
    if field == "fill":
        return msgspec.structs.replace(parcel, fill=data.draw(st.binary(max_size=17)), size=parcel.start)
    entries = list(parcel.entries)
    if field == "entries":
        entries = data.draw(st.permutations(entries))[: data.draw(st.integers(0, len(entries)))]
        return msgspec.structs.replace(parcel, entries=entries)
    at = data.draw(st.integers(0, len(entries) - 1))
    part = data.draw(st.sampled_from(["header", "signature", "body"]))
    entries[at] = msgspec.structs.replace(entries[at], **{part: mutated(getattr(entries[at], part), changes)})
    return msgspec.structs.replace(parcel, entries=entries)


PREPARED: dict[int, Liar] = {}


def prepared(three: Three) -> tuple[Liar, Any]:
    """Guyana with parcels that wait for the centre; once for all examples of a test."""
    if id(three) not in PREPARED:
        PREPARED.clear()
        begun(three)
        for n in range(24):
            lead(three.guyana, summary=f"Lead {n}")
        PREPARED[id(three)] = Liar(three.guyana, three.centre)
    return PREPARED[id(three)], three.centre


@AGAIN
@given(data=st.binary(max_size=300), kind=st.sampled_from(["any", "join", "succeed", "peer"]))
def test_an_ask_of_any_bytes_is_a_strangers(three: Three, data: bytes, kind: str) -> None:
    liar, centre = prepared(three)
    before = (state(centre), centre.rows("journal_device"), centre.rows("exchange_peer", "origin, state"))
    handlers = sorted(HANDLERS)
    head = {
        "any": b"",
        "join": handlers[0],
        "succeed": handlers[1],
        "peer": bytes.fromhex(three.guyana.node.key.origin.partition("/")[2]),
    }[kind]
    assert refused(lambda: list(centre.exchange.answer(head + data)), UnknownPeer) is None
    assert (
        state(centre),
        centre.rows("journal_device"),
        centre.rows("exchange_peer", "origin, state"),
    ) == before
    assert peers.get(centre.node.sql(), liar.party.node.key.origin) is not None
