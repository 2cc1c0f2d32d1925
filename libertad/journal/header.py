"""The header of an entry: permanent, seen by whoever carries it, and free of personal data.

A header is a deterministic CBOR array (RFC 8949 §4.2). Its exact bytes are signed, stored and
forwarded; bytes that do not re-encode to themselves are refused. docs/journal-format.md §2.
"""

from __future__ import annotations

import hashlib
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
CLASSES = (
    "operation",
    "police",
    "person",
    "care",
    "case",
    "authority",
    "count",
    "desk",
    "late",
    "complaint",
    "disclosure",
    "leading",
)
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
    """`bound` of the header of an entry to be."""
    parts = [VERSION, device, compartment, seq, previous, list(depends), kind, kid]
    return cbor2.dumps(parts, canonical=True)


def complete(bound_to: bytes, body_hash: bytes, length: int) -> bytes:
    """The exact bytes of a header, from `bound` of it and the two parts that a body is not bound to."""
    return b"\x8a" + bound_to[1:] + cbor2.dumps(body_hash) + cbor2.dumps(length)


def decode(data: bytes) -> Header:
    """Parse and check a header; Malformed says which part breaks the format."""
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
