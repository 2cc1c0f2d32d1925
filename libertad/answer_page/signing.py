"""Requests and replies that both sides sign: each knows the other's key beforehand, whatever carries them."""

from __future__ import annotations

import hashlib
import os
import stat
from pathlib import Path
from typing import TypeVar

import msgspec
from nacl.exceptions import BadSignatureError
from nacl.signing import SigningKey, VerifyKey

from libertad.answer_page.messages import MOST, MOST_ITEMS, Reply, Request
from libertad.vocabulary.decoding import prepared

S = TypeVar("S", bound=msgspec.Struct)
SIGNATURE = 64
REQUEST, REPLY = b"libertad one-time page request v1", b"libertad one-time page reply v1"


class NotSigned(Exception):
    """Not signed by who is known here, not whole, or not for this host or request."""


def signing_key(path: Path) -> SigningKey:
    """The key in this file, made at first use (mode 600). SystemExit where others may read it."""
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w") as out:
            out.write(bytes(SigningKey.generate()).hex())
    except FileExistsError:
        mode = stat.S_IMODE(path.stat().st_mode)
        if mode & 0o077:
            raise SystemExit(f"{path} may be read by others (mode {mode:o}): run chmod 600 {path}") from None
    return SigningKey(bytes.fromhex(path.read_text().strip()))


def public(key: SigningKey) -> str:
    """The public half (hex), which the other side's settings name."""
    return bytes(key.verify_key).hex()


def sign_request(request: Request, key: SigningKey) -> bytes:
    plain = msgspec.json.encode(request)
    return key.sign(REQUEST + hashlib.sha256(plain).digest()).signature + plain


def read_request(message: bytes, senders: frozenset[str], host: str) -> Request:
    """NotSigned for all that no declared sender made for this host."""
    if len(message) > MOST:
        raise NotSigned
    request = _decoded(message[SIGNATURE:], Request)
    if request.sender not in senders or request.host != host or len(request.items) > MOST_ITEMS:
        raise NotSigned
    _verify(request.sender, REQUEST + hashlib.sha256(message[SIGNATURE:]).digest(), message[:SIGNATURE])
    return request


def sign_reply(reply: Reply, request: bytes, key: SigningKey) -> bytes:
    """`request`: the request as it arrived; a reply to another one does not fit it."""
    plain = msgspec.json.encode(reply)
    return key.sign(REPLY + _both(request, plain)).signature + plain


def read_reply(message: bytes, request: bytes, host: str) -> Reply:
    """NotSigned for what this host did not say to this very request."""
    _verify(host, REPLY + _both(request, message[SIGNATURE:]), message[:SIGNATURE])
    return _decoded(message[SIGNATURE:], Reply)


def _both(request: bytes, plain: bytes) -> bytes:
    return hashlib.sha256(request).digest() + hashlib.sha256(plain).digest()


def _verify(key: str, text: bytes, signature: bytes) -> None:
    try:
        VerifyKey(bytes.fromhex(key)).verify(text, signature)
    except (BadSignatureError, ValueError, TypeError):
        raise NotSigned from None


def _decoded(plain: bytes, kind: type[S]) -> S:
    try:
        return msgspec.json.decode(plain, type=prepared(kind))
    except msgspec.MsgspecError:
        raise NotSigned from None
