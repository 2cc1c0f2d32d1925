"""The header of an entry: permanent, seen by whoever carries it, and free of personal data.

A header is a deterministic CBOR array (RFC 8949 §4.2). Its exact bytes are signed, stored and
forwarded; bytes that do not re-encode to themselves are refused. docs/journal-format.md §2.
"""

from __future__ import annotations

import hashlib
import itertools
import re
from collections.abc import Sequence
from functools import lru_cache
from typing import NamedTuple

import cbor2
from nacl.bindings import crypto_sign, crypto_sign_open, crypto_sign_seed_keypair
from nacl.exceptions import BadSignatureError

VERSION = 1
CONTEXT = b"libertad entry v1\x00"
ENROLMENT = b"libertad device v1\x00"
NO_PREVIOUS = b""
CLASSES = ("operation", "police", "person", "care", "case", "authority", "count")
NEWER = re.compile(r"[a-z][a-z-]{0,23}")  # a class of a newer version: kept and passed on like any other
MAX_HEADER = 4096
MAX_BODY = 1 << 20
MAX_SEQ = (1 << 53) - 1


class Malformed(ValueError):
    """Bytes that are no header or no sealed body of this format; the message names the part."""


class Header(NamedTuple):
    """Fields in wire order. Hashes are SHA-256; ids are 16 random or derived bytes."""

    version: int
    device: bytes
    compartment: bytes
    seq: int
    previous: bytes
    depends: tuple[bytes, ...]
    type_class: str
    key_id: bytes
    body_hash: bytes
    length: int

    def encode(self) -> bytes:
        return cbor2.dumps([*self[:5], list(self.depends), *self[6:]], canonical=True)


def bound(header: Header) -> bytes:
    """What a body's seal is bound to: the header without body hash and length."""
    return beginning(*header[1:5], header.depends, header.type_class, header.key_id)


def beginning(
    device: bytes,
    compartment: bytes,
    seq: int,
    previous: bytes,
    depends: Sequence[bytes],
    kind: str,
    kid: bytes,
) -> bytes:
    """`bound` of the header of an entry to be. Written part by part, of which each has one shortest form:
    these are the bytes that CBOR's own encoder gives (`test_header.py`), in less time.
    """
    count = len(depends)
    # The head of an array of so many: each None behind it is one byte.
    head = cbor2.dumps([None] * count)[:-count] if count else b"\x80"
    return b"".join(
        (
            b"\x88\x01\x50", device, b"\x50", compartment, _shortest(seq),
            b"\x58\x20" + previous if previous else b"\x40",
            head,
            b"".join([b"\x58\x20" + name for name in depends]),
            _CLASS_BYTES[kind], b"\x58\x20", kid,
        )
    )  # fmt: skip


def complete(bound_to: bytes, body_hash: bytes, length: int) -> bytes:
    """The exact bytes of a header, from `bound` of it and the two parts that a body is not bound to."""
    return b"".join((b"\x8a", bound_to[1:], b"\x58\x20", body_hash, _shortest(length)))


def _shortest(number: int) -> bytes:
    """A whole number in CBOR's shortest form."""
    if 255 < number < 65536:
        return b"\x19" + number.to_bytes(2, "big")
    return cbor2.dumps(number)


_CLASS = b"|".join(bytes([0x60 + len(name)]) + name.encode() for name in CLASSES)
_UINT = rb"[\x00-\x17]|\x18[\x18-\xff]|\x19..|\x1a...."
_USUAL = re.compile(
    rb"\x8a\x01\x50(.{16})\x50(.{16})(" + _UINT + rb")(\x40|\x58\x20.{32})([\x80-\x97])((?:\x58\x20.{32})*)"
    rb"(" + _CLASS + rb")\x58\x20(.{32})\x58\x20(.{32})(" + _UINT + rb")",
    re.DOTALL,
)
_CLASS_NAMES = {bytes([0x60 + len(name)]) + name.encode(): name for name in CLASSES}
_CLASS_BYTES = {name: data for data, name in _CLASS_NAMES.items()}


def _usual(data: bytes) -> Header | None:
    """A header whose bytes are deterministic CBOR of this format beyond doubt; None if `decode` must look.

    CBOR has one shortest form for each of these parts, so bytes that match are those that `encode` gives.
    """
    match = _USUAL.fullmatch(data)
    if match is None:
        return None
    device, compartment, number, before, count, after, name, key_id, body_hash, size = match.groups()
    seq, length = _decode_number(number), _decode_number(size)
    previous = before[2:]
    depends = tuple([after[at : at + 32] for at in range(2, len(after), 34)]) if after else ()
    if (
        seq < 0
        or not 0 < length <= MAX_BODY
        or (seq == 0) != (not previous)
        or len(depends) != count[0] - 0x80
        or (len(depends) > 1 and any(earlier >= later for earlier, later in itertools.pairwise(depends)))
    ):
        return None
    kind = _CLASS_NAMES[name]
    # As calling it, without the frame of a NamedTuple's own `__new__`.
    return tuple.__new__(
        Header, (VERSION, device, compartment, seq, previous, depends, kind, key_id, body_hash, length)
    )


def _decode_number(data: bytes) -> int:
    """A CBOR whole number of at most 32 bits, or -1 when a shorter form exists."""
    width = len(data)
    if width < 3:
        return data[-1]
    value = int.from_bytes(data[1:], "big")
    return value if value > (0xFF if width == 3 else 0xFFFF) else -1


def bound_of(exact: bytes, header: Header) -> bytes:
    """`bound` of a header whose exact bytes are at hand: all but the last two parts, in an array of eight."""
    length = header.length
    size = 1 if length < 24 else 2 if length < 256 else 3 if length < 65536 else 5
    return b"\x88" + exact[1 : -34 - size]


def decode(data: bytes) -> Header:
    """Parse and check a header; Malformed says which part breaks the format."""
    if len(data) <= MAX_HEADER:
        usual = _usual(data)
        if usual is not None:
            return usual
    return decode_slowly(data)


def decode_slowly(data: bytes) -> Header:
    """As `decode`, by the rules one after the other: any header, and the message of what breaks them."""
    if len(data) > MAX_HEADER:
        raise Malformed(f"header: {len(data)} bytes, at most {MAX_HEADER}")
    try:
        parts = cbor2.loads(data)
    except Exception as why:
        raise Malformed("header: not CBOR") from why
    if not isinstance(parts, list) or len(parts) != len(Header._fields):
        raise Malformed("header: not an array of ten parts")
    version, device, compartment, seq, previous, depends, type_class, key_id, body_hash, length = parts
    if type(version) is not int or version != VERSION:
        shown_version = version if type(version) is int and 0 <= version < 1000 else "unknown"
        raise Malformed(f"header: version {shown_version} is not {VERSION}: update this node to read it")
    for name, value, sizes in (
        ("device", device, (16,)),
        ("compartment", compartment, (16,)),
        ("previous", previous, (0, 32)),
        ("key id", key_id, (32,)),
        ("body hash", body_hash, (32,)),
    ):
        if not isinstance(value, bytes) or len(value) not in sizes:
            raise Malformed(f"header: {name} has the wrong length")
    if type(seq) is not int or not 0 <= seq <= MAX_SEQ or (seq == 0) != (previous == NO_PREVIOUS):
        raise Malformed("header: sequence number and previous header do not fit")
    if not isinstance(type_class, str) or not NEWER.fullmatch(type_class):
        raise Malformed("header: its class is no name")
    if type(length) is not int or not 0 < length <= MAX_BODY:
        raise Malformed("header: body length out of range")
    if not isinstance(depends, list) or any(not isinstance(d, bytes) or len(d) != 32 for d in depends):
        raise Malformed("header: a dependency is no hash")
    if depends != sorted(set(depends)):
        raise Malformed("header: dependencies are not sorted and unique")
    header = Header(
        version, device, compartment, seq, previous, tuple(depends), type_class, key_id, body_hash, length
    )
    if header.encode() != data:
        raise Malformed("header: bytes are not in deterministic form")
    return header


def entry_hash(header: bytes) -> bytes:
    """Name of an entry: SHA-256 of its exact header bytes."""
    return hashlib.sha256(header).digest()


@lru_cache(maxsize=1024)
def device_id(public: bytes) -> bytes:
    """A device's id is derived from its Ed25519 public key, so a key cannot be swapped under it."""
    return hashlib.sha256(b"libertad device v1\x00" + public).digest()[:16]


def enrolment(authority: str, operation: str) -> bytes:
    """What a new device signs with its own key when it is enrolled (docs/journal-format.md §4, `proof`)."""
    return ENROLMENT + authority.encode() + b"\x00" + operation.encode()


def proves_enrolment(proof: str, public: str, authority: str, operation: str) -> bool:
    """Whether a key (hex) signed its enrolment for this authority in this operation; `proof` is hex."""
    try:
        crypto_sign_open(bytes.fromhex(proof) + enrolment(authority, operation), bytes.fromhex(public))
    except (BadSignatureError, ValueError):
        return False
    return True


def keypair(seed: bytes) -> tuple[bytes, bytes]:
    """(public, secret) of a 32-byte seed, as libsodium keeps them."""
    return crypto_sign_seed_keypair(seed)


def sign(header: bytes, secret: bytes) -> bytes:
    """Ed25519 over the context string and the exact header bytes."""
    return crypto_sign(CONTEXT + header, secret)[:64]


def verify(header: bytes, signature: bytes, public: bytes) -> bool:
    """Whether the signature is the device's over exactly these bytes."""
    if len(signature) != 64:
        return False
    try:
        crypto_sign_open(signature + CONTEXT + header, public)
    except (BadSignatureError, ValueError):
        return False
    return True
