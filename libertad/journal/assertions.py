"""A passkey's word for one entry: what the passkey is asked to sign, and whether an answer fits.

Pure: no database, no clock, no settings. docs/journal-format.md §10 says the same for other programs.
"""

from __future__ import annotations

import hashlib
import json
import os
from base64 import urlsafe_b64encode
from typing import NamedTuple
from urllib.parse import urlsplit

import cbor2
from cryptography.exceptions import InvalidSignature
from fido2.cose import CoseKey

from libertad.vocabulary.verbs.vouching import EntryVouch

CONTEXT = b"libertad confirmation v1\x00"
NONCE = 32
PRESENT, VERIFIED = 0x01, 0x04
HEAD = 37  # bytes of authenticator data before what is optional in it
ALGORITHMS = frozenset({-7, -8, -257, -35, -36})  # ES256, EdDSA, RS256, ES384, ES512
NAMES = {"localhost"}  # where a page without TLS is of this machine itself


class Assertion(NamedTuple):
    """What an authenticator answered (WebAuthn's names: authenticatorData, clientDataJSON, signature)."""

    data: bytes
    client: bytes
    signature: bytes


def challenge(compartment: str, nonce: str, plain: bytes) -> bytes:
    """What a passkey signs for an entry: its file's id and the nonce (hex), and its body's exact bytes."""
    digest = hashlib.sha256(plain).digest()
    return hashlib.sha256(CONTEXT + bytes.fromhex(compartment) + bytes.fromhex(nonce) + digest).digest()


def fresh_nonce() -> str:
    """A nonce (hex) that nobody can foresee."""
    return os.urandom(NONCE).hex()


def text_of(requested: bytes) -> str:
    """A challenge as browsers write it: base64url without padding."""
    return urlsafe_b64encode(requested).rstrip(b"=").decode()


def usable(public: bytes) -> bool:
    """Whether these bytes are a COSE key with which an answer can be checked, and one that checks it."""
    try:
        key = _key(public)
        key.verify(b"", b"")
    except InvalidSignature:
        return True
    except Exception:  # decoders of a stranger's bytes raise whatever they come upon
        return False
    return False  # a key that takes any signature


def fits(assertion: Assertion, requested: bytes, public: bytes, name: str) -> bool:
    """Whether the passkey with this public key (COSE) signed this challenge, at a page of this name, and
    whoever held it had proven to it who it is."""
    if len(assertion.data) < HEAD or assertion.data[:32] != hashlib.sha256(name.encode()).digest():
        return False
    if assertion.data[32] & (PRESENT | VERIFIED) != PRESENT | VERIFIED:
        return False
    try:
        client = json.loads(assertion.client)
        if client["type"] != "webauthn.get" or client["challenge"] != text_of(requested):
            return False
        if client.get("crossOrigin", False) is not False or not of_name(client["origin"], name):
            return False
        _key(public).verify(assertion.data + hashlib.sha256(assertion.client).digest(), assertion.signature)
    except Exception:  # as above
        return False
    return True


def vouched(vouch: EntryVouch, compartment: str, plain: bytes, public: bytes, name: str) -> bool:
    """Whether an `entry.vouch` is this passkey's word for a body with these exact bytes, in this file."""
    answer = Assertion(bytes.fromhex(vouch.data), bytes.fromhex(vouch.client), bytes.fromhex(vouch.signature))
    return fits(answer, challenge(compartment, vouch.nonce, plain), public, name)


def of_name(origin: str, name: str) -> bool:
    """Whether a page at this origin is one of this name, reached by TLS or on this machine."""
    parts = urlsplit(origin)
    return parts.hostname == name and (parts.scheme == "https" or (parts.scheme == "http" and name in NAMES))


def _key(public: bytes) -> CoseKey:
    content = cbor2.loads(public)
    if content[3] not in ALGORITHMS:
        raise ValueError("no algorithm that is checked here")
    return CoseKey.parse(content)
