"""Sealing: bodies and read-model columns. docs/journal-format.md §3.

A body is a random 32-byte salt, then AES-256-GCM under HKDF-SHA256(epoch key, salt). Each key is
used once, so the nonce is zero. The key id commits to the epoch key (GCM alone does not).
"""

from __future__ import annotations

import hashlib
import hmac
import os
from functools import lru_cache

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from libertad.journal.header import MAX_BODY, Header, Malformed, bound

INFO_BODY = b"libertad body v1"
INFO_KEY_ID = b"libertad key id v1"
INFO_COLUMNS = b"libertad columns v2"
INFO_NONCE = b"libertad column nonce v2"
ZERO_NONCE = bytes(12)
SALT = 32
STEPS = (256, 512, 1024, 2048, 4096)


class CannotOpen(Exception):
    """Sealed bytes that this key does not open: wrong key, or changed bytes."""


def derive(key: bytes, salt: bytes, info: bytes) -> bytes:
    """HKDF-SHA256 (RFC 5869), one block of 32 bytes."""
    return hmac.digest(hmac.digest(salt, key, "sha256"), info + b"\x01", "sha256")


def key_id(epoch_key: bytes) -> bytes:
    """Commitment to an epoch key, 32 bytes."""
    return derive(epoch_key, bytes(32), INFO_KEY_ID)


def padded_length(size: int) -> int:
    """Next step above `size`: powers of two to 4096, then multiples of 4096."""
    for step in STEPS:
        if size <= step:
            return step
    return -(-size // 4096) * 4096


def pad(data: bytes) -> bytes:
    """ISO/IEC 7816-4 padding up to the next step."""
    return (data + b"\x80").ljust(padded_length(len(data) + 1), b"\x00")


def unpad(data: bytes) -> bytes:
    """Undo `pad`; Malformed when the padding is not whole."""
    end = data.rfind(b"\x80")
    if end < 0 or data[end + 1 :] != bytes(len(data) - end - 1):
        raise Malformed("body: padding is broken")
    return data[:end]


def sealed_length(size: int) -> int:
    """Length of the sealed body for a plaintext of `size` bytes, as the header states it."""
    return SALT + padded_length(size + 1) + 16


def seal_body(plain: bytes, epoch_key: bytes, bound_to: bytes) -> bytes:
    """Seal a body. `bound_to`: its header without the body's hash and length (`header.bound`)."""
    if len(plain) > MAX_BODY // 2:
        raise Malformed(f"body: {len(plain)} bytes, at most {MAX_BODY // 2}; attach it as a file")
    salt = os.urandom(SALT)
    key = derive(epoch_key, salt, INFO_BODY)
    return salt + AESGCM(key).encrypt(ZERO_NONCE, pad(plain), bound_to)


def entry_key(sealed: bytes, epoch_key: bytes) -> bytes:
    """The key of this one entry: what an evidence package discloses, entry by entry."""
    return derive(epoch_key, sealed[:SALT], INFO_BODY)


def open_known(sealed: bytes, epoch_key: bytes, header: Header) -> bytes:
    """Open a body with the key that was looked up by the id it commits to (checked on unlocking).

    Raises CannotOpen for bytes that are not those of the header, and where the seal is of another one.
    """
    if len(sealed) != header.length or hashlib.sha256(sealed).digest() != header.body_hash:
        raise CannotOpen("body: bytes are not those of the header")
    return open_body(sealed, epoch_key, bound(header))


def open_body(sealed: bytes, epoch_key: bytes, bound_to: bytes) -> bytes:
    """As `open_known`, for a body whose length and hash were compared with its header just before.

    `bound_to` as for `seal_body`.
    """
    key = entry_key(sealed, epoch_key)
    try:
        return unpad(AESGCM(key).decrypt(ZERO_NONCE, sealed[SALT:], bound_to))
    except InvalidTag as why:
        raise CannotOpen("body: sealed to another header or changed") from why


@lru_cache(maxsize=4096)
def _columns(epoch_key: bytes) -> tuple[AESGCM, bytes]:
    """What seals the columns of one epoch: the cipher, and the key from which nonces are derived."""
    nothing = bytes(32)
    return AESGCM(derive(epoch_key, nothing, INFO_COLUMNS)), derive(epoch_key, nothing, INFO_NONCE)


def forget() -> None:
    """Let go of every key that is kept for speed: called when keys were destroyed or taken away."""
    _columns.cache_clear()


def seal_columns(plain: bytes, epoch_key: bytes, row: bytes, kid: bytes | None = None) -> bytes:
    """Seal a read model's identifying columns: key id (16) + nonce (12) + AES-GCM, bound to `row`.

    The nonce is derived from row and plaintext, so a rebuild gives the same bytes and two rows never
    share one. `row` has no zero byte.
    """
    cipher, for_nonce = _columns(epoch_key)
    nonce = hmac.digest(for_nonce, row + b"\x00" + plain, "sha256")[:12]
    return (kid or key_id(epoch_key))[:16] + nonce + cipher.encrypt(nonce, plain, row)


def open_columns(sealed: bytes, epoch_key: bytes, row: bytes) -> bytes:
    """Open what `seal_columns` sealed for the same row."""
    try:
        return _columns(epoch_key)[0].decrypt(sealed[16:28], sealed[28:], row)
    except InvalidTag as why:
        raise CannotOpen("columns: sealed for another row or changed") from why
