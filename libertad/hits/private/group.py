"""The group ristretto255 (RFC 9496) by libsodium: 32 bytes a point, 32 bytes a scalar.

Nothing from outside is calculated with before `point` or `scalar` has looked at it.
"""

from __future__ import annotations

import contextlib
import hashlib
import sys
from collections.abc import Sequence
from pathlib import Path

import rbcl

POINT = SCALAR = 32
WIDE = 64  # bytes of a hash that become a point
IDENTITY = bytes(POINT)
ORDER = 2**252 + 27742317777372353535851937790883648493

# The package loads its library from a copy in a temporary file, and would leave that behind at every start.
with contextlib.suppress(KeyError, AttributeError, OSError):
    Path(sys.modules["rbcl._sodium"].lib_path).unlink()


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
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_random()
    return scalar


def reduced(wide: bytes) -> bytes:
    """64 bytes, little-endian, modulo the order."""
    scalar: bytes = rbcl.crypto_core_ristretto255_scalar_reduce(wide)
    return scalar


def mapped(wide: bytes) -> bytes:
    """The point that 64 bytes of a hash are mapped to; BadPoint for another length."""
    if len(wide) != WIDE:
        raise BadPoint(f"what is mapped has {WIDE} bytes")
    point: bytes = rbcl.crypto_core_ristretto255_from_hash(wide)
    return point


def times(factor: bytes, element: bytes) -> bytes:
    """factor * element; BadPoint where the element is none or the product is zero."""
    try:
        product: bytes = rbcl.crypto_scalarmult_ristretto255(factor, element)
    except (RuntimeError, ValueError):  # the one is libsodium's refusal, the other of a length
        raise BadPoint("no point, or a product of zero") from None
    return product


def base_times(factor: bytes) -> bytes:
    """factor * generator."""
    try:
        product: bytes = rbcl.crypto_scalarmult_ristretto255_base(factor)
    except RuntimeError:
        raise BadPoint("a product of zero") from None
    return product


def plus(left: bytes, right: bytes) -> bytes:
    """Sum of two points; of whatever comes from outside only after `point`."""
    try:
        total: bytes = rbcl.crypto_core_ristretto255_add(left, right)
    except RuntimeError:
        raise BadPoint("not the one encoding of a point of the group") from None
    return total


def inverses(factors: Sequence[bytes]) -> list[bytes]:
    """1 / each of them, none being zero: one inversion and three products each (Montgomery)."""
    multiply = rbcl.crypto_core_ristretto255_scalar_mul
    running = [factors[0]]
    for factor in factors[1:]:
        running.append(multiply(running[-1], factor))
    rest = rbcl.crypto_core_ristretto255_scalar_invert(running[-1])
    inverses = [rest] * len(factors)
    for place in range(len(factors) - 1, 0, -1):
        inverses[place] = multiply(rest, running[place - 1])
        rest = multiply(rest, factors[place])
    inverses[0] = rest
    return inverses


def sum_of_products(left: Sequence[bytes], right: Sequence[bytes]) -> bytes:
    """Of scalars: the first of the one times the first of the other, and so on, together."""
    multiply, add = rbcl.crypto_core_ristretto255_scalar_mul, rbcl.crypto_core_ristretto255_scalar_add
    total = bytes(SCALAR)
    for left_factor, right_factor in zip(left, right, strict=True):
        total = add(total, multiply(left_factor, right_factor))
    return total


def less_product(minuend: bytes, factor: bytes, other_factor: bytes) -> bytes:
    """minuend - factor * other_factor."""
    product = rbcl.crypto_core_ristretto255_scalar_mul(factor, other_factor)
    difference: bytes = rbcl.crypto_core_ristretto255_scalar_sub(minuend, product)
    return difference


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
