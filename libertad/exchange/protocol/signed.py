"""Short messages that one authority's device signs for other authorities: keys, requests, receipts.

A message is `signature (64) || MessagePack array`, the array's first two parts being device key id and
authority. Ed25519 over the context string of its kind and the exact bytes, so that one kind is never another.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TypeVar

import msgspec
from nacl.bindings import crypto_sign, crypto_sign_open
from nacl.exceptions import BadSignatureError

from libertad.journal.header import device_id
from libertad.journal.rings import Rings
from libertad.vocabulary.decoding import prepared

SIGNATURE = 64
MOST_BYTES = 64 * 1024
MOST_MS = 1 << 53
AUTHORITY = 64  # bytes of an authority's id, at most

Publics = Mapping[bytes, tuple[bytes, str]]
"""Device key id -> (Ed25519 public key, authority), of devices that are believed: none that is revoked."""


class Wrong(Exception):
    """Something from another authority that is not taken.

    `reason` is a word of docs/exchange-format.md, for whoever translates or counts; the text says what to do.
    """

    def __init__(self, reason: str, text: str) -> None:
        super().__init__(text)
        self.reason = reason


class Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    """What every message begins with."""

    device: bytes
    authority: str


M = TypeVar("M", bound=Message)


def write(rings: Rings, context: bytes, message: Message) -> bytes:
    """The message signed by the authority's device; Locked while its ring is."""
    public, secret = rings.device(message.authority)
    body = msgspec.msgpack.encode(msgspec.structs.replace(message, device=device_id(public)))
    signature: bytes = crypto_sign(context + body, secret)[:SIGNATURE]
    return signature + body


def read(data: bytes, context: bytes, kind: type[M], publics: Publics) -> M:
    """Parse and verify; Wrong says which of form, device and signature is not right."""
    if not SIGNATURE < len(data) <= MOST_BYTES:
        raise Wrong("malformed", "the message is cut off or too long: ask for it again")
    body = data[SIGNATURE:]
    try:
        message = msgspec.msgpack.decode(body, type=prepared(kind))
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as why:
        raise Wrong("malformed", "the message has another form: are both nodes of one version?") from why
    known = publics.get(message.device)
    if known is None or known[1] != message.authority or device_id(known[0]) != message.device:
        raise Wrong(
            "device",
            f"the message names {message.authority} but no device that is known to be its own: "
            "exchange entries first, then ask for it again",
        )
    try:
        crypto_sign_open(data[:SIGNATURE] + context + body, known[0])
    except (BadSignatureError, ValueError) as why:
        raise Wrong(
            "signature", "the message is not signed by the device it names: do not act on it"
        ) from why
    return message


def moment(at: int, label: str) -> None:
    """Wrong unless `at` can be a time in milliseconds since 1970."""
    if not 0 <= at < MOST_MS:
        raise Wrong("malformed", f"{label}: its time is out of range")
