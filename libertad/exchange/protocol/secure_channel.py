"""The channel between two nodes: every message is sealed and authenticated by both nodes' keys.

A NaCl box (X25519, XSalsa20-Poly1305) between the Ed25519 node keys in their Curve25519 form. It makes each
message the work of exactly these two keys; forward secrecy is TLS's, around it. An answer names the ask
that it answers and its place, so that no answer can be replayed, reordered, cut short or reflected.
"""

from __future__ import annotations

import os
import struct

from nacl.bindings import (
    crypto_box_afternm,
    crypto_box_beforenm,
    crypto_box_open_afternm,
    crypto_sign_ed25519_pk_to_curve25519,
    crypto_sign_ed25519_sk_to_curve25519,
    crypto_sign_seed_keypair,
)
from nacl.exceptions import CryptoError

NONCE = 24
ASK, ANSWER, LAST, MAIL = b"?", b"!", b".", b"@"
OVERHEAD = NONCE + 16


class NotOurs(ValueError):
    """A message that these two nodes did not seal for each other."""


class Channel:
    """What two nodes share."""

    def __init__(self, seed: bytes, theirs: bytes) -> None:
        """`seed`: of our node key; `theirs`: the other node's Ed25519 public key. NotOurs where that is none:
        a member may announce any 32 bytes as its node's."""
        secret = crypto_sign_ed25519_sk_to_curve25519(crypto_sign_seed_keypair(seed)[1])
        try:
            self._key = crypto_box_beforenm(crypto_sign_ed25519_pk_to_curve25519(theirs), secret)
        except (CryptoError, RuntimeError, ValueError):
            raise NotOurs("the key that its authority announced is none") from None
        self._ours = crypto_sign_seed_keypair(seed)[0]
        self._theirs = theirs

    def seal(self, kind: bytes, plain: bytes) -> bytes:
        """nonce || box. The sender's key is in it, so that nothing can be sent back as the other's."""
        nonce = os.urandom(NONCE)
        return nonce + crypto_box_afternm(kind + self._ours[:8] + plain, nonce, self._key)

    def open(self, kind: bytes, data: bytes) -> bytes:
        """Undo the other's `seal` of the same kind; NotOurs for anything else."""
        if len(data) < OVERHEAD + 9:
            raise NotOurs("too short to be a message")
        try:
            plain = crypto_box_open_afternm(data[NONCE:], data[:NONCE], self._key)
        except CryptoError:
            raise NotOurs("not sealed by this peer for us, or changed on the way") from None
        if plain[:9] != kind + self._theirs[:8]:
            raise NotOurs("a message of another kind or direction")
        return bytes(plain[9:])

    def answer(self, ask: bytes, place: int, plain: bytes, last: bool) -> bytes:
        """One part of the answer to a sealed ask."""
        head = ask[:8] + struct.pack(">I", place)
        return self.seal(LAST if last else ANSWER, head + plain)

    def answered(self, ask: bytes, place: int, data: bytes) -> tuple[bytes, bool]:
        """(the part, whether it is the last) of the answer to the ask that we sent."""
        try:
            plain, last = self.open(ANSWER, data), False
        except NotOurs:
            plain, last = self.open(LAST, data), True
        if plain[:12] != ask[:8] + struct.pack(">I", place):
            raise NotOurs("an answer to another question")
        return plain[12:], last


def small(origin: str) -> bytes:
    """The 8 bytes of an origin."""
    return bytes.fromhex(origin.partition("/")[2])


def origin_of(data: bytes) -> str:
    return "libertad/" + data[:8].hex()
