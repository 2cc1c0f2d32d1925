"""The group ristretto255 (RFC 9496) by libsodium: 32 bytes a point, 32 bytes a scalar.

Nothing from outside is calculated with before `point` or `scalar` has looked at it.
"""

from __future__ import annotations

import contextlib
import ctypes
import hashlib
import sys
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

import rbcl

POINT = SCALAR = 32
WIDE = 64  # bytes of a hash that become a point
IDENTITY = bytes(POINT)
ORDER = 2**252 + 27742317777372353535851937790883648493

# The package loads its library from a copy in a temporary file, and would leave that behind at every start.
with contextlib.suppress(KeyError, AttributeError, OSError):
    Path(sys.modules["rbcl._sodium"].lib_path).unlink()
_sodium = sys.modules["rbcl._sodium"]._sodium


class BadPoint(ValueError):
    """Bytes that are no element, or no scalar, that one may calculate with; the message says why."""


def point(data: bytes) -> bytes:
    """The bytes of a point; BadPoint for another length, another encoding of a point, no point, or zero."""
    if len(data) != POINT:
        raise BadPoint(f"a point has {POINT} bytes, this has {len(data)}")
    if data == IDENTITY:  # libsodium calls it valid
        raise BadPoint("the identity element: it would answer the same to every key")
    if not rbcl.crypto_core_ristretto255_is_valid_point(data):
        raise BadPoint("not the one encoding of a point of the group")
    return data


def scalar(data: bytes) -> bytes:
    """The bytes of a scalar; BadPoint unless it is below the group's order."""
    if len(data) != SCALAR:
        raise BadPoint(f"a scalar has {SCALAR} bytes, this has {len(data)}")
    if int.from_bytes(data, "little") >= ORDER:
        raise BadPoint("a scalar that is not reduced")
    return data


def random_scalar() -> bytes:
    """A secret from 1 to the order."""
    found: bytes = rbcl.crypto_core_ristretto255_scalar_random()
    return found


def reduced(wide: bytes) -> bytes:
    """64 bytes, little-endian, modulo the order."""
    found: bytes = rbcl.crypto_core_ristretto255_scalar_reduce(wide)
    return found


def mapped(wide: bytes) -> bytes:
    """The point that 64 bytes of a hash are mapped to."""
    found: bytes = rbcl.crypto_core_ristretto255_from_hash(wide)
    return found


def times(factor: bytes, element: bytes) -> bytes:
    """factor * element; BadPoint where the element is none or the product is zero."""
    try:
        found: bytes = rbcl.crypto_scalarmult_ristretto255(factor, element)
    except (RuntimeError, ValueError):  # the one is libsodium's refusal, the other of a length
        raise BadPoint("no point, or a product of zero") from None
    return found


def mapped_times(factor: bytes, wides: Iterable[bytes]) -> Iterator[bytes]:
    """factor * the point that each 64 bytes of a hash are mapped to; BadPoint where a product is zero.

    The library itself is called, whose buffers then serve all: of a million tokens this is what they cost.
    """
    if len(factor) != SCALAR:
        raise BadPoint(f"a scalar has {SCALAR} bytes")
    element, found = ctypes.create_string_buffer(POINT), ctypes.create_string_buffer(POINT)
    for wide in wides:
        if len(wide) != WIDE:
            raise BadPoint(f"what is mapped has {WIDE} bytes")
        _sodium.crypto_core_ristretto255_from_hash(element, wide)
        if _sodium.crypto_scalarmult_ristretto255(found, factor, element):
            raise BadPoint("a product of zero")
        yield found.raw


def base_times(factor: bytes) -> bytes:
    """factor * generator."""
    try:
        found: bytes = rbcl.crypto_scalarmult_ristretto255_base(factor)
    except RuntimeError:
        raise BadPoint("a product of zero") from None
    return found


def plus(one: bytes, two: bytes) -> bytes:
    """Sum of two points; of whatever comes from outside only after `point`."""
    try:
        found: bytes = rbcl.crypto_core_ristretto255_add(one, two)
    except RuntimeError:
        raise BadPoint("not the one encoding of a point of the group") from None
    return found


def inverses(factors: Sequence[bytes]) -> list[bytes]:
    """1 / each of them, none being zero: one inversion and three products each (Montgomery)."""
    multiply = rbcl.crypto_core_ristretto255_scalar_mul
    running = [factors[0]]
    for factor in factors[1:]:
        running.append(multiply(running[-1], factor))
    rest = rbcl.crypto_core_ristretto255_scalar_invert(running[-1])
    found = [rest] * len(factors)
    for place in range(len(factors) - 1, 0, -1):
        found[place] = multiply(rest, running[place - 1])
        rest = multiply(rest, factors[place])
    found[0] = rest
    return found


def sum_of_products(ones: Sequence[bytes], others: Sequence[bytes]) -> bytes:
    """Of scalars: the first of the one times the first of the other, and so on, together."""
    multiply, add = rbcl.crypto_core_ristretto255_scalar_mul, rbcl.crypto_core_ristretto255_scalar_add
    found = bytes(SCALAR)
    for one, other in zip(ones, others, strict=True):
        found = add(found, multiply(one, other))
    return found


def less_product(one: bytes, two: bytes, three: bytes) -> bytes:
    """one - two * three."""
    product = rbcl.crypto_core_ristretto255_scalar_mul(two, three)
    found: bytes = rbcl.crypto_core_ristretto255_scalar_sub(one, product)
    return found


class Expander:
    """expand_message_xmd of RFC 9380 §5.3.1 with SHA-512, to 64 bytes, for one domain."""

    def __init__(self, domain: bytes) -> None:
        self.tail = domain + bytes([len(domain)])
        # What does not depend on the message is hashed once.
        self.padded = hashlib.sha512(bytes(128))
        self.lengths = b"\x00\x40\x00" + self.tail
        self.last = b"\x01" + self.tail

    def __call__(self, message: bytes) -> bytes:
        first = self.padded.copy()
        first.update(message + self.lengths)
        return hashlib.sha512(first.digest() + self.last).digest()
