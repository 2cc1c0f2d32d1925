"""Headers are read in their one form, and nothing else is."""

from __future__ import annotations

import random

import cbor2

from libertad.journal import header
from libertad.journal.header import Header, Malformed

NUMBERS = [0, 1, 5, 23, 24, 255, 256, 65535, 65536, 2**32 - 1, 2**32]
LENGTHS = [1, 23, 24, 255, 256, 1072, 65535, 65536, 1 << 20]


def random_header(rng: random.Random) -> Header:
    seq = rng.choice(NUMBERS)
    return Header(
        header.VERSION,
        rng.randbytes(16),
        rng.randbytes(16),
        seq,
        rng.randbytes(32) if seq else b"",
        tuple(sorted(rng.randbytes(32) for _ in range(rng.choice([0, 0, 1, 2, 23, 24])))),
        rng.choice(header.CLASSES),
        rng.randbytes(32),
        rng.randbytes(32),
        rng.choice(LENGTHS),
    )


def damaged(rng: random.Random, exact: bytes) -> bytes:
    data = bytearray(exact)
    at = rng.randrange(len(data))
    mutation = rng.randrange(4)
    if mutation == 0:
        data[at] ^= 1 << rng.randrange(8)
    elif mutation == 1:
        del data[at]
    elif mutation == 2:
        data.insert(at, rng.choice([0, 0x18, 0x19, 0x1A, 0x40, 0x58, 0x20]))
    else:
        data[at : at + 1] = rng.choice([b"\x18\x05", b"\x19\x00\x17", b"\x1a\x00\x00\x00\xff", b"\x80"])
    return bytes(data)


def decoded(exact: bytes) -> Header | None:
    try:
        return header.decode(exact)
    except Malformed:
        return None


def test_every_header_reads_as_it_was_written() -> None:
    rng = random.Random(20180403)
    for _ in range(1500):
        head = random_header(rng)
        exact = head.encode()
        assert header.decode(exact) == head
        begun = cbor2.dumps([*head[:5], list(head.depends), *head[6:8]], canonical=True)
        assert header.bound(head) == begun
        assert header.complete(begun, head.body_hash, head.length) == exact


def test_damaged_bytes_are_refused_or_another_header_of_the_same_form() -> None:
    rng = random.Random(20180409)
    for _ in range(6000):
        data = damaged(rng, random_header(rng).encode())
        head = decoded(data)
        assert head is None or head.encode() == data, data.hex()


def test_longer_forms_of_a_number_are_refused() -> None:
    for seq, longer in ((5, b"\x18\x05"), (24, b"\x19\x00\x18"), (256, b"\x1a\x00\x00\x01\x00")):
        head = random_header(random.Random(seq))._replace(seq=seq, previous=bytes(32), depends=())
        exact = head.encode()
        at = 2 + 17 + 17
        short = len(exact[at:]) - len(head._replace(seq=0, previous=bytes(32)).encode()[at:]) + 1
        assert decoded(exact[:at] + longer + exact[at + short :]) is None
