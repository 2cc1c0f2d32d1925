"""An oblivious PRF, verifiable: RFC 9497, mode VOPRF, ristretto255-SHA512 (its vectors: tests/hits/private).

Who asks blinds an input, who owns the key multiplies it and proves in one proof for the whole batch that it
was the key it has announced, who asks unblinds. The owner learns no input, who asks no key. The RFC's names
of the steps are in the docstrings. Mode 0 is here for its test vectors alone; nothing asks without a proof.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator, Sequence
from functools import reduce
from typing import NamedTuple

from libertad.hits.private import group
from libertad.hits.private.group import BadPoint, Expander

OPRF, VOPRF = 0, 1
MOST_INPUT = 0xFFFF
MOST_BATCH = 1024
PROOF = 2 * group.SCALAR


class BadProof(ValueError):
    """The answer was not made with the key that was announced, or not for this question."""


class Blinded(NamedTuple):
    """What is kept (`blind`, a secret) and what is sent (`element`)."""

    blind: bytes
    element: bytes


class Batch(NamedTuple):
    """Inputs as they are asked for together. `elements` are sent, `blinds` are kept.

    After those of the inputs come fillers: the generator times their blind, of no input. Like every blinded
    input they are evenly distributed over the group, so nobody can tell the one from the other.
    """

    inputs: Sequence[bytes]
    blinds: list[bytes]
    elements: list[bytes]


class Key(NamedTuple):
    """`secret` never leaves its owner; `public` is what proofs are checked against."""

    secret: bytes
    public: bytes


class Suite:
    """One mode's functions."""

    def __init__(self, mode: int = VOPRF) -> None:
        context = b"OPRFV1-" + bytes([mode]) + b"-ristretto255-SHA512"
        self.seed_domain = _prefixed(b"Seed-" + context)
        self.to_group = Expander(b"HashToGroup-" + context)
        self.to_scalar = Expander(b"HashToScalar-" + context)
        self.to_key = Expander(b"DeriveKeyPair" + context)

    # -- keys ------------------------------------------------------------------------------

    def key(self, seed: bytes, info: bytes) -> Key:
        """DeriveKeyPair: the same seed (32 bytes) and info give the same key."""
        if len(seed) != 32:
            raise ValueError("a seed has 32 bytes")
        derived = seed + _prefixed(info)
        for counter in range(256):
            secret = group.reduced(self.to_key(derived + bytes([counter])))
            if secret != bytes(group.SCALAR):
                return Key(secret, group.base_times(secret))
        raise ValueError("no key comes of this seed")

    # -- who asks --------------------------------------------------------------------------

    def element(self, data: bytes) -> bytes:
        """HashToGroup of an input, which may be kept for asking several owners."""
        if len(data) > MOST_INPUT:
            raise ValueError(f"an input has at most {MOST_INPUT:,} bytes")
        element = group.mapped(self.to_group(data))
        if element == group.IDENTITY:
            raise BadPoint("this input cannot be asked for")
        return element

    def blind(self, data: bytes, blind: bytes | None = None) -> Blinded:
        """Blind. Every question has a blind of its own: equal inputs cannot be told from others."""
        return self.blinded(self.element(data), blind)

    def blinded(self, element: bytes, blind: bytes | None = None) -> Blinded:
        blind = blind or group.random_scalar()
        return Blinded(blind, group.times(blind, element))

    def batch(self, inputs: Sequence[bytes], size: int, elements: Sequence[bytes] | None = None) -> Batch:
        """Blind of each input, filled up to `size`. `elements`: those of the inputs, where they are known."""
        elements = [self.element(data) for data in inputs] if elements is None else elements
        blinds = [group.random_scalar() for _ in range(size)]
        blinded = [group.times(blind, element) for blind, element in zip(blinds, elements, strict=False)]
        return Batch(inputs, blinds, [*blinded, *map(group.base_times, blinds[len(inputs) :])])

    def outputs(self, public: bytes, batch: Batch, evaluated: Sequence[bytes], proof: bytes) -> list[bytes]:
        """VerifyProof over all that was asked, fillers too, then Finalize of the inputs alone."""
        count = len(batch.inputs)
        self.verify(public, batch.elements, evaluated, proof, batch.blinds[count:])
        return self.finalized(batch.inputs, batch.blinds[:count], evaluated[:count])

    def finalize(self, data: bytes, blind: bytes, evaluated: bytes) -> bytes:
        """Finalize, after `verify`: the PRF's 64 bytes."""
        return self.finalized([data], [blind], [evaluated])[0]

    def finalized(
        self, inputs: Sequence[bytes], blinds: Sequence[bytes], evaluated: Sequence[bytes]
    ) -> list[bytes]:
        """As `finalize`, for a batch."""
        inverses = group.inverses(blinds)
        return [
            _output(data, group.times(inverse, answer))
            for data, inverse, answer in zip(inputs, inverses, evaluated, strict=True)
        ]

    def verify(
        self,
        public: bytes,
        blinded: Sequence[bytes],
        evaluated: Sequence[bytes],
        proof: bytes,
        fillers: Sequence[bytes] = (),
    ) -> None:
        """VerifyProof over a batch; BadProof or BadPoint unless every answer is the announced key's.

        `fillers`: blinds of the last that were asked, of which the generator was multiplied: their part of
        the sum of questions is one product. Their answers are summed as all are: one that is wrong is found
        out, or an owner could try which are fillers.
        """
        if len(proof) != PROOF or not blinded or len(blinded) != len(evaluated):
            raise BadProof("another number of answers than of questions, or no proof")
        c, s = group.scalar(proof[: group.SCALAR]), group.scalar(proof[group.SCALAR :])
        group.point(public)
        factors = self._factors(public, blinded, evaluated)
        real = len(blinded) - len(fillers)
        m, z = _sum(factors[:real], blinded[:real]), _sum(factors, evaluated)
        if fillers:
            m = group.plus(m, _base(group.sum_of_products(factors[real:], fillers)))
        t2 = group.plus(_base(s), _product(c, public))
        t3 = group.plus(_product(s, m), _product(c, z))
        if not hmac.compare_digest(self._challenge(public, m, z, t2, t3), c):
            raise BadProof("the answers are not those of the key that was announced")

    # -- who owns the key ------------------------------------------------------------------

    def evaluate(
        self, key: Key, blinded: Sequence[bytes], r: bytes | None = None
    ) -> tuple[list[bytes], bytes]:
        """BlindEvaluate of a batch: the answers and one proof. BadPoint where one is no point."""
        if not 1 <= len(blinded) <= MOST_BATCH:
            raise ValueError(f"a batch has 1 to {MOST_BATCH} elements")
        evaluated = [group.times(key.secret, element) for element in blinded]
        return evaluated, self._prove(key, blinded, evaluated, r or group.random_scalar())

    def value(self, key: Key, data: bytes) -> bytes:
        """Evaluate: the PRF's 64 bytes for the owner's own input, unblinded."""
        return next(self.values(key, [data]))

    def values(self, key: Key, inputs: Sequence[bytes]) -> Iterator[bytes]:
        """As `value`, of many."""
        products = (group.times(key.secret, group.mapped(self.to_group(data))) for data in inputs)
        return map(_output, inputs, products)

    # -- the proof (RFC 9497 §2.2) ---------------------------------------------------------

    def _prove(self, key: Key, blinded: Sequence[bytes], evaluated: Sequence[bytes], r: bytes) -> bytes:
        m = _sum(self._factors(key.public, blinded, evaluated), blinded)
        z = _product(key.secret, m)
        c = self._challenge(key.public, m, z, group.base_times(r), _product(r, m))
        return c + group.less_product(r, c, key.secret)

    def _factors(self, public: bytes, blinded: Sequence[bytes], evaluated: Sequence[bytes]) -> list[bytes]:
        """ComputeComposites' factor of each pair: all of the batch hangs together by them."""
        seed = _prefixed(hashlib.sha512(_prefixed(public) + self.seed_domain).digest())
        return [
            group.reduced(
                self.to_scalar(seed + place.to_bytes(2, "big") + _prefixed(c) + _prefixed(d) + b"Composite")
            )
            for place, (c, d) in enumerate(zip(blinded, evaluated, strict=True))
        ]

    def _challenge(self, public: bytes, m: bytes, z: bytes, t2: bytes, t3: bytes) -> bytes:
        transcript = b"".join(_prefixed(part) for part in (public, m, z, t2, t3))
        return group.reduced(self.to_scalar(transcript + b"Challenge"))


def _output(data: bytes, unblinded: bytes) -> bytes:
    return hashlib.sha512(_prefixed(data) + _prefixed(unblinded) + b"Finalize").digest()


def _prefixed(data: bytes) -> bytes:
    return len(data).to_bytes(2, "big") + data


def _sum(factors: Sequence[bytes], elements: Sequence[bytes]) -> bytes:
    products = [group.times(factor, element) for factor, element in zip(factors, elements, strict=True)]
    return reduce(group.plus, products) if products else group.IDENTITY


def _product(factor: bytes, element: bytes) -> bytes:
    """As `times`, where zero is an answer like any other: the proof of a liar."""
    if factor == bytes(group.SCALAR) or element == group.IDENTITY:
        return group.IDENTITY
    return group.times(factor, element)


def _base(factor: bytes) -> bytes:
    return group.IDENTITY if factor == bytes(group.SCALAR) else group.base_times(factor)


SUITE = Suite()
